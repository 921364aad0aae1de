/* top: which processes use the CPUs and the memory, again and again, every 2 seconds or -d SECONDS. Keys: M by memory, P by CPU, N by number; q ends.
 * -n N: so many times; -b: not as a screen, but as text, once if -n does not say otherwise. */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <proctext.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terminal.h>
#include <time.h>
#include <unistd.h>

#define SYNOPSIS "[-b] [-d SECONDS] [-n TIMES]"
enum { PROCS_MAX = 1024, HUNDREDTHS = 100 };

struct proc { int pid, ppid, threads; char state, name[24]; unsigned long ticks, used, bytes, pages; };	/* ticks: in all; used: since last time */
struct sample { struct proc v[PROCS_MAX]; size_t n; unsigned long ms; };

static struct sample samples[2];	/* now, and the one before */
static char order = 'P';

static unsigned long milliseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long)t.tv_sec * 1000 + (unsigned long)t.tv_nsec / 1000000;
}

/* The fields of /proc/PID/stat behind the name: see proc(5). */
static bool read_process(int pid, struct proc *p)
{
	char text[512], *save;
	if (!proc_read(pid, "stat", text, sizeof text))
		return false;
	char *name = strchr(text, '('), *end = strrchr(text, ')');
	if (!name || !end)
		return false;
	*end = 0;
	strlcpy(p->name, name + 1, sizeof p->name);
	p->pid = pid;
	int field = 3;
	for (char *word = strtok_r(end + 1, " ", &save); word && field <= 24; word = strtok_r(NULL, " ", &save), field++) {
		unsigned long v = strtoul(word, NULL, 10);
		switch (field) {
		case 3: p->state = *word; break;
		case 4: p->ppid = (int)v; break;
		case 14: p->ticks = v; break;
		case 15: p->ticks += v; break;
		case 20: p->threads = (int)v; break;
		case 23: p->bytes = v; break;
		case 24: p->pages = v; break;
		default: break;
		}
	}
	return true;
}

static unsigned long ticks_before(const struct sample *s, int pid)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].pid == pid)
			return s->v[i].ticks;
	return 0;
}

static void take_sample(struct sample *now, const struct sample *before)
{
	DIR *d = opendir("/proc");
	if (!d)
		err(1, "/proc");
	now->n = 0;
	now->ms = milliseconds();
	for (struct dirent *e; now->n < PROCS_MAX && (e = readdir(d));) {
		struct proc *p = &now->v[now->n];
		memset(p, 0, sizeof *p);
		if (!isdigit((unsigned char)e->d_name[0]) || !read_process(atoi(e->d_name), p))
			continue;
		unsigned long old = ticks_before(before, p->pid);
		p->used = p->ticks > old ? p->ticks - old : 0;
		now->n++;
	}
	closedir(d);
}

static int by_order(const void *a, const void *b)
{
	const struct proc *x = a, *y = b;
	unsigned long p = order == 'M' ? x->pages : order == 'P' ? x->used : 0, q = order == 'M' ? y->pages : order == 'P' ? y->used : 0;
	return p != q ? p < q ? 1 : -1 : x->pid - y->pid;
}

static unsigned long meminfo(const char *text, const char *key)
{
	const char *p = strstr(text, key);
	return p ? strtoul(p + strlen(key), NULL, 10) : 0;
}

static void print_head(const struct sample *s, int cols, const char *end)
{
	char *memory = proc_text("/proc/meminfo"), *uptime = proc_text("/proc/uptime"), line[160];
	unsigned long seconds = strtoul(uptime, NULL, 10), running = 0;
	for (size_t i = 0; i < s->n; i++)
		running += s->v[i].state == 'R';
	snprintf(line, sizeof line, "up %lu:%02lu:%02lu, %zu processes, %lu running", seconds / 3600, seconds / 60 % 60, seconds % 60, s->n, running);
	printf("%.*s%s", cols, line, end);
	snprintf(line, sizeof line, "memory in KiB: %lu, free %lu, available %lu, cached %lu", meminfo(memory, "MemTotal:"), meminfo(memory, "MemFree:"),
		meminfo(memory, "MemAvailable:"), meminfo(memory, "\nCached:"));
	printf("%.*s%s%s", cols, line, end, end);
	printf("%.*s%s", cols, "  PID  PPID S THR  SIZE kB   RSS kB  %CPU     TIME  COMMAND", end);
	free(memory);
	free(uptime);
}

static void print_process(const struct proc *p, unsigned long ms, int cols, const char *end)
{
	char line[160];
	unsigned long tenths = ms ? p->used * 10 * 1000 / ms : 0;	/* a hundredth of a second in one second is 1 % */
	snprintf(line, sizeof line, "%5d %5d %c %3d %8lu %8lu %3lu.%lu %5lu.%02lu  %s", p->pid, p->ppid, p->state, p->threads, p->bytes / 1024,
		p->pages * 4, tenths / 10, tenths % 10, p->ticks / HUNDREDTHS, p->ticks % HUNDREDTHS, p->name);
	printf("%.*s%s", cols, line, end);
}

static void show(const struct sample *before, struct sample *now, int rows, int cols, const char *end)
{
	take_sample(now, before);
	qsort(now->v, now->n, sizeof *now->v, by_order);
	print_head(now, cols, end);
	for (size_t i = 0; i < now->n && (int)i < rows - 5; i++)
		print_process(&now->v[i], before->n ? now->ms - before->ms : now->ms, cols, end);
}

static void run_batch(long times, long ms)
{
	for (int k = 0; times--; k = !k) {
		show(&samples[!k], &samples[k], 1 << 30, 1 << 20, "\n");
		fflush(stdout);
		if (times) {
			putchar('\n');
			usleep((unsigned)ms * 1000);
		}
	}
}

static void run_screen(long times, long ms)
{
	int rows, cols;
	if (!terminal_enter(0))
		errx(1, "standard input is no terminal; -b needs none");
	for (int k = 0; times; k = !k) {
		terminal_size(&rows, &cols);
		printf("\033[H");
		show(&samples[!k], &samples[k], rows, cols - 1, "\033[K\r\n");
		printf("\033[J");
		fflush(stdout);
		if (times > 0 && !--times)
			return;
		int key = terminal_key((int)ms);
		if (key == 'q' || key == 3 || key == KEY_EOF)
			return;
		if (key > 0 && key < 128 && strchr("MPN", toupper(key)))
			order = (char)toupper(key);
	}
}

int main(int argc, char **argv)
{
	bool batch = false;
	long times = -1, ms = 2000;
	char *end = "";
	for (int c; (c = getopt(argc, argv, "bn:d:")) != -1 && !*end;)
		switch (c) {
		case 'b': batch = true; break;
		case 'n': times = strtol(optarg, &end, 10); break;
		case 'd': ms = strtol(optarg, &end, 10) * 1000; break;
		default: usage(SYNOPSIS);
		}
	if (*end || optind < argc || !times || ms <= 0)
		usage(SYNOPSIS);
	if (batch)
		run_batch(times < 0 ? 1 : times, ms);
	else
		run_screen(times, ms);
	return fflush(stdout) != 0;
}
