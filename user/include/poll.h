#pragma once
#include <abi/poll.h>
/* timeout: milliseconds; negative: no limit. */
int poll(struct pollfd *fds, unsigned long n, int timeout);
