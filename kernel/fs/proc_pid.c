/* /proc/PID/...: what Linux's proc(5) says, for the fields that we have. */
#include "proc.h"
#include <lib/string.h>

static enum err comm(struct text *t, int pid)
{
	struct proc_info p;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return e;
	text_printf(t, "%s\n", p.name);
	proc_info_put(&p);
	return OK;
}

static enum err cmdline(struct text *t, int pid)
{
	struct proc_info p;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return e;
	memcpy(t->buf, p.cmdline, p.cmdline_len);
	t->len = p.cmdline_len;
	proc_info_put(&p);
	return OK;
}

static void stats_of(const struct proc_info *p, struct space_stats *st)
{
	memset(st, 0, sizeof *st);
	if (p->space)
		space_stats(p->space, st);
}

static const char *state_name(char c)
{
	return c == 'R' ? "running" : c == 'S' ? "sleeping" : c == 'T' ? "stopped" : "zombie";
}

static enum err status(struct text *t, int pid)
{
	struct proc_info p;
	struct space_stats st;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return e;
	stats_of(&p, &st);
	text_printf(t, "Name:\t%s\nState:\t%c (%s)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n", p.name, p.state, state_name(p.state), p.pid, p.pid,
		    p.ppid);
	text_printf(t, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nNSpgid:\t%d\nNSsid:\t%d\n", p.pgid, p.sid);
	text_printf(t, "VmPeak:\t%8lu kB\nVmSize:\t%8lu kB\nVmRSS:\t%8lu kB\nVmPTE:\t%8lu kB\n", (unsigned long)st.peak_mapped_pages * 4,
		    (unsigned long)st.mapped_pages * 4, (unsigned long)st.resident_pages * 4, (unsigned long)st.table_pages * 4);
	text_printf(t, "Threads:\t%d\n", p.nthreads);
	text_printf(t, "Mmaps:\t%lu\nMunmaps:\t%lu\nFaults:\t%lu\nCowFaults:\t%lu\n", (unsigned long)st.mmaps, (unsigned long)st.munmaps,
		    (unsigned long)st.faults, (unsigned long)st.cow_faults);
	text_printf(t, "Regions:\t%lu\nHolePages:\t%lu\nLargestHole:\t%lu\n", (unsigned long)st.regions, (unsigned long)st.hole_pages,
		    (unsigned long)st.largest_hole_pages);
	text_printf(t, "ZeroPages:\t%lu\nRefused:\tholes %lu, budget %lu, memory %lu\n", (unsigned long)st.zero_pages,
		    (unsigned long)st.refused_holes, (unsigned long)st.refused_budget, (unsigned long)st.refused_memory);
	proc_info_put(&p);
	return OK;
}

/* Ticks of the counter as hundredths of a second. */
static unsigned long hundredths(uint64_t ticks) { return (unsigned long)(ticks / (time_frequency() / 100)); }

static enum err stat(struct text *t, int pid)
{
	struct proc_info p;
	struct space_stats st;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return e;
	stats_of(&p, &st);
	text_printf(t, "%d (%s) %c %d %d %d 0 -1 0 ", p.pid, p.name, p.state, p.ppid, p.pgid, p.sid);
	text_printf(t, "%lu 0 0 0 %lu %lu 0 0 20 0 %d 0 ", (unsigned long)st.faults, hundredths(p.user_ticks), hundredths(p.sys_ticks),
		    p.nthreads);
	text_printf(t, "%lu %lu %lu 18446744073709551615", (unsigned long)(p.start_ns / 10000000), (unsigned long)st.mapped_pages * 4096,
		    (unsigned long)st.resident_pages);
	for (unsigned k = 26; k <= 52; k++)
		text_printf(t, " 0");
	text_printf(t, "\n");
	proc_info_put(&p);
	return OK;
}

static enum err statm(struct text *t, int pid)
{
	struct proc_info p;
	struct space_stats st;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return e;
	stats_of(&p, &st);
	text_printf(t, "%lu %lu 0 0 0 %lu 0\n", (unsigned long)st.mapped_pages, (unsigned long)st.resident_pages,
		    (unsigned long)st.mapped_pages);
	proc_info_put(&p);
	return OK;
}

/* ---- maps ---- */

/* The file that a region maps, or NULL. */
static struct inode *file_of(const struct region *r)
{
	return r->object && r->object->ops == &inode_object_ops ? container_of(r->object, struct inode, object) : NULL;
}

struct maps { struct text *t; char *path; };

static void put_name(struct maps *m, const struct region *r, size_t line_start)
{
	enum { NAME_COLUMN = 73 };
	struct inode *i = file_of(r);
	const char *name = r->name ? r->name : r->flags & MAPF_STACK ? "[stack]" : NULL;
	if (i && i->fs && inode_path(i, m->path, PATH_MAX_BYTES) > 0)
		name = m->path;
	else if (i)
		name = "/dev/zero";
	if (name) {
		while (m->t->len - line_start < NAME_COLUMN)
			text_printf(m->t, " ");
		text_printf(m->t, "%s%s", name, i && (!i->fs || !i->nlink) ? " (deleted)" : "");
	}
	text_printf(m->t, "\n");
}

static bool put_region(const struct region *r, void *ctx)
{
	struct maps *m = ctx;
	struct inode *i = file_of(r);
	size_t line_start = m->t->len;
	text_printf(m->t, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", (unsigned long)r->node.range.start, (unsigned long)r->node.range.end,
		    r->prot & P_READ ? 'r' : '-', r->prot & P_WRITE ? 'w' : '-', r->prot & P_EXEC ? 'x' : '-',
		    r->flags & MAPF_SHARED ? 's' : 'p', (unsigned long)(i ? r->pgoff << PAGE_SHIFT : 0), 0u, i && i->fs ? i->fs->id : 0u,
		    (unsigned long)(i ? i->ino : 0));
	put_name(m, r, line_start);
	return m->t->len < m->t->cap;
}

static enum err maps(struct text *t, int pid)
{
	struct proc_info p;
	struct maps m = { t, kmalloc(kernel_mm, PATH_MAX_BYTES) };
	if (!m.path)
		return ERR_NOMEM;
	enum err e = proc_info_get(pid, &p);
	if (e == OK && p.space)
		space_for_each(p.space, put_region, &m);
	if (e == OK)
		proc_info_put(&p);
	kfree(kernel_mm, m.path);
	return e;
}

static enum err exe(int pid, char *buf, size_t n, size_t *len)
{
	struct proc_info p;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return ERR_NOENT;
	*len = strlen(p.path) < n ? strlen(p.path) : n;
	memcpy(buf, p.path, *len);
	proc_info_put(&p);
	return OK;
}

const struct proc_file proc_pid_files[] = {
	{ "cmdline", S_IFREG | 0444, cmdline, NULL }, { "comm", S_IFREG | 0444, comm, NULL }, { "exe", S_IFLNK | 0777, NULL, exe },
	{ "fail-nth", S_IFREG | 0644, proc_fail_nth, NULL },
	{ "maps", S_IFREG | 0444, maps, NULL }, { "pool", S_IFREG | 0644, proc_pool, NULL },
	{ "stat", S_IFREG | 0444, stat, NULL }, { "statm", S_IFREG | 0444, statm, NULL },
	{ "status", S_IFREG | 0444, status, NULL }, { NULL, 0, NULL, NULL },
};
