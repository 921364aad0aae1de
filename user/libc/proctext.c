/* Reading what /proc says: see proctext.h. */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *proc_text(const char *path)
{
	size_t room = 4096, len = 0;
	char *text = malloc(room);
	int fd = open(path, O_RDONLY);
	ssize_t got = 0;
	if (fd < 0)
		err(1, "%s", path);
	while (text && (got = read(fd, text + len, room - len - 1)) > 0) {
		len += (size_t)got;
		if (len + 1 == room)
			text = realloc(text, room *= 2);
	}
	if (!text || got < 0)
		err(1, "%s", path);
	close(fd);
	text[len] = 0;
	return text;
}

const char *proc_next_line(const char *p)
{
	const char *newline = strchr(p, '\n');
	return newline && newline[1] ? newline + 1 : NULL;
}

unsigned long proc_number(const char *text, const char *key)
{
	size_t n = strlen(key);
	for (const char *p = text; p && *p; p = proc_next_line(p)) {
		const char *line = p + strspn(p, " ");
		if (!strncmp(line, key, n) && (line[n] == ':' || line[n] == ' ' || line[n] == '\t'))
			return strtoul(line + n + (line[n] == ':'), NULL, 10);
	}
	return 0;
}

static int by_number(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

size_t proc_pids(int *pids, size_t max)
{
	size_t n = 0;
	DIR *d = opendir("/proc");
	if (!d)
		err(1, "/proc");
	for (struct dirent *e; n < max && (e = readdir(d));)
		if (isdigit(e->d_name[0]))
			pids[n++] = atoi(e->d_name);
	closedir(d);
	qsort(pids, n, sizeof *pids, by_number);
	return n;
}

size_t proc_read(int pid, const char *what, char *text, size_t n)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? 0 : read(fd, text, n - 1);
	if (fd >= 0)
		close(fd);
	size_t len = got > 0 ? (size_t)got : 0;
	text[len] = 0;
	return len;
}

void proc_name(int pid, char *name, size_t n)
{
	proc_read(pid, "comm", name, n);
	name[strcspn(name, "\n")] = 0;
}

const char *human_kib(unsigned long nkib)
{
	static char texts[8][16];
	static unsigned next;
	char *s = texts[next++ % 8];
	const char *unit = "KMGT";
	unsigned long tenths = nkib * 10;
	for (; tenths >= 10240 && unit[1]; unit++)
		tenths /= 1024;
	if (*unit == 'K')
		snprintf(s, sizeof texts[0], "%luK", nkib);
	else
		snprintf(s, sizeof texts[0], "%lu.%lu%c", tenths / 10, tenths % 10, *unit);
	return s;
}

unsigned long permille(unsigned long part, unsigned long whole) { return whole ? part * 1000 / whole : 0; }
