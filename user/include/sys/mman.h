#pragma once
#include <sys/types.h>
#include <abi/mman.h>
void *mmap(void *addr, size_t n, int prot, int flags, int fd, off_t off);
int munmap(void *addr, size_t n);
int mprotect(void *addr, size_t n, int prot);
int madvise(void *addr, size_t n, int advice);
/* With MREMAP_FIXED a fifth argument says where to. */
void *mremap(void *old, size_t old_n, size_t new_n, int flags, ...);
int msync(void *addr, size_t n, int flags);
/* A byte for each page: bit 0 says whether it is in memory. */
int mincore(void *addr, size_t n, unsigned char *present);
int mlock(const void *addr, size_t n);
int mlock2(const void *addr, size_t n, unsigned flags);
int munlock(const void *addr, size_t n);
int mlockall(int flags);
int munlockall(void);
/* Shared memory by name: a file of /dev/shm, open and with close-on-exec; empty when new, so ftruncate comes next. */
int shm_open(const char *name, int flags, mode_t mode);
int shm_unlink(const char *name);
/* The same without a name (which is for people alone). */
int memfd_create(const char *name, unsigned flags);
