/* xargs: run a command with words from standard input as its last arguments. Words end at blanks and newlines; quotes and \ protect them. -n N: at
 * most N words to a command; -L 1: those of one line; -I WORD: a command for each line, which takes WORD's place in the arguments; -0: words end at zero bytes; -t: show
 * commands; -r: none without words. Status 123: a command failed, 127: it is not there. */
#include <commands.h>
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-0rt] [-n N | -L 1] [-I WORD] [COMMAND [ARGUMENT ...]]"
enum { WORDS_MOST = 1000, BYTES_MOST = 60000 };

static bool zeros, show, whole_lines, by_line, line_ended;	/* line_ended: by the word that was read last */
static int status;

/* The next word, to be freed; NULL: there is none. */
static char *read_word(void)
{
	size_t n = 0, room = 64;
	char *word = malloc(room), quote = 0;
	bool some = false;
	for (int c; word && (c = getchar()) != EOF;) {
		line_ended = false;
		if (zeros ? !c : c == '\n' || (!quote && !whole_lines && isblank(c))) {
			if (some || zeros) {
				line_ended = c == '\n';
				break;
			}
			continue;
		}
		if (!some && whole_lines && isblank(c))
			continue;
		some = true;
		if (!zeros && (quote ? c == quote : c == '\'' || c == '"')) {
			quote = quote ? 0 : (char)c;
			continue;
		}
		if (!zeros && !quote && c == '\\' && (c = getchar()) == EOF)
			break;
		if (n + 2 > room)
			word = realloc(word, room *= 2);
		if (word)
			word[n++] = (char)c;
	}
	if (!word)
		err(1, "memory");
	if (quote)
		errx(1, "%c is not closed", quote);
	word[n] = 0;
	if (some || (zeros && !feof(stdin)))
		return word;
	free(word);
	return NULL;
}

static void run(char **argv)
{
	for (char **v = argv; show && *v; v++)
		fprintf(stderr, v[1] ? "%s " : "%s\n", *v);
	int code = command_run(argv);
	if (code == 126 || code == 127)
		exit(code);
	if (code)
		status = 123;
}

static void run_replaced(char **command, int n, const char *what)
{
	char **argv = calloc((size_t)n + 1, sizeof *argv);
	for (char *word; argv && (word = read_word()); free(word)) {
		for (int i = 0; i < n; i++)
			argv[i] = command_replace(command[i], what, word);
		run(argv);
		for (int i = 0; i < n; i++)
			free(argv[i]);
	}
	free(argv);
}

static void run_batches(char **command, int n, long most, bool none_if_empty)
{
	char **argv = calloc((size_t)n + WORDS_MOST + 1, sizeof *argv), *word = read_word();
	if (!argv)
		err(1, "memory");
	memcpy(argv, command, (size_t)n * sizeof *argv);
	if (!word && !none_if_empty)
		run(argv);
	while (word) {
		long words = 0;
		size_t bytes = 0;
		for (bool last = false; word && words < most && !last && (!words || bytes + strlen(word) < BYTES_MOST); word = read_word()) {
			bytes += strlen(word) + 1;
			argv[n + words++] = word;
			last = by_line && line_ended;
		}
		argv[n + words] = NULL;
		run(argv);
		while (words)
			free(argv[n + --words]);
	}
	free(argv);
}

int main(int argc, char **argv)
{
	static char *echo[] = { "echo" };
	const char *what = NULL;
	long most = WORDS_MOST;
	bool none_if_empty = false;
	char *end = "";
	for (int c; (c = getopt(argc, argv, "+0rtn:I:L:")) != -1;)
		switch (c) {
		case '0': zeros = true; break;
		case 'r': none_if_empty = true; break;
		case 't': show = true; break;
		case 'n': most = strtol(optarg, &end, 10); break;
		case 'L':
			if (strcmp(optarg, "1"))
				errx(1, "-L %s: only one line to a command", optarg);
			by_line = true;
			break;
		case 'I': what = optarg; whole_lines = true; break;
		default: usage(SYNOPSIS);
		}
	if (*end || most < 1 || (what && !*what))
		usage(SYNOPSIS);
	most = most < WORDS_MOST ? most : WORDS_MOST;
	char **command = optind < argc ? argv + optind : echo;
	int n = optind < argc ? argc - optind : 1;
	if (what)
		run_replaced(command, n, what);
	else
		run_batches(command, n, most, none_if_empty);
	return status;
}
