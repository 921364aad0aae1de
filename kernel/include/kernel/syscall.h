#pragma once
#include <stdint.h>
#include <abi/errno.h>
#include <lib/err.h>
#include <mm/types.h>
/* A system call: six register arguments in, result or -errno out. One function each, named sys_x, in the
 * file of its subject; the table is in kernel/syscall.c. */
typedef int64_t syscall_fn(const uint64_t *arg);
int64_t err_to_errno(enum err e);	/* -errno, 0 for OK */
/* What ERR_INTR becomes inside the kernel: the call runs again after the signal, unless a handler without SA_RESTART runs; then it
 * is EINTR. User programs never see it. */
enum { ERESTARTSYS = 512 };

/* Copies with bounds checks; ERR_FAULT. */
enum err copy_from_user(void *dst, vaddr_t src, size_t n) MUST_CHECK;
enum err copy_to_user(vaddr_t dst, const void *src, size_t n) MUST_CHECK;
/* A string of up to n bytes: its length, n if it has no 0 in n bytes, -1 for a fault. */
int64_t copy_str_from_user(char *dst, vaddr_t src, size_t n);
/* A path from user space into a fresh kernel string, charged to the process's pool (path_free it): ERR_FAULT, ERR_NAMETOOLONG (over PATH_MAX_BYTES), ERR_NOMEM. */
enum err copy_path_from_user(vaddr_t src, char **out) MUST_CHECK;
void path_free(char *path);		/* NULL: nothing */

#define SYSCALL_LIST_FS(X) \
	X(getcwd) X(dup) X(dup3) X(fcntl) X(ioctl) X(mkdirat) X(unlinkat) X(renameat) X(renameat2) X(ftruncate) X(truncate) X(faccessat) \
	X(chdir) X(fchdir) X(openat) X(close) X(pipe2) X(getdents64) X(lseek) X(read) X(write) X(readv) X(writev) X(pread64) X(pwrite64) \
	X(readlinkat) X(newfstatat) X(fstat) X(statx) X(sync) X(fsync) X(fdatasync) X(mount) X(umount2) X(statfs) X(fstatfs) X(utimensat) \
	X(ppoll) X(pselect6) X(umask) X(fchmod) X(fchmodat) X(fchown) X(fchownat) X(symlinkat) X(linkat) X(sendfile) X(flock) X(memfd_create)
#define SYSCALL_LIST_MM(X) \
	X(brk) X(mmap) X(munmap) X(mprotect) X(madvise) X(mremap) X(msync) X(mincore) X(mlock) X(mlock2) X(munlock) X(mlockall) X(munlockall)
#define SYSCALL_LIST_PROC(X) \
	X(clone) X(execve) X(exit) X(exit_group) X(wait4) X(set_tid_address) X(set_robust_list) X(futex) X(kill) X(tkill) X(tgkill) \
	X(rt_sigaction) X(rt_sigprocmask) X(rt_sigpending) X(rt_sigsuspend) X(rt_sigreturn) X(sigaltstack) \
	X(getpid) X(getppid) X(gettid) X(getuid) X(geteuid) X(getgid) X(getegid) X(getresuid) X(getresgid) X(getgroups) \
	X(setpgid) X(getpgid) X(setsid) X(getsid) X(sched_yield) X(sched_getaffinity) X(sched_setaffinity)
#define SYSCALL_LIST_MISC(X) \
	X(clock_gettime) X(clock_getres) X(clock_nanosleep) X(nanosleep) X(gettimeofday) X(setitimer) X(getitimer) X(times) \
	X(getrusage) X(prlimit64) X(uname) X(sysinfo) X(getrandom) X(syslog) X(reboot) X(prctl) X(getpriority) X(setpriority)
#define X(name) syscall_fn sys_##name;
SYSCALL_LIST_FS(X)
SYSCALL_LIST_MM(X)
SYSCALL_LIST_PROC(X)
SYSCALL_LIST_MISC(X)
#undef X
syscall_fn sys_riscv_flush_icache;	/* RISC-V's own: there user mode cannot reach other harts' instruction caches */
