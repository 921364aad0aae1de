/* sh: the shell: commands from a file, from -c, from standard input, or at a terminal from the person there. sh -N: from descriptor N.
 * -e: end at the first failure; -u: an unset variable is one; -x: show commands; -f: no file names; -n: only parse; -a: export all;
 * -C: > leaves files that are there; -o pipefail: a pipeline fails with any of its parts.
 *
 * The language is POSIX's: | && || ; & ! { } ( ) if while until for case, functions with local and return; < > >> <> >& << <<- <<<; '...' "..."
 * $X ${X:-Y} ${X:=Y} ${X:+Y} ${X:?Y} ${#X} ${X%P} ${X%%P} ${X#P} ${X##P} $(...) `...` $((...)) $? $$ $! $# $@ $* $-; * ? [...] ~.
 * The shell itself runs: . : [ alias bg break cd command continue echo eval exec exit export false fg getopts hash history jobs local printf pwd read
 * readonly return set shift source test times trap true type ulimit umask unalias unset wait.
 * At a terminal: arrows (with Ctrl: by words), Ctrl-A E U K W Y L; Tab completes commands, files and $VARIABLES; Ctrl-R searches the history, which is
 * in ~/.sh_history; a line that begins with !!, !N or !TEXT is the last, the Nth or the last such line; Ctrl-C, Ctrl-Z, and %N %% %TEXT name jobs. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

/* All that can be read from fd, as a string. */
static char *read_all(int fd)
{
	size_t n = 0, room = 1024;
	char *text = malloc(room);
	for (ssize_t got; text && (got = read(fd, text + n, room - n - 1)) > 0;) {
		n += (size_t)got;
		if (n + 1 == room)
			text = realloc(text, room *= 2);
	}
	if (text)
		text[n] = 0;
	return text;
}

static int run_fd(int fd)
{
	fcntl(fd, F_SETFD, (long)FD_CLOEXEC);
	char *text = read_all(fd);
	if (fd)
		close(fd);
	if (!text) {
		fprintf(stderr, "sh: out of memory\n");
		return 2;
	}
	int status = run_text(text);
	free(text);
	return status;
}

static int lines_of(const char *text)
{
	int n = 0;
	while ((text = strchr(text, '\n')))
		n++, text++;
	return n;
}

/* Input that is no terminal is run line by line, for a command may read the rest of it. */
static int run_stdin(void)
{
	char *text = NULL;
	size_t len = 0;
	char c;
	while (read(0, &c, 1) == 1) {
		text = sh_realloc(text, len + 2);
		text[len++] = c;
		text[len] = 0;
		const char *problem = c == '\n' ? parse_problem(text) : "";
		if (problem && !*problem)
			continue;
		run_text(text);
		script_line += lines_of(text);
		len = 0;
	}
	if (len)
		run_text(text);
	free(text);
	return last_status;
}

/* One command, over as many lines as it needs; "" after Ctrl-C. NULL: end of input. */
static char *read_command(void)
{
	char prompt[300] = "manul:", path[256];
	const char *here = folder_here();
	char *text = NULL, *line;
	strlcat(prompt, here ? here : getcwd(path, sizeof path) ? path : "?", sizeof prompt);
	strlcat(prompt, "$ ", sizeof prompt);
	while ((line = edit_line(text ? "> " : prompt))) {
		if (interrupted) {
			free(text);
			last_status = 128 + SIGINT;
			return sh_strdup("");
		}
		size_t have = text ? strlen(text) : 0;
		text = sh_realloc(text, have + strlen(line) + 2);
		strcat(strcpy(text + have, line), "\n");
		const char *problem = parse_problem(text);
		if (!problem || *problem)
			return text;
	}
	return text;	/* what there is of a command is all of it */
}

static int run_interactive(void)
{
	interactive = true;
	jobs_init();
	history_load();
	for (;;) {
		jobs_poll();
		interrupted = 0;
		char *text = read_command();
		if (!text)
			return last_status;
		interrupted = 0;
		run_text(text);
		if (interrupted == 1)
			putchar('\n');
		loop_break = 0;
		returning = false;
		free(text);
	}
}

static int run_file(char **argv)
{
	int fd = open(argv[0], O_RDONLY);
	if (fd < 0) {
		fprintf(stderr, "sh: %s: %s\n", argv[0], strerror(errno));
		return 127;
	}
	positional[0] = argv[0];
	positional_set(argv + 1);
	return run_fd(fd);
}

static int run_string(char **argv)
{
	if (argv[1]) {
		positional[0] = argv[1];
		positional_set(argv + 2);
	}
	return run_text(argv[0]);
}

static void read_profile(void)
{
	static char *profile[] = { ".", "/etc/profile", NULL };
	if (access(profile[1], R_OK) == 0)
		run_builtin(find_builtin("."), profile);
}

#define SYNOPSIS "[-aCefnuvx] [-o OPTION] [FILE [ARGUMENT ...] | -c COMMANDS [NAME [ARGUMENT ...]] | -s [ARGUMENT ...]]"

/* Take c or s out of the letters of an option. */
static bool take_letter(char *option, char letter)
{
	char *at = option[0] == '-' ? strchr(option + 1, letter) : NULL;
	if (at)
		memmove(at, at + 1, strlen(at));
	return at;
}

/* What the options ask for; argv moves behind them. */
static char **parse_arguments(char **argv, bool *string, bool *standard_input)
{
	while (*argv && (argv[0][0] == '-' || argv[0][0] == '+') && argv[0][1]) {
		*string |= take_letter(*argv, 'c');
		*standard_input |= take_letter(*argv, 's');
		take_letter(*argv, 'i');
		if (!strcmp(*argv, "--"))
			return argv + 1;
		char *one[] = { argv[0], argv[0][1] == 'o' ? argv[1] : NULL, NULL };
		int n = argv[0][1] ? options_parse(one) : 1;
		if (n < 1)
			usage(SYNOPSIS);
		argv += n;
	}
	return argv;
}

int main(int argc, char **argv)
{
	static char *none[] = { "sh", NULL };
	bool string = false, standard_input = false;
	shell_pid = getpid();
	vars_init(environ);
	positional = none;
	positional_set(none + 1);
	argv += argc > 0;
	if (*argv && argv[0][0] == '-' && isdigit(argv[0][1]))
		shell_exit(run_fd(atoi(argv[0] + 1)));
	argv = parse_arguments(argv, &string, &standard_input);
	if (string && !*argv)
		usage(SYNOPSIS);
	if (string)
		shell_exit(run_string(argv));
	if (*argv && !standard_input)
		shell_exit(run_file(argv));
	positional_set(argv);
	if (!isatty(0))
		shell_exit(run_stdin());
	read_profile();
	shell_exit(run_interactive());
}
