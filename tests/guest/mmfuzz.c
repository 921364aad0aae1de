/* Memory calls at random, against a model that is too simple to be wrong: a list of pages, each with its rights and the number
 * that was last stored there. Every access is foretold, the faults with their si_code and si_addr, too. Four seeds by one
 * thread, then four threads in one address space, each with memory of its own. Compiles on a PC, too, for one thread. */
#ifdef __x86_64__
#define _GNU_SOURCE
#include <sys/syscall.h>
#else
#include <abi/syscall.h>
#endif
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096, PAGES_MAX = 192, ARENA = 48, THREADS = 4, STEPS = 2000, MEMCK_EVERY = 500 };
#define RW (PROT_READ | PROT_WRITE)

enum kind { PRIVATE, SHARED, HEAP };

struct page {
	uintptr_t at;
	int prot;
	enum kind kind;
	unsigned object, off;	/* of shared memory: which, and which page of it */
	uint64_t value;		/* at the page's start and end */
};

struct worker {
	int id, tid, n;
	bool alone;		/* the only thread: it may move the break and fork without others' locks in mind */
	unsigned seed, step, objects;
	uint32_t random;
	uintptr_t arena;	/* ARENA pages of addresses for fixed places; nobody else uses them */
	uintptr_t heap;
	int heap_pages;
	struct page pages[PAGES_MAX];
	int fault_code;
	uintptr_t fault_addr;
	volatile uint32_t alive;
};

static struct worker workers[THREADS];

/* ---- the system ---- */

/* errno is one for all threads, so the calls are made without it: -errno. */
#ifdef __x86_64__
static long call(long nr, long a, long b, long c, long d, long e)
{
	long r = syscall(nr, a, b, c, d, e, 0L);
	return r == -1 ? -errno : r;
}
#else
long syscall_raw(long nr, long a, long b, long c, long d, long e, long f);
static long call(long nr, long a, long b, long c, long d, long e) { return syscall_raw(nr, a, b, c, d, e, 0); }
#endif

static long map_at(uintptr_t at, int n, int prot, int flags)
{
#ifdef __x86_64__
	void *p = mmap((void *)at, (size_t)n * PAGE, prot, flags | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? -errno : (long)p;
#else
	return syscall_raw(SYS_mmap, (long)at, n * PAGE, prot, flags | MAP_ANONYMOUS, -1, 0);
#endif
}

static _Noreturn void fail(const struct worker *w, const char *what, uintptr_t at, long got)
{
	printf("[KO] seed %u, thread %d, step %u: %s: 0x%lx gave %ld\n", w->seed, w->id, w->step, what, (unsigned long)at, got);
	fflush(stdout);
	call(SYS_exit_group, 1, 0, 0, 0, 0);
	__builtin_unreachable();
}

static uint32_t any(struct worker *w, uint32_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 17;
	w->random ^= w->random << 5;
	return w->random % below;
}

/* ---- the model ---- */

static struct page *find(struct worker *w, uintptr_t at)
{
	for (int k = 0; k < w->n; k++)
		if (w->pages[k].at == at)
			return &w->pages[k];
	return NULL;
}

static int count(struct worker *w, uintptr_t at, int n)
{
	int found = 0;
	for (int k = 0; k < n; k++)
		found += find(w, at + (uintptr_t)k * PAGE) != NULL;
	return found;
}

static void forget(struct worker *w, uintptr_t at, int n)
{
	for (int k = 0; k < n; k++) {
		struct page *p = find(w, at + (uintptr_t)k * PAGE);
		if (p)
			*p = w->pages[--w->n];
	}
}

static void learn(struct worker *w, uintptr_t at, int n, const struct page *like)
{
	for (int k = 0; k < n; k++) {
		struct page p = *like;
		p.at = at + (uintptr_t)k * PAGE;
		p.off += (unsigned)k;
		w->pages[w->n++] = p;
	}
}

/* A range to work on: of the arena, holes and all, or of pages that are there, which only there are surely ours. */
static int pick(struct worker *w, uintptr_t *at)
{
	int n = 1 + (int)any(w, 10), have = 0;
	struct page *p = w->n ? &w->pages[any(w, (uint32_t)w->n)] : NULL;
	if (!p || p->kind == HEAP || any(w, 2)) {
		int first = (int)any(w, ARENA);
		*at = w->arena + (uintptr_t)first * PAGE;
		return n < ARENA - first ? n : ARENA - first;
	}
	*at = p->at;
	while (have < n && (p = find(w, *at + (uintptr_t)have * PAGE)) && p->kind != HEAP)
		have++;
	return have;
}

/* One region, as the kernel should see it: all of a kind. */
static bool is_one(struct worker *w, uintptr_t at, int n)
{
	struct page *first = find(w, at);
	for (int k = 1; k < n; k++) {
		struct page *p = find(w, at + (uintptr_t)k * PAGE);
		if (!first || !p || p->prot != first->prot || p->kind != first->kind || p->object != first->object)
			return false;
		if (p->kind == SHARED && p->off != first->off + (unsigned)k)
			return false;
	}
	return first;
}

/* ---- accesses ---- */

/* A load and a store of known length, so that a fault can go on after them: where in the context the pc is, and by how much it moves. */
#ifdef __x86_64__
enum { CONTEXT_PC = 168, LENGTH = 3 };
#define LOAD "movq (%%rcx), %%rax"
#define STORE "movq %%rax, (%%rcx)"
#define REGISTERS register uint64_t v __asm__("rax"), a __asm__("rcx")
#elif defined(__riscv)
enum { CONTEXT_PC = 176, LENGTH = 4 };
#define LOAD ".option push\n\t.option norvc\n\tld %0, 0(%1)\n\t.option pop"
#define STORE ".option push\n\t.option norvc\n\tsd %0, 0(%1)\n\t.option pop"
#define REGISTERS uint64_t v, a
#else
enum { CONTEXT_PC = 176 + 264, LENGTH = 4 };
#define LOAD "ldr %0, [%1]"
#define STORE "str %0, [%1]"
#define REGISTERS uint64_t v, a
#endif

static uint64_t load(uintptr_t at)
{
	REGISTERS;
	v = 0;
	a = at;
	__asm__ volatile(LOAD : "+r"(v) : "r"(a) : "memory");
	return v;
}

static void store(uintptr_t at, uint64_t value)
{
	REGISTERS;
	v = value;
	a = at;
	__asm__ volatile(STORE : "+r"(v) : "r"(a) : "memory");
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	int tid = (int)call(SYS_gettid, 0, 0, 0, 0, 0), k = 0;
	(void)sig;
	while (k < THREADS - 1 && workers[k].tid != tid)
		k++;
	workers[k].fault_code = info->si_code;
	workers[k].fault_addr = (uintptr_t)info->si_addr;
	*(uint64_t *)(void *)((char *)context + CONTEXT_PC) += LENGTH;
}

/* The si_code of the fault that a load or store meets; 0: none. */
static int attempt(struct worker *w, uintptr_t at, bool is_store, uint64_t *value)
{
	uintptr_t last = at + PAGE - 8;
	*(volatile int *)&w->fault_code = 0;
	if (is_store) {
		store(at, *value);
		store(last, *value);
	} else {
		uint64_t first = load(at);
		*value = first == load(last) ? first : ~first;
	}
	return *(volatile int *)&w->fault_code;
}

static void access_page(struct worker *w, uintptr_t at, bool is_store)
{
	struct page *p = find(w, at);
	uint64_t value = (uint64_t)any(w, 1u << 30) << 8 | (unsigned)w->id;
	bool may = p && p->prot & (is_store ? PROT_WRITE : PROT_READ);
	int want = may ? 0 : p ? SEGV_ACCERR : SEGV_MAPERR, got = attempt(w, at, is_store, &value);
	if (got != want)
		fail(w, is_store ? "store, si_code" : "load, si_code", at, got);
	if (got && w->fault_addr != at + PAGE - 8)	/* the second of two */
		fail(w, "si_addr", at, (long)w->fault_addr);
	if (!got && !is_store && value != p->value)
		fail(w, "content", at, (long)value);
	if (!got && is_store)
		p->value = value;
}

static void verify(struct worker *w)
{
	for (int k = 0; k < w->n; k++)
		access_page(w, w->pages[k].at, false);
}

static void do_access(struct worker *w)
{
	uintptr_t at = w->arena + (uintptr_t)any(w, ARENA) * PAGE;
	if (w->n && any(w, 4))
		at = w->pages[any(w, (uint32_t)w->n)].at;
	access_page(w, at, any(w, 2));
}

/* ---- calls ---- */

static void do_map(struct worker *w)
{
	static const int prots[] = { RW, RW, RW, PROT_READ, PROT_NONE };
	struct page like = { .prot = prots[any(w, 5)], .kind = any(w, 4) ? PRIVATE : SHARED };
	int n = 1 + (int)any(w, 8), flags = like.kind == SHARED ? MAP_SHARED : MAP_PRIVATE;
	uintptr_t at = 0;
	if (w->n + n > PAGES_MAX)
		return;
	like.object = like.kind == SHARED ? ++w->objects : 0;
	if (any(w, 2)) {
		at = w->arena + (uintptr_t)any(w, (uint32_t)(ARENA - n + 1)) * PAGE;
		flags |= any(w, 2) ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	}
	bool refused = flags & MAP_FIXED_NOREPLACE && count(w, at, n);
	long got = map_at(at, n, like.prot, flags | (any(w, 8) ? 0 : MAP_POPULATE));
	if (refused ? got != -EEXIST : got < 0 || (at && (uintptr_t)got != at) || (!at && count(w, (uintptr_t)got, n)))
		fail(w, "mmap", at, got);
	if (refused)
		return;
	forget(w, (uintptr_t)got, n);
	learn(w, (uintptr_t)got, n, &like);
}

static void do_unmap(struct worker *w)
{
	uintptr_t at;
	int n = pick(w, &at);
	long got = call(SYS_munmap, (long)at, n * PAGE, 0, 0, 0);
	if (got)
		fail(w, "munmap", at, got);
	forget(w, at, n);
}

static bool is_on_pc(void)
{
#ifdef __x86_64__
	return true;
#else
	return false;
#endif
}

static void do_protect(struct worker *w)
{
	static const int prots[] = { RW, RW, PROT_READ, PROT_NONE };
	uintptr_t at;
	int n = pick(w, &at), prot = prots[any(w, 4)];
	bool whole = count(w, at, n) == n;
	if (!whole && is_on_pc())
		return;			/* it does the first part there */
	long got = call(SYS_mprotect, (long)at, n * PAGE, prot, 0, 0);
	if (got != (whole ? 0 : -ENOMEM))
		fail(w, "mprotect", at, got);
	for (int k = 0; whole && k < n; k++)
		find(w, at + (uintptr_t)k * PAGE)->prot = prot;
}

/* What advice should give for at; *drops: private memory is zeros after it. */
static long advice_result(struct worker *w, uintptr_t at, int n, int advice, bool *drops)
{
	long want = count(w, at, n) == n ? 0 : -ENOMEM;
	for (int k = 0; want == 0 && k < n; k++) {
		struct page *p = find(w, at + (uintptr_t)k * PAGE);
		if ((advice == MADV_FREE && p->kind == SHARED) || (advice == MADV_POPULATE_READ && !(p->prot & PROT_READ))
		    || (advice == MADV_POPULATE_WRITE && !(p->prot & PROT_WRITE)))
			want = -EINVAL;
	}
	*drops = want == 0 && (advice == MADV_DONTNEED || advice == MADV_FREE);
	return want;
}

static void do_advise(struct worker *w)
{
	static const int all[] = { MADV_DONTNEED, MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_WILLNEED, MADV_FREE };
	uintptr_t at;
	int n = pick(w, &at), advice = all[any(w, is_on_pc() ? 4 : 5)];	/* there MADV_FREE drops pages when it likes */
	bool drops;
	long want = advice_result(w, at, n, advice, &drops);
	if (want && is_on_pc())
		return;
	long got = call(SYS_madvise, (long)at, n * PAGE, advice, 0, 0);
	if (got != want)
		fail(w, "madvise", at, got);
	for (int k = 0; drops && k < n; k++) {
		struct page *p = find(w, at + (uintptr_t)k * PAGE);
		p->value = p->kind == SHARED ? p->value : 0;
	}
}

/* n pages went from from to to, where there are more now. */
static void moved(struct worker *w, uintptr_t from, int n, uintptr_t to, int now)
{
	struct page was[16], more = *find(w, from);
	for (int k = 0; k < n; k++)
		was[k] = *find(w, from + (uintptr_t)k * PAGE);
	forget(w, from, n);
	forget(w, to, now);
	for (int k = 0; k < n && k < now; k++)
		learn(w, to + (uintptr_t)k * PAGE, 1, &was[k]);
	more.value = 0;
	if (now > n)
		learn(w, to + (uintptr_t)n * PAGE, now - n, &more);
}

/* mremap of one region to now pages: is the answer one of those that it may have? */
static bool remap_is_right(struct worker *w, uintptr_t at, int n, int now, int flags, uintptr_t to, long got)
{
	uintptr_t end = at + (uintptr_t)n * PAGE;
	bool overlaps = to < end && at < to + (uintptr_t)now * PAGE;
	if (flags & MREMAP_FIXED)
		return overlaps ? got == -EINVAL : (uintptr_t)got == to;
	if (now <= n)
		return (uintptr_t)got == at;
	if ((uintptr_t)got == at)
		return count(w, end, now - n) == 0;
	if (!(flags & MREMAP_MAYMOVE))
		return got == -ENOMEM && (count(w, end, now - n) || end + (uintptr_t)(now - n) * PAGE > w->arena + ARENA * PAGE);
	return got > 0 && count(w, (uintptr_t)got, now) == 0;
}

static void do_remap(struct worker *w)
{
	static const int all[] = { 0, MREMAP_MAYMOVE, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED };
	uintptr_t at, to = w->arena;
	int n = pick(w, &at), now = 1 + (int)any(w, 12), flags = all[any(w, 4)];
	bool one = is_one(w, at, n);
	if (is_on_pc() && n > 1)
		flags &= ~MREMAP_FIXED;	/* there a refusal comes after what was at to is gone, and neighbours do not always become one */
	to += (uintptr_t)any(w, (uint32_t)(ARENA - now + 1)) * PAGE;
	if (w->n + now > PAGES_MAX || (one && find(w, at)->kind == SHARED && now > n) || (!one && is_on_pc()))
		return;			/* a shared object does not grow */
	long got = call(SYS_mremap, (long)at, n * PAGE, now * PAGE, flags, (long)to);
	if (is_on_pc() && got == -EFAULT)
		return;
	if (one ? !remap_is_right(w, at, n, now, flags, to, got) : got != -EFAULT && got != -EINVAL)
		fail(w, "mremap", at, got);
	if (got > 0)
		moved(w, at, n, (uintptr_t)got, now);
}

static void do_brk(struct worker *w)
{
	struct page like = { .prot = RW, .kind = HEAP };
	int now = (int)any(w, 12), had = w->heap_pages;
	uintptr_t want = w->heap + (uintptr_t)now * PAGE;
	if (!w->alone || w->n + now > PAGES_MAX)
		return;
	long got = call(SYS_brk, (long)want, 0, 0, 0, 0);
	if ((uintptr_t)got != want)
		fail(w, "brk", want, got);
	if (now < had)
		forget(w, want, had - now);
	else
		learn(w, w->heap + (uintptr_t)had * PAGE, now - had, &like);
	w->heap_pages = now;
}

/* What a child stores: others see it only where memory is shared. */
static void store_everywhere(struct worker *w, uint64_t value)
{
	for (int k = 0; k < w->n; k++)
		if (w->pages[k].prot & PROT_WRITE && attempt(w, w->pages[k].at, true, &(uint64_t){ value + w->pages[k].at }))
			fail(w, "child's store", w->pages[k].at, w->fault_code);
}

static void do_fork(struct worker *w)
{
	uint64_t value = any(w, 1u << 30);
	int status = 0;
	long pid = is_on_pc() ? fork() : call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		w->tid = (int)call(SYS_gettid, 0, 0, 0, 0, 0);
		verify(w);
		store_everywhere(w, value);
		call(SYS_exit_group, 0, 0, 0, 0, 0);
	}
	if (pid < 0 || call(SYS_wait4, pid, (long)&status, 0, 0, 0) != pid || status)
		fail(w, "fork", 0, pid < 0 ? pid : status);
	for (int k = 0; k < w->n; k++)
		if (w->pages[k].prot & PROT_WRITE && w->pages[k].kind == SHARED)
			w->pages[k].value = value + w->pages[k].at;
	verify(w);
}

/* ---- runs ---- */

static void memck(struct worker *w)
{
	static char text[400];
	long fd = call(SYS_openat, AT_FDCWD, (long)"/proc/memck", O_RDONLY, 0, 0);
	if (fd < 0 && is_on_pc())
		return;
	long n = call(SYS_read, fd, (long)text, sizeof text - 1, 0, 0);
	if (n < 6 || strncmp(text, "sound:", 6) != 0) {
		printf("%s\n", text);
		fail(w, "memck", 0, n);
	}
	call(SYS_close, fd, 0, 0, 0, 0);
}

static void step(struct worker *w)
{
	static void (*const ops[])(struct worker *) = {
		do_access, do_access, do_access, do_access, do_access, do_access, do_map, do_map, do_map, do_unmap, do_protect, do_protect,
		do_advise, do_advise, do_remap, do_remap, do_brk,
	};
	w->step++;
	if (w->step % 64 == 0)
		do_fork(w);
	else if (w->step % 16 == 0)
		verify(w);
	else
		ops[any(w, sizeof ops / sizeof *ops)](w);
	if (w->step % MEMCK_EVERY == 0 && w->id == 0)
		memck(w);
}

static void run(struct worker *w, unsigned steps)
{
	w->tid = (int)call(SYS_gettid, 0, 0, 0, 0, 0);
	while (w->step < steps)
		step(w);
	verify(w);
	for (int k = w->n - 1; k >= 0; k--)
		if (w->pages[k].kind != HEAP && call(SYS_munmap, (long)w->pages[k].at, PAGE, 0, 0, 0) == 0)
			forget(w, w->pages[k].at, 1);
}

static void prepare(int id, unsigned seed, bool alone)
{
	struct worker *w = &workers[id];
	memset(w, 0, sizeof *w);
	w->id = id;
	w->seed = seed;
	w->alone = alone;
	w->random = seed * 2654435761u + (unsigned)id + 1;
	w->arena = 0x30000000 + (uintptr_t)id * 4 * ARENA * PAGE;
	w->heap = ((uintptr_t)call(SYS_brk, 0, 0, 0, 0, 0) + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
}

static const char *one_thread(unsigned seed)
{
	prepare(0, seed, true);
	run(&workers[0], STEPS);
	WANT(call(SYS_brk, (long)workers[0].heap, 0, 0, 0, 0) == (long)workers[0].heap);
	return NULL;
}

static const char *seed_1(void) { return one_thread(1); }
static const char *seed_2(void) { return one_thread(2); }
static const char *seed_3(void) { return one_thread(3); }
static const char *seed_4(void) { return one_thread(4); }

#ifndef __x86_64__
enum { CLONE_THREAD_FLAGS = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x200000 };	/* VM FS FILES SIGHAND THREAD CHILD_CLEARTID */
static char stacks[THREADS][8 * PAGE] __attribute__((aligned(16)));

static _Noreturn __attribute__((used)) void thread_main(struct worker *w)
{
	run(w, STEPS / 2);
	for (;;)
		call(SYS_exit, 0, 0, 0, 0, 0);
}

/* The new thread finds its worker where its stack begins. */
static long start_thread(struct worker *w)
{
	char *top = stacks[w->id] + sizeof stacks[0] - 16;
	*(struct worker **)(void *)top = w;
#ifdef __riscv
	register long a0 __asm__("a0") = CLONE_THREAD_FLAGS, a1 __asm__("a1") = (long)top, a2 __asm__("a2") = 0;
	register long a3 __asm__("a3") = 0, a4 __asm__("a4") = (long)&w->alive, a7 __asm__("a7") = SYS_clone;
	__asm__ volatile("ecall\n\tbnez a0, 1f\n\tld a0, 0(sp)\n\tcall thread_main\n1:"
		: "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a7) : "memory", "ra");
	return a0;
#else
	register long x0 __asm__("x0") = CLONE_THREAD_FLAGS, x1 __asm__("x1") = (long)top, x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0, x4 __asm__("x4") = (long)&w->alive, x8 __asm__("x8") = SYS_clone;
	__asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tldr x0, [sp]\n\tbl thread_main\n1:"
		: "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x8) : "memory", "x30");
	return x0;
#endif
}

static const char *four_threads(void)
{
	for (int k = 0; k < THREADS; k++) {
		prepare(k, 5, false);
		workers[k].alive = 1;
	}
	for (int k = 0; k < THREADS; k++)
		WANT(start_thread(&workers[k]) > 0);
	for (int k = 0; k < THREADS; k++)
		while (workers[k].alive)
			syscall(SYS_futex, &workers[k].alive, 0, 1, NULL);
	for (int k = 0; k < THREADS; k++)
		WANT(workers[k].step == STEPS / 2 && workers[k].n == 0);
	memck(&workers[0]);
	return NULL;
}
#endif

static const struct check_case cases[] = {
	{ "seed_1", seed_1 }, { "seed_2", seed_2 }, { "seed_3", seed_3 }, { "seed_4", seed_4 },
#ifndef __x86_64__
	{ "four_threads", four_threads },
#endif
};

int main(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = (int)(SA_SIGINFO) };
	if (sigaction(SIGSEGV, &sa, NULL) < 0)
		return 2;
	return check_all(cases, (int)(sizeof cases / sizeof *cases));
}
