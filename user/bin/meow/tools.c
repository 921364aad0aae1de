/* See tools.h. */
#include "tools.h"
#include <abi/dirent.h>
#include <abi/syscall.h>
#include <errno.h>
#include <fcntl.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

static struct { char path[64]; int why; } unread;

/* A process that has gone meanwhile is nothing to tell of. */
static void note_unread(const char *path)
{
	if (unread.why || errno == ENOENT || errno == ESRCH)
		return;
	unread.why = errno;
	snprintf(unread.path, sizeof unread.path, "%s", path);
}

const char *tool_unread(void)
{
	errno = unread.why;
	unread.why = 0;
	return errno ? unread.path : NULL;
}

bool tool_read_into(const char *path, char *buf, size_t room)
{
	size_t len = 0;
	ssize_t got = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && len + 1 < room && (got = read(fd, buf + len, room - len - 1)) > 0)
		len += (size_t)got;
	if (got < 0)
		note_unread(path);
	if (fd >= 0)
		close(fd);
	buf[len] = 0;
	return got >= 0;
}

char *tool_read(struct meow *m, const char *path) { return tool_read_into(path, m->scratch, sizeof m->scratch) ? m->scratch : NULL; }

unsigned long tool_number(struct meow *m, const char *path, const char *key)
{
	const char *text = tool_read(m, path);
	return text ? proc_number(text, key) : 0;
}

bool tool_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) >= 0;
	if (fd >= 0)
		close(fd);
	return good;
}

void tool_look(struct meow *m)
{
	struct sysinfo s;
	if (sysinfo(&s) < 0 || !s.totalram)
		return;
	unsigned long unit = s.mem_unit ? s.mem_unit : 1, used = s.totalram - s.freeram;
	m->machine = (struct machine){ .total = s.totalram * unit / 1024, .used = used * unit / 1024, .percent = (unsigned)(used * 100 / s.totalram) };
	m->machine.level = level_of(m->machine.percent);
}

/* ---- processes ---- */

bool tool_process(int pid, struct process *out)
{
	char path[48], text[96], *end;
	snprintf(path, sizeof path, "/proc/%d/comm", pid);
	if (!tool_read_into(path, out->name, sizeof out->name))
		return false;
	out->name[strcspn(out->name, "\n")] = 0;
	snprintf(path, sizeof path, "/proc/%d/statm", pid);
	if (!tool_read_into(path, text, sizeof text))
		return false;
	out->pid = pid;
	out->mapped = strtoul(text, &end, 10);
	out->resident = strtoul(end, NULL, 10);
	return true;
}

void tool_names(const char *path, bool (*fn)(const char *name, void *ctx), void *ctx)
{
	char buf[1024] __attribute__((aligned(8)));
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool more = fd >= 0;
	long n = fd;
	for (; more && (n = syscall(SYS_getdents64, fd, buf, sizeof buf)) > 0;)
		for (long at = 0; more && at < n;) {
			const struct linux_dirent64 *e = (const void *)(buf + at);
			at += e->d_reclen;
			more = *e->d_name == '.' || fn(e->d_name, ctx);
		}
	if (n < 0)
		note_unread(path);
	if (fd >= 0)
		close(fd);
}

struct each { bool (*fn)(const struct process *p, void *ctx); void *ctx; };

static bool call_if_process(const char *name, void *ctx)
{
	const struct each *each = ctx;
	struct process p;
	return *name < '0' || *name > '9' || !tool_process(atoi(name), &p) || each->fn(&p, each->ctx);
}

void tool_processes(bool (*fn)(const struct process *p, void *ctx), void *ctx)
{
	struct each each = { fn, ctx };
	tool_names("/proc", call_if_process, &each);
}

struct find { const char *name; int pid; };

static bool match(const struct process *p, void *ctx)
{
	struct find *f = ctx;
	if (!strcmp(p->name, f->name) && p->pid > f->pid)
		f->pid = p->pid;
	return true;
}

int tool_find(const char *name)
{
	struct find f = { name, 0 };
	tool_processes(match, &f);
	return f.pid;
}

/* ---- address spaces ---- */

/* "START-END MODE OFFSET DEV INODE   NAME" */
static void parse_region(const char *line, struct region_span *r)
{
	char *p;
	r->start = strtoul(line, &p, 16);
	r->end = strtoul(p + 1, &p, 16);
	snprintf(r->mode, sizeof r->mode, "%.4s", p + 1);
	p += 5;
	for (int field = 0; field < 4; field++) {
		p += strspn(p, " ");
		p += field < 3 ? strcspn(p, " \n") : 0;
	}
	snprintf(r->name, sizeof r->name, "%.*s", (int)strcspn(p, "\n"), p);
}

bool tool_address_space(struct meow *m, int pid, struct address_space *out)
{
	char path[48], *end;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	char *text = tool_read(m, path), *window = text ? strstr(text, "\nWindow:\t") : NULL;
	if (!window)
		return false;
	out->n = 0;
	out->window_start = strtoul(window + 9, &end, 16);
	out->window_end = strtoul(end + 1, NULL, 16);
	snprintf(path, sizeof path, "/proc/%d/maps", pid);
	text = tool_read(m, path);
	for (const char *p = text && *text ? text : NULL; p && out->n < REGIONS; p = proc_next_line(p))
		parse_region(p, &out->regions[out->n++]);
	return text != NULL;
}

bool tool_hole(const struct address_space *a, unsigned n, unsigned long *start, unsigned long *end)
{
	unsigned long at = a->window_start;
	for (unsigned i = 0; i <= a->n && at < a->window_end; i++) {
		unsigned long next = i < a->n && a->regions[i].start < a->window_end ? a->regions[i].start : a->window_end;
		if (next > at && !n--) {
			*start = at;
			*end = next;
			return true;
		}
		if (i < a->n && a->regions[i].end > at)
			at = a->regions[i].end;
	}
	return false;
}
