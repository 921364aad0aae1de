/* ps: the processes, from /proc/PID/status and /proc/PID/cmdline. */
#include <ctype.h>
#include <err.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROCS_MAX = 4096 };

/* The text after "key:" and blanks, up to the end of the line, in a buffer of its own per call. */
static const char *field(const char *text, const char *key, char *out, size_t n)
{
	size_t len = strlen(key);
	const char *p = text;
	while (p && (strncmp(p, key, len) || p[len] != ':'))
		p = (p = strchr(p, '\n')) ? p + 1 : NULL;
	out[0] = 0;
	if (!p)
		return "?";
	p += len + 1;
	p += strspn(p, " \t");
	size_t end = strcspn(p, "\n");
	strlcpy(out, p, end + 1 < n ? end + 1 : n);
	return out;
}

/* Arguments are separated by 0 bytes. */
static void print_command(int pid, const char *name)
{
	char line[256];
	size_t n = proc_read(pid, "cmdline", line, sizeof line);
	while (n && !line[n - 1])
		n--;
	for (size_t i = 0; i < n; i++)
		if (!isprint(line[i]))
			line[i] = line[i] ? '?' : ' ';
	if (n)
		printf("%.*s\n", (int)n, line);
	else
		printf("[%s]\n", name);
}

static void print_process(int pid)
{
	char text[2048], ppid[16], pgid[16], state[32], size[32], rss[32], name[64];
	if (!proc_read(pid, "status", text, sizeof text))
		return;
	field(text, "NSpgid", pgid, sizeof pgid);
	printf("%5d %5s %5s  %.1s  %8d %8d  ", pid, field(text, "PPid", ppid, sizeof ppid), *pgid ? pgid : "?",
		field(text, "State", state, sizeof state), atoi(field(text, "VmSize", size, sizeof size)),
		atoi(field(text, "VmRSS", rss, sizeof rss)));
	print_command(pid, field(text, "Name", name, sizeof name));
}

int main(int argc, char **argv)
{
	static int pids[PROCS_MAX];
	(void)argv;
	if (argc > 1)
		usage("");
	size_t n = proc_pids(pids, PROCS_MAX);
	printf("  PID  PPID  PGID  S  VSIZE kB   RSS kB  COMMAND\n");
	for (size_t i = 0; i < n; i++)
		print_process(pids[i]);
	return 0;
}
