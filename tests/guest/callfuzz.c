/* System calls at random, as a program might really make them: each argument is of the kind that lib/include/abi/calls.h says, mostly right, now
 * and then wild; and one of the kernel's allocations fails now and then. Three processes at a time call; who stands still or dies is replaced.
 * What counts is that the kernel goes on, that its memory adds up afterwards, and that it all comes back.
 *
 * callfuzz [FIRST [SEEDS [CALLS [THREADS]]]]: other seeds, more of them, more calls for each, and from 2 threads in every second process. */
#include <abi/syscall.h>
#include <abi/calls.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096, FAVOURITES = 24, ARENA = 16 * PAGE, WORKERS = 3, PATIENCE = 4 /* looks without a call in between, 5 ms apart */, FAIL_FD = 63 };

struct call { const char *name, *kinds; int nr; };
#define ROW(name, kinds, lacks) { #name, kinds, SYS_##name },
static const struct call calls[] = { SYSCALLS_FILES(ROW) SYSCALLS_MEMORY(ROW) SYSCALLS_PROCESSES(ROW) SYSCALLS_REST(ROW) SYSCALLS_MACHINE(ROW) };

static int first_seed = 1, seeds = 4, calls_each = 10000, threads = 1;

/* ---- numbers ---- */

static uint64_t state;

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 2685821657736338717u >> 16;
}

static unsigned long below(unsigned long n) { return (unsigned long)(next_random() % n); }
static bool one_in(unsigned long n) { return below(n) == 0; }

static unsigned long size(void)
{
	static const unsigned long sizes[] = { 0, 1, 2, 3, 4, 8, 16, 24, 64, 128, 255, 4095, 4096, 4097, 8192, 65536, 1 << 20 };
	static const unsigned long wild[] = { -1ul, 1ul << 31, 1ul << 32, 1ul << 38, 1ul << 39, 1ul << 63, -4096ul, (1ul << 63) - 1, 0xffffffff };
	return one_in(12) ? wild[below(sizeof wild / sizeof *wild)] : sizes[below(sizeof sizes / sizeof *sizes)];
}

static unsigned long bits(unsigned long of) { return one_in(16) ? next_random() : next_random() & next_random() & of; }

/* ---- memory and names ---- */

static char *arena;	/* ARENA bytes; the last page may be read alone, and nothing lies behind */

static unsigned long pointer(void)
{
	static const unsigned long wild[] = { 0, 1, 0x1000, -1ul, -4096ul, 0x3ffffff000, 0x4000000000, 0xffffffc080000000, 0xffffffff80000000 };
	if (one_in(10))
		return wild[below(sizeof wild / sizeof *wild)];
	if (one_in(10))
		return (unsigned long)(arena + ARENA - below(64));
	return (unsigned long)(arena + (one_in(3) ? below(ARENA / PAGE) * PAGE : below(ARENA) & ~7ul));
}

/* In the arena, what a call reads there: n words, each made by f. */
static unsigned long words(unsigned n, unsigned long (*f)(void))
{
	unsigned long *at = (unsigned long *)(void *)(arena + (below(ARENA - 2 * PAGE) & ~7ul));
	if (one_in(10))
		return pointer();
	for (unsigned i = 0; i < n; i++)
		at[i] = f();
	return (unsigned long)at;
}

static unsigned long some_fd(void) { return one_in(20) ? -1ul : below(20); }
static unsigned long poll_word(void) { return some_fd() | bits(0x3f) << 32; }
static unsigned long time_word(void) { return one_in(20) ? next_random() : below(2) * below(2000000); }
static unsigned long iovec_word(void) { return one_in(2) ? pointer() : below(300); }

static unsigned long name(const char *call)
{
	static const char *const own[] = { "fzA", "fzB", "fzd", "fzd/fzA", "fzd/fzB", "fzd/../fzA", ".", "", "fzA/", "fzlink", "fzd/fzd", "./fzd//fzA" };
	static const char *const read_only[] = { "/proc/self/maps", "/proc/self/status", "/proc/self/fd", "/proc/self/fd/3", "/proc/meminfo", "/proc/1/smaps",
						 "/dev/null", "/dev/zero", "/dev/full", "/bin", "/proc" };
	char *at = arena + below(ARENA - 2 * PAGE);
	const char *s = own[below(sizeof own / sizeof *own)];
	if (one_in(20))
		return pointer();
	if (!strcmp(call, "execve") && one_in(3))
		s = "/bin/true";
	else if (strstr("openat newfstatat statx readlinkat faccessat statfs", call) && one_in(3))
		s = read_only[below(sizeof read_only / sizeof *read_only)];
	if (one_in(30))
		memset(at, 'x', 300), at[300] = 0;
	else
		strcpy(at, s);
	return (unsigned long)at;
}

static unsigned long strings(void)
{
	char **at = (char **)(void *)(arena + (below(ARENA - 2 * PAGE) & ~7ul));
	at[0] = at[1] = (char *)name("");
	at[2] = NULL;
	return (unsigned long)at;
}

static unsigned long argument(const struct call *c, char kind)
{
	static const unsigned long cmds[] = { 0, 1, 2, 3, 4, 5, 6, 7, 1024, 1025, 1026, 1030, 1031, 1032 };
	static const unsigned long requests[] = { 0x5401, 0x5402, 0x5403, 0x5404, 0x540f, 0x5413, 0x541b, 0x5421, 0x5450, 0x5451, 0x540b };
	static const unsigned long clones[] = { 17, 17 | 0x4000, 17 | 0x4100, 0x1200011, 17 | 0x100, 0x3d0f00, 0x10f00, 0x11 | 0x01000000 };
	static const int protections[] = { 0, 1, 3, 3, 3, 5, 7 };
	if (one_in(60))
		return next_random();
	switch (kind) {
	case 'f': return some_fd();
	case '@': return one_in(2) ? (unsigned long)AT_FDCWD : some_fd();
	case 's': return name(c->name);
	case 'v': return strings();
	case 't': return words(2, time_word);
	case 'G': return words(1, next_random);
	case 'o': return words(8, poll_word);
	case 'i': return words(16, iovec_word);
	case 'p': case 'r': case 'w': return pointer();
	case 'O': return one_in(2) ? bits(0x80800) : bits(0x3f000) | bits(0xfc0) | below(3) | (one_in(2) ? 0100 : 0);
	case 'm': return bits(0777) | 0600;
	case 'P': return (unsigned long)protections[below(7)];
	case 'M': return (1 + below(2)) | (one_in(2) ? 0x20 : 0) | bits(0x1fc130);
	case 'V': return below(26);
	case 'C': return one_in(8) ? bits(0x7fffff00) | 17 : clones[below(sizeof clones / sizeof *clones)];
	case 'F': return cmds[below(sizeof cmds / sizeof *cmds)];
	case 'I': return requests[below(sizeof requests / sizeof *requests)];
	case 'S': return below(66);
	case 'U': return below(14) | bits(0x180);
	case 'W': return bits(0x4100000f);
	case 'L': case 'K': case 'A': return below(5);
	case 'T': return below(13);
	case 'd': return one_in(2) ? below(8) : one_in(4) ? (unsigned long)getpid() : size();
	case 'x': return one_in(2) ? 0 : one_in(2) ? 1ul << below(16) : bits(0xffff);
	default: return size();
	}
}

/* ---- a worker ---- */

/* Calls that would end the machine, or change it for everybody. */
static bool is_left_out(const struct call *c)
{
	static const char *const no[] = { "reboot", "mount", "umount2", "exit", "exit_group", "syslog" };
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (!strcmp(c->name, no[i]))
			return true;
	return false;
}

/* Calls whose first number names a process: it is this one, or none. */
static bool names_process(const struct call *c)
{
	static const char *const yes[] = { "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64", "sched_setaffinity", "setpgid" };
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (!strcmp(c->name, yes[i]))
			return true;
	return false;
}

/* One of the next allocations that the kernel makes for this process fails. */
static void fail_soon(void)
{
	const char digit = (char)('1' + below(7));
	pwrite(FAIL_FD, &digit, 1, 0);
}

/* What belongs together, mostly: counts of small things, the size of a signal set, addresses of pages. */
static void mend(const struct call *c, unsigned long *a)
{
	bool pages = strstr("munmap mprotect madvise mremap msync mincore mlock mlock2 munlock mmap", c->name);
	if (one_in(8))
		return;
	for (int i = 0; c->kinds[i + 1]; i++) {
		char kind = c->kinds[i + 1], next = c->kinds[i + 2];
		if (strchr("oi", kind) && next == 'u')
			a[i + 1] = below(9);
		else if (kind == 'u' && !next && (strchr(c->kinds, 'G') || !strcmp(c->name, "rt_sigaction")))
			a[i] = 8;
		else if (kind == 'G' && !next)
			a[i + 1] = 8;
		else if (kind == 'p' && pages)
			a[i] &= ~(PAGE - 1ul);
	}
}

/* Half of a life's calls are of a few kinds, so that they meet each other. */
static const struct call *favourites[FAVOURITES];

static const struct call *any_call(void) { return &calls[below(sizeof calls / sizeof *calls)]; }

static void call_once(void)
{
	const struct call *c = one_in(2) ? any_call() : favourites[below(FAVOURITES)];
	unsigned long a[6] = { 0 };
	if (is_left_out(c) || (strstr(c->name, "exec") && !one_in(8)))
		return;
	for (int i = 0; c->kinds[i + 1]; i++)
		a[i] = argument(c, c->kinds[i + 1]);
	mend(c, a);
	if (names_process(c))
		a[0] = one_in(4) ? 0x3fffff : (unsigned long)getpid();
	for (int i = 0; strstr(c->name, "kill") && c->kinds[i + 1]; i++)
		if (c->kinds[i + 1] == 'S' && !one_in(16))	/* mostly one that does no harm */
			a[i] = one_in(2) ? SIGCHLD : SIGWINCH;
	if (one_in(6))
		fail_soon();
	if (syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]) == 0 && !strcmp(c->name, "clone"))
		_exit(0);
}

static void map_arena(void *at)
{
	arena = mmap(at, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);
	if (arena == MAP_FAILED)
		_exit(1);
	mprotect(arena + ARENA - PAGE, PAGE, PROT_READ);
}

/* The arena was unmapped or protected, by a call: it is made anew, and the access runs again. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	uintptr_t at = (uintptr_t)info->si_addr - (uintptr_t)arena;
	if (at >= ARENA - PAGE)
		_exit(2);
	map_arena(arena);
}

/* Descriptors of every kind. */
static void open_some(void)
{
	int fd[2];
	(void)!pipe(fd);
	open("fzA", O_RDWR | O_CREAT, 0600);
	open(".", O_RDONLY);
	open("/dev/zero", O_RDWR);
	syscall(SYS_eventfd2, 1, 0);
	syscall(SYS_epoll_create1, 0);
	syscall(SYS_timerfd_create, 1, 0);
	syscall(SYS_memfd_create, "fz", 0);
	syscall(SYS_signalfd4, -1, &(sigset_t){ 1 << (SIGCHLD - 1) }, 8, 0);
}

static _Noreturn void *go_on(void *step)
{
	for (;;) {
		call_once();
		(*(volatile uint32_t *)step)++;
	}
}

static _Noreturn void work(volatile uint32_t *step, unsigned seed)
{
	const struct sigaction on_segv = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	pthread_t other;
	const struct rlimit few = { 12, FAIL_FD + 1 };
	state = 88172645463325252u + seed * 7919u;
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	dup2(open("/proc/self/fail-nth", O_RDWR), FAIL_FD);
	if (one_in(2))		/* so few that they run out */
		setrlimit(RLIMIT_NOFILE, &few);
	setpgid(0, 0);
	sigaction(SIGSEGV, &on_segv, NULL);
	map_arena(NULL);
	open_some();
	for (int i = 0; i < FAVOURITES; i++)
		favourites[i] = any_call();
	if (threads > 1 && one_in(2))
		pthread_create(&other, NULL, go_on, (void *)step);
	go_on((void *)step);
}

/* ---- who watches them ---- */

struct worker { pid_t pid; uint32_t seen; int still; unsigned seed; };

static void start(struct worker *w, volatile uint32_t *step, unsigned seed)
{
	w->still = 0;
	w->seed = seed;
	w->pid = fork();
	if (w->pid == 0)
		work(step, seed);
}

/* How many calls w made since the last look; it is replaced if it died, or has stood still too long. */
static uint32_t look_after(struct worker *w, volatile uint32_t *step)
{
	int status;
	uint32_t now = *step, made = now - w->seen < 1000000 ? now - w->seen : 0;	/* it may have scribbled there */
	w->seen = now;
	w->still = made ? 0 : w->still + 1;
	if (w->pid > 0 && w->still >= PATIENCE)
		kill(w->pid, SIGKILL);
	if (w->pid <= 0 || waitpid(w->pid, &status, w->still >= PATIENCE ? 0 : WNOHANG) == w->pid)
		start(w, step, w->seed + 1);
	return made;
}

/* What the kernel holds of a kind (/proc/fingerprint). */
static long held(const char *kind)
{
	static char text[2048];
	int fd = open("/proc/fingerprint", O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	const char *row = strstr(text, kind);
	return row ? strtol(row + strlen(kind), NULL, 10) : -1;
}

/* All that the processes had is given back, once init has seen to their orphans. */
static bool is_returned(const char *kind, long before)
{
	long now = held(kind);
	for (int looks = 0; looks < 1000 && now != before; looks++) {
		usleep(5000);
		now = held(kind);
	}
	if (now != before)
		printf("%s: %ld before, %ld after\n", kind, before, now);
	return now == before;
}

static const char *run_seed(unsigned seed, volatile uint32_t *steps)
{
	static const char *const kinds[] = { "\ntables ", "\nregion ", "\nspace ", "\nthread ", "\nfile ", "\npipe ", "\nbuf " };
	long before[sizeof kinds / sizeof *kinds];
	struct worker workers[WORKERS] = { 0 };
	uint32_t made = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		WANT((before[i] = held(kinds[i])) >= 0);
	WANT(system("mkdir -p /tmp/fz /fz") == 0);
	WANT(chdir(seed % 2 ? "/tmp/fz" : "/fz") == 0);		/* tmpfs, FAT32 */
	for (unsigned i = 0; i < WORKERS; i++)
		start(&workers[i], &steps[i], seed * 1000003u + i * 100000u);
	while (made < (uint32_t)calls_each) {
		usleep(5000);
		for (int i = 0; i < WORKERS; i++)
			made += look_after(&workers[i], &steps[i]);
	}
	for (int i = 0; i < WORKERS; i++) {
		kill(workers[i].pid, SIGKILL);
		waitpid(workers[i].pid, NULL, 0);
	}
	WANT(chdir("/") == 0);
	WANT(system("rm -rf /tmp/fz /fz") == 0);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		WANT(is_returned(kinds[i], before[i]));
	WANT(system("memck") == 0);
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		first_seed = atoi(argv[1]);
	if (argc > 2)
		seeds = atoi(argv[2]);
	if (argc > 3)
		calls_each = atoi(argv[3]);
	if (argc > 4)
		threads = atoi(argv[4]);
	volatile uint32_t *steps = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (steps == MAP_FAILED)
		return 1;
	*steps = 0;
	for (int i = 0; i < seeds; i++) {
		const char *why = run_seed((unsigned)(first_seed + i), steps);
		printf(why ? "[KO] seed_%d: %s\n" : "[OK] seed_%d\n", first_seed + i, why);
		fflush(stdout);
		check_run++;
		check_failed += why != NULL;
	}
	printf("[%s] %d/%d\n", check_failed ? "FAILURE" : "SUCCESS", check_run - check_failed, check_run);
	return check_failed != 0;
}
