#pragma once
#include <sys/types.h>
#include <abi/signal.h>
#include <abi/time.h>
typedef uint64_t sigset_t;
typedef struct abi_siginfo siginfo_t;
typedef void (*sighandler_t)(int);
typedef int sig_atomic_t;
#define NSIG 65
struct sigaction {
	union {
		sighandler_t sa_handler;
		void (*sa_sigaction)(int, siginfo_t *, void *);
	};
	sigset_t sa_mask;
	int sa_flags;
};
int sigaction(int sig, const struct sigaction *new, struct sigaction *old);
sighandler_t signal(int sig, sighandler_t handler);
int kill(pid_t pid, int sig);
int raise(int sig);
int killpg(pid_t group, int sig);
union sigval { int sival_int; void *sival_ptr; };
int sigqueue(pid_t pid, int sig, union sigval value);
/* Take one of these signals, which are blocked, without a handler. sigwait gives an error number; EAGAIN: none came in the time (NULL: no limit). */
int sigwait(const sigset_t *set, int *sig);
int sigwaitinfo(const sigset_t *set, siginfo_t *info);
int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *most);
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int sigsuspend(const sigset_t *set);
int sigpending(sigset_t *set);
static inline int sigemptyset(sigset_t *s) { *s = 0; return 0; }
static inline int sigfillset(sigset_t *s) { *s = ~(sigset_t)0; return 0; }
/* EINVAL: there is no such signal. */
int sigaddset(sigset_t *s, int sig);
int sigdelset(sigset_t *s, int sig);
int sigismember(const sigset_t *s, int sig);
