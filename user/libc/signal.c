/* Signals. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "priv.h"


int sigaction(int sig, const struct sigaction *new, struct sigaction *old)
{
	struct abi_sigaction n, o;
	if (new) {
		memset(&n, 0, sizeof n);
		n.handler = (uint64_t)(uintptr_t)new->sa_handler;
		n.flags = (unsigned)new->sa_flags;
		n.mask = new->sa_mask;
	}
	if (CALL4(rt_sigaction, sig, new ? &n : NULL, old ? &o : NULL, 8) < 0)
		return -1;
	if (old) {
		old->sa_handler = (sighandler_t)(uintptr_t)o.handler;
		old->sa_flags = (int)o.flags;
		old->sa_mask = o.mask;
	}
	return 0;
}

sighandler_t signal(int sig, sighandler_t handler)
{
	struct sigaction new = { .sa_handler = handler, .sa_flags = (int)SA_RESTART }, old;
	return sigaction(sig, &new, &old) < 0 ? SIG_ERR : old.sa_handler;
}

/* The bit of a signal; 0, with errno: there is none. */
static sigset_t bit_of(int sig)
{
	if (sig > 0 && sig < NSIG)
		return (sigset_t)1 << (sig - 1);
	errno = EINVAL;
	return 0;
}

int sigaddset(sigset_t *s, int sig)
{
	*s |= bit_of(sig);
	return bit_of(sig) ? 0 : -1;
}

int sigdelset(sigset_t *s, int sig)
{
	*s &= ~bit_of(sig);
	return bit_of(sig) ? 0 : -1;
}

int sigismember(const sigset_t *s, int sig) { return bit_of(sig) ? (*s & bit_of(sig)) != 0 : -1; }

int kill(pid_t pid, int sig) { return (int)CALL2(kill, pid, sig); }
int raise(int sig) { return (int)CALL3(tgkill, getpid(), gettid(), sig); }
int sigprocmask(int how, const sigset_t *set, sigset_t *old) { return (int)CALL4(rt_sigprocmask, how, set, old, 8); }
int sigsuspend(const sigset_t *set) { return (int)CALL2(rt_sigsuspend, set, 8); }
int sigpending(sigset_t *set) { return (int)CALL2(rt_sigpending, set, 8); }
int killpg(pid_t group, int sig) { return kill(-group, sig); }
int sigqueue(pid_t pid, int sig, union sigval value)
{
	siginfo_t info = { .si_signo = sig, .si_code = SI_QUEUE };
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_ptr = value.sival_ptr;
	return (int)CALL3(rt_sigqueueinfo, pid, sig, &info);
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *most) { return (int)CALL4(rt_sigtimedwait, set, info, most, 8); }

int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	int sig;
	do {
		sig = sigtimedwait(set, info, NULL);
	} while (sig < 0 && errno == EINTR);
	return sig;
}

int sigwait(const sigset_t *set, int *sig)
{
	int r = sigwaitinfo(set, NULL);
	if (r < 0)
		return errno;
	*sig = r;
	return 0;
}
