/* Names of numbers: calls, errors, signals, and the flags that one meets often. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <abi/poll.h>
#include <abi/calls.h>
#include <abi/futex.h>
#include <abi/sched.h>
#include <abi/syscall.h>
#include <abi/termios.h>
#include <abi/time.h>
#include "strace.h"

static const struct { const char *name, *kinds; } calls[] = {
#define X(name, kinds, lacks) [SYS_##name] = { #name, kinds },
	SYSCALLS(X)
#undef X
};

const char *call_name(unsigned nr) { return nr < sizeof calls / sizeof *calls ? calls[nr].name : NULL; }
const char *call_kinds(unsigned nr) { return call_name(nr) ? calls[nr].kinds : "dxxxxxx"; }

#define N(x) [x] = #x,
static const char *const errors[] = {
	N(EPERM) N(ENOENT) N(ESRCH) N(EINTR) N(EIO) N(ENXIO) N(E2BIG) N(ENOEXEC) N(EBADF) N(ECHILD) N(EAGAIN) N(ENOMEM) N(EACCES)
	N(EFAULT) N(ENOTBLK) N(EBUSY) N(EEXIST) N(EXDEV) N(ENODEV) N(ENOTDIR) N(EISDIR) N(EINVAL) N(ENFILE) N(EMFILE) N(ENOTTY)
	N(ETXTBSY) N(EFBIG) N(ENOSPC) N(ESPIPE) N(EROFS) N(EMLINK) N(EPIPE) N(EDOM) N(ERANGE) N(EDEADLK) N(ENAMETOOLONG) N(ENOLCK)
	N(ENOSYS) N(ENOTEMPTY) N(ELOOP) N(ENOMSG) N(EIDRM) N(ECHRNG) N(EL2NSYNC) N(EL3HLT) N(EL3RST) N(ELNRNG) N(EUNATCH) N(ENOCSI)
	N(EL2HLT) N(EBADE) N(EBADR) N(EXFULL) N(ENOANO) N(EBADRQC) N(EBADSLT) N(EBFONT) N(ENOSTR) N(ENODATA) N(ETIME) N(ENOSR) N(ENONET)
	N(ENOPKG) N(EREMOTE) N(ENOLINK) N(EADV) N(ESRMNT) N(ECOMM) N(EPROTO) N(EMULTIHOP) N(EDOTDOT) N(EBADMSG) N(EOVERFLOW) N(ENOTUNIQ)
	N(EBADFD) N(EREMCHG) N(ELIBACC) N(ELIBBAD) N(ELIBSCN) N(ELIBMAX) N(ELIBEXEC) N(EILSEQ) N(ERESTART) N(ESTRPIPE) N(EUSERS)
	N(ENOTSOCK) N(EDESTADDRREQ) N(EMSGSIZE) N(EPROTOTYPE) N(ENOPROTOOPT) N(EPROTONOSUPPORT) N(ESOCKTNOSUPPORT) N(EOPNOTSUPP)
	N(EPFNOSUPPORT) N(EAFNOSUPPORT) N(EADDRINUSE) N(EADDRNOTAVAIL) N(ENETDOWN) N(ENETUNREACH) N(ENETRESET) N(ECONNABORTED)
	N(ECONNRESET) N(ENOBUFS) N(EISCONN) N(ENOTCONN) N(ESHUTDOWN) N(ETOOMANYREFS) N(ETIMEDOUT) N(ECONNREFUSED) N(EHOSTDOWN)
	N(EHOSTUNREACH) N(EALREADY) N(EINPROGRESS) N(ESTALE) N(EUCLEAN) N(ENOTNAM) N(ENAVAIL) N(EISNAM) N(EREMOTEIO) N(EDQUOT)
	N(ENOMEDIUM) N(EMEDIUMTYPE) N(ECANCELED) N(ENOKEY) N(EKEYEXPIRED) N(EKEYREVOKED) N(EKEYREJECTED) N(EOWNERDEAD) N(ENOTRECOVERABLE)
	N(ERFKILL) N(EHWPOISON)
};
static const char *const signals[] = {
	N(SIGHUP) N(SIGINT) N(SIGQUIT) N(SIGILL) N(SIGTRAP) N(SIGABRT) N(SIGBUS) N(SIGFPE) N(SIGKILL) N(SIGUSR1) N(SIGSEGV) N(SIGUSR2)
	N(SIGPIPE) N(SIGALRM) N(SIGTERM) N(SIGSTKFLT) N(SIGCHLD) N(SIGCONT) N(SIGSTOP) N(SIGTSTP) N(SIGTTIN) N(SIGTTOU) N(SIGURG)
	N(SIGXCPU) N(SIGXFSZ) N(SIGVTALRM) N(SIGPROF) N(SIGWINCH) N(SIGIO) N(SIGPWR) N(SIGSYS)
};
#undef N

const char *errno_name(int e) { return e >= 0 && (size_t)e < sizeof errors / sizeof *errors ? errors[e] : NULL; }
const char *signal_name(int sig) { return sig >= 0 && (size_t)sig < sizeof signals / sizeof *signals ? signals[sig] : NULL; }

/* ---- flags and choices, each table ended by NULL ---- */

#define N(x) { (uint64_t)(x), #x },
static const struct name opens[] = {
	N(O_CREAT) N(O_EXCL) N(O_NOCTTY) N(O_TRUNC) N(O_APPEND) N(O_NONBLOCK) N(O_SYNC) N(O_DSYNC) N(O_DIRECT) N(O_LARGEFILE) N(O_DIRECTORY)
	N(O_NOFOLLOW) N(O_NOATIME) N(O_CLOEXEC) N(O_PATH) { 0, NULL }
};
static const struct name prots[] = { N(PROT_READ) N(PROT_WRITE) N(PROT_EXEC) { 0, NULL } };
static const struct name maps[] = {
	N(MAP_FIXED) N(MAP_ANONYMOUS) N(MAP_GROWSDOWN) N(MAP_LOCKED) N(MAP_NORESERVE) N(MAP_POPULATE) N(MAP_NONBLOCK) N(MAP_STACK)
	N(MAP_FIXED_NOREPLACE) { 0, NULL }
};
static const struct name clones[] = {
	N(CLONE_VM) N(CLONE_FS) N(CLONE_FILES) N(CLONE_SIGHAND) N(CLONE_VFORK) N(CLONE_PARENT) N(CLONE_THREAD) N(CLONE_SYSVSEM)
	N(CLONE_SETTLS) N(CLONE_PARENT_SETTID) N(CLONE_CHILD_CLEARTID) N(CLONE_DETACHED) N(CLONE_CHILD_SETTID) { 0, NULL }
};
static const struct name advices[] = {
	N(MADV_NORMAL) N(MADV_RANDOM) N(MADV_SEQUENTIAL) N(MADV_WILLNEED) N(MADV_DONTNEED) N(MADV_FREE) N(MADV_HUGEPAGE) N(MADV_NOHUGEPAGE)
	N(MADV_DONTDUMP) N(MADV_DODUMP) N(MADV_COLD) N(MADV_PAGEOUT) N(MADV_POPULATE_READ) N(MADV_POPULATE_WRITE) { 0, NULL }
};
static const struct name fcntls[] = {
	N(F_DUPFD) N(F_GETFD) N(F_SETFD) N(F_GETFL) N(F_SETFL) N(F_GETLK) N(F_SETLK) N(F_SETLKW) N(F_OFD_GETLK) N(F_OFD_SETLK) N(F_OFD_SETLKW) N(F_DUPFD_CLOEXEC) N(F_GETPIPE_SZ) { 0, NULL }
};
static const struct name whences[] = { N(SEEK_SET) N(SEEK_CUR) N(SEEK_END) { 0, NULL } };
static const struct name polls[] = { N(POLLIN) N(POLLPRI) N(POLLOUT) N(POLLERR) N(POLLHUP) N(POLLNVAL) { 0, NULL } };
static const struct name masks[] = { N(SIG_BLOCK) N(SIG_UNBLOCK) N(SIG_SETMASK) { 0, NULL } };
static const struct name accesses[] = { N(R_OK) N(W_OK) N(X_OK) { 0, NULL } };
static const struct name waits[] = { N(WNOHANG) N(WUNTRACED) N(WCONTINUED) { 0, NULL } };
static const struct name clocks[] = {
	N(CLOCK_REALTIME) N(CLOCK_MONOTONIC) N(CLOCK_PROCESS_CPUTIME_ID) N(CLOCK_THREAD_CPUTIME_ID) N(CLOCK_MONOTONIC_RAW)
	N(CLOCK_REALTIME_COARSE) N(CLOCK_MONOTONIC_COARSE) N(CLOCK_BOOTTIME) { 0, NULL }
};
static const struct name ioctls[] = {
	N(TCGETS) N(TCSETS) N(TCSETSW) N(TCSETSF) N(TIOCGPGRP) N(TIOCSPGRP) N(TIOCGWINSZ) N(TIOCSWINSZ) N(TIOCSCTTY) N(FIONREAD) { 0, NULL }
};
static const struct name futexes[] = {
	N(FUTEX_WAIT) N(FUTEX_WAKE) N(FUTEX_REQUEUE) N(FUTEX_CMP_REQUEUE) N(FUTEX_WAIT_BITSET) N(FUTEX_WAKE_BITSET) { 0, NULL }
};
static const struct name futex_flags[] = { N(FUTEX_PRIVATE_FLAG) N(FUTEX_CLOCK_REALTIME) { 0, NULL } };
#undef N

static void show_choice(FILE *out, const struct name *n, uint64_t v)
{
	while (n->name && n->value != v)
		n++;
	if (n->name)
		fputs(n->name, out);
	else
		fprintf(out, "%#lx", (unsigned long)v);
}

/* first is what is said already; NULL: nothing. */
static void show_flags(FILE *out, const char *first, const struct name *n, uint64_t v)
{
	const char *sep = "";
	if (first) {
		fputs(first, out);
		sep = "|";
	}
	for (; n->name; n++)
		if ((v & n->value) == n->value) {
			fprintf(out, "%s%s", sep, n->name);
			sep = "|";
			v &= ~n->value;
		}
	if (v || !*sep)
		fprintf(out, v ? "%s%#lx" : "%s0", sep, (unsigned long)v);
}

static void show_open(FILE *out, uint64_t v)
{
	static const char *const access[] = { "O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE" };
	show_flags(out, access[v & O_ACCMODE], opens, v & ~(uint64_t)O_ACCMODE);
}

static void show_map(FILE *out, uint64_t v)
{
	static const char *const types[] = { NULL, "MAP_SHARED", "MAP_PRIVATE", "MAP_SHARED_VALIDATE" };
	show_flags(out, (v & MAP_TYPE) < 4 ? types[v & MAP_TYPE] : NULL, maps, (v & MAP_TYPE) < 4 ? v & ~(uint64_t)MAP_TYPE : v);
}

static void show_clone(FILE *out, uint64_t v)
{
	const char *sig = signal_name((int)(v & CSIGNAL));
	show_flags(out, sig, clones, sig ? v & ~(uint64_t)CSIGNAL : v);
}

static void show_futex(FILE *out, uint64_t v)
{
	const uint64_t flags = FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME;
	show_choice(out, futexes, v & ~flags & UINT32_MAX);
	if (v & flags) {
		fputc('|', out);
		show_flags(out, NULL, futex_flags, v & flags);
	}
}

static void show_signal(FILE *out, uint64_t v)
{
	const char *name = signal_name((int)v);
	if (name)
		fputs(name, out);
	else
		fprintf(out, "%d", (int)v);
}

static void show_address(FILE *out, uint64_t v)
{
	if (v)
		fprintf(out, "%#lx", (unsigned long)v);
	else
		fputs("NULL", out);
}

void show_value(FILE *out, char kind, uint64_t v)
{
	switch (kind) {
	case 'd': case 'f': fprintf(out, "%d", (int)v); break;
	case '@':
		if ((int)v == AT_FDCWD)
			fputs("AT_FDCWD", out);
		else
			fprintf(out, "%d", (int)v);
		break;
	case 'l': fprintf(out, "%ld", (long)v); break;	/* a result that counts */
	case 'u': fprintf(out, "%lu", (unsigned long)v); break;
	case 'm': fprintf(out, "0%o", (unsigned)v); break;
	case 'O': show_open(out, v); break;
	case 'P': show_flags(out, v & 7 ? NULL : "PROT_NONE", prots, v); break;
	case 'M': show_map(out, v); break;
	case 'C': show_clone(out, v); break;
	case 'U': show_futex(out, v); break;
	case 'S': show_signal(out, v); break;
	case 'V': show_choice(out, advices, v); break;
	case 'F': show_choice(out, fcntls, v); break;
	case 'L': show_choice(out, whences, v); break;
	case 'E': show_flags(out, NULL, polls, v); break;
	case 'K': show_choice(out, masks, v); break;
	case 'A': show_flags(out, v & 7 ? NULL : "F_OK", accesses, v); break;
	case 'W': show_flags(out, NULL, waits, v); break;
	case 'T': show_choice(out, clocks, v); break;
	case 'I': show_choice(out, ioctls, v & UINT32_MAX); break;
	case 'x': fprintf(out, v ? "%#lx" : "%lx", (unsigned long)v); break;
	default: show_address(out, v);
	}
}
