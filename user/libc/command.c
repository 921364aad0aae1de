/* What several commands do. */
#include <commands.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int command_run(char *const argv[])
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid < 0) {
		warn("fork");
		return 126;
	}
	if (pid == 0) {
		execvp(argv[0], argv);
		int e = errno;
		warn("%s", argv[0]);
		_exit(e == ENOENT ? 127 : 126);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int into_folder(char *from, const char *to, int (*one)(const char *from, const char *to))
{
	char path[PATH_MAX];
	size_t n = strlen(from);
	while (n > 1 && from[n - 1] == '/')
		from[--n] = 0;
	const char *slash = strrchr(from, '/');
	if (snprintf(path, sizeof path, "%s/%s", to, slash && slash[1] ? slash + 1 : from) >= (int)sizeof path) {
		warnx("%s/%s: name too long", to, from);
		return 1;
	}
	return one(from, path);
}

int command_each(int argc, char **argv, const char *synopsis, int (*one)(const char *from, const char *to))
{
	int failed = 0;
	struct stat st;
	if (argc - optind < 2)
		usage(synopsis);
	const char *to = argv[argc - 1];
	bool into = stat(to, &st) == 0 && S_ISDIR(st.st_mode);
	if (!into && argc - optind > 2)
		errx(1, "%s is not a folder", to);
	for (int i = optind; i < argc - 1; i++)
		failed |= into ? into_folder(argv[i], to, one) : one(argv[i], to);
	return failed;
}

int command_each_name(int argc, char **argv, const char *synopsis, int (*one)(const char *name))
{
	int failed = 0;
	if (getopt(argc, argv, "") != -1 || optind == argc)
		usage(synopsis);
	for (int i = optind; i < argc; i++)
		if (one(argv[i]) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	return failed;
}

static bool with_file(const char *name, bool (*one)(FILE *f, const char *name))
{
	bool is_standard = !strcmp(name, "-");
	FILE *f = is_standard ? stdin : fopen(name, "r");
	bool done = f && one(f, name);
	if (!done)
		warn("%s", is_standard ? "standard input" : name);
	if (f && !is_standard)
		fclose(f);
	return done;
}

int command_each_file(int argc, char **argv, bool (*one)(FILE *f, const char *name))
{
	bool done = optind < argc || with_file("-", one);
	for (int i = optind; i < argc; i++)
		done &= with_file(argv[i], one);
	return fflush(stdout) || ferror(stdout) || !done;	/* what was lost may have been lost before */
}

bool command_ask(const char *what, const char *name)
{
	char line[80];
	fflush(stdout);
	fprintf(stderr, "%s: %s %s? ", getprogname(), what, name);
	return fgets(line, sizeof line, stdin) && (*line == 'y' || *line == 'Y');
}

char *command_replace(const char *text, const char *what, const char *with)
{
	size_t n = 0, room = strlen(text) + 1;
	for (const char *s = text; (s = strstr(s, what)); s += strlen(what))
		room += strlen(with);
	char *out = malloc(room);
	if (!out)
		err(1, "memory");
	while (*text) {
		if (!strncmp(text, what, strlen(what))) {
			strcpy(out + n, with);
			n += strlen(with);
			text += strlen(what);
		} else {
			out[n++] = *text++;
		}
	}
	out[n] = 0;
	return out;
}
