/* What a call reads through a pointer, where it is not text: times, signal sets, pollfds, pieces of memory. */
#include <string.h>
#include <abi/poll.h>
#include <abi/time.h>
#include <abi/uio.h>
#include "strace.h"

static void show_time(FILE *out, const void *data)
{
	struct timespec t;
	memcpy(&t, data, sizeof t);
	fprintf(out, "{tv_sec=%ld, tv_nsec=%ld}", t.tv_sec, t.tv_nsec);
}

/* Of a set that has most signals, those that it lacks. */
static void show_set(FILE *out, const void *data)
{
	uint64_t set;
	const char *sep = "";
	memcpy(&set, data, sizeof set);
	bool most = (set & 0xffffffff00000000) == 0xffffffff00000000;
	fputs(most ? "~[" : "[", out);
	for (int sig = 1; sig <= 64; sig++) {
		if ((set >> (sig - 1) & 1) == most)
			continue;
		fputs(sep, out);
		show_value(out, 'S', (uint64_t)sig);
		sep = " ";
	}
	fputc(']', out);
}

static void show_poll(FILE *out, const void *data)
{
	struct pollfd p;
	memcpy(&p, data, sizeof p);
	fprintf(out, "{fd=%d, events=", p.fd);
	show_value(out, 'E', (uint64_t)(unsigned short)p.events);
	fputc('}', out);
}

static void show_piece(FILE *out, const void *data)
{
	struct iovec v;
	memcpy(&v, data, sizeof v);
	fprintf(out, "{iov_base=%#lx, iov_len=%lu}", (unsigned long)(uintptr_t)v.iov_base, (unsigned long)v.iov_len);
}

static void show_array(FILE *out, const char *data, size_t n, size_t each, bool more, void (*show)(FILE *, const void *))
{
	fputc('[', out);
	for (size_t at = 0; at + each <= n; at += each) {
		if (at)
			fputs(", ", out);
		show(out, data + at);
	}
	fputs(more ? ", ...]" : "]", out);
}

bool show_struct(FILE *out, char kind, const void *data, size_t n, bool more)
{
	switch (kind) {
	case 't': show_time(out, data); return true;
	case 'G': show_set(out, data); return true;
	case 'o': show_array(out, data, n, sizeof(struct pollfd), more, show_poll); return true;
	case 'i': show_array(out, data, n, sizeof(struct iovec), more, show_piece); return true;
	default: return false;
	}
}
