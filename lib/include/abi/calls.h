#pragma once
/* Every system call that there is, one row each, in one place: the kernel makes its dispatch and the declarations from it, strace the
 * names and what the arguments are, and the book its reference.
 *
 * CALL(name, kinds, lacks): sys_name() in the kernel, number SYS_name. kinds has a letter for the result and one for each argument:
 *
 *   d number   u without sign   x in hexadecimal   p address    f descriptor        @ descriptor of a folder, or AT_FDCWD
 *   s string   v vector of strings   w bytes that it reads (their count follows)    r bytes that it writes (the result counts them)
 *   t time (struct timespec)   G signal set   o pollfds (their count follows)   i pieces of memory (struct iovec; their count follows)
 *   O open's flags   m mode   P protection   M mmap's flags   V advice   C clone's flags   F fcntl's command   L where lseek counts from
 *   S signal   K how a mask changes   A access's mode   U futex's operation   W wait's options   T clock   I ioctl's request   - no result
 *
 * lacks says what Linux's call does and ours does not; "" is nothing that we know of. */
#define SYSCALLS_FILES(CALL) \
	CALL(getcwd, "drx", "") \
	CALL(dup, "ff", "") \
	CALL(dup3, "fffO", "") \
	CALL(fcntl, "dfFx", "leases, signals (F_SETOWN, F_SETSIG) and seals") \
	CALL(ioctl, "dfIp", "the console's, and FIONREAD; ENOTTY for others") \
	CALL(mkdirat, "d@sm", "") \
	CALL(unlinkat, "d@sx", "") \
	CALL(renameat, "d@s@s", "") \
	CALL(renameat2, "d@s@sx", "RENAME_EXCHANGE and RENAME_WHITEOUT (EINVAL)") \
	CALL(ftruncate, "dfx", "") \
	CALL(truncate, "dsx", "") \
	CALL(faccessat, "d@sA", "") \
	CALL(chdir, "ds", "") \
	CALL(fchdir, "df", "") \
	CALL(openat, "f@sOm", "O_TMPFILE") \
	CALL(close, "df", "") \
	CALL(pipe2, "dpO", "packet mode (O_DIRECT is accepted)") \
	CALL(getdents64, "dfpu", "") \
	CALL(lseek, "dfdL", "SEEK_DATA and SEEK_HOLE") \
	CALL(read, "dfru", "") \
	CALL(write, "dfwu", "") \
	CALL(readv, "dfiu", "") \
	CALL(writev, "dfiu", "") \
	CALL(pread64, "dfruu", "") \
	CALL(pwrite64, "dfwuu", "") \
	CALL(readlinkat, "d@sru", "") \
	CALL(newfstatat, "d@spx", "") \
	CALL(fstat, "dfp", "") \
	CALL(statx, "d@sxxp", "birth times and mount numbers") \
	CALL(sync, "d", "") \
	CALL(fsync, "df", "") \
	CALL(fdatasync, "df", "does what fsync does") \
	CALL(mount, "dsssxp", "remounting, bind mounts, options as text") \
	CALL(umount2, "dsx", "flags are ignored") \
	CALL(statfs, "dsp", "") \
	CALL(fstatfs, "dfp", "") \
	CALL(utimensat, "d@spx", "") \
	CALL(ppoll, "doutG", "") \
	CALL(pselect6, "ddppptp", "") \
	CALL(umask, "mm", "") \
	CALL(fchmod, "dfm", "") \
	CALL(fchmodat, "d@sm", "FAT32 keeps the bit of writing alone") \
	CALL(fchown, "dfdd", "everything belongs to user 0") \
	CALL(fchownat, "d@sddx", "everything belongs to user 0") \
	CALL(symlinkat, "ds@s", "not on FAT32 (EPERM)") \
	CALL(linkat, "d@s@sx", "no file system here has hard links (EPERM)") \
	CALL(sendfile, "dffpu", "") \
	CALL(flock, "dfx", "") \
	CALL(mknodat, "d@smx", "regular files alone; EPERM for others") \
	CALL(preadv, "dfiuu", "") \
	CALL(pwritev, "dfiuu", "") \
	CALL(preadv2, "dfiuuux", "flags (EOPNOTSUPP)") \
	CALL(pwritev2, "dfiuuux", "flags (EOPNOTSUPP)") \
	CALL(fallocate, "dfxdd", "all but FALLOC_FL_KEEP_SIZE within the file (EOPNOTSUPP)") \
	CALL(faccessat2, "d@sAx", "") \
	CALL(close_range, "duux", "CLOSE_RANGE_UNSHARE") \
	CALL(fadvise64, "dfddd", "advice is not followed") \
	CALL(syncfs, "df", "writes back every file system") \
	CALL(eventfd2, "fux", "") \
	CALL(epoll_create1, "fx", "") \
	CALL(epoll_ctl, "dfdfp", "exclusive members, sets in sets (EINVAL)") \
	CALL(epoll_pwait, "dfpddGu", "") \
	CALL(timerfd_create, "fTx", "clocks that wake the machine (EINVAL)") \
	CALL(timerfd_settime, "dfxpp", "") \
	CALL(timerfd_gettime, "dfp", "") \
	CALL(signalfd4, "ffGux", "a read that waits keeps to the set of its beginning") \
	CALL(memfd_create, "fsx", "seals and huge pages")
#define SYSCALLS_MEMORY(CALL) \
	CALL(brk, "pp", "") \
	CALL(mmap, "ppuPMfx", "huge pages; flags that are not known are ignored, as there") \
	CALL(munmap, "dpu", "") \
	CALL(mprotect, "dpuP", "protection keys") \
	CALL(madvise, "dpuV", "see the table below") \
	CALL(mremap, "ppuuxp", "see the table below") \
	CALL(msync, "dpux", "MS_SYNC writes back every file") \
	CALL(mincore, "dpup", "pages that are cached and not mapped in count as absent") \
	CALL(mlock, "dpu", "see the table below") \
	CALL(mlock2, "dpux", "see the table below") \
	CALL(munlock, "dpu", "see the table below") \
	CALL(mlockall, "dx", "see the table below") \
	CALL(munlockall, "d", "see the table below")
#define SYSCALLS_PROCESSES(CALL) \
	CALL(clone, "dCpppp", "name spaces, CLONE_FILES and CLONE_FS without CLONE_THREAD (they are copied), CLONE_PARENT, CLONE_PIDFD") \
	CALL(execve, "dsvp", "scripts whose interpreter is a script (ENOEXEC)") \
	CALL(execveat, "d@svpx", "AT_SYMLINK_NOFOLLOW (EINVAL); the program is /dev/fd/N by name") \
	CALL(exit, "-d", "") \
	CALL(exit_group, "-d", "") \
	CALL(wait4, "ddpWp", "") \
	CALL(set_tid_address, "dp", "") \
	CALL(set_robust_list, "dpu", "") \
	CALL(get_robust_list, "ddpp", "") \
	CALL(waitid, "dddpWp", "P_PIDFD") \
	CALL(futex, "dpUutp", "priority inheritance") \
	CALL(kill, "ddS", "") \
	CALL(tkill, "ddS", "") \
	CALL(tgkill, "dddS", "") \
	CALL(rt_sigaction, "dSppu", "") \
	CALL(rt_sigprocmask, "dKGpu", "") \
	CALL(rt_sigtimedwait, "dGptu", "") \
	CALL(rt_sigqueueinfo, "ddSp", "") \
	CALL(rt_tgsigqueueinfo, "dddSp", "") \
	CALL(rt_sigpending, "dpu", "") \
	CALL(rt_sigsuspend, "dGu", "") \
	CALL(rt_sigreturn, "d", "") \
	CALL(sigaltstack, "dpp", "SS_AUTODISARM (EINVAL)") \
	CALL(getpid, "d", "") \
	CALL(getppid, "d", "") \
	CALL(gettid, "d", "") \
	CALL(getuid, "d", "") \
	CALL(geteuid, "d", "") \
	CALL(getgid, "d", "") \
	CALL(getegid, "d", "") \
	CALL(getresuid, "dppp", "") \
	CALL(getresgid, "dppp", "") \
	CALL(getgroups, "ddp", "") \
	CALL(setuid, "dd", "there is user 0 alone (EINVAL for others)") \
	CALL(setgid, "dd", "the same") \
	CALL(setreuid, "ddd", "the same") \
	CALL(setregid, "ddd", "the same") \
	CALL(setresuid, "dddd", "the same") \
	CALL(setresgid, "dddd", "the same") \
	CALL(setgroups, "dup", "the same") \
	CALL(setpgid, "ddd", "") \
	CALL(getpgid, "dd", "") \
	CALL(setsid, "d", "") \
	CALL(getsid, "dd", "") \
	CALL(sched_yield, "d", "") \
	CALL(sched_getscheduler, "dd", "one policy") \
	CALL(sched_setscheduler, "dddp", "real-time policies (EPERM)") \
	CALL(sched_getparam, "ddp", "") \
	CALL(sched_setparam, "ddp", "") \
	CALL(sched_get_priority_max, "dd", "") \
	CALL(sched_get_priority_min, "dd", "") \
	CALL(sched_rr_get_interval, "ddp", "") \
	CALL(getcpu, "dppp", "the node is 0") \
	CALL(personality, "xx", "others than 0 (EINVAL)") \
	CALL(sched_getaffinity, "ddup", "") \
	CALL(sched_setaffinity, "ddup", "")
#define SYSCALLS_REST(CALL) \
	CALL(clock_gettime, "dTp", "clocks that wake the machine, and of descriptors (EINVAL); TAI is UTC") \
	CALL(clock_getres, "dTp", "") \
	CALL(clock_nanosleep, "dTxtp", "CPU clocks (EINVAL)") \
	CALL(nanosleep, "dtp", "") \
	CALL(gettimeofday, "dpp", "the time zone") \
	CALL(setitimer, "ddpp", "ITIMER_VIRTUAL counts the time in the kernel too") \
	CALL(getitimer, "ddp", "") \
	CALL(timer_create, "dTpp", "CPU clocks, and clocks that wake the machine (EINVAL)") \
	CALL(timer_settime, "ddxpp", "") \
	CALL(timer_gettime, "ddp", "") \
	CALL(timer_getoverrun, "dd", "") \
	CALL(timer_delete, "dd", "") \
	CALL(times, "dp", "") \
	CALL(getrusage, "ddp", "all but times, peak memory and minor faults") \
	CALL(prlimit64, "ddupp", "see the table below") \
	CALL(uname, "dp", "") \
	CALL(sysinfo, "dp", "") \
	CALL(getrandom, "dpux", "") \
	CALL(syslog, "ddpd", "waiting for lines") \
	CALL(reboot, "dxxxp", "") \
	CALL(prctl, "ddxxxx", "the thread's name; EINVAL for others") \
	CALL(getpriority, "ddd", "one priority") \
	CALL(setpriority, "dddd", "one priority")
#ifdef __riscv
#define SYS_riscv_flush_icache (SYS_arch_specific_syscall + 15)
#define SYSCALLS_MACHINE(CALL) CALL(riscv_flush_icache, "dppx", "")	/* there user mode cannot reach other harts' instruction caches */
#else
#define SYSCALLS_MACHINE(CALL)
#endif
#define SYSCALLS(CALL) SYSCALLS_FILES(CALL) SYSCALLS_MEMORY(CALL) SYSCALLS_PROCESSES(CALL) SYSCALLS_REST(CALL) SYSCALLS_MACHINE(CALL)
