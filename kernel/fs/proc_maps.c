/* /proc/PID/maps, smaps, smaps_rollup: a process's regions, and what frames they have. Formats of Linux's proc(5); fields that nothing here
 * counts are missing, not 0. */
#include "proc_space.h"
#include <arch/layout.h>
#include <lib/string.h>

typedef unsigned long ul;

struct maps {
	struct text *t;
	char *path;			/* room for one */
	struct space_sums sums;		/* of the region that the walk is in */
};

/* ---- a region's line ---- */

static void put_name(struct maps *m, const struct region *r, size_t line_start)
{
	enum { NAME_COLUMN = 73 };
	struct inode *i = region_file(r);
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
	struct inode *i = region_file(r);
	size_t line_start = m->t->len;
	text_printf(m->t, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", (ul)r->node.range.start, (ul)r->node.range.end,
		    r->prot & P_READ ? 'r' : '-', r->prot & P_WRITE ? 'w' : '-', r->prot & P_EXEC ? 'x' : '-',
		    r->flags & MAPF_SHARED ? 's' : 'p', (ul)(i ? r->pgoff << PAGE_SHIFT : 0), 0u, i && i->fs ? i->fs->id : 0u,
		    (ul)(i ? i->ino : 0));
	put_name(m, r, line_start);
	return m->t->len < m->t->cap;
}

/* ---- what is in it ---- */

static void kb(struct text *t, const char *name, uint64_t npages) { text_printf(t, "%s:%*lu kB\n", name, 23 - (int)strlen(name), (ul)npages * 4); }
static void pss(struct text *t, const char *name, uint64_t parts) { text_printf(t, "%s:%*lu kB\n", name, 23 - (int)strlen(name), (ul)(parts / 1024)); }

static void put_sums(struct text *t, const struct space_sums *sums)
{
	kb(t, "Rss", sums->rss);
	pss(t, "Pss", sums->pss);
	pss(t, "Pss_Dirty", sums->pss_dirty);
	kb(t, "Shared_Clean", sums->shared[0]);
	kb(t, "Shared_Dirty", sums->shared[1]);
	kb(t, "Private_Clean", sums->private[0]);
	kb(t, "Private_Dirty", sums->private[1]);
	kb(t, "Anonymous", sums->anon);
	kb(t, "ZeroPages", sums->zero);
}

static void put_flags(struct text *t, const struct region *r)
{
	const struct { bool on; const char *name; } flags[] = {
		{ r->prot & P_READ, "rd" }, { r->prot & P_WRITE, "wr" }, { r->prot & P_EXEC, "ex" }, { r->flags & MAPF_SHARED, "sh" },
		{ r->max_prot & P_READ, "mr" }, { r->max_prot & P_WRITE, "mw" }, { r->max_prot & P_EXEC, "me" },
		{ r->flags & MAPF_SHARED && r->max_prot & P_WRITE, "ms" }, { r->flags & MAPF_STACK, "gd" },
		{ r->flags & MAPF_LOCKED, "lo" },
	};
	text_printf(t, "VmFlags: ");
	for (unsigned k = 0; k < sizeof flags / sizeof *flags; k++)
		if (flags[k].on)
			text_printf(t, "%s ", flags[k].name);
	text_printf(t, "\n");
}

static bool begin_sums(const struct region *r, void *ctx)
{
	struct maps *m = ctx;
	memset(&m->sums, 0, sizeof m->sums);
	return put_region(r, m);
}

static bool add_page(const struct space_page *p, void *ctx)
{
	sums_add_page(&((struct maps *)ctx)->sums, p);
	return true;
}

static bool end_sums(const struct region *r, void *ctx)
{
	struct maps *m = ctx;
	kb(m->t, "Size", (r->node.range.end - r->node.range.start) >> PAGE_SHIFT);
	kb(m->t, "KernelPageSize", 1);
	kb(m->t, "MMUPageSize", 1);
	put_sums(m->t, &m->sums);
	pss(m->t, "Locked", r->flags & MAPF_LOCKED ? m->sums.pss : 0);
	put_flags(m->t, r);
	return m->t->len < m->t->cap;
}

/* ---- files ---- */

static enum err walk_all(struct text *t, int pid, const struct space_visitor *visitor)
{
	struct proc_info p;
	struct maps m = { .t = t, .path = kmalloc(kernel_mm, PATH_MAX_BYTES) };
	if (!m.path)
		return ERR_NOMEM;
	enum err e = proc_info_get(pid, &p);
	if (e == OK && p.space)
		space_walk(p.space, (struct vrange){ 0, USER_END }, visitor, &m);
	if (e == OK)
		proc_info_put(&p);
	kfree(kernel_mm, m.path);
	return e;
}

enum err proc_maps(struct text *t, int pid)
{
	return walk_all(t, pid, &(struct space_visitor){ .region = put_region });
}

enum err proc_smaps(struct text *t, int pid)
{
	return walk_all(t, pid, &(struct space_visitor){ .region = begin_sums, .page = add_page, .leave = end_sums });
}

enum err proc_smaps_rollup(struct text *t, int pid)
{
	struct proc_info p;
	struct space_sums sums;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return e;
	sums_of_space(p.space, &sums);
	proc_info_put(&p);
	text_printf(t, "%08lx-%08lx ---p 00000000 00:00 0 %24s[rollup]\n", 0ul, (ul)USER_END, "");
	put_sums(t, &sums);
	return OK;
}
