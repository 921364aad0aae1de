#pragma once
#include <stddef.h>
/* The border between our C library on the host and the host: system calls by name, since numbers and structures may differ. */
#define HOST_CALLS(X) X(openat) X(close) X(read) X(write) X(lseek) X(fcntl) X(unlinkat) X(dup3) X(pipe2) X(ftruncate) X(ioctl)
#define HOST_NAME(name) HOST_##name,
enum host_call { HOST_CALLS(HOST_NAME) HOST_NCALLS };
/* The result, or -errno, as a kernel gives it. */
long host_call(enum host_call call, const long *arg);

/* What the test asks the kernel to do: reads and writes take at most short_most bytes, if that is not 0; every interrupt_each-th of them is
 * EINTR; writes that come to more than room bytes in all get ENOSPC after what fits. */
struct host_moods { size_t short_most; unsigned interrupt_each; long room; };
extern struct host_moods host_moods;
