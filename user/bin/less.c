/* less: show a file, or standard input, a screen at a time. Keys: space f PgDn, b PgUp: a screen; j Enter down, k up: a line; d u: half a screen;
 * g < Home, G > End: the start, the end; NUMBER g: that line; /PATTERN, ?PATTERN: search on, back; n N: again, the other way; q: end. Long lines
 * are cut; left and right move sideways. If standard output is no terminal it is cat. */
#include <ctype.h>
#include <err.h>
#include <pattern.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terminal.h>
#include <unistd.h>

static struct { char **v; long n; } lines;
static long top, left;
static int rows, cols;		/* rows: of text, without the last line */
static const char *name = "standard input";
static char message[128];
static struct pattern *pattern;
static bool backwards;

/* Tabs become blanks, and what is no text dots: a line is as wide as it is long. */
static char *clean(const char *s)
{
	char *out = malloc(strlen(s) * 8 + 1), *to = out;
	if (!out)
		err(1, "memory");
	for (; *s && *s != '\n'; s++) {
		do {
			*to++ = *s == '\t' ? ' ' : isprint((unsigned char)*s) || (*s & 0x80) ? *s : '.';
		} while (*s == '\t' && (to - out) % 8);
	}
	*to = 0;
	return out;
}

static void read_all(FILE *f)
{
	char *line = NULL;
	size_t room = 0;
	while (getline(&line, &room, f) >= 0) {
		if (!(lines.n & (lines.n - 1)))
			lines.v = realloc(lines.v, (size_t)(lines.n ? lines.n * 2 : 1) * sizeof *lines.v);
		if (!lines.v)
			err(1, "memory");
		lines.v[lines.n++] = clean(line);
	}
	free(line);
}

static void go_to(long line)
{
	long last = lines.n > rows ? lines.n - rows : 0;
	top = line > last ? last : line;
	top = top < 0 ? 0 : top;
}

/* ---- the screen ---- */

/* A line from column left on, with what matches in reverse. */
static void draw_line(const char *s)
{
	struct span hit[PATTERN_GROUPS];
	long len = (long)strlen(s), from = left < len ? left : len, to = from + cols < len ? from + cols : len, at = from;
	while (pattern && at < to && pattern_find(pattern, s, s + at, hit)) {
		long start = hit[0].start - s, end = hit[0].end - s < to ? hit[0].end - s : to;
		if (start >= to || end <= start)
			break;
		printf("%.*s\033[7m%.*s\033[m", (int)(start - at), s + at, (int)(end - start), s + start);
		at = end;
	}
	printf("%.*s\033[K\r\n", (int)(to - at), s + at);
}

static void draw(void)
{
	printf("\033[H");
	for (long i = top; i < top + rows; i++)
		if (i < lines.n)
			draw_line(lines.v[i]);
		else
			printf("~\033[K\r\n");
	long shown = top + rows < lines.n ? top + rows : lines.n;
	if (*message)
		printf("\033[7m%s\033[m\033[K", message);
	else
		printf("\033[7m%s lines %ld-%ld/%ld %s\033[m\033[K", name, lines.n ? top + 1 : 0, shown, lines.n, shown == lines.n ? "(END)" : "");
	fflush(stdout);
	*message = 0;
}

/* ---- searching ---- */

static void search(bool back)
{
	if (!pattern) {
		strlcpy(message, "no pattern yet", sizeof message);
		return;
	}
	for (long i = top + (back ? -1 : 1); i >= 0 && i < lines.n; i += back ? -1 : 1)
		if (pattern_find(pattern, lines.v[i], lines.v[i], NULL)) {
			top = i;
			return;
		}
	strlcpy(message, "pattern not found", sizeof message);
}

static void search_for(char prompt)
{
	char text[80];
	const char *error;
	if (!terminal_ask(rows + 1, prompt, text, sizeof text))
		return;
	backwards = prompt == '?';
	if (*text) {
		struct pattern *fresh = pattern_compile(text, PATTERN_EXTENDED, &error);
		if (!fresh) {
			strlcpy(message, error, sizeof message);
			return;
		}
		pattern_free(pattern);
		pattern = fresh;
	}
	search(backwards);
}

/* ---- keys ---- */

static bool do_key(int key, long number)
{
	switch (key) {
	case 'q': case 'Q': case 3: case KEY_EOF: return false;
	case ' ': case 'f': case KEY_PAGE_DOWN: case 6: go_to(top + rows); break;
	case 'b': case KEY_PAGE_UP: case 2: go_to(top - rows); break;
	case 'd': go_to(top + rows / 2); break;
	case 'u': go_to(top - rows / 2); break;
	case 'j': case 'e': case '\r': case '\n': case KEY_DOWN: go_to(top + (number ? number : 1)); break;
	case 'k': case 'y': case KEY_UP: go_to(top - (number ? number : 1)); break;
	case 'g': case '<': case KEY_HOME: go_to(number ? number - 1 : 0); break;
	case 'G': case '>': case KEY_END: go_to(number ? number - 1 : lines.n); break;
	case KEY_RIGHT: left += cols / 2; break;
	case KEY_LEFT: left = left > cols / 2 ? left - cols / 2 : 0; break;
	case '/': case '?': search_for((char)key); break;
	case 'n': search(backwards); break;
	case 'N': search(!backwards); break;
	default: break;
	}
	return true;
}

static void page(int keyboard)
{
	long number = 0;
	if (!terminal_enter(keyboard))
		errx(1, "no terminal to read keys from");
	for (int key = 0; do_key(key, number);) {
		number = 0;
		terminal_size(&rows, &cols);
		rows -= 1;
		draw();
		while ((key = terminal_key(-1)) >= '0' && key <= '9')
			number = number * 10 + key - '0';
	}
	printf("\r\033[K");
}

static void copy_through(void)
{
	for (long i = 0; i < lines.n; i++)
		puts(lines.v[i]);
}

int main(int argc, char **argv)
{
	if (getopt(argc, argv, "RSFX") == '?')
		usage("[FILE ...]");
	if (optind == argc && isatty(0))
		usage("[FILE ...]");
	if (optind == argc)
		read_all(stdin);
	for (int i = optind; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");
		if (!f)
			err(1, "%s", argv[i]);
		name = argv[i];
		read_all(f);
		fclose(f);
	}
	if (isatty(1))
		page(isatty(0) ? 0 : 1);	/* what is written to can be read from */
	else
		copy_through();
	return 0;
}
