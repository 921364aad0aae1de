/* strace -c: calls, errors and time of each call. The time is from its beginning to its end, with all that the caller slept. */
#include <stdlib.h>
#include <string.h>
#include "strace.h"

enum { CALLS = 512, THREADS = 256 };

struct count { unsigned nr; unsigned long calls, errors; uint64_t ns; };
static struct count counts[CALLS];
static struct { int tid; uint64_t since; } begun[THREADS];	/* by tid; who comes upon a taken place loses the older one's time */

void count_record(const struct trace_record *r)
{
	unsigned at = (unsigned)r->tid % THREADS;
	struct count *c = &counts[r->nr % CALLS];
	if (r->kind == TRACE_ENTER) {
		begun[at].tid = r->tid;
		begun[at].since = r->ns;
		c->nr = r->nr;
		c->calls++;
	} else if (r->kind == TRACE_LEAVE) {
		c->errors += r->result < 0 && r->result >= -4095;
		if (begun[at].tid == r->tid)
			c->ns += r->ns - begun[at].since;
	}
}

static int by_time(const void *a, const void *b)
{
	const struct count *x = a, *y = b;
	return x->ns != y->ns ? (x->ns < y->ns) - (x->ns > y->ns) : (x->calls < y->calls) - (x->calls > y->calls);
}

static void print_row(FILE *out, const struct count *c, uint64_t all, const char *name)
{
	unsigned long share = (unsigned long)(all ? c->ns * 10000 / all : 0), us = (unsigned long)(c->ns / 1000);
	fprintf(out, "%3lu.%02lu %5lu.%06lu %11lu %9lu ", share / 100, share % 100, us / 1000000, us % 1000000, c->calls ? us / c->calls : 0, c->calls);
	if (c->errors)
		fprintf(out, "%9lu %s\n", c->errors, name);
	else
		fprintf(out, "%9s %s\n", "", name);
}

void count_print(FILE *out)
{
	struct count all = { 0 };
	for (unsigned k = 0; k < CALLS; k++) {
		all.calls += counts[k].calls;
		all.errors += counts[k].errors;
		all.ns += counts[k].ns;
	}
	qsort(counts, CALLS, sizeof *counts, by_time);
	fprintf(out, "%% time     seconds  usecs/call     calls    errors syscall\n");
	for (unsigned k = 0; k < CALLS; k++)
		if (counts[k].calls)
			print_row(out, &counts[k], all.ns, call_name(counts[k].nr) ? call_name(counts[k].nr) : "(unknown)");
	print_row(out, &all, all.ns, "total");
}
