/* mm/ in a browser's machine: 32-bit pointers, one thread, no sanitizers. RAM is an array; what the host tests check at length is looked at
 * once. self_test() returns 0, or the line of the check that failed; log_text() is what was logged. run.mjs calls them. */
#include <lib/fmt.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <mm/space.h>
#include <arch/mmu.h>

enum { RAM_PAGES = 2048 };
#define RAM_BASE 0x80000000ull

static char ram[RAM_PAGES * 4096] __attribute__((aligned(4096)));
static char text[4096];
static size_t text_used;

#define CHECK(e) do { if (!(e)) return __LINE__; } while (0)

int self_test(void);
const char *log_text(void);
const char *log_text(void) { return text; }

/* ---- what mm/ needs ---- */

void *port_ptr(paddr_t pa) { return ram + (uint32_t)(pa - RAM_BASE); }
paddr_t port_pa(const void *p) { return (paddr_t)((const char *)p - ram) + RAM_BASE; }
void *port_map_frame(paddr_t pa, unsigned slot) { (void)slot; return port_ptr(pa); }
void port_unmap_frame(unsigned slot) { (void)slot; }
size_t port_cpu(void) { return 0; }
bool port_may_allocate(void) { return true; }
bool port_reclaim(void) { return false; }

const char *port_where(const void *pc, char *buf, size_t n)
{
	snprintf(buf, n, "%p", pc);
	return buf;
}

void port_log(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	if (text_used + 256 < sizeof text)
		text_used += (size_t)vsnprintf(text + text_used, 200, fmt, ap);
	va_end(ap);
}

_Noreturn void port_panic(const char *file, int line, const char *what)
{
	port_log("%s:%d: %s", file, line, what);
	__builtin_trap();
}

void spin_init(struct spinlock *l, enum lock_rank rank, const char *name) { *l = (struct spinlock)SPINLOCK_INIT((uint16_t)rank, name); }
void spin_lock(struct spinlock *l) { l->held = 1; }
void spin_unlock(struct spinlock *l) { l->held = 0; }
bool spin_is_held(const struct spinlock *l) { return l->held; }
void mutex_init(struct mutex *m, enum lock_rank rank, const char *name) { *m = (struct mutex){ .rank = (uint16_t)rank, .name = name }; }
void mutex_lock(struct mutex *m) { m->owner = m; }
void mutex_unlock(struct mutex *m) { m->owner = NULL; }
bool mutex_is_held(const struct mutex *m) { return m->owner; }

unsigned arch_asid_count(void) { return 64; }
void arch_mmu_publish(void) {}
void arch_icache_sync(const void *p, size_t n) { (void)p, (void)n; }
void arch_root_init(pte_t *root, const pte_t *kernel_root) { (void)root, (void)kernel_root; }
void arch_tlb_flush(asid_t asid, struct vrange r) { (void)asid, (void)r; }
void arch_tlb_flush_asid(asid_t asid) { (void)asid; }

/* ---- the test ---- */

static int blocks_and_objects(struct mm *mm)
{
	uint64_t before = mm_fingerprint(mm);
	struct page *block = frame_alloc(mm, 5, FRAME_NORMAL);
	char *small = kmalloc(mm, 100), *large = kzalloc(mm, 20000);
	CHECK(block && small && large && !large[19999] && !kmalloc(mm, SIZE_MAX) && !kmalloc(mm, 0));
	memset(small, 1, 100);
	CHECK(mm_check(mm));
	kfree(mm, small);
	kfree(mm, large);
	frame_free(mm, block);
	CHECK(mm_check(mm) && mm_fingerprint(mm) == before && !text_used);
	kfree(mm, small);
	CHECK(text_used);
	return 0;
}

/* Addresses beyond 4 GiB, which no pointer here can hold. */
static int address_spaces(struct mm *mm)
{
	const struct space_config cfg = { .window = { 0x1000000000, 0x3000000000 }, .policy = VMAP_BESTFIT };
	struct map_req req = { .npages = 100000, .prot = P_READ | P_WRITE };
	uint64_t before = mm_fingerprint(mm), value = 42, got = 0;
	struct space *s = space_create(mm, &cfg), *child;
	vaddr_t va;
	CHECK(s && space_map(s, &req, &va) == OK && va == 0x1000000000);
	va += 99999 * PAGE_SIZE;
	CHECK(space_fault(s, va, P_WRITE) == FAULT_OK && space_write(s, va, &value, 8) == OK);
	CHECK(space_fork(s, &child) == OK);
	value = 43;
	CHECK(space_write(s, va, &value, 8) == OK && space_read(child, va, &got, 8) == OK && got == 42);
	CHECK(space_read(s, va, &got, 8) == OK && got == 43);
	space_check(s);
	space_check(child);
	space_put(s);
	space_put(child);
	CHECK(mm_check(mm) && mm_fingerprint(mm) == before);
	return 0;
}

int self_test(void)
{
	const struct mm_range all = { RAM_BASE, RAM_BASE + sizeof ram };
	struct mm_boot boot = { .ram = &all, .nram = 1 };
	struct mm *mm = mm_init(&boot, RAM_BASE);
	int line = address_spaces(mm);
	return line ? line : blocks_and_objects(mm);
}
