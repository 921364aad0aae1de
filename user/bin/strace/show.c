/* Records as lines. A call's line begins when it begins, up to the first argument that it writes to, and goes on when it is done; where
 * another thread's line comes between, both parts say so, as Linux's strace does. */
#include <ctype.h>
#include <string.h>
#include <sys/wait.h>
#include "strace.h"

enum { SHOWN = 32, FOLDED = 256 };	/* bytes of data; of paths more */

static void show_bytes(FILE *out, const unsigned char *s, size_t n, bool more)
{
	static const char escapes[] = "\nn\tt\rr\"\"\\\\\033e";
	fputc('"', out);
	for (size_t k = 0; k < n; k++) {
		const char *e = s[k] ? strchr(escapes, s[k]) : NULL;
		if (e && (e - escapes) % 2 == 0)
			fprintf(out, "\\%c", e[1]);
		else if (isprint(s[k]))
			fputc(s[k], out);
		else
			fprintf(out, "\\%o", s[k]);
	}
	fputs(more ? "\"..." : "\"", out);
}

static void show_vector(FILE *out, const char *s, size_t n, bool more)
{
	const char *sep = "";
	fputc('[', out);
	for (size_t at = 0; at < n; at += strlen(s + at) + 1) {
		fputs(sep, out);
		show_bytes(out, (const unsigned char *)s + at, strlen(s + at), false);
		sep = ", ";
	}
	fputs(more ? ", ...]" : "]", out);
}

static const struct trace_piece *piece_of(const struct trace_record *r, unsigned arg)
{
	const char *at = (const char *)(r + 1), *end = (const char *)r + r->size;
	while (at < end) {
		const struct trace_piece *p = (const void *)at;
		if (p->arg == arg)
			return p;
		at += (sizeof *p + p->nbytes + 3) & ~(size_t)3;
	}
	return NULL;
}

static void show_arg(FILE *out, const struct trace_record *r, unsigned k, char kind)
{
	const struct trace_piece *p = piece_of(r, k);
	size_t most = kind == 's' ? FOLDED : SHOWN;
	if (p && kind == 'v')
		show_vector(out, (const char *)(p + 1), p->nbytes, p->more);
	else if (p && !show_struct(out, kind, p + 1, p->nbytes, p->more))
		show_bytes(out, (const void *)(p + 1), p->nbytes < most ? p->nbytes : most, p->more || p->nbytes > most);
	else if (!p)
		show_value(out, kind, r->arg[k]);
}

/* The first argument that the call writes to; what comes before it is known when the call begins. */
static unsigned first_output(const char *kinds)
{
	const char *r = strchr(kinds, 'r');
	return (unsigned)(r ? r - kinds : (ptrdiff_t)strlen(kinds));
}

static void show_args(FILE *out, const struct trace_record *r, unsigned from, unsigned to)
{
	const char *kinds = call_kinds(r->nr) + 1;
	for (unsigned k = from; k < to && kinds[k]; k++) {
		if (k)
			fputs(", ", out);
		show_arg(out, r, k, kinds[k]);
	}
}

static void show_result(FILE *out, const struct trace_record *r)
{
	int64_t v = r->result;
	fputs(" = ", out);
	if (v == -TRACE_RESTART)
		fputs("? ERESTARTSYS (to be restarted)", out);
	else if (v < 0 && v >= -4095 && errno_name((int)-v))
		fprintf(out, "-1 %s (%s)", errno_name((int)-v), strerror((int)-v));
	else
		show_value(out, call_kinds(r->nr)[0] == 'd' ? 'l' : call_kinds(r->nr)[0], (uint64_t)v);
	fputc('\n', out);
}

static void begin_line(struct show *s, const struct trace_record *r)
{
	if (s->open_tid)
		fputs(" <unfinished ...>\n", s->out);
	s->open_tid = 0;
	if (s->with_pid)
		fprintf(s->out, "[%d] ", r->tid);
}

static void show_name(FILE *out, unsigned nr)
{
	if (call_name(nr))
		fputs(call_name(nr), out);
	else
		fprintf(out, "syscall_%u", nr);
}

static void show_enter(struct show *s, const struct trace_record *r)
{
	const char *kinds = call_kinds(r->nr);
	begin_line(s, r);
	show_name(s->out, r->nr);
	fputc('(', s->out);
	show_args(s->out, r, 0, first_output(kinds + 1));
	if (kinds[0] == '-')
		fputs(") = ?\n", s->out);
	else
		s->open_tid = r->tid;
}

static void show_leave(struct show *s, const struct trace_record *r)
{
	if (s->open_tid != r->tid) {
		begin_line(s, r);
		fputs("<... ", s->out);
		show_name(s->out, r->nr);
		fputs(" resumed>", s->out);
	}
	s->open_tid = 0;
	show_args(s->out, r, first_output(call_kinds(r->nr) + 1), 6);
	fputc(')', s->out);
	show_result(s->out, r);
}

static void show_signal(struct show *s, const struct trace_record *r)
{
	begin_line(s, r);
	fprintf(s->out, "--- %s {si_code=%d, ", signal_name(r->nr) ? signal_name(r->nr) : "signal", (int)r->arg[0]);
	fprintf(s->out, r->arg[2] ? "si_addr=%#lx} ---\n" : "si_pid=%ld} ---\n", (long)r->arg[1]);
}

static void show_end(struct show *s, const struct trace_record *r)
{
	int status = (int)r->result;
	begin_line(s, r);
	if (WIFEXITED(status))
		fprintf(s->out, "+++ exited with %d +++\n", WEXITSTATUS(status));
	else
		fprintf(s->out, "+++ killed by %s +++\n", signal_name(WTERMSIG(status)) ? signal_name(WTERMSIG(status)) : "a signal");
}

void show_record(struct show *s, const struct trace_record *r)
{
	switch (r->kind) {
	case TRACE_ENTER: show_enter(s, r); break;
	case TRACE_LEAVE: show_leave(s, r); break;
	case TRACE_SIGNAL: show_signal(s, r); break;
	case TRACE_END: show_end(s, r); break;
	}
}
