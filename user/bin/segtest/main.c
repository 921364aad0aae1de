/* segtest: test segment pools, the allocator with two ledgers (user/segpool). Without an option, the table of the story: 250 regions of 2 MiB
 * are loaded, 100 freed, 50 reused, then a steady state; virtual bytes stay what they are.
 * --budget=physical: the old bug: a budget on physical bytes bounds nothing, and addresses grow without end (exit status 1).
 * --budget=virtual: the same work with the cure.
 * --owners: threads mark what they own; --owners=upstream: with the old allocator, which gives a segment to two (exit status 1).
 * --soak: for long, at the edge of the budget; --trace shows the last events.
 * --populate: more than there are frames for, asked for with the frames: refused, and nobody is ended.
 * -t N: so many threads; -n N: so many operations; -v: the pools' log. */
#include <err.h>
#include <errno.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "segtest.h"

static bool pool_alloc(void *self, size_t nbytes, struct segment *out) { return segpool_alloc(self, nbytes, out) == SEGPOOL_OK; }

static void pool_release(void *self, struct segment *s)
{
	if (segpool_release(self, s) != SEGPOOL_OK)
		errx(1, "segment %p cannot be released", s->base);
}

static bool pool_pin(void *self, const struct segment *s)
{
	if (segpool_pin(self, s) != SEGPOOL_OK)
		return false;
	segpool_free_idle(self, segpool_pool_of(s->nbytes), 1);
	bool kept = segpool_release(self, s) == SEGPOOL_PINNED;
	return segpool_unpin(self, s) == SEGPOOL_OK && kept;
}

static size_t pool_free_idle(void *self, size_t max) { return segpool_free_idle(self, SEGPOOL_POOLS, max); }

static size_t pool_virtual(void *self)
{
	struct segpool_stats st;
	segpool_stats(self, &st);
	return st.virtual_bytes;
}

static size_t pool_physical(void *self)
{
	struct segpool_stats st;
	segpool_stats(self, &st);
	return st.physical_bytes;
}

static void print_line(void *ctx, const char *line)
{
	(void)ctx;
	puts(line);
}

struct allocator make_segpool(size_t budget, bool verbose)
{
	struct segpool_config config = { .region_bytes = REGION, .virtual_budget = budget, .log = verbose ? print_line : NULL };
	struct segpool *sp = segpool_create(&config);
	if (!sp)
		errx(1, "no memory");
	return (struct allocator){ "segpool", pool_alloc, pool_release, pool_pin, pool_free_idle, pool_virtual, pool_physical, sp };
}

struct memory memory_now(void)
{
	char *text = proc_text("/proc/self/status");
	struct memory m = { proc_number(text, "VmSize"), proc_number(text, "VmRSS") };
	free(text);
	return m;
}

bool expect(bool good, const char *what)
{
	if (!good)
		printf("segtest: it is not so that %s\n", what);
	return good;
}

static _Noreturn void complain(void)
{
	usage("[--budget=physical | --budget=virtual | --owners[=upstream] | --soak [--trace] | --populate] [-t THREADS] [-n OPERATIONS] [-v]");
}

static size_t number(const char *s, size_t max)
{
	char *end;
	errno = 0;
	unsigned long long n = s && *s != '-' ? strtoull(s, &end, 10) : 0;
	if (!n || *end || errno || n > max)
		complain();
	return (size_t)n;
}

int main(int argc, char **argv)
{
	const char *what = "";
	bool verbose = false, show_trace = false;
	size_t threads = 4, operations = 40000;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-v"))
			verbose = true;
		else if (!strcmp(argv[i], "--trace"))
			show_trace = true;
		else if (!strcmp(argv[i], "-t"))
			threads = number(argv[++i], 64);
		else if (!strcmp(argv[i], "-n"))
			operations = number(argv[++i], SIZE_MAX);
		else if (!*what)
			what = argv[i];
		else
			complain();
	}
	if (!*what)
		return test_table(verbose);
	if (!strncmp(what, "--budget=", 9) && (!strcmp(what + 9, "physical") || !strcmp(what + 9, "virtual")))
		return test_budget(what[9] == 'p', verbose);
	if (!strcmp(what, "--owners") || !strcmp(what, "--owners=upstream"))
		return test_owners(what[8], (unsigned)threads, operations, verbose);
	if (!strcmp(what, "--soak"))
		return test_soak((unsigned)threads, operations, show_trace);
	if (!strcmp(what, "--populate"))
		return test_populate();
	complain();
}
