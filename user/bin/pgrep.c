/* pgrep [-flx] PATTERN: the numbers of the processes whose program's name PATTERN, an extended regular expression, matches. -l: their names, too; -x:
 * the whole name; -f: the arguments are looked at as well. Status 1: there is none. */
#include <err.h>
#include <pattern.h>
#include <proctext.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-flx] PATTERN"
enum { PROCS_MAX = 4096, LINE_MAX = 512 };

static bool names, whole, arguments;

/* Arguments with blanks between them; those of a process that is gone are "". */
static void read_arguments(int pid, char *line)
{
	size_t n = proc_read(pid, "cmdline", line, LINE_MAX);
	while (n && !line[n - 1])
		n--;
	for (size_t i = 0; i < n; i++)
		if (!line[i])
			line[i] = ' ';
}

static bool is_wanted(const struct pattern *p, const char *s)
{
	struct span groups[PATTERN_GROUPS];
	return *s && pattern_find(p, s, s, groups) && (!whole || (groups[0].start == s && !*groups[0].end));
}

int main(int argc, char **argv)
{
	static int pids[PROCS_MAX];
	const char *error;
	bool found = false;
	for (int c; (c = getopt(argc, argv, "flx")) != -1;) {
		if (c == '?')
			usage(SYNOPSIS);
		*(c == 'f' ? &arguments : c == 'l' ? &names : &whole) = true;
	}
	if (argc - optind != 1)
		usage(SYNOPSIS);
	struct pattern *p = pattern_compile(argv[optind], PATTERN_EXTENDED, &error);
	if (!p)
		errx(2, "%s: %s", argv[optind], error);
	size_t n = proc_pids(pids, PROCS_MAX);
	for (size_t i = 0; i < n; i++) {
		char name[LINE_MAX], line[LINE_MAX];
		proc_name(pids[i], name, sizeof name);
		read_arguments(pids[i], line);
		if (pids[i] == getpid() || !is_wanted(p, arguments && *line ? line : name))
			continue;
		found = true;
		printf(names ? "%d %s\n" : "%d\n", pids[i], arguments && *line ? line : name);
	}
	pattern_free(p);
	return fflush(stdout) ? 3 : !found;
}
