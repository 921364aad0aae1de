/* sh: the shell: commands from a file, from -c, from standard input, or at a terminal from the person there. sh -N: from descriptor N. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
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

/* Input that is no terminal is run line by line, for a command may read the rest of it. */
static int run_stdin(void)
{
	char *text = NULL;
	size_t len = 0;
	char c;
	while (read(0, &c, 1) == 1) {
		char *more = realloc(text, len + 2);
		if (!more)
			return 2;
		text = more;
		text[len++] = c;
		text[len] = 0;
		const char *error;
		if (c != '\n')
			continue;
		node_free(parse(text, &error));
		if (error && !*error)
			continue;
		run_text(text);
		len = 0;
	}
	if (len)
		run_text(text);
	free(text);
	return last_status;
}

/* One command, over as many lines as it needs. NULL: end of input. */
static char *read_command(void)
{
	char prompt[300] = "manul:", path[256];
	char *text = NULL, *line;
	strlcat(prompt, getcwd(path, sizeof path) ? path : "?", sizeof prompt);
	strlcat(prompt, "$ ", sizeof prompt);
	while ((line = edit_line(text ? "> " : prompt))) {
		size_t have = text ? strlen(text) : 0;
		const char *error;
		text = realloc(text, have + strlen(line) + 2);
		if (!text)
			abort();
		strcat(strcpy(text + have, line), "\n");
		node_free(parse(text, &error));
		if (!error || *error)
			return text;
	}
	free(text);
	return NULL;
}

static int run_interactive(void)
{
	interactive = true;
	jobs_init();
	for (;;) {
		jobs_poll();
		char *text = read_command();
		if (!text)
			return last_status;
		interrupted = 0;
		run_text(text);
		if (interrupted == 1)
			putchar('\n');
		loop_break = 0;
		free(text);
	}
}

int main(int argc, char **argv)
{
	positional = argv;
	if (argc > 3 && !strcmp(argv[1], "-c") && !strcmp(argv[2], "--")) {	/* as C libraries write it */
		argv[2] = argv[1];
		argc--;
		argv++;
	}
	if (argc > 2 && !strcmp(argv[1], "-c")) {
		static char *alone[] = { "sh", NULL };
		positional = argc > 3 ? argv + 3 : alone;
		return run_text(argv[2]);
	}
	if (argc > 1 && argv[1][0] == '-' && isdigit(argv[1][1]))
		return run_fd(atoi(argv[1] + 1));
	if (argc > 1 && argv[1][0] == '-')
		usage("[FILE [ARGUMENT ...] | -c COMMANDS [NAME [ARGUMENT ...]]]");
	if (argc > 1) {
		int fd = open(argv[1], O_RDONLY);
		if (fd < 0) {
			fprintf(stderr, "sh: %s: %s\n", argv[1], strerror(errno));
			return 127;
		}
		positional = argv + 1;
		return run_fd(fd);
	}
	if (!isatty(0))
		return run_stdin();
	char *profile[] = { ".", "/etc/profile", NULL };
	if (access(profile[1], R_OK) == 0)
		run_builtin(find_builtin("."), profile);
	return run_interactive();
}
