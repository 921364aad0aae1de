#pragma once
#include <sys/types.h>
#include <abi/mman.h>
void *mmap(void *addr, size_t n, int prot, int flags, int fd, off_t off);
int munmap(void *addr, size_t n);
int mprotect(void *addr, size_t n, int prot);
int madvise(void *addr, size_t n, int advice);
void *mremap(void *old, size_t old_n, size_t new_n, int flags, ...);
int msync(void *addr, size_t n, int flags);
