#pragma once
#include <sys/types.h>
#include <abi/random.h>
ssize_t getrandom(void *buf, size_t n, unsigned flags);
