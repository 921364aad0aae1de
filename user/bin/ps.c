/* ps: the processes, from /proc/PID/status. */
#include <ctype.h>
#include <dirent.h>
#include "util.h"

/* The value after "Key:" in a file of such lines, without blanks before it. */
static void value_of(const char *text, const char *key, char *out, size_t n)
{
	const char *p = strstr(text, key);
	p = p ? p + strlen(key) : "";
	p += strspn(p, " \t");
	size_t len = strcspn(p, "\n");
	snprintf(out, n, "%.*s", (int)len, p);
}

static void print_process(const char *pid)
{
	char path[64], text[2048], name[32], state[16], ppid[16], rss[24], vm[24];
	snprintf(path, sizeof path, "/proc/%s/status", pid);
	FILE *f = fopen(path, "r");
	if (!f)
		return;		/* it has ended meanwhile */
	size_t n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = 0;
	value_of(text, "Name:", name, sizeof name);
	value_of(text, "State:", state, sizeof state);
	value_of(text, "PPid:", ppid, sizeof ppid);
	value_of(text, "VmSize:", vm, sizeof vm);
	value_of(text, "VmRSS:", rss, sizeof rss);
	printf("%5s %5s %c %10s %10s %s\n", pid, ppid, state[0], *vm ? vm : "-", *rss ? rss : "-", name);
}

int main(void)
{
	DIR *d = opendir("/proc");
	if (!d)
		return complain("ps", "/proc");
	printf("%5s %5s %s %10s %10s %s\n", "PID", "PPID", "S", "VSZ", "RSS", "COMMAND");
	for (struct dirent *e; (e = readdir(d));)
		if (isdigit(e->d_name[0]))
			print_process(e->d_name);
	closedir(d);
	return 0;
}
