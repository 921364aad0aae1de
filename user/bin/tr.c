/* tr: change bytes of standard input: each in SET1 to the one at its place in SET2, whose last is repeated; -d: remove those in SET1;
 * -s: of runs of bytes in the last set leave one; -c: SET1 is all other bytes. Sets: a-z, \n \t \\ \NNN, [:alpha:] and other classes. */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-cds] SET1 [SET2]"
enum { SET_MAX = 1024 };

struct set { unsigned char v[SET_MAX]; size_t n; };

static void add(struct set *s, int c)
{
	if (s->n == SET_MAX)
		errx(2, "a set is too long");
	s->v[s->n++] = (unsigned char)c;
}

static bool in_class(const char *name, size_t n, int c)
{
	static const struct { const char *name; int (*has)(int c); } classes[] = {
		{ "alpha", isalpha }, { "digit", isdigit }, { "alnum", isalnum }, { "upper", isupper }, { "lower", islower },
		{ "space", isspace }, { "xdigit", isxdigit }, { "punct", ispunct }, { "print", isprint }, { "cntrl", iscntrl },
	};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strlen(classes[i].name) == n && !strncmp(classes[i].name, name, n))
			return c < 128 && classes[i].has(c);
	if (n == 5 && !strncmp(name, "blank", 5))
		return c == ' ' || c == '\t';
	errx(2, "[:%.*s:]: no such class", (int)n, name);
}

/* One byte, perhaps escaped; moves *p. */
static int take_byte(const char **p)
{
	static const char letters[] = "a\ab\bf\fn\nr\rt\tv\v";
	const char *s = *p;
	int v = 0;
	if (*s != '\\' || !s[1]) {
		*p = s + 1;
		return (unsigned char)*s;
	}
	s++;
	if (*s >= '0' && *s <= '7') {
		for (int i = 0; i < 3 && *s >= '0' && *s <= '7'; i++)
			v = v * 8 + *s++ - '0';
		*p = s;
		return v & 255;
	}
	*p = s + 1;
	for (const char *l = letters; *l; l += 2)
		if (*l == *s)
			return l[1];
	return (unsigned char)*s;
}

static struct set parse(const char *p)
{
	struct set s = { .n = 0 };
	while (*p) {
		const char *end = p[0] == '[' && p[1] == ':' ? strstr(p + 2, ":]") : NULL;
		if (end) {
			for (int c = 0; c < 256; c++)
				if (in_class(p + 2, (size_t)(end - p - 2), c))
					add(&s, c);
			p = end + 2;
			continue;
		}
		int first = take_byte(&p), last = first;
		if (p[0] == '-' && p[1]) {
			p++;
			last = take_byte(&p);
		}
		if (last < first)
			errx(2, "a range goes down");
		for (int c = first; c <= last; c++)
			add(&s, c);
	}
	return s;
}

static struct set complement(const struct set *s)
{
	struct set other = { .n = 0 };
	for (int c = 0; c < 256; c++)
		if (!memchr(s->v, c, s->n))
			add(&other, c);
	return other;
}

static void convert(const short *to, const bool *squeeze)
{
	for (int c, last = EOF; (c = getchar()) != EOF;) {
		c = to[c];
		if (c < 0 || (c == last && squeeze[c]))
			continue;
		putchar(c);
		last = c;
	}
}

int main(int argc, char **argv)
{
	static bool squeeze[256];
	static short to[256];	/* -1: removed */
	bool others = false, delete = false, single = false;
	for (int c; (c = getopt(argc, argv, "cCds")) != -1;)
		switch (c) {
		case 'c': case 'C': others = true; break;
		case 'd': delete = true; break;
		case 's': single = true; break;
		default: usage(SYNOPSIS);
		}
	int sets = argc - optind;
	if (sets < 1 || sets > 2 || (sets == 1 && !delete && !single) || (sets == 2 && delete && !single))
		usage(SYNOPSIS);
	struct set from = parse(argv[optind]), into = sets == 2 ? parse(argv[optind + 1]) : from;
	if (others)
		from = complement(&from);
	if (others && sets == 1)
		into = from;
	if (!into.n && sets == 2)
		errx(2, "SET2 is empty");
	for (int c = 0; c < 256; c++)
		to[c] = (short)c;
	for (size_t i = 0; i < from.n && (delete || sets == 2); i++)
		to[from.v[i]] = delete ? -1 : into.v[i < into.n ? i : into.n - 1];
	for (size_t i = 0; i < into.n && single; i++)
		squeeze[into.v[i]] = true;
	convert(to, squeeze);
	return fflush(stdout) != 0;
}
