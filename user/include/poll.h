#pragma once
#include <abi/poll.h>
#include <signal.h>
#include <time.h>
/* timeout: milliseconds; negative: no limit. */
int poll(struct pollfd *fds, unsigned long n, int timeout);
/* As poll, with a time that may be fine (NULL: no limit), and with mask in place of the thread's signal mask while it waits and only then: who
 * holds a signal back, looks whether it has come, and lets it in here, cannot miss it. */
int ppoll(struct pollfd *fds, unsigned long n, const struct timespec *timeout, const sigset_t *mask);
