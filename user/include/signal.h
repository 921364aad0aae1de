#pragma once
#include <sys/types.h>
#include <abi/signal.h>
typedef uint64_t sigset_t;
typedef struct abi_siginfo siginfo_t;
typedef void (*sighandler_t)(int);
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
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int sigsuspend(const sigset_t *set);
int sigpending(sigset_t *set);
static inline int sigemptyset(sigset_t *s) { *s = 0; return 0; }
static inline int sigfillset(sigset_t *s) { *s = ~(sigset_t)0; return 0; }
static inline int sigaddset(sigset_t *s, int sig) { *s |= (sigset_t)1 << (sig - 1); return 0; }
static inline int sigdelset(sigset_t *s, int sig) { *s &= ~((sigset_t)1 << (sig - 1)); return 0; }
static inline int sigismember(const sigset_t *s, int sig) { return (int)(*s >> (sig - 1) & 1); }
