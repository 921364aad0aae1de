#pragma once
#include <dirent.h>
#include <poll.h>
#include <sys/mount.h>
#include <time.h>
#include <abi/epoll.h>
#include <abi/uio.h>
#include "sweep.h"
/* sweeptest's calls on descriptors, names, contents of files, and mounts. */

#define LONG_NAME "a name that is too long for its inode and for one slot of a directory, so it takes several"
#define DEEP FAT_DIR "/dir/./././././././././././././././././././././././././././././././././././././././././././././inner"
#define DATA FAT_DIR "/data"
#define TMP_DATA TMP_DIR "/data"
enum { DATA_PAGES = 12 };

static int fd = -1, fds[2] = { -1, -1 };
static char *at, page[PAGE], big[16 * PAGE];
static pid_t child;

static void close_all(void)
{
	int *all[] = { &fd, &fds[0], &fds[1] };
	for (int i = 0; i < 3; i++) {
		if (*all[i] >= 0)
			close(*all[i]);
		*all[i] = -1;
	}
}

static long opened(int got) { return fd = got; }

static void make_file(const char *path, size_t n)
{
	int f = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (f < 0 || write(f, big, n) != (ssize_t)n)
		_exit(98);
	close(f);
}

/* ---- descriptors and pipes ---- */

static long do_pipe(void) { return pipe2(fds, 0); }
static void make_pipe(void) { if (pipe(fds)) _exit(98); }
static long pipe_write(void) { return write(fds[1], big, 3 * PAGE); }
static long do_epoll(void) { return opened((int)syscall(SYS_epoll_create1, 0)); }
static long do_timerfd(void) { return opened((int)syscall(SYS_timerfd_create, 1, 0)); }
static long do_eventfd(void) { return opened((int)syscall(SYS_eventfd2, 0, 0)); }
static long do_memfd(void) { return opened((int)syscall(SYS_memfd_create, "x", 0)); }
static long do_signalfd(void)
{
	unsigned long set = 1;
	return opened((int)syscall(SYS_signalfd4, -1, &set, sizeof set, 0));
}
static void make_epoll(void) { make_pipe(); if (do_epoll() < 0) _exit(98); }
static long epoll_add(void)
{
	struct epoll_event e = { EPOLLIN, 0 };
	return syscall(SYS_epoll_ctl, fd, EPOLL_CTL_ADD, fds[0], &e);
}
static long epoll_wait_for(void)
{
	struct epoll_event e[4];
	return syscall(SYS_epoll_pwait, fd, e, 4, 0, NULL, 8);
}
static long dup_high(void) { return opened((int)syscall(SYS_dup3, 1, 100, 0)); }
static long dup_from(void) { return opened(fcntl(1, F_DUPFD, 70)); }
static long do_poll(void)
{
	static struct pollfd many[120];
	for (int i = 0; i < 120; i++)
		many[i] = (struct pollfd){ .fd = 1, .events = POLLOUT };
	return poll(many, 120, 0);
}

/* ---- names ---- */

static long open_fat(void) { return opened(open(DATA, O_RDWR)); }
static long open_tmp(void) { return opened(open(TMP_DATA, O_RDWR)); }
static long create_fat(void) { return opened(open(FAT_DIR "/new", O_RDWR | O_CREAT, 0644)); }
static long create_tmp(void) { return opened(open(TMP_DIR "/new", O_RDWR | O_CREAT, 0644)); }
static long create_long(void) { return opened(open(FAT_DIR "/" LONG_NAME, O_RDWR | O_CREAT, 0644)); }
static long create_tmp_long(void) { return opened(open(TMP_DIR "/" LONG_NAME, O_RDWR | O_CREAT, 0644)); }
static void remove_new(void)
{
	close_all();
	unlink(FAT_DIR "/new");
	unlink(TMP_DIR "/new");
	unlink(FAT_DIR "/" LONG_NAME);
	unlink(TMP_DIR "/" LONG_NAME);
}
/* A directory whose slots are taken but for a few: the next long name needs a new cluster. */
#define FULL FAT_DIR "/inner dir"
static void fill_dir(void)
{
	static char name[200];
	struct stat st;
	if (stat(FULL, &st))
		_exit(98);
	for (long left = st.st_size / 32 - 2, i = 0; left >= 8; left -= 8, i++) {
		snprintf(name, sizeof name, FULL "/" LONG_NAME "%02ld", i);
		close(creat(name, 0644));
	}
}
static long create_in_full(void) { return opened(creat(FULL "/" LONG_NAME, 0644)); }
static void make_full_anew(void)
{
	static char buf[4096], name[320];
	close_all();
	int d = open(FULL, O_RDONLY);
	for (long n; (n = syscall(SYS_getdents64, d, buf, sizeof buf)) > 0; lseek(d, 0, SEEK_SET)) {
		long kept = 0;
		for (long i = 0; i < n; i += *(uint16_t *)(void *)(buf + i + 16)) {
			snprintf(name, sizeof name, FULL "/%s", buf + i + 19);
			kept += unlink(name) != 0;
		}
		if (kept == 2 || kept == 0)
			break;
	}
	close(d);
	rmdir(FULL);
	mkdir(FULL, 0755);
}
static void fill_over(void) { fill_dir(); create_in_full(); close_all(); }
static long unlink_in_full(void) { return unlink(FULL "/" LONG_NAME); }
static long rename_in_full(void) { return rename(FULL "/" LONG_NAME, FAT_DIR "/new"); }
static void clear_full(void) { unlink(FAT_DIR "/new"); make_full_anew(); }
static long mkdir_fat(void) { return mkdir(FAT_DIR "/" LONG_NAME, 0755); }
static long mkdir_tmp(void) { return mkdir(TMP_DIR "/" LONG_NAME, 0755); }
static void remove_dirs(void) { rmdir(FAT_DIR "/" LONG_NAME); rmdir(TMP_DIR "/" LONG_NAME); }
static void make_dirs(void) { mkdir_fat(); mkdir_tmp(); }
static long rmdir_fat(void) { return rmdir(FAT_DIR "/" LONG_NAME); }
static void make_new(void)
{
	make_file(FAT_DIR "/new", 3 * PAGE);
	make_file(TMP_DIR "/new", 3 * PAGE);
}
static long unlink_fat(void) { return unlink(FAT_DIR "/new"); }
static long unlink_tmp(void) { return unlink(TMP_DIR "/new"); }
static long rename_fat(void) { return rename(FAT_DIR "/new", FAT_DIR "/" LONG_NAME); }
static long rename_tmp(void) { return rename(TMP_DIR "/new", TMP_DIR "/" LONG_NAME); }
static void make_two(void)
{
	make_new();
	make_file(FAT_DIR "/" LONG_NAME, PAGE);
	make_file(TMP_DIR "/" LONG_NAME, PAGE);
}
static long rename_dir(void) { return rename(FAT_DIR "/dir", FAT_DIR "/inner dir/" LONG_NAME); }
static void move_back(void) { rename(FAT_DIR "/inner dir/" LONG_NAME, FAT_DIR "/dir"); }
static long do_symlink(void) { return syscall(SYS_symlinkat, TMP_DATA, AT_FDCWD, TMP_DIR "/" LONG_NAME); }
static void make_link(void) { do_symlink(); }
static long do_readlink(void) { return syscall(SYS_readlinkat, AT_FDCWD, TMP_DIR "/" LONG_NAME, page, sizeof page); }
static long open_link(void) { return opened(open(TMP_DIR "/" LONG_NAME, O_RDONLY)); }
static void open_dir(void) { opened(open("/bin", O_RDONLY)); }
static long do_getdents(void) { return syscall(SYS_getdents64, fd, big, sizeof big); }
static long do_stat(void) { struct stat st; return stat(DEEP, &st); }
static long do_statfs(void) { struct statfs st; return syscall(SYS_statfs, FAT_DIR, &st); }
static long do_chdir(void) { return chdir(DEEP); }
static void go_home(void) { if (chdir("/")) _exit(98); }
static void go_deep(void) { if (chdir(DEEP)) _exit(98); }
static long do_getcwd(void) { return getcwd(page, sizeof page) ? 0 : -1; }
static long do_utimens(void) { return utimensat(AT_FDCWD, DATA, NULL, 0); }

/* ---- contents ---- */

static void open_data(void) { if (open_fat() < 0) _exit(98); }
static void create_both(void) { fds[0] = (int)create_fat(); fds[1] = open(TMP_DIR "/new", O_RDWR | O_CREAT, 0644); fd = -1; }
static long write_fat(void) { return write(fds[0], big, 9 * PAGE + 5); }
static long write_tmp(void) { return write(fds[1], big, 9 * PAGE + 5); }
static long write_gap(void) { return pwrite(fds[0], big, PAGE + 5, 5 * PAGE + 3); }
static long write_over(void) { return pwrite(fd, big, 700, PAGE + 300); }
static long read_data(void) { return read(fd, big, 9 * PAGE); }
static long do_readv(void)
{
	struct iovec v[3] = { { big, 100 }, { big + PAGE, PAGE }, { big + 3 * PAGE, 2 * PAGE } };
	return syscall(SYS_readv, fd, v, 3);
}
static void open_both(void) { open_data(); fds[0] = open(TMP_DIR "/new", O_RDWR | O_CREAT, 0644); }
static long do_sendfile(void) { return syscall(SYS_sendfile, fds[0], fd, NULL, 4 * PAGE); }
static long grow_fat(void) { return ftruncate(fds[0], 5 * PAGE + 1); }
static long grow_tmp(void) { return ftruncate(fds[1], 5 * PAGE + 1); }
static void create_full(void)
{
	create_both();
	if (write_fat() != 9 * PAGE + 5 || write_tmp() != 9 * PAGE + 5)
		_exit(98);
}
static long cut_fat(void) { return ftruncate(fds[0], 3 * PAGE + 100); }
/* What is dirty when the round begins is written back by the look at the kernel, so make it dirty anew. */
static void dirty_again(void)
{
	arm(0);
	if (pwrite(fds[0], "x", 1, 0) != 1 || pwrite(fds[0], "x", 1, 8 * PAGE) != 1)
		_exit(98);
	arm(armed_for);
}
static long do_fsync(void) { dirty_again(); return fsync(fds[0]); }
static long do_sync(void) { dirty_again(); sync(); return 0; }

static long proc_text(void)
{
	static const char *const names[] = { "/proc/meminfo", "/proc/self/maps", "/proc/self/status", "/proc/mounts", "/proc/stat" };
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		if (opened(open(names[i], O_RDONLY)) < 0 || read(fd, big, sizeof big) < 0)
			return -1;
		close_all();
	}
	return 0;
}

/* ---- mounts ---- */

static long mount_tmp(void) { return mount("none", FAT_DIR "/dir", "tmpfs", 0, NULL); }
static long mount_proc(void) { return mount("none", FAT_DIR "/dir", "proc", 0, NULL); }
static void unmount(void) { umount(FAT_DIR "/dir"); }
/* The second disk, which init mounts; there is one only if the machine has it. */
static long mount_fat(void) { return mount("/dev/vdb", "/mnt", "vfat", 0, NULL); }
static void mount_fat_again(void) { mount_fat(); }
static void unmount_fat(void) { umount("/mnt"); }
static long umount_fat(void)
{
	arm(0);
	make_file("/mnt/sweep.new", 2 * PAGE);
	arm(armed_for);
	return umount("/mnt");
}
static void make_mount(void)
{
	if (mount_tmp())
		_exit(98);
	make_file(FAT_DIR "/dir/one", 2 * PAGE);
	mkdir(FAT_DIR "/dir/two", 0755);
}
static long do_umount(void) { return umount(FAT_DIR "/dir"); }
