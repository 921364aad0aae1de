/* /proc/PID/pagemap, /proc/ledgers, and the sums behind them and behind smaps and status. */
#include "proc_space.h"
#include <arch/layout.h>
#include <lib/fmt.h>
#include <lib/string.h>

typedef unsigned long ul;

/* ---- sums ---- */

struct inode *region_file(const struct region *r)
{
	return r->object && r->object->ops == &inode_object_ops ? container_of(r->object, struct inode, object) : NULL;
}

static bool is_anon(const struct space_page *p) { return p->page->flags & PAGE_ANON; }

/* Of memory whose contents have no other home: tmpfs, shared anonymous memory. */
static bool is_shmem(const struct space_page *p)
{
	const struct inode *i = region_file(p->region);
	return !is_anon(p) && i && i->flags & INODE_PINNED;
}

/* How many entries lead to the frame. A page of a file's is held once by the cache too; somebody who reads it at this moment counts as well. */
static uint32_t mappers(const struct space_page *p)
{
	uint32_t refs = __atomic_load_n(&p->page->refs, __ATOMIC_RELAXED), others = is_anon(p) ? 0 : 1;
	return refs > others ? refs - others : 1;
}

static bool add_region(const struct region *r, void *ctx)
{
	struct space_sums *sums = ctx;
	uint64_t npages = (r->node.range.end - r->node.range.start) >> PAGE_SHIFT;
	if (r->flags & MAPF_STACK)
		sums->stack += npages;
	else if (r->prot & P_WRITE && !(r->flags & MAPF_SHARED))
		sums->data += npages;
	else if (r->prot & P_EXEC && region_file(r))
		sums->code += npages;
	return true;
}

void sums_add_page(struct space_sums *sums, const struct space_page *p)
{
	if (p->is_zero) {
		sums->zero++;
		return;
	}
	bool dirty = is_anon(p) || is_shmem(p) || p->page->flags & (PG_DIRTY | PG_SHARED_WRITE);
	uint64_t part = PAGE_SIZE / mappers(p);
	sums->rss++;
	sums->anon += is_anon(p);
	sums->shmem += is_shmem(p);
	sums->file += !is_anon(p) && !is_shmem(p);
	if (mappers(p) > 1)
		sums->shared[dirty]++;
	else
		sums->private[dirty]++;
	sums->pss += part;
	sums->pss_dirty += dirty ? part : 0;
}

static bool add_page(const struct space_page *p, void *sums) { sums_add_page(sums, p); return true; }

void sums_of_space(struct space *s, struct space_sums *out)
{
	static const struct space_visitor visitor = { .region = add_region, .page = add_page };
	memset(out, 0, sizeof *out);
	if (s)
		space_walk(s, (struct vrange){ 0, USER_END }, &visitor, out);
}

/* ---- pagemap: 8 bytes for each page of the address space, at (address / 4096) * 8. A process with a page at each end has 512 MiB of it, so
 * only what is asked for is made, a few entries at a time.
 *
 *	63       62..61..57      56           55      54              0
 *	present  -  not anonymous    mapped once  0       frame number
 *
 * Source: Linux, Documentation/admin-guide/mm/pagemap.rst. ---- */

#define PAGEMAP_FILE (1ull << 61)
#define PAGEMAP_ONCE (1ull << 56)
#define PAGEMAP_PRESENT (1ull << 63)
enum { PAGEMAP_CHUNK = 64 };

struct pagemap_part { uint64_t entries[PAGEMAP_CHUNK]; vaddr_t start; };

static bool enter_page(const struct space_page *p, void *ctx)
{
	struct pagemap_part *part = ctx;
	uint64_t e = PAGEMAP_PRESENT | p->pfn;
	if (!p->is_zero)
		e |= (is_anon(p) ? 0 : PAGEMAP_FILE) | (mappers(p) == 1 ? PAGEMAP_ONCE : 0);
	part->entries[(p->va - part->start) >> PAGE_SHIFT] = e;
	return true;
}

/* The n bytes at position pos, which are of one part. */
static size_t put_part(struct space *s, struct io *io, size_t n)
{
	static const struct space_visitor visitor = { .page = enter_page };
	struct pagemap_part part = { .start = io->pos / 8 << PAGE_SHIFT };
	space_walk(s, (struct vrange){ part.start, part.start + (n / 8 << PAGE_SHIFT) }, &visitor, &part);
	return io_copy_out(io, part.entries, n);
}

static enum err read_pagemap(struct io *io, int pid)
{
	const uint64_t end = (USER_END >> PAGE_SHIFT) * 8;
	struct proc_info p;
	if ((io->pos | io->n) & 7)
		return ERR_INVAL;
	enum err e = proc_info_get(pid, &p);
	if (e != OK)
		return e;
	while (p.space && io->done < io->n && io->pos < end && e == OK) {
		size_t n = io->n - io->done < sizeof(uint64_t[PAGEMAP_CHUNK]) ? io->n - io->done : sizeof(uint64_t[PAGEMAP_CHUNK]);
		if (n > end - io->pos)
			n = end - io->pos;
		size_t got = put_part(p.space, io, n);
		io->done += got;
		io->pos += got;
		if (got < n)
			e = ERR_FAULT;
	}
	proc_info_put(&p);
	return io->done ? OK : e;
}

/* Nothing is made beforehand; ERR_SRCH. */
enum err proc_pagemap(struct text *t, int pid)
{
	struct proc_info p;
	(void)t;
	enum err e = proc_info_get(pid, &p);
	if (e == OK)
		proc_info_put(&p);
	return e;
}

const struct proc_window proc_windows[] = { { proc_pagemap, read_pagemap }, { NULL, NULL } };

/* ---- ledgers: addresses and frames, counted apart, of each process and of all ---- */

struct ledger { uint64_t processes, mapped, resident, pss, zero, tables; };

static void put_row(struct text *t, const char *who, const char *name, const struct ledger *l)
{
	text_printf(t, "%5s %-15s %10lu %10lu %10lu %10lu %10lu\n", who, name, (ul)l->mapped, (ul)l->resident,
		    (ul)((l->pss + PAGE_SIZE / 2) / PAGE_SIZE), (ul)l->zero, (ul)l->tables);
}

static struct ledger ledger_of(struct space *s)
{
	struct space_stats st;
	struct space_sums sums;
	if (!s)
		return (struct ledger){ .processes = 1 };
	space_stats(s, &st);
	sums_of_space(s, &sums);
	return (struct ledger){ 1, st.mapped_pages, sums.rss, sums.pss, sums.zero, st.table_pages };
}

static void add(struct ledger *sum, const struct ledger *l)
{
	sum->processes += l->processes;
	sum->mapped += l->mapped;
	sum->resident += l->resident;
	sum->pss += l->pss;
	sum->zero += l->zero;
	sum->tables += l->tables;
}

/* In pages. A frame that several share is in the column of each under resident, and in parts under share: their sum is what is there. */
enum err proc_ledgers(struct text *t, int pid)
{
	struct ledger all = { 0 };
	struct proc_info p;
	char number[12];
	text_printf(t, "%5s %-15s %10s %10s %10s %10s %10s\n", "pid", "name", "virtual", "resident", "share", "zeros", "tables");
	for (pid = 1; proc_info_next(pid, &p); pid = p.pid + 1) {
		struct ledger l = ledger_of(p.space);
		add(&all, &l);
		snprintf(number, sizeof number, "%d", p.pid);
		put_row(t, number, p.name, &l);
		proc_info_put(&p);
	}
	snprintf(number, sizeof number, "%lu", (ul)all.processes);
	put_row(t, "all", number, &all);
	return OK;
}
