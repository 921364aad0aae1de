/* mv: give files another name or place. Between file systems it copies (cp -r) and removes (rm -r). */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(char **argv)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		warn("%s", argv[0]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		warn("%s", argv[0]);
		return 1;
	}
	return status != 0;
}

static int move(char *from, char *to)
{
	if (rename(from, to) == 0)
		return 0;
	if (errno != EXDEV) {
		warn("%s to %s", from, to);
		return 1;
	}
	char *copy[] = { "cp", "-r", "--", from, to, NULL }, *remove[] = { "rm", "-r", "--", from, NULL };
	return run(copy) || run(remove);
}

static int move_into(char *from, const char *to)
{
	char path[PATH_MAX];
	size_t n = strlen(from);
	while (n > 1 && from[n - 1] == '/')
		from[--n] = 0;
	const char *slash = strrchr(from, '/');
	snprintf(path, sizeof path, "%s/%s", to, slash ? slash + 1 : from);
	return move(from, path);
}

int main(int argc, char **argv)
{
	int failed = 0;
	struct stat st;
	if (getopt(argc, argv, "") != -1 || argc - optind < 2)
		usage("FROM ... TO");
	char *to = argv[argc - 1];
	bool into = stat(to, &st) == 0 && S_ISDIR(st.st_mode);
	if (!into && argc - optind > 2)
		errx(1, "%s is not a folder", to);
	for (int i = optind; i < argc - 1; i++)
		failed |= into ? move_into(argv[i], to) : move(argv[i], to);
	return failed;
}
