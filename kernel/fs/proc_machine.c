/* /proc/...: the machine as a whole, in Linux's formats (proc(5)). */
#include "proc.h"
#include <kernel/blk.h>
#include <kernel/cmdline.h>
#include <kernel/load.h>
#include <kernel/membench.h>
#include <kernel/selftest.h>
#include <kernel/version.h>
#include <lib/fmt.h>
#include <lib/string.h>
#include <mm/error.h>

static enum err uptime(struct text *t, int pid)
{
	uint64_t up = time_ns() / 10000000, idle = 0;
	(void)pid;
	for (unsigned k = 0; k < ncpus; k++)
		idle += cpus[k].idle_ticks / (time_frequency() / 100);
	text_printf(t, "%lu.%02lu %lu.%02lu\n", (unsigned long)up / 100, (unsigned long)up % 100, (unsigned long)idle / 100,
		    (unsigned long)idle % 100);
	return OK;
}

struct counts { unsigned running, all, last; };

static struct counts count_processes(void)
{
	struct counts c = { 0, 0, 0 };
	struct proc_info p;
	for (int pid = 1; proc_info_next(pid, &p); pid = p.pid + 1) {
		c.running += p.state == 'R';
		c.all += (unsigned)p.nthreads;
		c.last = (unsigned)p.pid;
		proc_info_put(&p);
	}
	return c;
}

static enum err loadavg(struct text *t, int pid)
{
	struct counts c = count_processes();
	uint64_t load[3];
	(void)pid;
	load_get(load);
	for (unsigned k = 0; k < 3; k++) {
		unsigned long h = (unsigned long)((load[k] * 100 + (1 << LOAD_SHIFT) / 2) >> LOAD_SHIFT);
		text_printf(t, "%lu.%02lu ", h / 100, h % 100);
	}
	text_printf(t, "%u/%u %u\n", c.running, c.all, c.last);
	return OK;
}

static enum err version(struct text *t, int pid)
{
	(void)pid;
	text_printf(t, "Linux version %s (manul) %s %s\n", VERSION_RELEASE, VERSION_TEXT, VERSION_MACHINE);
	return OK;
}

static enum err cmdline(struct text *t, int pid)
{
	(void)pid;
	text_printf(t, "%s\n", cmdline_text());
	return OK;
}

static enum err mounts_text(struct text *t, int pid)
{
	struct fs *fs;
	char *path = kmalloc(kernel_mm, PATH_MAX_BYTES);
	(void)pid;
	if (!path)
		return ERR_NOMEM;
	mutex_lock(&mount_lock);
	list_for_each(fs, &mounts, link)
		if (inode_path(fs->root, path, PATH_MAX_BYTES) > 0)
			text_printf(t, "%s %s %s %s 0 0\n", fs->source, path, fs->type->name, fs->read_only ? "ro" : "rw");
	mutex_unlock(&mount_lock);
	kfree(kernel_mm, path);
	return OK;
}

static enum err filesystems(struct text *t, int pid)
{
	(void)pid;
	text_printf(t, "\tvfat\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\n");
	return OK;
}

static unsigned long hundredths(uint64_t ticks) { return (unsigned long)(ticks / (time_frequency() / 100)); }

static enum err stat(struct text *t, int pid)
{
	uint64_t idle = 0, switches = 0, now = time_now();
	struct counts c = count_processes();
	(void)pid;
	for (unsigned k = 0; k < ncpus; k++)
		idle += cpus[k].idle_ticks;
	text_printf(t, "cpu  %lu 0 0 %lu 0 0 0 0 0 0\n", hundredths(now * ncpus - idle), hundredths(idle));
	for (unsigned k = 0; k < ncpus; k++) {
		text_printf(t, "cpu%u %lu 0 0 %lu 0 0 0 0 0 0\n", k, hundredths(now - cpus[k].idle_ticks), hundredths(cpus[k].idle_ticks));
		switches += cpus[k].switches;
	}
	text_printf(t, "ctxt %lu\nbtime %lu\nprocesses %u\nprocs_running %u\nprocs_blocked 0\n", (unsigned long)switches,
		    (unsigned long)((time_wall_ns() - time_ns()) / 1000000000), c.last, c.running);
	return OK;
}

static enum err cpuinfo(struct text *t, int pid)
{
	char what[64];
	(void)pid;
	arch_cpu_describe(what, sizeof what);
	for (unsigned k = 0; k < ncpus; k++)
		text_printf(t, "processor\t: %u\nhwid\t\t: 0x%lx\nmodel name\t: %s\n\n", k, (unsigned long)cpus[k].hwid, what);
	return OK;
}

/* As Linux has it, but that no times are taken, and one column more: the most requests that were in flight at once. */
static enum err diskstats(struct text *t, int pid)
{
	struct blk_stats s;
	(void)pid;
	for (struct blkdev *d = NULL; (d = blk_next(d));)
		if (blk_stats(d, &s))
			text_printf(t, "%4u %7u %s %lu 0 %lu 0 %lu 0 %lu 0 %u 0 0 0 0 0 0 %lu 0 %u\n", (unsigned)(blk_number(d) >> 8),
				    (unsigned)(blk_number(d) & 255), blk_name(d), (unsigned long)s.reads.requests, (unsigned long)s.reads.sectors,
				    (unsigned long)s.writes.requests, (unsigned long)s.writes.sectors, s.in_flight,
				    (unsigned long)s.flushes.requests, s.most);
	return OK;
}

/* How often memory was refused, for which of the six reasons (mm/error.h). */
static enum err memerrors(struct text *t, int pid)
{
	(void)pid;
	for (enum mm_error_kind kind = MM_NO_ERROR + 1; kind < MM_ERROR_KINDS; kind++)
		text_printf(t, "%s %lu\n", mm_error_name(kind), (unsigned long)mm_error_count(kernel_mm, kind));
	return OK;
}

static enum err self(int pid, char *buf, size_t n, size_t *len)
{
	(void)pid;
	*len = (size_t)snprintf(buf, n, "%d", proc_current() ? proc_current()->pid : 0);
	return OK;
}

const struct proc_file proc_machine_files[] = {
	{ "buddyinfo", S_IFREG | 0444, proc_buddyinfo, NULL }, { "cmdline", S_IFREG | 0444, cmdline, NULL },
	{ "cpuinfo", S_IFREG | 0444, cpuinfo, NULL }, { "extfrag_index", S_IFREG | 0444, proc_extfrag_index, NULL },
	{ "diskstats", S_IFREG | 0444, diskstats, NULL },
	{ "filesystems", S_IFREG | 0444, filesystems, NULL },
	{ "memck", S_IFREG | 0644, proc_memck, NULL },
	{ "fingerprint", S_IFREG | 0444, proc_fingerprint, NULL },
	{ "ledgers", S_IFREG | 0444, proc_ledgers, NULL }, { "loadavg", S_IFREG | 0444, loadavg, NULL }, { "memerrors", S_IFREG | 0444, memerrors, NULL },
	{ "memhealth", S_IFREG | 0644, proc_memhealth, NULL }, { "meminfo", S_IFREG | 0444, proc_meminfo, NULL },
	{ "membench", S_IFREG | 0644, membench_list, NULL },
	{ "mounts", S_IFREG | 0444, mounts_text, NULL }, { "self", S_IFLNK | 0777, NULL, self },
#ifdef CONFIG_DEBUG
	{ "selftest", S_IFREG | 0644, selftest_list, NULL },
#endif
	{ "slabinfo", S_IFREG | 0444, proc_slabinfo, NULL }, { "stat", S_IFREG | 0444, stat, NULL }, { "uptime", S_IFREG | 0444, uptime, NULL },
	{ "unusable_index", S_IFREG | 0444, proc_unusable_index, NULL }, { "version", S_IFREG | 0444, version, NULL },
	{ "vmstat", S_IFREG | 0444, proc_vmstat, NULL }, { "zoneinfo", S_IFREG | 0444, proc_zoneinfo, NULL },
	{ NULL, 0, NULL, NULL },
};
