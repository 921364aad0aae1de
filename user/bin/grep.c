/* grep: lines in which a pattern occurs; with -e several, any of which will do. -E: extended patterns; -F: plain text; -i: letters of either case;
 * -w: as a word (of alternatives the first that matches at a place is looked at); -x: as the whole line. -v: lines without it; -n: with line numbers; -c: only how many; -o: only what matches; -l: only the
 * files' names, -L: of files without; -q: only the status; -h, -H: never, always with the file's name; -r: folders with all below; -s: be
 * silent about files that cannot be read; -A N, -B N, -C N: with N lines after, before, around; -m N: stop after N; -f FILE: patterns, a line each. Status 0: some, 1: none, 2: an error.
 * Patterns: . any byte, * any number of what stands before it, ^ $ the line's ends, [...] [^...] sets, \( \) \{2,3\} \+ \? \|; -E: without \. */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <pattern.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNOPSIS "[-EFHLchilnoqrsvwx] [-ABCm N] PATTERN | -e PATTERN ... | -f FILE [FILE ...]"
enum { PATTERNS = 64, PATH_BYTES = 1024, CONTEXT_MOST = 1000 };

static struct pattern *patterns[PATTERNS];
static const char *texts[PATTERNS];
static size_t count;
static bool given;		/* patterns, if only an empty file of them */
static bool invert, numbers, count_only, only_match, list, list_others, quiet, recursive, silent, words;
static int names = -1, flags, failed;

static bool is_word_byte(char c) { return isalnum((unsigned char)c) || c == '_'; }

static bool is_accepted(const char *line, const struct span *hit)
{
	return !words || ((hit->start == line || !is_word_byte(hit->start[-1])) && !is_word_byte(*hit->end));
}

/* The first match of any pattern at from or behind it. */
static bool find(const char *line, const char *from, struct span *best)
{
	bool some = false;
	for (size_t i = 0; i < count; i++) {
		struct span groups[PATTERN_GROUPS];
		for (const char *s = from; pattern_find(patterns[i], line, s, groups); s = groups[0].start + 1) {
			if (is_accepted(line, &groups[0])) {
				if (!some || groups[0].start < best->start || (groups[0].start == best->start && groups[0].end > best->end))
					*best = groups[0];
				some = true;
				break;
			}
			if (!*groups[0].start)
				break;
		}
	}
	return some;
}

static void print_prefix(const char *name, size_t number)
{
	if (name)
		printf("%s:", name);
	if (numbers)
		printf("%zu:", number);
}

static void print_matches(const char *line, const char *name, size_t number)
{
	struct span hit;
	for (const char *s = line; find(line, s, &hit); s = hit.end + (hit.end == hit.start)) {
		if (hit.end > hit.start) {
			print_prefix(name, number);
			printf("%.*s\n", (int)(hit.end - hit.start), hit.start);
		}
		if (!*hit.end)
			break;
	}
}

/* ---- lines around those that were chosen ---- */

static size_t before, after, most = (size_t)-1;
static struct { char *lines[CONTEXT_MOST]; size_t n, left, printed; } context;	/* kept lines, lines still to come, the number printed last */

static void print_line(const char *line, const char *name, size_t number, char sign)
{
	if (name)
		printf("%s%c", name, sign);
	if (numbers)
		printf("%zu%c", number, sign);
	puts(line);
	context.printed = number;
}

static void keep(const char *line)
{
	if (!before)
		return;
	if (context.n == before) {
		free(context.lines[0]);
		memmove(context.lines, context.lines + 1, --context.n * sizeof *context.lines);
	}
	if (!(context.lines[context.n++] = strdup(line)))
		err(2, "memory");
}

static void print_kept(const char *name, size_t number)
{
	size_t n = context.n;
	if ((before || after) && context.printed && context.printed + n + 1 < number)
		puts("--");
	for (size_t i = 0; i < n; i++) {
		print_line(context.lines[i], name, number - n + i, '-');
		free(context.lines[i]);
	}
	context.n = 0;
}

static void print_hit(const char *line, const char *name, size_t number)
{
	if (quiet || list || list_others || count_only || (only_match && invert))
		return;
	if (only_match) {
		print_matches(line, name, number);
		return;
	}
	print_kept(name, number);
	print_line(line, name, number, ':');
	context.left = after;
}

static void print_other(const char *line, const char *name, size_t number)
{
	if (!context.left) {
		keep(line);
		return;
	}
	context.left--;
	print_line(line, name, number, '-');
}

static void forget_context(void)
{
	while (context.n)
		free(context.lines[--context.n]);
	context.left = context.printed = 0;
}

/* How many lines were chosen. name: NULL, or what they are to be marked with. */
static size_t search(FILE *f, const char *name)
{
	char *line = NULL;
	size_t room = 0, hits = 0, number = 0;
	struct span hit;
	for (ssize_t n; (hits < most || context.left) && (n = getline(&line, &room, f)) >= 0;) {
		number++;
		if (n && line[n - 1] == '\n')
			line[n - 1] = 0;
		if (hits == most || find(line, line, &hit) == invert) {
			print_other(line, name, number);
			continue;
		}
		hits++;
		if (quiet || list || list_others)
			break;
		print_hit(line, name, number);
	}
	if (count_only && !quiet && !list) {
		if (name)
			printf("%s:", name);
		printf("%zu\n", hits);
	}
	forget_context();
	free(line);
	return hits;
}

static size_t search_path(const char *path, bool named);

static size_t search_folder(const char *path)
{
	char below[PATH_BYTES];
	size_t hits = 0;
	DIR *d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));)
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && snprintf(below, sizeof below, "%s/%s", path, e->d_name) < PATH_BYTES)
			hits += search_path(below, names != 0);
	if (d)
		closedir(d);
	return hits;
}

static size_t search_path(const char *path, bool named)
{
	struct stat st;
	if (recursive && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return search_folder(path);
	FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
	size_t hits = f ? search(f, named ? path : NULL) : 0;
	if (!f || ferror(f)) {
		if (!silent)
			warn("%s", path);
		failed = 1;
	}
	if (f && !ferror(f) && (list ? hits > 0 : list_others && !hits) && !quiet)
		puts(path);
	if (f && f != stdin)
		fclose(f);
	return hits;
}

static void add_pattern(const char *text)
{
	if (count == PATTERNS)
		errx(2, "more than %d patterns", PATTERNS);
	texts[count++] = text;
	given = true;
}

/* A pattern from each line of a file. */
static void add_patterns(const char *name)
{
	char *line = NULL;
	size_t room = 0;
	FILE *f = strcmp(name, "-") ? fopen(name, "r") : stdin;
	if (!f)
		err(2, "%s", name);
	given = true;
	for (ssize_t n; (n = getline(&line, &room, f)) >= 0; line = NULL, room = 0) {
		if (n && line[n - 1] == '\n')
			line[n - 1] = 0;
		add_pattern(line);
	}
	free(line);
	if (f != stdin)
		fclose(f);
}

static size_t number_of(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);
	if (*s < '0' || *s > '9' || *end)
		errx(2, "%s: not a number", s);
	return n;
}

static void parse_options(int argc, char **argv)
{
	static const struct { char letter; bool *option; } known[] = {
		{ 'v', &invert }, { 'n', &numbers }, { 'c', &count_only }, { 'q', &quiet }, { 'l', &list }, { 'L', &list_others }, { 'o', &only_match },
		{ 'r', &recursive }, { 's', &silent }, { 'w', &words },
	};
	for (int c; (c = getopt(argc, argv, "vincqEFGe:f:lLorRswxhHA:B:C:m:")) != -1;) {
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (known[i].letter == (c == 'R' ? 'r' : c))
				*known[i].option = true;
		switch (c) {
		case 'i': flags |= PATTERN_IGNORE_CASE; break;
		case 'E': flags |= PATTERN_EXTENDED; break;
		case 'F': flags |= PATTERN_PLAIN; break;
		case 'x': flags |= PATTERN_WHOLE; break;
		case 'G': flags &= ~(PATTERN_EXTENDED | PATTERN_PLAIN); break;
		case 'e': add_pattern(optarg); break;
		case 'f': add_patterns(optarg); break;
		case 'A': after = number_of(optarg); break;
		case 'B': before = number_of(optarg); break;
		case 'C': before = after = number_of(optarg); break;
		case 'm': most = number_of(optarg); break;
		case 'h': names = 0; break;
		case 'H': names = 1; break;
		case '?': usage(SYNOPSIS);
		default: break;
		}
	}
	if (before > CONTEXT_MOST)
		errx(2, "-B: at most %d lines", CONTEXT_MOST);
	if (!given && optind == argc)
		usage(SYNOPSIS);
	if (!given)
		add_pattern(argv[optind++]);
}

int main(int argc, char **argv)
{
	static char *standard_input[] = { "-" }, *here[] = { "." };
	size_t hits = 0;
	const char *error;
	parse_options(argc, argv);
	for (size_t i = 0; i < count; i++)
		if (!(patterns[i] = pattern_compile(texts[i], flags, &error)))
			errx(2, "%s: %s", texts[i], error);
	int n = argc - optind;
	char **files = n ? argv + optind : recursive ? here : standard_input;
	for (int i = 0; i < (n ? n : 1); i++)
		hits += search_path(files[i], names < 0 ? n > 1 || recursive : names);
	if (quiet && hits)
		return 0;
	failed |= fflush(stdout) || ferror(stdout);
	return failed ? 2 : list_others ? 0 : !hits;
}
