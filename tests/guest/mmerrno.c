/* Every argument of every memory call: what is refused, and with which errno. The expectations are Linux's: the same source
 * compiles on a PC (gcc -o mmerrno tests/guest/mmerrno.c, as root), where all rows hold too that do not name a reason. */
#ifdef __x86_64__
#define _GNU_SOURCE
#include <sys/syscall.h>
#else
#include <abi/syscall.h>
#endif
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

/* Memory at addresses that the table can name, made anew for each row: A plain, one region; then a hole; then a region each of
 * what can only be read, cannot be reached, is shared, is a file's of one page, mapped with two. */
enum { PAGE = 4096 };
#define A 0x30000000L
#define HOLE (A + 4L * PAGE)
#define READONLY (A + 8L * PAGE)
#define NONE (A + 12L * PAGE)
#define SHARED (A + 16L * PAGE)
#define FILE_MAP (A + 20L * PAGE)	/* its second page is past the end of the file */
#define READER (A + 24L * PAGE)		/* shared, of a descriptor that can only read */
#define VOID (A + 32L * PAGE)		/* nothing from here on */
#define KERNEL (-(1L << 40))
#define TOP (-(long)PAGE)		/* the last page there is */

/* Descriptors, likewise. */
enum { RDWR = 10, RDONLY, WRONLY, FOLDER, PIPE, CLOSED = 99 };

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define OVER (ANON | MAP_FIXED)
#define MOVE_TO (MREMAP_MAYMOVE | MREMAP_FIXED)
#define UNKNOWN 0x02000000L

struct row {
	const char *what;
	long call, arg[6];
	int want;		/* errno; 0: success */
	const char *only_here;	/* why Linux on a PC does otherwise; NULL: it does not */
};

static const struct row rows[] = {
	{ "mmap: no length", SYS_mmap, { 0, 0, RW, ANON, -1, 0 }, EINVAL, NULL },
	{ "mmap: a length that rounds up to 0", SYS_mmap, { 0, -1, RW, ANON, -1, 0 }, ENOMEM, NULL },
	{ "mmap: more than there are addresses", SYS_mmap, { 0, 1L << 60, RW, ANON, -1, 0 }, ENOMEM, NULL },
	{ "mmap: part of a page", SYS_mmap, { 0, 1, RW, ANON, -1, 0 }, 0, NULL },
	{ "mmap: unknown protection is ignored", SYS_mmap, { 0, PAGE, RW | 0x100, ANON, -1, 0 }, 0, NULL },
	{ "mmap: neither private nor shared", SYS_mmap, { 0, PAGE, RW, MAP_ANONYMOUS, -1, 0 }, EINVAL, NULL },
	{ "mmap: no such type", SYS_mmap, { 0, PAGE, RW, MAP_ANONYMOUS | 5, -1, 0 }, EINVAL, NULL },
	{ "mmap: anonymous and SHARED_VALIDATE", SYS_mmap, { 0, PAGE, RW, MAP_ANONYMOUS | MAP_SHARED_VALIDATE, -1, 0 }, EINVAL, NULL },
	{ "mmap: SHARED_VALIDATE", SYS_mmap, { 0, PAGE, RW, MAP_SHARED_VALIDATE, RDWR, 0 }, 0, NULL },
	{ "mmap: SHARED_VALIDATE and an unknown flag", SYS_mmap, { 0, PAGE, RW, MAP_SHARED_VALIDATE | UNKNOWN, RDWR, 0 }, EOPNOTSUPP, NULL },
	{ "mmap: private and an unknown flag", SYS_mmap, { 0, PAGE, RW, ANON | UNKNOWN, -1, 0 }, 0, NULL },
	{ "mmap: shared and growing down", SYS_mmap, { 0, PAGE, RW, MAP_ANONYMOUS | MAP_SHARED | MAP_GROWSDOWN, -1, 0 }, EINVAL, NULL },
	{ "mmap: a hint within a page", SYS_mmap, { VOID + 1, PAGE, RW, ANON, -1, 0 }, 0, NULL },
	{ "mmap: a hint where something is", SYS_mmap, { A, PAGE, RW, ANON, -1, 0 }, 0, NULL },
	{ "mmap: a hint in the kernel", SYS_mmap, { KERNEL, PAGE, RW, ANON, -1, 0 }, 0, NULL },
	{ "mmap: fixed within a page", SYS_mmap, { VOID + 1, PAGE, RW, OVER, -1, 0 }, EINVAL, NULL },
	{ "mmap: fixed where something is", SYS_mmap, { A, PAGE, RW, OVER, -1, 0 }, 0, NULL },
	{ "mmap: fixed in the kernel", SYS_mmap, { KERNEL, PAGE, RW, OVER, -1, 0 }, ENOMEM, NULL },
	{ "mmap: fixed at the last page", SYS_mmap, { TOP, PAGE, RW, OVER, -1, 0 }, ENOMEM, NULL },
	{ "mmap: fixed over the end of all addresses", SYS_mmap, { TOP, 2 * PAGE, RW, OVER, -1, 0 }, ENOMEM, NULL },
	{ "mmap: fixed at 0", SYS_mmap, { 0, PAGE, RW, OVER, -1, 0 }, EPERM, "root may map page 0 there" },
	{ "mmap: NOREPLACE where something is", SYS_mmap, { A, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0 }, EEXIST, NULL },
	{ "mmap: NOREPLACE where half of it is free", SYS_mmap, { HOLE, 5 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0 }, EEXIST, NULL },
	{ "mmap: NOREPLACE where nothing is", SYS_mmap, { HOLE, 4 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0 }, 0, NULL },
	{ "mmap: NOREPLACE within a page", SYS_mmap, { HOLE + 8, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0 }, EINVAL, NULL },
	{ "mmap: no descriptor", SYS_mmap, { 0, PAGE, RW, MAP_PRIVATE, -1, 0 }, EBADF, NULL },
	{ "mmap: a closed descriptor", SYS_mmap, { 0, PAGE, RW, MAP_SHARED, CLOSED, 0 }, EBADF, NULL },
	{ "mmap: anonymous; the descriptor is ignored", SYS_mmap, { 0, PAGE, RW, ANON, CLOSED, 0 }, 0, NULL },
	{ "mmap: a folder", SYS_mmap, { 0, PAGE, PROT_READ, MAP_PRIVATE, FOLDER, 0 }, ENODEV, NULL },
	{ "mmap: a pipe", SYS_mmap, { 0, PAGE, PROT_READ, MAP_PRIVATE, PIPE, 0 }, ENODEV, NULL },
	{ "mmap: cannot read, private", SYS_mmap, { 0, PAGE, PROT_READ, MAP_PRIVATE, WRONLY, 0 }, EACCES, NULL },
	{ "mmap: cannot read, shared", SYS_mmap, { 0, PAGE, PROT_WRITE, MAP_SHARED, WRONLY, 0 }, EACCES, NULL },
	{ "mmap: cannot write, shared", SYS_mmap, { 0, PAGE, RW, MAP_SHARED, RDONLY, 0 }, EACCES, NULL },
	{ "mmap: cannot write, private", SYS_mmap, { 0, PAGE, RW, MAP_PRIVATE, RDONLY, 0 }, 0, NULL },
	{ "mmap: cannot write, shared, for loads", SYS_mmap, { 0, PAGE, PROT_READ, MAP_SHARED, RDONLY, 0 }, 0, NULL },
	{ "mmap: an offset within a page", SYS_mmap, { 0, PAGE, PROT_READ, MAP_PRIVATE, RDWR, 1 }, EINVAL, NULL },
	{ "mmap: anonymous, an offset within a page", SYS_mmap, { 0, PAGE, PROT_READ, ANON, -1, 1 }, EINVAL, NULL },
	{ "mmap: an offset past the end", SYS_mmap, { 0, PAGE, PROT_READ, MAP_PRIVATE, RDWR, 64 * PAGE }, 0, NULL },
	{ "mmap: an offset below 0", SYS_mmap, { 0, PAGE, PROT_READ, MAP_PRIVATE, RDWR, TOP }, EOVERFLOW, NULL },
	{ "mmap: an offset that runs over", SYS_mmap, { 0, 2 * PAGE, PROT_READ, MAP_PRIVATE, RDWR, INT64_MAX - PAGE + 1 }, EOVERFLOW, NULL },

	{ "munmap: within a page", SYS_munmap, { A + 1, PAGE }, EINVAL, NULL },
	{ "munmap: no length", SYS_munmap, { A, 0 }, EINVAL, NULL },
	{ "munmap: a length that rounds up to 0", SYS_munmap, { A, -1 }, EINVAL, NULL },
	{ "munmap: over the end", SYS_munmap, { TOP, PAGE }, EINVAL, NULL },
	{ "munmap: more than there are addresses", SYS_munmap, { A, 1L << 60 }, EINVAL, NULL },
	{ "munmap: part of a page", SYS_munmap, { A, 1 }, 0, NULL },
	{ "munmap: a hole", SYS_munmap, { HOLE, PAGE }, 0, NULL },
	{ "munmap: regions and holes", SYS_munmap, { A, 28 * PAGE }, 0, NULL },

	{ "mprotect: within a page", SYS_mprotect, { A + 1, PAGE, RW }, EINVAL, NULL },
	{ "mprotect: within a page, no length", SYS_mprotect, { A + 1, 0, RW }, EINVAL, NULL },
	{ "mprotect: no length", SYS_mprotect, { A, 0, RW }, 0, NULL },
	{ "mprotect: no length, of a hole", SYS_mprotect, { HOLE, 0, RW }, 0, NULL },
	{ "mprotect: no length, unknown protection", SYS_mprotect, { A, 0, 0x100 }, 0, NULL },
	{ "mprotect: unknown protection", SYS_mprotect, { A, PAGE, RW | 0x100 }, EINVAL, NULL },
	{ "mprotect: grows down what does not", SYS_mprotect, { A, PAGE, RW | 0x01000000 }, EINVAL, NULL },
	{ "mprotect: grows both ways", SYS_mprotect, { A, PAGE, RW | 0x03000000 }, EINVAL, NULL },
	{ "mprotect: a hole", SYS_mprotect, { HOLE, PAGE, RW }, ENOMEM, NULL },
	{ "mprotect: into a hole", SYS_mprotect, { A, 5 * PAGE, PROT_READ }, ENOMEM, NULL },
	{ "mprotect: over the end of all addresses", SYS_mprotect, { TOP, 2 * PAGE, RW }, ENOMEM, NULL },
	{ "mprotect: a length that rounds up to 0", SYS_mprotect, { A, -1, RW }, ENOMEM, NULL },
	{ "mprotect: in the kernel", SYS_mprotect, { KERNEL, PAGE, RW }, ENOMEM, NULL },
	{ "mprotect: stores where the descriptor could only read", SYS_mprotect, { READER, PAGE, RW }, EACCES, NULL },
	{ "mprotect: nothing at all", SYS_mprotect, { A, PAGE, PROT_NONE }, 0, NULL },
	{ "mprotect: part of a page", SYS_mprotect, { A, 1, PROT_READ }, 0, NULL },

	{ "mremap: an unknown flag", SYS_mremap, { A, PAGE, PAGE, 8, 0 }, EINVAL, NULL },
	{ "mremap: FIXED without MAYMOVE", SYS_mremap, { A, PAGE, PAGE, MREMAP_FIXED, VOID }, EINVAL, NULL },
	{ "mremap: DONTUNMAP without MAYMOVE", SYS_mremap, { A, PAGE, PAGE, MREMAP_DONTUNMAP, 0 }, EINVAL, NULL },
	{ "mremap: DONTUNMAP and another size", SYS_mremap, { A, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0 }, EINVAL, NULL },
	{ "mremap: DONTUNMAP", SYS_mremap, { A, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0 }, 0, NULL },
	{ "mremap: within a page", SYS_mremap, { A + 1, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0 }, EINVAL, NULL },
	{ "mremap: to no length", SYS_mremap, { A, PAGE, 0, MREMAP_MAYMOVE, 0 }, EINVAL, NULL },
	{ "mremap: to a length that rounds up to 0", SYS_mremap, { A, PAGE, -1, MREMAP_MAYMOVE, 0 }, EINVAL, NULL },
	{ "mremap: from no length, private", SYS_mremap, { A, 0, PAGE, MREMAP_MAYMOVE, 0 }, EINVAL, NULL },
	{ "mremap: from no length, shared", SYS_mremap, { SHARED, 0, PAGE, MREMAP_MAYMOVE, 0 }, 0, NULL },
	{ "mremap: a hole", SYS_mremap, { HOLE, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0 }, EFAULT, NULL },
	{ "mremap: into a hole", SYS_mremap, { A, 5 * PAGE, 6 * PAGE, MREMAP_MAYMOVE, 0 }, EFAULT, NULL },
	{ "mremap: more than there are addresses", SYS_mremap, { A, PAGE, 1L << 60, MREMAP_MAYMOVE, 0 }, EINVAL, NULL },
	{ "mremap: in place, and no room there", SYS_mremap, { READONLY, 4 * PAGE, 5 * PAGE, 0, 0 }, ENOMEM, NULL },
	{ "mremap: in place", SYS_mremap, { A, 4 * PAGE, 8 * PAGE, 0, 0 }, 0, NULL },
	{ "mremap: the same size", SYS_mremap, { A, 4 * PAGE, 4 * PAGE, 0, 0 }, 0, NULL },
	{ "mremap: smaller", SYS_mremap, { A, 4 * PAGE, PAGE, 0, 0 }, 0, NULL },
	{ "mremap: fixed within a page", SYS_mremap, { A, PAGE, PAGE, MOVE_TO, VOID + 1 }, EINVAL, NULL },
	{ "mremap: fixed over itself", SYS_mremap, { A, 2 * PAGE, 2 * PAGE, MOVE_TO, A + PAGE }, EINVAL, NULL },
	{ "mremap: fixed to where it is", SYS_mremap, { A, PAGE, PAGE, MOVE_TO, A }, EINVAL, NULL },
	{ "mremap: fixed in the kernel", SYS_mremap, { A, PAGE, PAGE, MOVE_TO, KERNEL }, EINVAL, NULL },
	{ "mremap: fixed, too long", SYS_mremap, { A, PAGE, 1L << 60, MOVE_TO, VOID }, EINVAL, NULL },
	{ "mremap: fixed where something is", SYS_mremap, { A, PAGE, PAGE, MOVE_TO, READONLY }, 0, NULL },

	{ "madvise: within a page", SYS_madvise, { A + 1, PAGE, MADV_DONTNEED }, EINVAL, NULL },
	{ "madvise: unknown advice", SYS_madvise, { A, PAGE, 4711 }, EINVAL, NULL },
	{ "madvise: unknown advice, no length", SYS_madvise, { A, 0, 4711 }, EINVAL, NULL },
	{ "madvise: no length", SYS_madvise, { A, 0, MADV_DONTNEED }, 0, NULL },
	{ "madvise: a length that rounds up to 0", SYS_madvise, { A, -1, MADV_DONTNEED }, EINVAL, NULL },
	{ "madvise: over the end of all addresses", SYS_madvise, { TOP, 2 * PAGE, MADV_DONTNEED }, EINVAL, NULL },
	{ "madvise: DONTNEED of a hole", SYS_madvise, { HOLE, PAGE, MADV_DONTNEED }, ENOMEM, NULL },
	{ "madvise: DONTNEED into a hole", SYS_madvise, { A, 5 * PAGE, MADV_DONTNEED }, ENOMEM, NULL },
	{ "madvise: NORMAL of a hole", SYS_madvise, { HOLE, PAGE, MADV_NORMAL }, ENOMEM, NULL },
	{ "madvise: in the kernel", SYS_madvise, { KERNEL, PAGE, MADV_DONTNEED }, ENOMEM, NULL },
	{ "madvise: DONTNEED", SYS_madvise, { A, PAGE, MADV_DONTNEED }, 0, NULL },
	{ "madvise: DONTNEED of shared memory", SYS_madvise, { SHARED, PAGE, MADV_DONTNEED }, 0, NULL },
	{ "madvise: FREE", SYS_madvise, { A, PAGE, MADV_FREE }, 0, NULL },
	{ "madvise: FREE of shared memory", SYS_madvise, { SHARED, PAGE, MADV_FREE }, EINVAL, NULL },
	{ "madvise: FREE of a file", SYS_madvise, { FILE_MAP, PAGE, MADV_FREE }, EINVAL, NULL },
	{ "madvise: POPULATE_READ of a hole", SYS_madvise, { HOLE, PAGE, MADV_POPULATE_READ }, ENOMEM, NULL },
	{ "madvise: POPULATE_READ of what cannot be read", SYS_madvise, { NONE, PAGE, MADV_POPULATE_READ }, EINVAL, NULL },
	{ "madvise: POPULATE_WRITE of what cannot be written", SYS_madvise, { READONLY, PAGE, MADV_POPULATE_WRITE }, EINVAL, NULL },
	{ "madvise: POPULATE_READ past the end of a file", SYS_madvise, { FILE_MAP, 2 * PAGE, MADV_POPULATE_READ }, EFAULT, NULL },
	{ "madvise: POPULATE_WRITE", SYS_madvise, { A, 4 * PAGE, MADV_POPULATE_WRITE }, 0, NULL },
	{ "madvise: REMOVE of private memory", SYS_madvise, { A, PAGE, 9 }, EINVAL, NULL },

	{ "mincore: within a page", SYS_mincore, { A + 1, PAGE, A }, EINVAL, NULL },
	{ "mincore: within a page, no length", SYS_mincore, { A + 1, 0, A }, EINVAL, NULL },
	{ "mincore: no length", SYS_mincore, { A, 0, A }, 0, NULL },
	{ "mincore: a hole", SYS_mincore, { HOLE, PAGE, A }, ENOMEM, NULL },
	{ "mincore: into a hole", SYS_mincore, { A, 5 * PAGE, A }, ENOMEM, NULL },
	{ "mincore: in the kernel", SYS_mincore, { KERNEL, PAGE, A }, ENOMEM, NULL },
	{ "mincore: an answer to nowhere", SYS_mincore, { A, PAGE, HOLE }, EFAULT, NULL },
	{ "mincore: an answer to the kernel", SYS_mincore, { A, PAGE, KERNEL }, EFAULT, NULL },
	{ "mincore: an answer to what cannot be written", SYS_mincore, { A, PAGE, READONLY }, EFAULT, NULL },
	{ "mincore", SYS_mincore, { A, 4 * PAGE, A }, 0, NULL },

	{ "msync: within a page", SYS_msync, { A + 1, PAGE, MS_SYNC }, EINVAL, NULL },
	{ "msync: an unknown flag", SYS_msync, { A, PAGE, 8 }, EINVAL, NULL },
	{ "msync: now and later", SYS_msync, { A, PAGE, MS_SYNC | MS_ASYNC }, EINVAL, NULL },
	{ "msync: no length", SYS_msync, { HOLE, 0, MS_SYNC }, 0, NULL },
	{ "msync: a hole", SYS_msync, { HOLE, PAGE, MS_SYNC }, ENOMEM, NULL },
	{ "msync: into a hole", SYS_msync, { A, 5 * PAGE, MS_ASYNC }, ENOMEM, NULL },
	{ "msync: over the end of all addresses", SYS_msync, { TOP, 2 * PAGE, MS_SYNC }, ENOMEM, NULL },
	{ "msync: a file", SYS_msync, { FILE_MAP, PAGE, MS_SYNC | MS_INVALIDATE }, 0, NULL },
	{ "msync: no flag", SYS_msync, { A, PAGE, 0 }, 0, NULL },

	{ "mlock: a hole", SYS_mlock, { HOLE, PAGE }, ENOMEM, NULL },
	{ "mlock: into a hole", SYS_mlock, { A, 5 * PAGE }, ENOMEM, NULL },
	{ "mlock: what cannot be read", SYS_mlock, { NONE, PAGE }, ENOMEM, NULL },
	{ "mlock: over the end of all addresses", SYS_mlock, { TOP, 2 * PAGE }, EINVAL, NULL },
	{ "mlock: no length", SYS_mlock, { HOLE, 0 }, 0, NULL },
	{ "mlock: within a page", SYS_mlock, { A + 5, 10 }, 0, NULL },
	{ "mlock2: an unknown flag", SYS_mlock2, { A, PAGE, 2 }, EINVAL, NULL },
	{ "mlock2: ONFAULT of a hole", SYS_mlock2, { HOLE, PAGE, MLOCK_ONFAULT }, ENOMEM, NULL },
	{ "mlock2: ONFAULT", SYS_mlock2, { NONE, PAGE, MLOCK_ONFAULT }, 0, NULL },
	{ "mlock2: no flag", SYS_mlock2, { A, PAGE, 0 }, 0, NULL },
	{ "munlock: a hole", SYS_munlock, { HOLE, PAGE }, ENOMEM, NULL },
	{ "munlock: over the end of all addresses", SYS_munlock, { TOP, 2 * PAGE }, EINVAL, NULL },
	{ "munlock: no length", SYS_munlock, { HOLE, 0 }, 0, NULL },
	{ "munlock: what is not locked", SYS_munlock, { A + 5, PAGE }, 0, NULL },
	{ "mlockall: no flag", SYS_mlockall, { 0 }, EINVAL, NULL },
	{ "mlockall: ONFAULT alone", SYS_mlockall, { MCL_ONFAULT }, EINVAL, NULL },
	{ "mlockall: an unknown flag", SYS_mlockall, { 8 | MCL_CURRENT }, EINVAL, NULL },
	{ "mlockall", SYS_mlockall, { MCL_CURRENT | MCL_ONFAULT }, 0, NULL },
	{ "munlockall", SYS_munlockall, { 0 }, 0, NULL },

	{ "prlimit: no such limit", SYS_prlimit64, { 0, 16, 0, A }, EINVAL, NULL },
	{ "prlimit: a limit below 0", SYS_prlimit64, { 0, -1, 0, A }, EINVAL, NULL },
	{ "prlimit: no such process", SYS_prlimit64, { 0x7fffffff, RLIMIT_AS, 0, A }, ESRCH, NULL },
	{ "prlimit: a new limit from nowhere", SYS_prlimit64, { 0, RLIMIT_AS, HOLE, 0 }, EFAULT, NULL },
	{ "prlimit: a new limit from nowhere, for nobody", SYS_prlimit64, { 0x7fffffff, RLIMIT_AS, HOLE, 0 }, EFAULT, NULL },
	{ "prlimit: an old limit to nowhere", SYS_prlimit64, { 0, RLIMIT_RSS, 0, HOLE }, EFAULT, NULL },
	{ "prlimit: an old limit to what cannot be written", SYS_prlimit64, { 0, RLIMIT_STACK, 0, READONLY }, EFAULT, NULL },
	{ "prlimit: more than the most", SYS_prlimit64, { 0, RLIMIT_AS, A + 16, 0 }, EINVAL, NULL },
	{ "prlimit: neither old nor new", SYS_prlimit64, { 0, RLIMIT_AS, 0, 0 }, 0, NULL },
};

/* What rows name is there, as they name it, and nothing else of ours. */
static int arrange(void)
{
	static const struct { long at; int prot, flags, fd; } regions[] = {
		{ A, RW, OVER, -1 }, { READONLY, PROT_READ, OVER, -1 }, { NONE, PROT_NONE, OVER, -1 },
		{ SHARED, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1 }, { FILE_MAP, RW, MAP_SHARED | MAP_FIXED, RDWR },
		{ READER, PROT_READ, MAP_SHARED | MAP_FIXED, RDONLY },
	};
	munmap((void *)A, 64 * PAGE);
	for (size_t k = 0; k < sizeof regions / sizeof *regions; k++)
		if (mmap((void *)regions[k].at, 4 * PAGE, regions[k].prot, regions[k].flags, regions[k].fd, 0) != (void *)regions[k].at)
			return -1;
	uint64_t *words = (uint64_t *)A;
	words[2] = 2, words[3] = 1;		/* a limit that is more than its most */
	return 0;
}

static const char *files(void)
{
	int ends[2];
	WANT(dup2(open("/tmp/mmerrno", O_RDWR | O_CREAT | O_TRUNC, 0600), RDWR) == RDWR && ftruncate(RDWR, PAGE) == 0);
	WANT(dup2(open("/tmp/mmerrno", O_RDONLY), RDONLY) == RDONLY && dup2(open("/tmp/mmerrno", O_WRONLY), WRONLY) == WRONLY);
	WANT(dup2(open("/tmp", O_RDONLY), FOLDER) == FOLDER && pipe(ends) == 0 && dup2(ends[0], PIPE) == PIPE);
	WANT(unlink("/tmp/mmerrno") == 0);
	return NULL;
}

static const char *run_row(const struct row *r)
{
	static char why[120];
	if (arrange() < 0)
		return "cannot arrange memory";
	errno = 0;
	const long *a = r->arg;
	long result = syscall(r->call, a[0], a[1], a[2], a[3], a[4], a[5]);
	int got = result == -1 ? errno : 0;
	if (r->call == SYS_mlockall && !got)
		munlockall();
	snprintf(why, sizeof why, "errno %d, not %d", got, r->want);
	return got == r->want ? NULL : why;
}

/* ---- what is no errno ---- */

/* brk gives the break in force. */
static const char *heap_break(void)
{
	long now = syscall(SYS_brk, 0);
	WANT(now > 0 && now % PAGE < PAGE);
	WANT(syscall(SYS_brk, now + PAGE) == now + PAGE && syscall(SYS_brk, now) == now);
	WANT(syscall(SYS_brk, 1) == now && syscall(SYS_brk, PAGE) == now);
	WANT(syscall(SYS_brk, KERNEL) == now && syscall(SYS_brk, -1L) == now);
	return NULL;
}

static int limit(int resource, uint64_t soft)
{
	struct rlimit r;
	if (getrlimit(resource, &r) < 0)
		return -1;
	r.rlim_cur = soft;
	return setrlimit(resource, &r);
}

/* Run in a child: a limit binds until the process ends. */
static const char *in_child(const char *(*fn)(void))
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		const char *why = fn();
		if (why)
			printf("%s\n", why);
		fflush(stdout);
		_exit(why != NULL);
	}
	WANT(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status ? "see above" : NULL;
}

static const char *addresses(void)
{
	struct rlimit r;
	void *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0), *end = mmap(NULL, PAGE, RW, ANON, -1, 0);
	long now = syscall(SYS_brk, 0);
	WANT(p != MAP_FAILED && end != MAP_FAILED && limit(RLIMIT_AS, PAGE) == 0);
	WANT(getrlimit(RLIMIT_AS, &r) == 0 && r.rlim_cur == PAGE);
	WANT_ERRNO(mmap(NULL, PAGE, RW, ANON, -1, 0), ENOMEM);
	WANT_ERRNO(mmap(NULL, PAGE, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), ENOMEM);
	WANT_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, RDWR, 0), ENOMEM);
	WANT_ERRNO(mremap(p, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE), ENOMEM);
	WANT(syscall(SYS_brk, now + 16 * PAGE) == now);
	WANT(mremap(p, 4 * PAGE, 3 * PAGE, 0) == p && munmap(end, PAGE) == 0);
	*(volatile char *)p = 1;		/* frames are another ledger */
	WANT(limit(RLIMIT_AS, (uint64_t)RLIM_INFINITY) == 0 && mmap(NULL, PAGE, RW, ANON, -1, 0) != MAP_FAILED);
	return NULL;
}

static const char *address_limit(void) { return in_child(addresses); }

/* MAP_FIXED over what is there asks for no further addresses; Linux gives what was there back first, too. */
static const char *replacing(void)
{
	char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
	char text[80];
	int fd = open("/proc/self/statm", O_RDONLY);
	WANT(p != MAP_FAILED && read(fd, text, sizeof text - 1) > 0);
	WANT(limit(RLIMIT_AS, strtoul(text, NULL, 10) * PAGE) == 0);
	WANT(mmap(p, 4 * PAGE, PROT_READ, OVER, -1, 0) == p);
	WANT_ERRNO(mmap(p, 5 * PAGE, PROT_READ, ANON, -1, 0), ENOMEM);
	return NULL;
}

static const char *limit_and_fixed(void) { return in_child(replacing); }

static const char *frames(void)
{
	volatile char *p = mmap(NULL, 64 * PAGE, RW, ANON, -1, 0);
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		limit(RLIMIT_RSS, 16 * PAGE);
		for (int k = 0; k < 64; k++)
			p[k * PAGE] = 1;
		_exit(0);
	}
	WANT(waitpid(pid, &status, 0) == pid);
#ifdef __x86_64__
	WANT(status == 0);			/* Linux keeps no such limit */
#else
	WANT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
#endif
	WANT(munmap((void *)p, 64 * PAGE) == 0);
	return NULL;
}

/* mprotect, munmap and madvise that fail have done nothing, and mincore that fails has written nothing. */
static const char *nothing_has_changed(void)
{
	volatile char *p = (char *)A;
	unsigned char seen[5] = { 7, 7, 7, 7, 7 };
	WANT(arrange() == 0);
	memset((void *)p, 3, 4 * PAGE);
	WANT_ERRNO(munmap((void *)A, (size_t)-1), EINVAL);
	WANT_ERRNO(mremap((void *)A, 4 * PAGE, 2 * PAGE, MOVE_TO, (void *)(A + PAGE)), EINVAL);
#ifndef __x86_64__	/* there the mapped part is done before the hole is found */
	WANT_ERRNO(mprotect((void *)A, 5 * PAGE, PROT_NONE), ENOMEM);
	WANT_ERRNO(madvise((void *)A, 5 * PAGE, MADV_DONTNEED), ENOMEM);
	WANT_ERRNO(mincore((void *)A, 5 * PAGE, seen), ENOMEM);
#endif
	for (int k = 0; k < 4 * PAGE; k++)
		WANT(p[k] == 3);
	for (int k = 0; k < 5; k++)
		WANT(seen[k] == 7);
	p[0] = 4;
	return NULL;
}

static const struct check_case others[] = {
	{ "brk", heap_break }, { "RLIMIT_AS", address_limit }, { "RLIMIT_AS and MAP_FIXED", limit_and_fixed }, { "RLIMIT_RSS", frames },
	{ "a refusal changes nothing", nothing_has_changed },
};

int main(void)
{
	const char *why = files();
	if (why) {
		printf("[KO] files: %s\n", why);
		return 1;
	}
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
#ifdef __x86_64__
		if (rows[k].only_here)
			continue;
#endif
		why = run_row(&rows[k]);
		check_run++;
		check_failed += why != NULL;
		printf(why ? "[KO] %s: %s\n" : "[OK] %s\n", rows[k].what, why);
	}
	return check_all(others, (int)(sizeof others / sizeof *others));
}
