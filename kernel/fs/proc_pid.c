/* /proc/PID/...: what Linux's proc(5) says, for the fields that we have. */
#include "proc_space.h"
#include <lib/fmt.h>
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

/* As exec put it there, and as the program has changed it since. */
static enum err environ(struct text *t, int pid)
{
	struct proc_info p;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return e;
	t->len = p.space ? p.env.end - p.env.start : 0;
	if (t->len && t->len < t->cap)
		e = space_read(p.space, p.env.start, t->buf, t->len);
	proc_info_put(&p);
	return e;
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

static void put_kb(struct text *t, const char *name, uint64_t npages)
{
	text_printf(t, "%s:\t%8lu kB\n", name, (unsigned long)npages * 4);
}

static bool add_locked(const struct region *r, void *ctx)
{
	*(uint64_t *)ctx += r->flags & MAPF_LOCKED ? (r->node.range.end - r->node.range.start) >> PAGE_SHIFT : 0;
	return true;
}

static uint64_t locked_pages(struct space *s)
{
	uint64_t n = 0;
	if (s)
		space_for_each(s, add_locked, &n);
	return n;
}

static void put_sizes(struct text *t, struct space *s, const struct space_stats *st, const struct space_sums *sums)
{
	put_kb(t, "VmPeak", st->peak_mapped_pages);
	put_kb(t, "VmSize", st->mapped_pages);
	put_kb(t, "VmLck", locked_pages(s));
	put_kb(t, "VmHWM", st->peak_resident_pages);
	put_kb(t, "VmRSS", st->resident_pages);
	put_kb(t, "RssAnon", sums->anon);
	put_kb(t, "RssFile", sums->file);
	put_kb(t, "RssShmem", sums->shmem);
	put_kb(t, "VmData", sums->data);
	put_kb(t, "VmStk", sums->stack);
	put_kb(t, "VmExe", sums->code);
	put_kb(t, "VmPTE", st->table_pages);
}

static void put_addresses(struct text *t, struct space *s, const struct space_stats *st)
{
	struct vrange w = s ? space_window(s) : (struct vrange){ 0, 0 };
	text_printf(t, "Mmaps:\t%lu\nMunmaps:\t%lu\nFaults:\t%lu\nCowFaults:\t%lu\n", (unsigned long)st->mmaps, (unsigned long)st->munmaps,
		    (unsigned long)st->faults, (unsigned long)st->cow_faults);
	text_printf(t, "Window:\t%lx-%lx\n", (unsigned long)w.start, (unsigned long)w.end);
	text_printf(t, "Regions:\t%lu\nHolePages:\t%lu\nLargestHole:\t%lu\n", (unsigned long)st->regions, (unsigned long)st->hole_pages,
		    (unsigned long)st->largest_hole_pages);
	text_printf(t, "ZeroPages:\t%lu\nRefused:\tholes %lu, budget %lu, memory %lu\n", (unsigned long)st->zero_pages,
		    (unsigned long)st->refused_holes, (unsigned long)st->refused_budget, (unsigned long)st->refused_memory);
}

static enum err status(struct text *t, int pid)
{
	struct proc_info p;
	struct space_stats st;
	struct space_sums sums;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return e;
	stats_of(&p, &st);
	sums_of_space(p.space, &sums);
	text_printf(t, "Name:\t%s\nState:\t%c (%s)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n", p.name, p.state, state_name(p.state), p.pid, p.pid,
		    p.ppid);
	text_printf(t, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nNSpgid:\t%d\nNSsid:\t%d\n", p.pgid, p.sid);
	put_sizes(t, p.space, &st, &sums);
	text_printf(t, "Threads:\t%d\n", p.nthreads);
	put_addresses(t, p.space, &st);
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

static enum err cwd(int pid, char *buf, size_t n, size_t *len)
{
	spin_lock(&proc_lock);
	spin_lock(&vfs_lock);
	struct proc *p = proc_find(pid);
	struct inode *dir = p ? p->fs.cwd : NULL;
	int got = !dir || !dir->nlink ? 0 : n < 2 ? -1 : inode_path_locked(dir, buf, n);
	spin_unlock(&vfs_lock);
	spin_unlock(&proc_lock);
	if (got <= 0)
		return got ? ERR_NAMETOOLONG : ERR_NOENT;
	*len = (size_t)got;
	return OK;
}

static void put_limit(struct text *t, const char *name, struct rlimit64 l, const char *unit)
{
	const uint64_t v[2] = { l.rlim_cur, l.rlim_max };
	char s[2][24];
	for (unsigned k = 0; k < 2; k++)
		if (v[k] == RLIM64_INFINITY)
			strlcpy(s[k], "unlimited", sizeof s[k]);
		else
			snprintf(s[k], sizeof s[k], "%lu", (unsigned long)v[k]);
	text_printf(t, "%-25s %-20s %-20s %-10s\n", name, s[0], s[1], unit);
}

static enum err limits(struct text *t, int pid)
{
	static const struct { const char *name, *unit; } known[RLIMITS] = {
		{ "Max cpu time", "seconds" }, { "Max file size", "bytes" }, { "Max data size", "bytes" }, { "Max stack size", "bytes" },
		{ "Max core file size", "bytes" }, { "Max resident set", "bytes" }, { "Max processes", "processes" },
		{ "Max open files", "files" }, { "Max locked memory", "bytes" }, { "Max address space", "bytes" },
		{ "Max file locks", "locks" }, { "Max pending signals", "signals" }, { "Max msgqueue size", "bytes" }, { "Max nice priority", "" },
		{ "Max realtime priority", "" }, { "Max realtime timeout", "us" },
	};
	struct rlimit64 of[RLIMITS];
	spin_lock(&proc_lock);
	struct proc *p = proc_find(pid);
	if (p)
		memcpy(of, p->limits, sizeof of);
	spin_unlock(&proc_lock);
	if (!p)
		return ERR_SRCH;
	text_printf(t, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (unsigned k = 0; k < RLIMITS; k++)
		put_limit(t, known[k].name, of[k], known[k].unit);
	return OK;
}

const struct proc_file proc_pid_files[] = {
	{ "cmdline", S_IFREG | 0444, cmdline, NULL }, { "comm", S_IFREG | 0444, comm, NULL }, { "cwd", S_IFLNK | 0777, NULL, cwd },
	{ "environ", S_IFREG | 0400, environ, NULL },
	{ "exe", S_IFLNK | 0777, NULL, exe }, { "fail-nth", S_IFREG | 0644, proc_fail_nth, NULL }, { "limits", S_IFREG | 0444, limits, NULL },
	{ "fd", S_IFDIR | 0500, NULL, NULL },
	{ "maps", S_IFREG | 0444, proc_maps, NULL }, { "pagemap", S_IFREG | 0444, proc_pagemap, NULL },
	{ "pool", S_IFREG | 0644, proc_pool, NULL }, { "smaps", S_IFREG | 0444, proc_smaps, NULL },
	{ "smaps_rollup", S_IFREG | 0444, proc_smaps_rollup, NULL },
	{ "stat", S_IFREG | 0444, stat, NULL }, { "statm", S_IFREG | 0444, statm, NULL },
	{ "status", S_IFREG | 0444, status, NULL }, { "trace", S_IFREG | 0600, proc_trace, NULL },
	{ "va_policy", S_IFREG | 0644, proc_va_policy, NULL }, { NULL, 0, NULL, NULL },
};
