/* See support.h. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include "support.h"
#include <sanitizer/asan_interface.h>
#include <lib/lock.h>
#include "../../mm/mm_priv.h"

/* ---- checks ---- */

unsigned long support_checks;
uint64_t support_seed = 1;
static const uint8_t *fuzz, *fuzz_end;	/* what is left of the fuzzer's input; NULL: none */

void support_fail(const char *file, int line, const char *what, const char *fmt, ...)
{
	va_list ap;
	print_error("%s:%d: %s: ", file, line, what);
	va_start(ap, fmt);
	vprint_error(fmt, ap);
	va_end(ap);
	print_error("\n");
	if (fuzz)
		abort();
	if (getenv("STOP_AT_FAILURE"))
		exit(1);
	_fail(file, line);
	abort();
}

void rnd_from(const uint8_t *bytes, size_t nbytes)
{
	static const uint8_t none;
	support_seed = 1;
	fuzz = nbytes ? bytes : &none;
	fuzz_end = fuzz + nbytes;
}

bool fuzzing(void) { return fuzz; }
bool goes_on(unsigned step, unsigned nsteps) { return fuzz ? fuzz < fuzz_end : step < nsteps; }
bool now_and_then(unsigned step, unsigned n) { return fuzz || step % n == 0; }

/* As many bytes as a number below n needs. */
static uint64_t from_fuzz(uint64_t n)
{
	uint64_t x = 0;
	for (uint64_t most = n - 1; most && fuzz < fuzz_end; most >>= 8)
		x = x << 8 | *fuzz++;
	return x % n;
}

uint64_t rnd(uint64_t n)
{
	if (fuzz && fuzz < fuzz_end)
		return from_fuzz(n);
	uint64_t z = support_seed += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % n;
}

int support_run(const char *name, const struct CMUnitTest *tests, size_t n)
{
	int failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
	printf("%s: %zu tests, %lu checks, %d failed\n", name, n, support_checks, failed);
	return failed != 0;
}

/* ---- RAM ---- */

const char *support_slab_debug;
uint64_t support_direct_pages;
const struct mm_boot *support_boot;
static char *ram;			/* direct_pages of it, and behind them a void */
static uint64_t ram_pages, direct_pages;
static int high_fd = -1;		/* the pages beyond, which nobody has mapped, */
static char *high;			/* but the test's eye */
static char *windows;			/* and what port_map_frame() makes */
static bool in_window[FRAME_SLOTS];
size_t support_cpu;

void *port_ptr(paddr_t pa)
{
	if (pa < RAM_BASE || pa >= RAM_BASE + direct_pages * PAGE_SIZE)
		support_fail(__FILE__, __LINE__, "port_ptr", "0x%llx is not in the direct map", (unsigned long long)pa);
	return ram + (pa - RAM_BASE);
}

void *ram_at(paddr_t pa)
{
	CHECK(pa >= RAM_BASE && pa < RAM_BASE + ram_pages * PAGE_SIZE);
	uint64_t i = (pa - RAM_BASE) >> PAGE_SHIFT;
	return i < direct_pages ? ram + (pa - RAM_BASE) : high + (pa - RAM_BASE - direct_pages * PAGE_SIZE);
}

void *port_map_frame(paddr_t pa, unsigned slot)
{
	uint64_t off = pa - RAM_BASE - direct_pages * PAGE_SIZE;
	CHECK(high && pa >= RAM_BASE + direct_pages * PAGE_SIZE && pa < RAM_BASE + ram_pages * PAGE_SIZE && slot < FRAME_SLOTS);
	CHECK(!in_window[slot], "window %u is in use", slot);
	in_window[slot] = true;
	return mmap(windows + slot * PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, high_fd, (off_t)off);
}

void port_unmap_frame(unsigned slot)
{
	CHECK(slot < FRAME_SLOTS && in_window[slot], "window %u is not in use", slot);
	in_window[slot] = false;
	mprotect(windows + slot * PAGE_SIZE, PAGE_SIZE, PROT_NONE);
}

static char *reserve_addresses(uint64_t npages)
{
	char *p = mmap(NULL, npages * PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	CHECK(p != MAP_FAILED);
	return p;
}

/* The bytes of RAM beyond the direct map, and a void in their place. */
static void make_high(uint64_t npages)
{
	high_fd = memfd_create("high", 0);
	CHECK(high_fd >= 0 && ftruncate(high_fd, (off_t)(npages * PAGE_SIZE)) == 0);
	high = mmap(NULL, npages * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, high_fd, 0);
	windows = reserve_addresses(FRAME_SLOTS);
	CHECK(high != MAP_FAILED);
	memset(high, 0xa5, npages * PAGE_SIZE);
}

static void free_ram(void)
{
	for (unsigned i = 0; i < FRAME_SLOTS; i++)
		in_window[i] = false;
	if (high) {
		munmap(high, (ram_pages - direct_pages) * PAGE_SIZE);
		munmap(windows, FRAME_SLOTS * PAGE_SIZE);
		munmap(ram, ram_pages * PAGE_SIZE);
		close(high_fd);
	} else {
		free(ram);
	}
	high = ram = NULL;
	ram_pages = direct_pages = 0;
}

static void make_ram(uint64_t npages)
{
	ram_pages = npages;
	direct_pages = support_direct_pages && support_direct_pages < npages ? support_direct_pages : npages;
	if (direct_pages < npages) {
		ram = reserve_addresses(npages);
		mprotect(ram, direct_pages * PAGE_SIZE, PROT_READ | PROT_WRITE);
		make_high(npages - direct_pages);
	} else {
		ram = aligned_alloc(4096, ram_pages * PAGE_SIZE);
	}
	if (!fuzz)		/* it takes longer than all else */
		memset(ram, 0xa5, direct_pages * PAGE_SIZE);
}

paddr_t port_pa(const void *p) { return (paddr_t)((const char *)p - ram) + RAM_BASE; }

/* The memmap does not fill its last page: whoever reads behind it there is to be caught by AddressSanitizer. */
static char *guard;
static size_t guard_bytes;

static void guard_memmap(void)
{
	guard = (char *)(support_mm->pages + support_mm->npages);
	guard_bytes = -(uintptr_t)guard % PAGE_SIZE;
	ASAN_POISON_MEMORY_REGION(guard, guard_bytes);
}

static void unguard_memmap(void)
{
	ASAN_UNPOISON_MEMORY_REGION(guard, guard_bytes);
	guard_bytes = 0;
}

struct mm *world_make_ram(const struct mm_range *list, unsigned nram, const struct mm_range *reserved, unsigned nreserved)
{
	struct mm_boot boot = support_boot ? *support_boot : (struct mm_boot){ .slab_debug = support_slab_debug };
	boot.ram = list;
	boot.nram = nram;
	boot.reserved = reserved;
	boot.nreserved = nreserved;
	world_end();
	make_ram((list[nram - 1].end - RAM_BASE) >> PAGE_SHIFT);
	boot.direct_end = direct_pages < ram_pages ? RAM_BASE + direct_pages * PAGE_SIZE : 0;
	support_mm = mm_init(&boot, list[0].start);
	guard_memmap();
	return support_mm;
}

struct mm *world_make(uint64_t npages, const struct mm_range *reserved, unsigned nreserved)
{
	struct mm_range all = { RAM_BASE, RAM_BASE + npages * PAGE_SIZE };
	return world_make_ram(&all, 1, reserved, nreserved);
}

void world_end(void)
{
	inject_failure(-1);
	support_mm = NULL;
	unguard_memmap();
	free_ram();
	support_cpu = 0;
	support_nreclaimable = support_reclaims = 0;
	log_clear();
	tlb_clear();
	locks_forget();
}

size_t port_cpu(void) { return support_cpu; }

/* ---- fault injection ---- */

static long fail_in = -1;
static bool has_failed;

void inject_failure(long n)
{
	fail_in = n;
	has_failed = false;
	if (support_mm)
		mm_set_injection(support_mm, n >= 0);
}

bool injected(void) { return has_failed; }

bool port_may_allocate(void)
{
	if (fail_in < 0)
		return true;
	if (fail_in-- > 0)
		return true;
	has_failed = true;
	return false;
}

unsigned sweep_failures(struct mm *mm, bool (*op)(void *ctx), uint64_t (*same)(void *ctx), void *ctx)
{
	for (unsigned k = 0;; k++) {
		uint64_t before = mm_fingerprint(mm), other = same ? same(ctx) : 0;
		inject_failure((long)k);
		bool ok = op(ctx);
		bool failed = injected();
		inject_failure(-1);
		CHECK(ok == !failed, "allocation %u", k);
		if (ok)
			return k;
		CHECK(mm_check(mm), "allocation %u", k);
		CHECK(mm_fingerprint(mm) == before, "something is lost or left when allocation %u fails", k);
		CHECK(!same || same(ctx) == other, "something has changed although allocation %u failed", k);
		CHECK(k < 10000, "never succeeds");
	}
}

struct page *support_reclaimable[64];
unsigned support_nreclaimable, support_reclaims;
struct mm *support_mm;

bool port_reclaim(void)
{
	support_reclaims++;
	if (!support_nreclaimable)
		return false;
	frame_free(support_mm, support_reclaimable[--support_nreclaimable]);
	return true;
}

/* ---- log and panics ---- */

char support_log[4096];
static size_t log_used;

void log_clear(void)
{
	log_used = 0;
	support_log[0] = 0;
}

void port_log(const char *fmt, ...)
{
	va_list ap;
	if (log_used > sizeof support_log - 256)
		log_clear();
	va_start(ap, fmt);
	log_used += (size_t)vsnprintf(support_log + log_used, 200, fmt, ap);
	va_end(ap);
	support_log[log_used++] = '\n';
	support_log[log_used] = 0;
}

const char *port_where(const void *pc, char *buf, size_t n)
{
	if (!pc)
		return "nobody";
	snprintf(buf, n, "%p", pc);
	return buf;
}

int support_expect_panic;
jmp_buf support_panic_jump;

_Noreturn void port_panic(const char *file, int line, const char *what)
{
	if (support_expect_panic)
		longjmp(support_panic_jump, 1);
	fprintf(stderr, "%s:%d: assertion failed: %s (seed %llu)\n%s", file, line, what, (unsigned long long)support_seed, support_log);
	abort();
}

/* ---- locks: one thread, but the order is checked ---- */

static unsigned held[8], nheld, ntaken;

void locks_forget(void) { nheld = 0; }

static void hold(unsigned rank)
{
	if (nheld && held[nheld - 1] >= rank)
		port_panic(__FILE__, __LINE__, "lock order");
	held[nheld++] = rank;
}

static void unhold(unsigned rank)
{
	if (!nheld || held[nheld - 1] != rank)
		port_panic(__FILE__, __LINE__, "unlock of a lock that was not taken last");
	nheld--;
}

void spin_init(struct spinlock *l, enum lock_rank rank, const char *name) { *l = (struct spinlock){ .rank = (uint16_t)rank, .name = name }; }
void spin_lock(struct spinlock *l) { hold(l->rank); l->held = 1; ntaken++; }
unsigned locks_taken(void) { return ntaken; }
void spin_unlock(struct spinlock *l) { unhold(l->rank); l->held = 0; }
void mutex_init(struct mutex *m, enum lock_rank rank, const char *name) { memset(m, 0, sizeof *m); m->rank = (uint16_t)rank; m->name = name; }
void mutex_lock(struct mutex *m) { hold(m->rank); m->owner = m; }
void mutex_unlock(struct mutex *m) { unhold(m->rank); m->owner = NULL; }
bool mutex_is_held(const struct mutex *m) { return m->owner; }

/* ---- the strict TLB ----
 * For each page that was ever accessed it keeps the leaf and the table entries above it, as they were then. */

enum { TLB_SLOTS = 1 << 16 };
struct tlb_entry {
	bool known;
	asid_t asid;
	vaddr_t va;
	paddr_t root;
	pte_t e[PT_HEIGHT];	/* by height; [0] the leaf */
};
static struct tlb_entry tlb[TLB_SLOTS];
static unsigned tlb_used[TLB_SLOTS], tlb_count;
unsigned long tlb_flushes;
unsigned support_asids = 64;

unsigned arch_asid_count(void) { return support_asids; }
void arch_mmu_publish(void) {}
void arch_icache_sync(const void *p, size_t n) { (void)p, (void)n; }
void arch_root_init(pte_t *root, const pte_t *kernel_root) { (void)root, (void)kernel_root; }

void tlb_clear(void)
{
	while (tlb_count)
		tlb[tlb_used[--tlb_count]].known = false;
	tlb_flushes = 0;
}

static pte_t entry_at(paddr_t table, vaddr_t va, int h)
{
	return ((const pte_t *)port_ptr(table))[va >> (PAGE_SHIFT + PT_BITS * h) & ((1 << PT_BITS) - 1)];
}

/* The entries on the way to va, by height, as the tables are now; 0 below what is not valid. */
static void walk_now(paddr_t root, vaddr_t va, pte_t e[PT_HEIGHT])
{
	paddr_t t = root;
	memset(e, 0, PT_HEIGHT * sizeof e[0]);
	for (int h = PT_HEIGHT - 1; h >= 0; h--) {
		e[h] = entry_at(t, va, h);
		if (!pte_valid(e[h]) || pte_is_leaf(e[h], h))
			return;
		t = pte_addr(e[h]);
	}
}

static struct tlb_entry *slot_of(asid_t asid, vaddr_t va)
{
	uint64_t i = (va >> PAGE_SHIFT) * 0x9e3779b97f4a7c15 >> 40 ^ asid * 2654435761u;
	for (;; i++) {
		struct tlb_entry *t = &tlb[i % TLB_SLOTS];
		if (!t->known || (t->asid == asid && t->va == va))
			return t;
	}
}

/* Linear probing without deletion marks: start over when forgetting left gaps. */
static void forget(bool (*which)(const struct tlb_entry *t, const void *ctx), const void *ctx)
{
	static struct tlb_entry keep[TLB_SLOTS];
	unsigned n = 0;
	for (unsigned i = 0; i < tlb_count; i++)
		if (!which(&tlb[tlb_used[i]], ctx))
			keep[n++] = tlb[tlb_used[i]];
	while (tlb_count)
		tlb[tlb_used[--tlb_count]].known = false;
	for (unsigned i = 0; i < n; i++) {
		struct tlb_entry *t = slot_of(keep[i].asid, keep[i].va);
		*t = keep[i];
		tlb_used[tlb_count++] = (unsigned)(t - tlb);
	}
}

bool tlb_access(paddr_t root, asid_t asid, vaddr_t va, prot_t access, paddr_t *pa)
{
	va &= ~(PAGE_SIZE - 1);
	struct tlb_entry *t = slot_of(asid, va);
	if (!t->known) {
		pte_t e[PT_HEIGHT];
		walk_now(root, va, e);
		if (!pte_valid(e[0]))
			return false;
		*t = (struct tlb_entry){ .known = true, .asid = asid, .va = va, .root = root };
		memcpy(t->e, e, sizeof e);
		tlb_used[tlb_count++] = (unsigned)(t - tlb);
		CHECK(tlb_count < TLB_SLOTS / 2);
	}
	if (access & ~pte_prot(t->e[0]))
		return false;
	*pa = pte_addr(t->e[0]);
	return true;
}

void tlb_check(paddr_t root, asid_t asid)
{
	for (unsigned i = 0; i < tlb_count; i++) {
		const struct tlb_entry *t = &tlb[tlb_used[i]];
		pte_t e[PT_HEIGHT];
		if (t->asid != asid)
			continue;
		walk_now(root, t->va, e);
		for (int h = 1; h < PT_HEIGHT; h++)
			CHECK(e[h] == t->e[h], "the TLB still walks through an old table at 0x%llx", (unsigned long long)t->va);
		CHECK(pte_valid(e[0]) && pte_addr(e[0]) == pte_addr(t->e[0]), "the TLB still leads to an old page at 0x%llx", (unsigned long long)t->va);
		prot_t more = pte_prot(t->e[0]) & ~pte_prot(e[0]) & (P_READ | P_WRITE | P_EXEC);
		CHECK(!more, "the TLB still permits %x at 0x%llx", more, (unsigned long long)t->va);
	}
}

struct flush { asid_t asid; struct vrange r; };

static bool in_flush(const struct tlb_entry *t, const void *ctx)
{
	const struct flush *f = ctx;
	return t->asid == f->asid && t->va >= f->r.start && t->va < f->r.end;
}

/* Another CPU may look again at once: what it finds it remembers. So nothing may be there any more that is about to go. */
static void look_again(const struct tlb_entry *t)
{
	paddr_t pa;
	(void)tlb_access(t->root, t->asid, t->va, P_NONE, &pa);
}

/* Break before make: when the flush of a changed page comes, the new one is not yet there. */
static void check_broken(const struct tlb_entry *t, paddr_t root)
{
	pte_t e[PT_HEIGHT];
	walk_now(root, t->va, e);
	CHECK(!pte_valid(e[0]) || pte_addr(e[0]) == pte_addr(t->e[0]), "page 0x%llx was remade before it was flushed", (unsigned long long)t->va);
}

void arch_tlb_flush(asid_t asid, struct vrange r)
{
	struct flush f = { asid, r };
	tlb_flushes++;
	static struct tlb_entry gone[TLB_SLOTS];
	unsigned n = 0;
	for (unsigned i = 0; i < tlb_count; i++)
		if (in_flush(&tlb[tlb_used[i]], &f))
			gone[n++] = tlb[tlb_used[i]];
	for (unsigned i = 0; i < n; i++)
		check_broken(&gone[i], gone[i].root);
	forget(in_flush, &f);
	for (unsigned i = 0; i < n; i++)
		look_again(&gone[i]);
}

static bool of_asid(const struct tlb_entry *t, const void *ctx) { return t->asid == *(const asid_t *)ctx; }

void arch_tlb_flush_asid(asid_t asid)
{
	tlb_flushes++;
	forget(of_asid, &asid);
}
