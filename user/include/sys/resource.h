#pragma once
#include <sys/types.h>
#include <abi/resource.h>
#define rlimit rlimit64
#define RLIM_INFINITY RLIM64_INFINITY
int getrusage(int who, struct rusage *r);
/* pid 0: the caller. new or old may be NULL. */
int prlimit(pid_t pid, int resource, const struct rlimit *new, struct rlimit *old);
int getrlimit(int resource, struct rlimit *r);
int setrlimit(int resource, const struct rlimit *r);
