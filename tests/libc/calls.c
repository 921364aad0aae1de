/* System calls of our C library, done by the host; and the moods that a test gives them. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "calls.h"

struct host_moods host_moods = { .room = -1 };

static const long numbers[] = {
#define HOST_NUMBER(name) [HOST_##name] = SYS_##name,
	HOST_CALLS(HOST_NUMBER)
};

/* How many of n bytes a read or write may take; -errno. */
static long moody(enum host_call call, long n)
{
	static unsigned ncalls;
	if (host_moods.interrupt_each && ++ncalls % host_moods.interrupt_each == 0)
		return -EINTR;
	if (host_moods.short_most && (size_t)n > host_moods.short_most)
		n = (long)(1 + (size_t)ncalls * 7919 % host_moods.short_most);
	if (call == HOST_write && host_moods.room >= 0 && n > host_moods.room)
		n = host_moods.room ? host_moods.room : -ENOSPC;
	return n;
}

long host_call(enum host_call call, const long *arg)
{
	long n = arg[2];
	if ((call == HOST_read || call == HOST_write) && n) {
		n = moody(call, n);
		if (n < 0)
			return n;
	}
	long r = syscall(numbers[call], arg[0], arg[1], n, arg[3], arg[4], arg[5]);
	if (call == HOST_write && r > 0 && host_moods.room >= 0)
		host_moods.room -= r;
	return r < 0 ? -errno : r;
}
