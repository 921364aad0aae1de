#pragma once
#include <sys/types.h>
#include <abi/fcntl.h>
#include <abi/flock.h>
int open(const char *path, int flags, ...);
int openat(int dir, const char *path, int flags, ...);
int creat(const char *path, mode_t mode);
int fcntl(int fd, int cmd, ...);
