/* pmap: the regions of processes, from /proc/PID/smaps. The formats are those of procps. */
#include <err.h>
#include <proctext.h>
#include <smaps.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNOPSIS "[-x] PID..."

/* A file is shown without its folder. */
static const char *mapping_of(const struct smap *m)
{
	static char text[160];
	const char *slash = strrchr(m->name, '/');
	size_t n = strlen(m->name);
	if (!n)
		return "  [ anon ]";
	if (*m->name == '[') {
		snprintf(text, sizeof text, "  [ %.*s ]", (int)n - 2, m->name + 1);
		return text;
	}
	return slash ? slash + 1 : m->name;
}

/* "rw-p" is shown as "rw---". */
static void print_mode(const struct smap *m) { printf("%.3s%c-", m->mode, m->mode[3] == 's' ? 's' : '-'); }

static void print_line(const struct smap *m, int extended)
{
	unsigned long kib = (m->end - m->start) / 1024;
	if (extended)
		printf("%016lx %7lu %7lu %7lu ", m->start, kib, m->rss, m->dirty);
	else
		printf("%016lx %6luK ", m->start, kib);
	print_mode(m);
	printf(" %s\n", mapping_of(m));
}

static void print_process(int pid, int extended)
{
	struct smap *maps, sum = { 0 };
	size_t n = smaps_read(pid, &maps);
	unsigned long kib = 0;
	printf("%d:   %s\n", pid, process_title(pid));
	if (extended)
		printf("Address           Kbytes     RSS   Dirty Mode  Mapping\n");
	for (size_t i = 0; i < n; i++) {
		print_line(&maps[i], extended);
		kib += (maps[i].end - maps[i].start) / 1024;
		sum.rss += maps[i].rss;
		sum.dirty += maps[i].dirty;
	}
	if (extended)
		printf("---------------- ------- ------- -------\ntotal kB %15lu %7lu %7lu\n", kib, sum.rss, sum.dirty);
	else
		printf(" total %16luK\n", kib);
	free(maps);
}

int main(int argc, char **argv)
{
	int extended = argc > 1 && !strcmp(argv[1], "-x"), first = 1 + extended;
	if (first >= argc || *argv[first] == '-')
		usage(SYNOPSIS);
	for (int i = first; i < argc; i++)
		print_process(pid_of(argv[i]), extended);
	return fflush(stdout) != 0;
}
