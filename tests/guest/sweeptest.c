/* Every system call that allocates, with each of its allocations failing in turn: see sweep.h. Those on files are in sweep_files.h. */
#include <sched.h>
#include <time.h>
#include <abi/futex.h>
#include <abi/sched.h>
#include "sweep_files.h"

/* ---- processes ---- */

static long do_fork(void)
{
	child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		_exit(0);
	return child;
}

static void reap(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

/* A thread that ends at once. The kernel clears its word when it is gone. */
static char stack[2 * PAGE] __attribute__((aligned(16)));
static volatile uint32_t thread_word;

static long start_thread(long flags)
{
#ifdef __riscv
	register long a0 __asm__("a0") = flags, a1 __asm__("a1") = (long)(stack + sizeof stack), a2 __asm__("a2") = 0;
	register long a3 __asm__("a3") = 0, a4 __asm__("a4") = (long)&thread_word, a7 __asm__("a7") = SYS_clone;
	__asm__ volatile("ecall\n\tbnez a0, 1f\n\tli a7, %6\n\tecall\n1:"
		: "+r"(a0), "+r"(a7) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "i"(SYS_exit) : "memory");
	return a0;
#else
	register long x0 __asm__("x0") = flags, x1 __asm__("x1") = (long)(stack + sizeof stack), x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0, x4 __asm__("x4") = (long)&thread_word, x8 __asm__("x8") = SYS_clone;
	__asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tmov x8, %6\n\tsvc 0\n1:"
		: "+r"(x0), "+r"(x8) : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "i"(SYS_exit) : "memory");
	return x0;
#endif
}

static long do_thread(void)
{
	thread_word = 1;
	long tid = start_thread(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_CHILD_CLEARTID);
	if (tid < 0) {
		errno = (int)-tid;
		return -1;
	}
	while (thread_word)
		syscall(SYS_futex, &thread_word, FUTEX_WAIT, 1, NULL);
	return 0;
}

static long do_exec(void)
{
	char number[12];
	snprintf(number, sizeof number, "%d", fail_fd);
	char *const argv[] = { "sweeptest", "--after-exec", number, NULL }, *const none[] = { NULL };
	fcntl(fail_fd, F_SETFD, 0);
	return execve("/test/sweeptest", argv, none);
}

static long do_exec_large(void)
{
	static char *argv[40], *const none[] = { NULL };
	for (int i = 0; i < 39; i++)
		argv[i] = big;
	return execve("/nothere", argv, none) == -1 && errno == ENOENT ? 0 : -1;
}

/* ---- mappings ---- */

static long map_now(void *where, size_t pages, int flags)
{
	void *p = mmap(where, pages * PAGE, RW, flags, flags & MAP_ANONYMOUS ? -1 : fd, 0);
	if (p != MAP_FAILED && !where)
		at = p;
	return p == MAP_FAILED ? -1 : 0;
}

static void make_map(void)
{
	if (map_now(NULL, 16, ANON))
		_exit(98);
	memset(at, 7, 16 * PAGE);
}
static void make_file_map(void) { open_data(); if (map_now(NULL, 8, MAP_PRIVATE)) _exit(98); }
static void make_shared_map(void) { open_data(); if (map_now(NULL, 8, MAP_SHARED)) _exit(98); }
static void make_fresh(void) { if (map_now(NULL, 16, ANON)) _exit(98); }
static void drop_map(void)
{
	if (at)
		munmap(at, 64 * PAGE);
	at = NULL;
	close_all();
}
static long map_anon(void) { return map_now(NULL, 4, ANON); }
static long map_shared(void) { return map_now(NULL, 4, MAP_SHARED | MAP_ANONYMOUS); }
static long map_populated(void) { return map_now(NULL, 4, ANON | MAP_POPULATE); }
static long map_file(void) { return map_now(NULL, 4, MAP_PRIVATE); }
static long map_over(void) { return map_now(at + 5 * PAGE, 3, ANON | MAP_FIXED); }
static long map_file_over(void) { return map_now(at + 5 * PAGE, 3, MAP_PRIVATE | MAP_FIXED); }
static void make_map_and_file(void) { make_map(); open_data(); }
static long unmap_middle(void) { return munmap(at + 5 * PAGE, 3 * PAGE); }
static long protect_middle(void) { return mprotect(at + 5 * PAGE, 3 * PAGE, PROT_READ); }
static long advise(void) { return madvise(at + 2 * PAGE, 9 * PAGE, MADV_DONTNEED); }
static long remap(void)
{
	char *p = mremap(at, 16 * PAGE, 40 * PAGE, MREMAP_MAYMOVE);
	at = p == MAP_FAILED ? at : p;
	return p == MAP_FAILED ? -1 : 0;
}
static long remap_part(void)
{
	char *p = mremap(at + 4 * PAGE, 4 * PAGE, 20 * PAGE, MREMAP_MAYMOVE);
	if (p != MAP_FAILED)
		munmap(p, 20 * PAGE);
	return p == MAP_FAILED ? -1 : 0;
}
static long grow_break(void)
{
	long old = before.brk;
	if (syscall(SYS_brk, old + 5 * PAGE) == old + 5 * PAGE)
		return 0;
	errno = ENOMEM;
	return -1;
}
static long touch(size_t pages)
{
	for (size_t i = 0; i < pages; i++)
		((volatile char *)at)[i * PAGE] = 'x';
	return 0;
}
static long touch_anon(void) { return touch(16); }
static long touch_file(void) { return touch(8); }
static long load_file(void) { page[0] = ((volatile char *)at)[3 * PAGE]; return 0; }
static long touch_cow(void)
{
	child = fork();
	if (child == 0)
		_exit((int)touch(16));
	return child < 0 ? -1 : touch(16);
}
static long read_to_fresh(void) { return read(fd, at, 6 * PAGE); }

/* ---- signals, waiting ---- */

static volatile int caught;
static void handler(int sig) { caught = sig; }
static void handle(void)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = (int)SA_ONSTACK };
	make_fresh();
	stack_t alternative = { .ss_sp = at, .ss_size = 16 * PAGE };
	if (syscall(SYS_sigaltstack, &alternative, NULL) || sigaction(SIGUSR1, &sa, NULL))
		_exit(98);
}
static long get_signal(void) { return kill(getpid(), SIGUSR1) == 0 && caught == SIGUSR1 ? 0 : -1; }
static long wait_futex(void)
{
	struct timespec soon = { 0, 1000000 };
	return syscall(SYS_futex, at, FUTEX_WAIT, 0, &soon) == -1 && errno == ETIMEDOUT ? 0 : -1;
}

/* A queued signal, which stays until it is fetched. */
enum { RT = 40 };
static const uint64_t rt_set = 1ull << (RT - 1);

static long queue_signal(void)
{
	struct abi_siginfo i = { .si_code = SI_QUEUE };
	return syscall(SYS_rt_sigprocmask, SIG_BLOCK, &rt_set, NULL, 8) ? -1 : syscall(SYS_rt_sigqueueinfo, getpid(), RT, &i);
}

static void fetch_signals(void)
{
	struct timespec now = { 0, 0 };
	while (syscall(SYS_rt_sigtimedwait, &rt_set, NULL, &now, 8) == RT)
		;
}

static const struct sweep sweeps[] = {
	{ "fork", make_map, do_fork, reap, EAGAIN, SWEEP_CHILD },
	{ "clone a thread", NULL, do_thread, NULL, EAGAIN, SWEEP_CHILD },
	{ "execve", NULL, do_exec, NULL, 0, SWEEP_CHILD },
	{ "execve with much to say", NULL, do_exec_large, NULL, 0, 0 },
	{ "rt_sigqueueinfo", NULL, queue_signal, fetch_signals, EAGAIN, 0 },
	{ "pipe2", NULL, do_pipe, close_all, 0, 0 },
	{ "write to a pipe", make_pipe, pipe_write, close_all, 0, SWEEP_OPEN },
	{ "epoll_create1", NULL, do_epoll, close_all, 0, 0 },
	{ "epoll_ctl", make_epoll, epoll_add, close_all, 0, 0 },
	{ "epoll_pwait", make_epoll, epoll_wait_for, close_all, 0, 0 },
	{ "timerfd_create", NULL, do_timerfd, close_all, 0, 0 },
	{ "eventfd2", NULL, do_eventfd, close_all, 0, 0 },
	{ "memfd_create", NULL, do_memfd, close_all, 0, 0 },
	{ "signalfd4", NULL, do_signalfd, close_all, 0, 0 },
	{ "dup3 beyond the table", NULL, dup_high, close_all, 0, SWEEP_CHILD },
	{ "fcntl beyond the table", NULL, dup_from, close_all, 0, SWEEP_CHILD },
	{ "poll", NULL, do_poll, NULL, 0, 0 },
	{ "open on FAT", NULL, open_fat, close_all, 0, 0 },
	{ "open on tmpfs", NULL, open_tmp, close_all, 0, 0 },
	{ "open through a link", make_link, open_link, remove_new, 0, 0 },
	{ "create on FAT", NULL, create_fat, remove_new, 0, 0 },
	{ "create on tmpfs", NULL, create_tmp, remove_new, 0, 0 },
	{ "create a long name on FAT", NULL, create_long, remove_new, 0, 0 },
	{ "create a long name on tmpfs", NULL, create_tmp_long, remove_new, 0, 0 },
	{ "create in a full directory", fill_dir, create_in_full, make_full_anew, 0, 0 },
	{ "unlink across clusters", fill_over, unlink_in_full, clear_full, 0, 0 },
	{ "rename from across clusters", fill_over, rename_in_full, clear_full, 0, 0 },
	{ "mkdir on FAT", NULL, mkdir_fat, remove_dirs, 0, 0 },
	{ "mkdir on tmpfs", NULL, mkdir_tmp, remove_dirs, 0, 0 },
	{ "rmdir on FAT", make_dirs, rmdir_fat, remove_dirs, 0, 0 },
	{ "unlink on FAT", make_new, unlink_fat, remove_new, 0, 0 },
	{ "unlink on tmpfs", make_new, unlink_tmp, remove_new, 0, 0 },
	{ "rename on FAT", make_new, rename_fat, remove_new, 0, 0 },
	{ "rename on tmpfs", make_new, rename_tmp, remove_new, 0, 0 },
	{ "rename over a file on FAT", make_two, rename_fat, remove_new, 0, 0 },
	{ "rename over a file on tmpfs", make_two, rename_tmp, remove_new, 0, 0 },
	{ "rename a directory on FAT", NULL, rename_dir, move_back, 0, 0 },
	{ "symlink", NULL, do_symlink, remove_new, 0, 0 },
	{ "readlink", make_link, do_readlink, remove_new, 0, 0 },
	{ "getdents", open_dir, do_getdents, close_all, 0, 0 },
	{ "stat of a long path", NULL, do_stat, NULL, 0, 0 },
	{ "statfs", NULL, do_statfs, NULL, 0, 0 },
	{ "chdir", NULL, do_chdir, go_home, 0, 0 },
	{ "getcwd", go_deep, do_getcwd, go_home, 0, 0 },
	{ "utimensat", NULL, do_utimens, NULL, 0, 0 },
	{ "write a new file on FAT", create_both, write_fat, remove_new, 0, SWEEP_OPEN },
	{ "write a new file on tmpfs", create_both, write_tmp, remove_new, 0, SWEEP_OPEN },
	{ "write behind a gap", create_both, write_gap, remove_new, 0, SWEEP_OPEN },
	{ "write into a file", open_data, write_over, close_all, 0, SWEEP_OPEN },
	{ "read", open_data, read_data, close_all, 0, SWEEP_OPEN },
	{ "readv", open_data, do_readv, close_all, 0, SWEEP_OPEN },
	{ "sendfile", open_both, do_sendfile, remove_new, 0, SWEEP_OPEN },
	{ "ftruncate up on FAT", create_both, grow_fat, remove_new, 0, SWEEP_OPEN },
	{ "ftruncate up on tmpfs", create_both, grow_tmp, remove_new, 0, SWEEP_OPEN },
	{ "ftruncate down on FAT", create_full, cut_fat, remove_new, 0, SWEEP_OPEN },
	{ "fsync", create_full, do_fsync, remove_new, 0, SWEEP_OPEN },
	{ "sync", create_full, do_sync, remove_new, 0, SWEEP_OPEN },
	{ "texts of /proc", NULL, proc_text, close_all, 0, SWEEP_OPEN },
	{ "mount tmpfs", NULL, mount_tmp, unmount, 0, 0 },
	{ "mount proc", NULL, mount_proc, unmount, 0, 0 },
	{ "umount", make_mount, do_umount, unmount, 0, 0 },
	{ "mount FAT", unmount_fat, mount_fat, unmount_fat, 0, SWEEP_DISK },
	{ "umount FAT", mount_fat_again, umount_fat, mount_fat_again, 0, SWEEP_DISK },
	{ "mmap", NULL, map_anon, drop_map, 0, 0 },
	{ "mmap shared", NULL, map_shared, drop_map, 0, 0 },
	{ "mmap populated", NULL, map_populated, drop_map, 0, 0 },
	{ "mmap a file", open_data, map_file, drop_map, 0, 0 },
	{ "mmap over pages", make_map, map_over, drop_map, 0, 0 },
	{ "mmap a file over pages", make_map_and_file, map_file_over, drop_map, 0, 0 },
	{ "munmap in the middle", make_map, unmap_middle, drop_map, 0, 0 },
	{ "mprotect in the middle", make_map, protect_middle, drop_map, 0, 0 },
	{ "madvise", make_map, advise, drop_map, 0, 0 },
	{ "mremap", make_map, remap, drop_map, 0, 0 },
	{ "mremap a part", make_map, remap_part, drop_map, 0, 0 },
	{ "brk", NULL, grow_break, NULL, 0, SWEEP_CHILD },
	{ "faults on new pages", make_fresh, touch_anon, drop_map, 0, SWEEP_CHILD },
	{ "faults on a file, private", make_file_map, touch_file, drop_map, 0, SWEEP_CHILD },
	{ "faults on a file, shared", make_shared_map, touch_file, drop_map, 0, SWEEP_CHILD },
	{ "a load from a file", make_file_map, load_file, drop_map, 0, SWEEP_CHILD },
	{ "fork and copy-on-write", make_map, touch_cow, reap, EAGAIN, SWEEP_CHILD },
	{ "read into new pages", make_file_map, read_to_fresh, drop_map, EFAULT, SWEEP_CHILD | SWEEP_OPEN },
	{ "a signal on a new stack", handle, get_signal, drop_map, 0, SWEEP_CHILD },
	{ "futex", make_fresh, wait_futex, drop_map, EFAULT, SWEEP_CHILD | SWEEP_OPEN },
};

static void make_places(void)
{
	mkdir(FAT_DIR, 0755);
	mkdir(FAT_DIR "/dir", 0755);
	mkdir(FAT_DIR "/dir/inner", 0755);
	mkdir(FAT_DIR "/inner dir", 0755);
	mkdir(TMP_DIR, 0755);
	memset(big, 'x', sizeof big);
	big[sizeof big / 32] = 0;
	make_file(DATA, DATA_PAGES * PAGE);
	make_file(TMP_DATA, DATA_PAGES * PAGE);
}

static void remove_places(void)
{
	unlink(DATA);
	unlink(TMP_DATA);
	rmdir(FAT_DIR "/dir/inner");
	rmdir(FAT_DIR "/dir");
	rmdir(FAT_DIR "/inner dir");
	rmdir(FAT_DIR);
	rmdir(TMP_DIR);
}

/* Fault the whole program in, so that none of its pages comes to count later. */
static void touch_program(void)
{
	extern char __executable_start[], etext[];
	for (const volatile char *p = __executable_start; p < etext; p += PAGE)
		(void)*p;
	own_pages();
}

/* What do_exec() started: was there no allocation to fail? */
static _Noreturn void after_exec(const char *number)
{
	fail_fd = atoi(number);
	_exit(disarm() ? DONE : RECOVERED);
}

/* With arguments: only the sweeps whose names begin so. */
static bool is_wanted(const struct sweep *s, int argc, char **argv)
{
	if (s->flags & SWEEP_DISK && access("/dev/vdb", F_OK))
		return false;
	for (int i = 1; i < argc; i++)
		if (!strncmp(s->name, argv[i], strlen(argv[i])))
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	int run = 0, good = 0;
	if (argc == 3 && !strcmp(argv[1], "--after-exec"))
		after_exec(argv[2]);
	print_fd = open("/proc/fingerprint", O_RDONLY | O_CLOEXEC);
	sweep_open_fail();
	make_places();
	touch_program();
	for (unsigned i = 0; i < sizeof sweeps / sizeof *sweeps; i++) {
		if (!is_wanted(&sweeps[i], argc, argv))
			continue;
		run++;
		good += sweep(&sweeps[i]);
		fflush(stdout);
	}
	remove_places();
	printf("[%s] %d/%d\n", good == run ? "SUCCESS" : "FAILURE", good, run);
	return good != run;
}
