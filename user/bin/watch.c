/* watch: run a command again and again and show its output on the whole screen, every 2 seconds or -n SECONDS, until q or Ctrl-C. -t: without the
 * line above; -c N: only so often. */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <terminal.h>
#include <time.h>
#include <unistd.h>

#define SYNOPSIS "[-t] [-n SECONDS] [-c TIMES] COMMAND [ARGUMENT ...]"
enum { COMMAND_BYTES = 512 };

/* Show as many lines of the command's output as there is place for. */
static void show(const char *command, int rows, int cols)
{
	char *line = NULL;
	size_t room = 0;
	int fds[2];
	fflush(stdout);
	if (pipe(fds) < 0)
		err(1, "pipe");
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		dup2(fds[1], 1);
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		execv("/bin/sh", (char *[]){ "sh", "-c", (char *)(size_t)command, NULL });
		_exit(127);
	}
	close(fds[1]);
	FILE *f = fdopen(fds[0], "r");
	for (ssize_t n; f && (n = getline(&line, &room, f)) >= 0;)
		if (rows-- > 0)
			printf("%.*s\033[K\r\n", n && line[n - 1] == '\n' && n <= cols ? (int)n - 1 : cols, line);
	printf("\033[J");
	if (f)
		fclose(f);
	free(line);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static long milliseconds(const char *s)
{
	char *end;
	long ms = strtol(s, &end, 10) * 1000;
	if (*end == '.' && end[1])
		ms += (end[1] - '0') * 100, end += 2;
	if (!*s || *end || ms < 100)
		errx(2, "-n %s: not a number of at least 0.1", s);
	return ms;
}

int main(int argc, char **argv)
{
	char command[COMMAND_BYTES] = "";
	long ms = 2000, times = -1;
	bool title = true;
	int rows, cols;
	for (int c; (c = getopt(argc, argv, "+tn:c:")) != -1;)
		switch (c) {
		case 't': title = false; break;
		case 'n': ms = milliseconds(optarg); break;
		case 'c': times = strtol(optarg, NULL, 10); break;
		default: usage(SYNOPSIS);
		}
	if (optind == argc)
		usage(SYNOPSIS);
	for (int i = optind; i < argc; i++) {
		strlcat(command, argv[i], sizeof command);
		strlcat(command, i + 1 < argc ? " " : "", sizeof command);
	}
	if (!terminal_enter(0))
		errx(1, "standard input is no terminal");
	for (;; ) {
		terminal_size(&rows, &cols);
		printf("\033[H");
		if (title)
			printf("Every %ld.%lds: %.*s\033[K\r\n\033[K\r\n", ms / 1000, ms / 100 % 10, cols - 16, command);
		show(command, title ? rows - 3 : rows - 1, cols);
		fflush(stdout);
		if (times > 0 && !--times)
			return 0;
		int key = terminal_key((int)ms);
		if (key == 'q' || key == 3 || key == KEY_EOF)
			return 0;
	}
}
