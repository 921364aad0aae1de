/* Reading /proc/PID/smaps: see smaps.h. */
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <proctext.h>
#include <smaps.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int pid_of(const char *s)
{
	char *end;
	long pid = strtol(s, &end, 10);
	if (!isdigit((unsigned char)*s) || *end || pid < 1 || pid > 0x3fffffff)
		errx(2, "%s: not the number of a process", s);
	return (int)pid;
}

static void path_of(int pid, const char *name, char *path, size_t n)
{
	if (pid)
		snprintf(path, n, "/proc/%d/%s", pid, name);
	else
		snprintf(path, n, "/proc/self/%s", name);
}

/* "START-END MODE OFFSET DEV INODE   NAME" */
static void parse_head(const char *line, struct smap *m)
{
	char *p;
	memset(m, 0, sizeof *m);
	m->start = strtoul(line, &p, 16);
	m->end = strtoul(p + 1, &p, 16);
	memcpy(m->mode, p + 1, 4);
	p += 5;
	for (int field = 0; field < 3; field++) {
		p += strspn(p, " ");
		p += strcspn(p, " \n");
	}
	p += strspn(p, " ");
	size_t n = strcspn(p, "\n");
	strlcpy(m->name, p, n + 1 < sizeof m->name ? n + 1 : sizeof m->name);
}

static void parse_field(const char *line, struct smap *m)
{
	const char *value = strchr(line, ':');
	unsigned long n = value ? strtoul(value + 1 + strspn(value + 1, " "), NULL, 10) : 0;
	if (!strncmp(line, "Rss:", 4))
		m->rss = n;
	else if (!strncmp(line, "Shared_Dirty:", 13) || !strncmp(line, "Private_Dirty:", 14))
		m->dirty += n;
}

/* Fields begin with a capital letter, heads with a number in small ones. */
static int is_head(const char *line) { return isdigit((unsigned char)*line) || (*line >= 'a' && *line <= 'f'); }

size_t smaps_read(int pid, struct smap **out)
{
	char path[64];
	size_t n = 0, room = 0;
	path_of(pid, "smaps", path, sizeof path);
	if (access(path, F_OK))
		errx(1, "%d: no such process", pid);
	char *text = proc_text(path);
	*out = NULL;
	for (const char *p = *text ? text : NULL; p; p = proc_next_line(p)) {
		if (is_head(p) && n == room && !(*out = realloc(*out, (room = room * 2 + 32) * sizeof **out)))
			err(1, "%s", path);
		if (is_head(p))
			parse_head(p, &(*out)[n++]);
		else if (n)
			parse_field(p, &(*out)[n - 1]);
	}
	free(text);
	return n;
}

const char *process_title(int pid)
{
	static char title[256];
	char path[64];
	ssize_t n = -1;
	path_of(pid, "cmdline", path, sizeof path);
	int fd = open(path, O_RDONLY);
	if (fd >= 0) {
		n = read(fd, title, sizeof title - 1);
		close(fd);
	}
	while (n > 0 && !title[n - 1])
		n--;
	title[n > 0 ? n : 0] = 0;
	for (ssize_t i = 0; i < n; i++)
		if (!isprint((unsigned char)title[i]))
			title[i] = title[i] ? '?' : ' ';
	return title;
}
