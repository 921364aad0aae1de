/* What /proc says of a process's memory, against memory that is known: pagemap, smaps, status, maps. */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096 };
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)
#define PRESENT (1ull << 63)
#define NOT_ANON (1ull << 61)
#define ONCE (1ull << 56)
#define FRAME(e) ((e) & ((1ull << 55) - 1))

static char *map(size_t pages, int flags) { return mmap(NULL, pages * PAGE, RW, flags, -1, 0); }

/* Entries of n pages from p on, of process pid (0: this one). -1: they cannot be read. */
static long entries_of(int pid, const void *p, uint64_t *out, size_t n)
{
	char path[64] = "/proc/self/pagemap";
	if (pid)
		snprintf(path, sizeof path, "/proc/%d/pagemap", pid);
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	long got = pread(fd, out, n * 8, (off_t)((uintptr_t)p / PAGE * 8));
	close(fd);
	return got;
}

static uint64_t entry_of(int pid, const void *p)
{
	uint64_t e = 0;
	return entries_of(pid, p, &e, 1) == 8 ? e : 1;		/* 1: no entry looks like this */
}

static char text[65536];

static const char *read_text(const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/self/%s", name);
	int fd = open(path, O_RDONLY);
	size_t len = 0;
	ssize_t got = 0;
	while (fd >= 0 && (got = read(fd, text + len, sizeof text - 1 - len)) > 0)
		len += (size_t)got;
	if (fd >= 0)
		close(fd);
	text[len] = 0;
	return text;
}

/* The number behind key, looked for from p on; -1: none. */
static long number_after(const char *p, const char *key)
{
	p = p ? strstr(p, key) : NULL;
	return p ? (long)strtoul(p + strlen(key) + strspn(p + strlen(key), " \t"), NULL, 10) : -1;
}

/* Where smaps tells of the region that starts at p. */
static const char *region_in(const char *smaps, const void *p)
{
	char start[32];
	snprintf(start, sizeof start, "%08lx-", (unsigned long)(uintptr_t)p);
	return strstr(smaps, start);
}

/* ---- pagemap ---- */

static const char *touched_pages_are_present(void)
{
	uint64_t e[8];
	char *p = map(8, ANON);
	p[2 * PAGE] = 1;
	p[5 * PAGE + 77] = 1;
	WANT(entries_of(0, p, e, 8) == sizeof e);
	for (int i = 0; i < 8; i++)
		WANT(i == 2 || i == 5 ? (e[i] & PRESENT) && (e[i] & ONCE) && !(e[i] & NOT_ANON) && FRAME(e[i]) : e[i] == 0);
	WANT(FRAME(e[2]) != FRAME(e[5]));
	WANT(mprotect(p, 8 * PAGE, PROT_NONE) == 0 && entry_of(0, p + 2 * PAGE) == e[2]);
	WANT(madvise(p + 2 * PAGE, PAGE, MADV_DONTNEED) == 0 && entry_of(0, p + 2 * PAGE) == 0);
	WANT(munmap(p, 8 * PAGE) == 0 && entry_of(0, p + 5 * PAGE) == 0);
	return NULL;
}

static const char *loads_share_the_page_of_zeros(void)
{
	volatile char *p = map(3, ANON);
	WANT(p[0] == 0 && p[PAGE] == 0);
	uint64_t zero = entry_of(0, (void *)p), other = entry_of(0, (void *)(p + PAGE));
	WANT((zero & PRESENT) && FRAME(zero) == FRAME(other) && !(zero & (ONCE | NOT_ANON)));
	p[PAGE] = 1;
	other = entry_of(0, (void *)(p + PAGE));
	WANT(FRAME(zero) != FRAME(other) && (other & ONCE));
	const char *smaps = region_in(read_text("smaps"), (void *)p);
	WANT(number_after(smaps, "\nSize:") == 12 && number_after(smaps, "\nRss:") == 4);
	WANT(number_after(smaps, "\nZeroPages:") == 4);
	WANT(munmap((void *)p, 3 * PAGE) == 0);
	return NULL;
}

static const char *reads_at_an_offset(void)
{
	static uint64_t e[4096];
	char *p = map(1, ANON);
	p[0] = 1;
	int fd = open("/proc/self/pagemap", O_RDONLY);
	off_t at = (off_t)((uintptr_t)p / PAGE * 8);
	WANT(fd >= 0);
	WANT_ERRNO(pread(fd, e, 8, at + 1), EINVAL);
	WANT_ERRNO(pread(fd, e, 12, at), EINVAL);
	WANT_ERRNO(pread(fd, (void *)8, 8, at), EFAULT);
	WANT(pread(fd, e, 0, at) == 0);
	WANT(pread(fd, e, sizeof e, (off_t)1 << 40) == 0);
	WANT(pread(fd, e, sizeof e, ((off_t)1 << 29) - 8) == 8);	/* the last page below 1 << 38 */
	WANT(pread(fd, e, sizeof e, at - 1000 * 8) == sizeof e && (e[1000] & PRESENT));
	WANT(lseek(fd, at, SEEK_SET) == at && read(fd, e, 8) == 8 && (e[0] & PRESENT));
	memset(e, 0xff, sizeof e);
	WANT(pread(fd, e, sizeof e, 0x1800000000 / PAGE * 8) == sizeof e);	/* nothing lies in the midst of the window */
	for (int i = 0; i < 4096; i++)
		WANT(e[i] == 0);
	WANT_ERRNO(open("/proc/self/pagemap", O_WRONLY), EACCES);
	close(fd);
	return munmap(p, PAGE) ? "munmap" : NULL;
}

static const char *files_and_shared_memory(void)
{
	int fd = open("/tmp/pagetest", O_RDWR | O_CREAT | O_TRUNC, 0600), status;
	WANT(fd >= 0 && ftruncate(fd, 2 * PAGE) == 0 && write(fd, "x", 1) == 1);
	volatile char *a = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), *b = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
	WANT(a[0] == 'x' && b[0] == 'x');
	uint64_t ea = entry_of(0, (void *)a), eb = entry_of(0, (void *)b);
	WANT((ea & NOT_ANON) && (eb & NOT_ANON) && FRAME(ea) == FRAME(eb) && !(ea & ONCE));
	b[0] = 'y';
	eb = entry_of(0, (void *)b);
	WANT(!(eb & NOT_ANON) && FRAME(ea) != FRAME(eb) && a[0] == 'x');
	volatile char *s = map(1, MAP_SHARED | MAP_ANONYMOUS);
	s[0] = 1;
	uint64_t es = entry_of(0, (void *)s);
	WANT((es & NOT_ANON) && (es & ONCE));
	pid_t pid = fork();
	if (pid == 0) {
		s[0] = 2;
		_exit(FRAME(entry_of(0, (void *)s)) == FRAME(es) && !(entry_of(getppid(), (void *)s) & ONCE) ? 0 : 1);
	}
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	WANT(munmap((void *)a, PAGE) == 0 && munmap((void *)b, PAGE) == 0 && munmap((void *)s, PAGE) == 0);
	close(fd);
	return unlink("/tmp/pagetest") ? "unlink" : NULL;
}

static const char *copy_on_write(void)
{
	int go[2], done[2], status;
	char c;
	char *p = map(4, ANON);
	memset(p, 1, 4 * PAGE);
	uint64_t mine = entry_of(0, p);
	WANT((mine & ONCE) && pipe(go) == 0 && pipe(done) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		read(go[0], &c, 1);
		p[0] = 2;
		write(done[1], "x", 1);
		read(go[0], &c, 1);
		_exit(0);
	}
	uint64_t theirs = entry_of(pid, p);
	WANT(FRAME(theirs) == FRAME(mine) && !(theirs & ONCE) && entry_of(0, p) == theirs);
	const char *smaps = region_in(read_text("smaps"), p);
	WANT(number_after(smaps, "\nRss:") == 16 && number_after(smaps, "\nPss:") == 8 && number_after(smaps, "\nShared_Dirty:") == 16);
	WANT(number_after(smaps, "\nPrivate_Dirty:") == 0);
	WANT(write(go[1], "x", 1) == 1 && read(done[0], &c, 1) == 1);
	WANT(FRAME(entry_of(pid, p)) != FRAME(mine) && (entry_of(pid, p) & ONCE) && FRAME(entry_of(0, p)) == FRAME(mine));
	WANT((entry_of(0, p) & ONCE) && !(entry_of(0, p + PAGE) & ONCE));
	WANT(write(go[1], "x", 1) == 1 && waitpid(pid, &status, 0) == pid && status == 0);
	smaps = region_in(read_text("smaps"), p);
	WANT(number_after(smaps, "\nPss:") == 16 && number_after(smaps, "\nPrivate_Dirty:") == 16 && number_after(smaps, "\nShared_Dirty:") == 0);
	WANT(entries_of(pid, p, &mine, 1) == -1);
	close(go[0]), close(go[1]), close(done[0]), close(done[1]);
	return munmap(p, 4 * PAGE) ? "munmap" : NULL;
}

/* ---- smaps, status, maps ---- */

static const char *sums_agree(void)
{
	long rss = 0, size = 0;
	const char *p = read_text("smaps");
	for (const char *at = p; (at = strstr(at, "\nRss:")); at++)
		rss += number_after(at, "\nRss:");
	for (const char *at = p; (at = strstr(at, "\nSize:")); at++)
		size += number_after(at, "\nSize:");
	WANT(rss > 0 && number_after(read_text("smaps_rollup"), "\nRss:") == rss);
	p = read_text("status");
	WANT(number_after(p, "\nVmRSS:") == rss && number_after(p, "\nVmSize:") == size);
	WANT(number_after(p, "\nRssAnon:") + number_after(p, "\nRssFile:") + number_after(p, "\nRssShmem:") == rss);
	WANT(number_after(p, "\nVmStk:") >= 16 && number_after(p, "\nVmExe:") >= 4 && number_after(p, "\nVmData:") > 0);
	return NULL;
}

static const char *smaps_of_one_region(void)
{
	char *p = map(6, ANON);
	memset(p, 1, 3 * PAGE);
	const char *r = region_in(read_text("smaps"), p);
	WANT(r && number_after(r, "\nSize:") == 24 && number_after(r, "\nKernelPageSize:") == 4 && number_after(r, "\nRss:") == 12);
	WANT(number_after(r, "\nPrivate_Dirty:") == 12 && number_after(r, "\nAnonymous:") == 12 && number_after(r, "\nPrivate_Clean:") == 0);
	WANT(!strncmp(strstr(r, "VmFlags:"), "VmFlags: rd wr mr mw me ", 24));
	return munmap(p, 6 * PAGE) ? "munmap" : NULL;
}

static const char *peaks_stay(void)
{
	const char *s = read_text("status");
	long rss = number_after(s, "\nVmRSS:"), size = number_after(s, "\nVmSize:");
	char *p = map(64, ANON);
	memset(p, 1, 64 * PAGE);
	WANT(munmap(p, 64 * PAGE) == 0);
	s = read_text("status");
	WANT(number_after(s, "\nVmRSS:") == rss && number_after(s, "\nVmSize:") == size);
	WANT(number_after(s, "\nVmHWM:") >= rss + 256 && number_after(s, "\nVmPeak:") >= size + 256);
	return NULL;
}

static const char *heap_has_its_name(void)
{
	char *p = sbrk(2 * PAGE), line[64];
	p[0] = 1;
	snprintf(line, sizeof line, "%s", "[heap]\n");
	const char *at = strstr(read_text("maps"), line);
	WANT(at);
	while (at > text && at[-1] != '\n')
		at--;
	char *end;
	unsigned long start = strtoul(at, &end, 16);
	WANT(start <= (uintptr_t)p && (uintptr_t)p < strtoul(end + 1, NULL, 16));
	WANT(strstr(text, "[stack]\n"));
	return NULL;
}

/* ---- va_policy ---- */

static int set_policy(const char *s)
{
	int fd = open("/proc/self/va_policy", O_WRONLY);
	int e = fd < 0 || write(fd, s, strlen(s)) < 0 ? errno : 0;
	close(fd);
	return e;
}

static const char *policies(void)
{
	const char *wrong[] = { "", "\n", "worstfit", "bump wide", "bump legacy more", "legacy", "bumpbumpbumpbump", "system legacy", "bump;legacy" };
	char first[64];
	strlcpy(first, read_text("va_policy"), sizeof first);
	WANT(set_policy("bump") == 0 && !strncmp(read_text("va_policy"), "bump ", 5));
	WANT(set_policy("firstfit legacy\n") == 0 && !strcmp(read_text("va_policy"), "firstfit legacy\n"));
	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
		WANT(set_policy(wrong[i]) == EINVAL && !strcmp(read_text("va_policy"), "firstfit legacy\n"));
	WANT(set_policy("bestfit,default") == 0 && !strcmp(read_text("va_policy"), "bestfit default\n"));
	WANT(set_policy("system") == 0 && !strcmp(read_text("va_policy"), first));
	return NULL;
}

static const struct check_case cases[] = {
	{ "touched_pages_are_present", touched_pages_are_present }, { "loads_share_the_page_of_zeros", loads_share_the_page_of_zeros },
	{ "reads_at_an_offset", reads_at_an_offset }, { "files_and_shared_memory", files_and_shared_memory }, { "copy_on_write", copy_on_write },
	{ "sums_agree", sums_agree }, { "smaps_of_one_region", smaps_of_one_region }, { "peaks_stay", peaks_stay },
	{ "heap_has_its_name", heap_has_its_name }, { "policies", policies },
};
CHECK_MAIN(cases)
