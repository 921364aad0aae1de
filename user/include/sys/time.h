#pragma once
#include <sys/types.h>
#include <abi/time.h>
int gettimeofday(struct timeval *tv, void *unused);
int setitimer(int which, const struct itimerval *value, struct itimerval *old);
