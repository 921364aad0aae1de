/* ulimit and times: what the processes from here on may use, and what they have used. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "sh.h"

/* Those that the kernel heeds, and the core files that it never writes. */
static const struct limit { char letter; const char *name; int resource; unsigned unit; } limits[] = {
	{ 'f', "file(blocks)", RLIMIT_FSIZE, 512 }, { 's', "stack(kbytes)", RLIMIT_STACK, 1024 }, { 'c', "coredump(blocks)", RLIMIT_CORE, 512 },
	{ 'm', "memory(kbytes)", RLIMIT_RSS, 1024 }, { 'n', "nofiles", RLIMIT_NOFILE, 1 }, { 'v', "vmemory(kbytes)", RLIMIT_AS, 1024 },
};
enum { LIMITS = sizeof limits / sizeof *limits };

struct wanted { const struct limit *limit; bool soft, hard, all; };

static bool parse_letters(const char *letters, struct wanted *w)
{
	for (; *letters; letters++) {
		const struct limit *l = limits;
		while (l < limits + LIMITS && l->letter != *letters)
			l++;
		if (*letters == 'S' || *letters == 'H' || *letters == 'a')
			*(*letters == 'S' ? &w->soft : *letters == 'H' ? &w->hard : &w->all) = true;
		else if (l < limits + LIMITS)
			w->limit = l;
		else
			return false;
	}
	return true;
}

static void print_limit(const struct limit *l, bool hard)
{
	struct rlimit r;
	if (getrlimit(l->resource, &r) < 0)
		return;
	uint64_t value = hard ? r.rlim_max : r.rlim_cur;
	if (value == (uint64_t)RLIM_INFINITY)
		puts("unlimited");
	else
		printf("%llu\n", (unsigned long long)value / l->unit);
}

static void print_all(bool hard)
{
	for (const struct limit *l = limits; l < limits + LIMITS; l++) {
		printf("%-20s ", l->name);
		print_limit(l, hard);
	}
}

static bool parse_value(const char *s, unsigned unit, uint64_t *value)
{
	char *end;
	*value = (uint64_t)RLIM_INFINITY;
	if (!strcmp(s, "unlimited"))
		return true;
	unsigned long n = strtoul(s, &end, 10);
	*value = (uint64_t)n * unit;
	return *s >= '0' && *s <= '9' && !*end && *value / unit == n;
}

static int set_limit(const struct wanted *w, const char *text)
{
	struct rlimit r;
	uint64_t value;
	if (!parse_value(text, w->limit->unit, &value)) {
		fprintf(stderr, "ulimit: %s: not a number\n", text);
		return 2;
	}
	bool both = w->soft == w->hard, ok = getrlimit(w->limit->resource, &r) == 0;
	if (both || w->soft)
		r.rlim_cur = value;
	if (both || w->hard)
		r.rlim_max = value;
	if (ok && setrlimit(w->limit->resource, &r) == 0)
		return 0;
	perror("ulimit");
	return 2;
}

/* ulimit [-HS] [-a | -cfmnsv] [NUMBER | unlimited]; in blocks of 512 bytes, KiB, or just that many */
int ulimit_builtin(char **argv)
{
	struct wanted w = { .limit = limits };
	for (argv++; *argv && argv[0][0] == '-'; argv++)
		if (!parse_letters(*argv + 1, &w)) {
			fprintf(stderr, "ulimit: %s: no such option; there are -H -S -a -c -f -m -n -s -v\n", *argv);
			return 2;
		}
	if (w.all)
		print_all(w.hard);
	else if (*argv)
		return set_limit(&w, *argv);
	else
		print_limit(w.limit, w.hard);
	return 0;
}

static void print_times(int who)
{
	struct rusage r;
	getrusage(who, &r);
	printf("%ldm%ld.%06lds %ldm%ld.%06lds\n", (long)r.ru_utime.tv_sec / 60, (long)r.ru_utime.tv_sec % 60, (long)r.ru_utime.tv_usec,
	       (long)r.ru_stime.tv_sec / 60, (long)r.ru_stime.tv_sec % 60, (long)r.ru_stime.tv_usec);
}

/* times: in programs and in the kernel, of the shell and of its children */
int times_builtin(char **argv)
{
	(void)argv;
	print_times(RUSAGE_SELF);
	print_times(RUSAGE_CHILDREN);
	return 0;
}
