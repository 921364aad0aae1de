/* diff: the lines in which two files differ. -u: with three lines around them, as patch reads it; -U N: with N lines; -q: only whether they
 * differ; -i: letters of either case are the same, -b: so are any number of blanks, -w: or none; -r: folders with all that is in them. A folder stands for the file in it that is called like the other; - is standard input. Status 0: equal, 1: different, 2: trouble. */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "folders.h"

#define SYNOPSIS "[-biqrw] [-u | -U LINES] FILE FILE"
enum { STEPS_MAX = 1500 /* their memory grows with the square; files more different than that are not told apart line by line */ };

struct line { const char *s; size_t n; };
struct file {
	const char *name;
	char *bytes;
	struct line *lines;
	long n;
	bool *changed;		/* a line that the other file has not */
	bool open_end;		/* the last line has no newline */
	struct stat st;
};

static struct file files[2];
static long context = -1;	/* -1: the plain form */

static void *must(void *p)
{
	if (!p)
		err(2, "memory");
	return p;
}

/* ---- reading ---- */

static void split(struct file *f, size_t size)
{
	for (size_t at = 0; at < size;) {
		const char *s = f->bytes + at, *end = memchr(s, '\n', size - at);
		size_t n = end ? (size_t)(end - s) + 1 : size - at;
		if (!(f->n & (f->n - 1)))
			f->lines = must(realloc(f->lines, (size_t)(f->n ? f->n * 2 : 1) * sizeof *f->lines));
		f->lines[f->n++] = (struct line){ s, n };
		f->open_end = !end;
		at += n;
	}
	f->changed = must(calloc((size_t)f->n + 1, 1));
}

static void read_file(struct file *f)
{
	FILE *in = strcmp(f->name, "-") ? fopen(f->name, "r") : stdin;
	size_t size = 0, room = 4096, got;
	if (!in || fstat(fileno(in), &f->st) < 0)
		err(2, "%s", f->name);
	f->bytes = must(malloc(room));
	while ((got = fread(f->bytes + size, 1, room - size, in)) > 0)
		if ((size += got) == room)
			f->bytes = must(realloc(f->bytes, room *= 2));
	if (ferror(in))
		err(2, "%s", f->name);
	split(f, size);
}

/* A folder becomes the file in it that is called like the other. */
static const char *in_folder(const char *name, const char *other)
{
	struct stat st;
	if (!strcmp(name, "-") || stat(name, &st) < 0 || !S_ISDIR(st.st_mode))
		return name;
	const char *slash = strrchr(other, '/'), *last = slash ? slash + 1 : other;
	size_t room = strlen(name) + strlen(last) + 2;
	char *path = must(malloc(room));
	snprintf(path, room, "%s/%s", name, last);
	return path;
}

/* ---- comparing: the shortest way from one file to the other (Myers, An O(ND) Difference Algorithm, 1986) ----
 * How far does one come on each diagonal with d steps, each of which leaves a line out or puts one in, while lines that are equal cost nothing? */

static bool any_case, any_blanks, no_blanks;

static bool is_blank(const struct line *l, size_t i) { return i < l->n && isspace((unsigned char)l->s[i]); }

/* Where the next byte is that counts. *gap: there were blanks before it. */
static size_t past_blanks(const struct line *l, size_t i, bool *gap)
{
	*gap = is_blank(l, i);
	while ((any_blanks || no_blanks) && is_blank(l, i))
		i++;
	return i;
}

/* But for case and blanks, as far as these are not to count. Blanks at the end of a line never do then. */
static bool is_alike(const struct line *x, const struct line *y)
{
	size_t i = 0, j = 0;
	bool gap_x, gap_y;
	if (!any_case && !any_blanks && !no_blanks)
		return false;
	for (;; i++, j++) {
		i = past_blanks(x, i, &gap_x);
		j = past_blanks(y, j, &gap_y);
		if (i == x->n || j == y->n)
			return i == x->n && j == y->n;
		int a = (unsigned char)x->s[i], b = (unsigned char)y->s[j];
		if ((any_blanks && !no_blanks && gap_x != gap_y) || (any_case ? tolower(a) != tolower(b) : a != b))
			return false;
	}
}

static bool is_equal(long a, long b)
{
	const struct line *x = &files[0].lines[a], *y = &files[1].lines[b];
	return x->n == y->n ? !memcmp(x->s, y->s, x->n) || is_alike(x, y) : is_alike(x, y);
}

/* The stretch between what the files have in common at their start and at their end. */
struct stretch { long a, b, na, nb; };

static struct stretch middle(void)
{
	struct stretch m = { 0, 0, files[0].n, files[1].n };
	for (; m.na && m.nb && is_equal(m.a, m.b); m.na--, m.nb--)
		m.a++, m.b++;
	while (m.na && m.nb && is_equal(m.a + m.na - 1, m.b + m.nb - 1))
		m.na--, m.nb--;
	return m;
}

/* Whether the d-th step on diagonal k comes from k + 1, and puts a line of the second file in; far: the reach of the step before. */
static bool comes_from_above(const long *far, long d, long k) { return k == -d || (k != d && far[k - 1] < far[k + 1]); }

/* Back from the end: which lines the steps left out or put in. */
static void mark_way(const struct stretch *m, long **reach, long d)
{
	long x = m->na, y = m->nb;
	for (; d > 0; d--) {
		const long *far = reach[d - 1] + d;
		bool above = comes_from_above(far, d, x - y);
		long k = x - y + (above ? 1 : -1);
		x = far[k];
		y = x - k;
		files[above].changed[above ? m->b + y : m->a + x] = true;
	}
}

/* How far one comes with one step more; before: with d - 1 of them. True: to the end. */
static bool step(const struct stretch *m, const long *before, long *now, long d)
{
	for (long k = -d; k <= d; k += 2) {
		long x = !d ? 0 : comes_from_above(before, d, k) ? before[k + 1] : before[k - 1] + 1, y = x - k;
		while (x < m->na && y < m->nb && y >= 0 && is_equal(m->a + x, m->b + y))
			x++, y++;
		now[k] = x;
		if (x >= m->na && y >= m->nb)
			return true;
	}
	return false;
}

static void compare(void)
{
	static long *reach[STEPS_MAX];	/* of each number of steps: by diagonal, -d - 1 .. d + 1 */
	struct stretch m = middle();
	for (long d = 0; d < STEPS_MAX; d++) {
		reach[d] = must(calloc((size_t)d * 2 + 3, sizeof(long)));
		if (step(&m, d ? reach[d - 1] + d : NULL, reach[d] + d + 1, d)) {
			mark_way(&m, reach, d);
			return;
		}
	}
	memset(files[0].changed + m.a, true, (size_t)m.na);
	memset(files[1].changed + m.b, true, (size_t)m.nb);
}

/* ---- printing ---- */

struct change { long a, a_end, b, b_end; };

/* The first change from a and b on, which belong together. False: there is none. */
static bool next_change(long a, long b, struct change *c)
{
	for (; a < files[0].n && !files[0].changed[a] && !files[1].changed[b]; a++)
		b++;
	*c = (struct change){ a, a, b, b };
	while (files[0].changed[c->a_end])
		c->a_end++;
	while (files[1].changed[c->b_end])
		c->b_end++;
	return c->a_end > a || c->b_end > b;
}

static void print_lines(int which, const char *mark, long from, long to)
{
	const struct file *f = &files[which];
	for (long i = from; i < to; i++) {
		fputs(mark, stdout);
		fwrite(f->lines[i].s, 1, f->lines[i].n, stdout);
		if (i == f->n - 1 && f->open_end)
			puts("\n\\ No newline at end of file");
	}
}

static void print_range(long from, long to)
{
	if (to > from + 1)
		printf("%ld,%ld", from + 1, to);
	else
		printf("%ld", to);
}

static void print_plain(const struct change *c)
{
	bool out = c->a_end > c->a, in = c->b_end > c->b;
	print_range(c->a, c->a_end);
	putchar(out && in ? 'c' : out ? 'd' : 'a');
	print_range(c->b, c->b_end);
	putchar('\n');
	print_lines(0, "< ", c->a, c->a_end);
	if (out && in)
		puts("---");
	print_lines(1, "> ", c->b, c->b_end);
}

static void print_count(char sign, long from, long to)
{
	printf(" %c%ld", sign, to > from ? from + 1 : from);
	if (to - from != 1)
		printf(",%ld", to - from);
}

/* The changes from *c on that share lines around them; *c becomes the first that follows. False: none does. */
static bool print_hunk(struct change *c)
{
	struct change at = *c, last = at, next;
	bool more;
	while ((more = next_change(last.a_end, last.b_end, &next)) && next.a - last.a_end <= 2 * context)
		last = next;
	long lead = at.a < context ? at.a : context, rest = files[0].n - last.a_end, tail = rest < context ? rest : context;
	printf("@@");
	print_count('-', at.a - lead, last.a_end + tail);
	print_count('+', at.b - lead, last.b_end + tail);
	puts(" @@");
	for (long a = at.a - lead;; a = at.a_end, next_change(at.a_end, at.b_end, &at)) {
		print_lines(0, " ", a, at.a);
		print_lines(0, "-", at.a, at.a_end);
		print_lines(1, "+", at.b, at.b_end);
		if (at.a_end == last.a_end && at.b_end == last.b_end)
			break;
	}
	print_lines(0, " ", last.a_end, last.a_end + tail);
	*c = next;
	return more;
}

static void print_name(const char *mark, const struct file *f)
{
	char when[32];
	const time_t t = f->st.st_mtime;
	strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", gmtime(&t));
	printf("%s %s\t%s.%09ld +0000\n", mark, f->name, when, (long)f->st.st_mtim.tv_nsec);
}

static void print_all(struct change *c)
{
	if (context >= 0) {
		print_name("---", &files[0]);
		print_name("+++", &files[1]);
		while (print_hunk(c))
			;
		return;
	}
	do {
		print_plain(c);
	} while (next_change(c->a_end, c->b_end, c));
}

static long lines_of(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);
	if (!*s || *end || n < 0)
		errx(2, "%s: not a number of lines", s);
	return n;
}

static int compare_files(const char *a, const char *b, bool quiet)
{
	struct change first;
	files[0].name = in_folder(a, b);
	files[1].name = in_folder(b, a);
	read_file(&files[0]);
	read_file(&files[1]);
	compare();
	if (!next_change(0, 0, &first))
		return 0;
	if (quiet)
		printf("Files %s and %s differ\n", files[0].name, files[1].name);
	else
		print_all(&first);
	return fflush(stdout) ? 2 : 1;
}

int main(int argc, char **argv)
{
	bool quiet = false, recursive = false;
	for (int c; (c = getopt(argc, argv, "biqrwuU:")) != -1;)
		switch (c) {
		case 'b': any_blanks = true; break;
		case 'i': any_case = true; break;
		case 'q': quiet = true; break;
		case 'r': recursive = true; break;
		case 'w': no_blanks = true; break;
		case 'u': context = 3; break;
		case 'U': context = lines_of(optarg); break;
		default: usage(SYNOPSIS);
		}
	if (argc - optind != 2)
		usage(SYNOPSIS);
	if (recursive && is_folder(argv[optind]) && is_folder(argv[optind + 1]))
		return compare_folders(argv, optind);
	return compare_files(argv[optind], argv[optind + 1], quiet);
}
