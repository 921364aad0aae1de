/* config: shows and sets the knobs of memory, which are the files of /proc/sys/vm; and shows the kernel's command line. */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VM "/proc/sys/vm/"
enum { KNOBS_MAX = 64 };

/* VM "name" in path. A name with a slash would lead elsewhere. */
static void path_of(const char *name, char *path, size_t n)
{
	if (!*name || strchr(name, '/') || *name == '.' || sizeof VM + strlen(name) > n)
		errx(1, "%s: no such knob", name);
	snprintf(path, n, VM "%s", name);
	if (access(path, F_OK))
		errx(1, "%s: no such knob", name);
}

/* Knobs that only do something have no text. */
static void show(const char *name)
{
	char path[128];
	path_of(name, path, sizeof path);
	char *text = proc_text(path);
	printf("%-24s %s", name, *text ? text : "(write only)\n");
	free(text);
}

static void set(char *name, const char *value)
{
	char path[128];
	path_of(name, path, sizeof path);
	int fd = open(path, O_WRONLY);
	if (fd < 0)
		err(1, errno == EACCES ? "%s cannot be changed" : "%s", name);
	if (write(fd, value, strlen(value)) < 0)
		errx(1, "%s: %s: %s", name, *value ? value : "(nothing)", errno == EINVAL ? "not a value for it" : strerror(errno));
	close(fd);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void show_all(void)
{
	char *names[KNOBS_MAX];
	size_t n = 0;
	DIR *d = opendir(VM);
	if (!d)
		err(1, VM);
	for (struct dirent *e; n < KNOBS_MAX && (e = readdir(d));)
		if (*e->d_name != '.' && !(names[n++] = strdup(e->d_name)))
			err(1, VM);
	closedir(d);
	qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++) {
		show(names[i]);
		free(names[i]);
	}
	char *line = proc_text("/proc/cmdline");
	printf("%-24s %s", "kernel command line", line);
	free(line);
}

int main(int argc, char **argv)
{
	const char *synopsis = "[NAME | NAME=VALUE]...";
	for (int i = 1; i < argc; i++)
		if (*argv[i] == '-')
			usage(synopsis);
	if (argc == 1)
		show_all();
	for (int i = 1; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		if (value)
			*value++ = 0;
		if (value)
			set(argv[i], value);
		else
			show(argv[i]);
	}
	return fflush(stdout) != 0;
}
