/* Running a script over lines: the pattern space is the line at hand, the hold space what h keeps. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sed.h"

struct buffer { char *s; size_t n, room; };

static struct {
	char **files;
	int left;			/* files not yet opened */
	FILE *in, *out;
	const char *name;		/* of in, if it is to be written back */
	char copy[PATH_MAX];		/* what is written until then */
	bool in_place, *failed, ahead;	/* ahead: next holds a line */
	struct buffer next, appended;
	unsigned long number;
} io;

static struct buffer space, hold;
static bool substituted, silent;

static void add(struct buffer *b, const char *s, size_t n)
{
	if (b->n + n + 1 > b->room) {
		b->room = (b->n + n + 1) * 2;
		b->s = sed_alloc(b->s, b->room);
	}
	memcpy(b->s + b->n, s, n);
	b->n += n;
	b->s[b->n] = 0;
}

static void set(struct buffer *b, const char *s, size_t n)
{
	b->n = 0;
	add(b, s, n);
}

static const char *text(const struct buffer *b) { return b->s ? b->s : ""; }

/* ---- input and output ---- */

/* A copy that is not all there must not take the place of the file. */
static void finish_file(void)
{
	bool lost = io.in && ferror(io.in);
	if (io.in && io.in != stdin)
		fclose(io.in);
	io.in = NULL;
	if (!io.in_place || !io.out || io.out == stdout)
		return;
	lost |= ferror(io.out) != 0;
	lost |= fclose(io.out) != 0;
	io.out = stdout;
	if (!lost && rename(io.copy, io.name) == 0)
		return;
	int e = errno;
	unlink(io.copy);
	errno = e;
	err(4, "%s", io.name);
}

/* With the mode of the file that it is to replace; a file system that does not keep all of it is no failure. */
static FILE *open_copy(void)
{
	struct stat st;
	if (snprintf(io.copy, sizeof io.copy, "%s.sed", io.name) >= (int)sizeof io.copy) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	FILE *out = fopen(io.copy, "w");
	if (out && fstat(fileno(io.in), &st) == 0)
		(void)!fchmod(fileno(out), st.st_mode & 07777);
	return out;
}

static bool open_next(void)
{
	while (io.left) {
		const char *name = *io.files++;
		io.left--;
		io.in = strcmp(name, "-") ? fopen(name, "r") : stdin;
		if (!io.in) {
			warn("%s", name);
			*io.failed = true;
			continue;
		}
		io.name = name;
		io.out = io.in_place ? open_copy() : stdout;
		if (!io.out)
			err(4, "%s.sed", name);
		return true;
	}
	return false;
}

/* Read a line ahead, so that the last one is known. With -i each file has its own last line. */
static bool look_ahead(void)
{
	while (!io.ahead) {
		if (!io.in && !open_next())
			return false;
		ssize_t n = getline(&io.next.s, &io.next.room, io.in);
		if (n < 0) {
			if (io.in_place)
				return false;
			finish_file();
			continue;
		}
		io.next.n = (size_t)n - (n && io.next.s[n - 1] == '\n');
		io.next.s[io.next.n] = 0;
		io.ahead = true;
	}
	return true;
}

static bool is_last(void) { return !look_ahead(); }

static void flush_appended(void)
{
	if (io.appended.n)
		fwrite(io.appended.s, 1, io.appended.n, io.out);
	io.appended.n = 0;
}

static bool take_line(struct buffer *to)
{
	if (!look_ahead())
		return false;
	add(to, io.next.s, io.next.n);
	io.ahead = false;
	io.number++;
	return true;
}

static void print(const char *s, size_t n)
{
	fwrite(s, 1, n, io.out);
	fputc('\n', io.out);
}

/* ---- addresses ---- */

static bool is_at(const struct address *a)
{
	switch (a->type) {
	case ADDRESS_LINE: return io.number == a->line;
	case ADDRESS_LAST: return is_last();
	case ADDRESS_PATTERN: return pattern_find(a->pattern, text(&space), text(&space), NULL);
	default: return true;
	}
}

static bool ends_by_number(const struct command *c) { return c->to.type == ADDRESS_LINE || c->to.type == ADDRESS_MORE; }

static bool is_in_range(struct command *c)
{
	if (!c->active) {
		if (!is_at(&c->from))
			return false;
		c->ends = c->to.type == ADDRESS_MORE ? io.number + c->to.line : c->to.line;
		c->active = !(ends_by_number(c) && c->ends <= io.number);
		return true;
	}
	if (ends_by_number(c) ? io.number >= c->ends : is_at(&c->to))
		c->active = false;
	return !(ends_by_number(c) && io.number > c->ends);
}

static bool is_chosen(struct command *c) { return (c->to.type ? is_in_range(c) : is_at(&c->from)) != c->negate; }

/* ---- substitution ---- */

static void add_replacement(struct buffer *to, const char *s, const struct span *groups)
{
	for (; *s; s++) {
		int group = *s == '&' ? 0 : *s == '\\' && isdigit((unsigned char)s[1]) ? s[1] - '0' : -1;
		if (group >= 0 && groups[group].start)
			add(to, groups[group].start, (size_t)(groups[group].end - groups[group].start));
		if (*s == '\\' && s[1]) {
			s++;
			if (group < 0)
				add(to, *s == 'n' ? "\n" : *s == 't' ? "\t" : s, 1);
		} else if (group < 0) {
			add(to, s, 1);
		}
	}
}

static bool substitute(const struct command *c)
{
	struct buffer to = { 0 };
	struct span groups[PATTERN_GROUPS];
	const char *line = text(&space), *s = line, *copied = line, *last_end = NULL;
	bool hit = false;
	for (unsigned long n = 1; pattern_find(c->pattern, line, s, groups); s = groups[0].end) {
		bool empty = groups[0].end == groups[0].start, counts = !(empty && groups[0].start == last_end);
		if (counts && n++ >= (c->which ? c->which : 1)) {
			add(&to, copied, (size_t)(groups[0].start - copied));
			add_replacement(&to, c->text, groups);
			copied = groups[0].end;
			hit = true;
			if (!c->global)
				break;
		}
		last_end = groups[0].end;
		if (empty) {
			if (!*groups[0].end)
				break;
			groups[0].end++;
		}
	}
	if (hit) {
		add(&to, copied, strlen(copied));
		set(&space, to.s, to.n);
		substituted = true;
	}
	free(to.s);
	return hit;
}

static void translate(const char *pairs)
{
	for (char *s = space.s; s && *s; s++)
		for (const char *p = pairs; *p; p += 2)
			if (*s == p[0]) {
				*s = p[1];
				break;
			}
}

/* ---- commands ---- */

enum next { GO_ON, END_CYCLE, DELETE, RESTART, QUIT };

static void exchange(void)
{
	struct buffer b = space;
	space = hold;
	hold = b;
	add(&space, "", 0);
}

static enum next run_hold(char name)
{
	switch (name) {
	case 'h': set(&hold, text(&space), space.n); break;
	case 'H': add(&hold, "\n", 1); add(&hold, text(&space), space.n); break;
	case 'g': set(&space, text(&hold), hold.n); break;
	case 'G': add(&space, "\n", 1); add(&space, text(&hold), hold.n); break;
	default: exchange(); break;
	}
	return GO_ON;
}

static enum next run_next(char name)
{
	if (is_last())
		return name == 'n' || !silent ? END_CYCLE : DELETE;
	if (name == 'n') {
		if (!silent)
			print(text(&space), space.n);
		space.n = 0;
	} else {
		add(&space, "\n", 1);
	}
	flush_appended();
	take_line(&space);
	return GO_ON;
}

static void write_to(FILE *f)
{
	if (!f)
		return;
	fwrite(text(&space), 1, space.n, f);
	fputc('\n', f);
	fflush(f);
}

/* A file that is not there is as an empty one. */
static void append_file(const char *name)
{
	char buf[512];
	FILE *f = fopen(name, "r");
	for (size_t n; f && (n = fread(buf, 1, sizeof buf, f));)
		add(&io.appended, buf, n);
	if (f)
		fclose(f);
}

/* l: so that all bytes can be seen, in lines of 69. */
static void print_plainly(const char *s, size_t n)
{
	static const char special[] = "\\\a\b\f\r\t\v\n", names[] = "\\abfrtvn";
	size_t column = 0;
	for (size_t i = 0; i < n; i++) {
		char one[8];
		const char *known = s[i] ? strchr(special, s[i]) : NULL;
		if (known)
			snprintf(one, sizeof one, "\\%c", names[known - special]);
		else
			snprintf(one, sizeof one, isprint((unsigned char)s[i]) ? "%c" : "\\%03o", (unsigned char)s[i]);
		if (column + strlen(one) > 69) {
			fputs("\\\n", io.out);
			column = 0;
		}
		column += strlen(one);
		fputs(one, io.out);
	}
	fputs("$\n", io.out);
}

static enum next run_print(const struct command *c)
{
	size_t first = strcspn(text(&space), "\n");
	switch (c->name) {
	case 'p': print(text(&space), space.n); return GO_ON;
	case 'P': print(text(&space), first); return GO_ON;
	case 'l': print_plainly(text(&space), space.n); return GO_ON;
	case '=': fprintf(io.out, "%lu\n", io.number); return GO_ON;
	case 'i': fputs(c->text, io.out); return GO_ON;
	case 'a': add(&io.appended, c->text, strlen(c->text)); return GO_ON;
	default: break;
	}
	if (first == space.n)
		return DELETE;
	memmove(space.s, space.s + first + 1, space.n - first);
	space.n -= first + 1;
	return RESTART;
}

static enum next run_command(struct command *c, size_t *at)
{
	switch (c->name) {
	case 's':
		if (!substitute(c))
			return GO_ON;
		if (c->print)
			print(text(&space), space.n);
		write_to(c->file);
		return GO_ON;
	case 'w': write_to(c->file); return GO_ON;
	case 'r': append_file(c->text); return GO_ON;
	case 'y': translate(c->text); return GO_ON;
	case 'd': return DELETE;
	case 'c':
		if (!c->to.type || c->negate || !c->active)
			fputs(c->text, io.out);
		return DELETE;
	case 'q': return QUIT;
	case 'n': case 'N': return run_next(c->name);
	case 't':
		if (!substituted)
			return GO_ON;
		substituted = false;
		*at = c->target;
		return GO_ON;
	case 'b': *at = c->target; return GO_ON;
	case 'h': case 'H': case 'g': case 'G': case 'x': return run_hold(c->name);
	case '{': case '}': case ':': return GO_ON;
	default: return run_print(c);
	}
}

static enum next run_cycle(struct script *s, int *status)
{
	for (size_t i = 0; i < s->n;) {
		struct command *c = &s->v[i++];
		if (!is_chosen(c)) {
			if (c->name == '{')
				i = c->target;
			continue;
		}
		enum next next = run_command(c, &i);
		if (next == QUIT)
			*status = c->status;
		if (next != GO_ON)
			return next;
	}
	return END_CYCLE;
}

/* Until the input, or with -i this file of it, ends. */
static enum next run_lines(struct script *s, int *status)
{
	enum next next = END_CYCLE;
	while (next != QUIT && (next == RESTART || take_line(&space))) {
		substituted = false;
		next = run_cycle(s, status);
		if (next != DELETE && next != RESTART && !silent)
			print(text(&space), space.n);
		flush_appended();
		if (next != RESTART)
			space.n = 0;
	}
	return next;
}

int run_files(struct script *s, char **files, int n, bool quiet, bool in_place, bool *failed)
{
	static char *standard_input[] = { "-" };
	int status = 0;
	silent = quiet;
	io.files = n ? files : standard_input;
	io.left = n ? n : 1;
	io.out = stdout;
	io.in_place = in_place && n;
	io.failed = failed;
	while (run_lines(s, &status) != QUIT && io.in_place && (finish_file(), io.left))
		io.number = 0;
	if (io.in_place && io.in)
		finish_file();
	fflush(io.out);
	return status;
}
