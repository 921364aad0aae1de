/* Memory calls, limits, and shared memory by name: files of the tmpfs on /dev/shm. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "priv.h"

void *mmap(void *addr, size_t n, int prot, int flags, int fd, off_t off)
{
	return (void *)CALL6(mmap, addr, n, prot, flags, fd, off);
}

void *mremap(void *old, size_t old_n, size_t new_n, int flags, ...)
{
	void *to = NULL;
	va_list ap;
	va_start(ap, flags);
	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		to = va_arg(ap, void *);
	va_end(ap);
	return (void *)CALL5(mremap, old, old_n, new_n, flags, to);
}

int munmap(void *addr, size_t n) { return (int)CALL2(munmap, addr, n); }
int mprotect(void *addr, size_t n, int prot) { return (int)CALL3(mprotect, addr, n, prot); }
int madvise(void *addr, size_t n, int advice) { return (int)CALL3(madvise, addr, n, advice); }
int msync(void *addr, size_t n, int flags) { return (int)CALL3(msync, addr, n, flags); }
int mincore(void *addr, size_t n, unsigned char *present) { return (int)CALL3(mincore, addr, n, present); }
int mlock(const void *addr, size_t n) { return (int)CALL2(mlock, addr, n); }
int mlock2(const void *addr, size_t n, unsigned flags) { return (int)CALL3(mlock2, addr, n, flags); }
int munlock(const void *addr, size_t n) { return (int)CALL2(munlock, addr, n); }
int mlockall(int flags) { return (int)CALL1(mlockall, flags); }
int munlockall(void) { return (int)CALL0(munlockall); }

/* ---- limits ---- */

int prlimit(pid_t pid, int resource, const struct rlimit *new, struct rlimit *old)
{
	return (int)CALL4(prlimit64, pid, resource, new, old);
}

int getrlimit(int resource, struct rlimit *r) { return prlimit(0, resource, NULL, r); }
int setrlimit(int resource, const struct rlimit *r) { return prlimit(0, resource, r, NULL); }

/* ---- shared memory by name ---- */

/* One name below /dev/shm, with or without the slash before it. */
static int shm_path(char *path, size_t n, const char *name)
{
	static const char dir[] = "/dev/shm/";
	name += strspn(name, "/");
	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "..")) {
		errno = EINVAL;
		return -1;
	}
	if (sizeof dir + strlen(name) > n) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(path, dir);
	strcpy(path + sizeof dir - 1, name);
	return 0;
}

int shm_open(const char *name, int flags, mode_t mode)
{
	char path[256];
	return shm_path(path, sizeof path, name) < 0 ? -1 : open(path, flags | O_NOFOLLOW | O_CLOEXEC, mode);
}

int shm_unlink(const char *name)
{
	char path[256];
	return shm_path(path, sizeof path, name) < 0 ? -1 : unlink(path);
}

int memfd_create(const char *name, unsigned flags) { return (int)CALL2(memfd_create, name, flags); }
