/* selftest: the kernel's tests of its own memory management, in the kernel as it runs, through /proc/selftest (debug builds have it).
 * A name is a test (buddy.random) or a group of them (buddy); without names, all. A line for each test, and their sum. */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char path[] = "/proc/selftest";
static char list[4096];

static int run, failed;

/* What fd gives, as a string without the last newline. */
static void read_all(int fd, char *text, size_t room)
{
	size_t len = 0;
	ssize_t n;
	while (len < room - 1 && (n = read(fd, text + len, room - 1 - len)) > 0)
		len += (size_t)n;
	if (len && text[len - 1] == '\n')
		len--;
	text[len] = 0;
}

static void run_test(const char *name)
{
	char result[256];
	int fd = open(path, O_RDWR);
	if (fd < 0 || write(fd, name, strlen(name)) < 0)
		err(1, "%s", name);
	read_all(fd, result, sizeof result);
	close(fd);
	run++;
	if (!strcmp(result, "OK")) {
		printf("[OK] %s\n", name);
	} else {
		failed++;
		printf("[KO] %s: %s\n", name, result);
	}
	fflush(stdout);
}

/* Is test asked for by what? */
static bool belongs(const char *test, const char *what)
{
	size_t n = strlen(what);
	return !strncmp(test, what, n) && (!test[n] || test[n] == '.');
}

/* The tests that what asks for; NULL asks for all. How many there were. */
static int run_those(const char *what)
{
	char name[64];
	int n = 0;
	for (const char *at = list; *at;) {
		size_t len = strcspn(at, "\n");
		snprintf(name, sizeof name, "%.*s", (int)len, at);
		at += len + (at[len] == '\n');
		if (what && !belongs(name, what))
			continue;
		run_test(name);
		n++;
	}
	return n;
}

int main(int argc, char **argv)
{
	if (getopt(argc, argv, "") != -1)
		usage("[GROUP[.TEST] ...]");
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		err(2, "%s", path);
	read_all(fd, list, sizeof list);
	close(fd);
	for (int i = optind; i < argc; i++)
		if (!run_those(argv[i]))
			errx(2, "%s: no such test; cat %s lists them", argv[i], path);
	if (optind == argc)
		run_those(NULL);
	printf("[%s] %d/%d\n", failed ? "FAILURE" : "SUCCESS", run - failed, run);
	return failed != 0;
}
