/* /proc/...: physical memory, in the formats of Linux's proc(5) as far as it has one. Only what is counted is shown; rows that Linux has besides
 * are missing, not 0. */
#include "proc.h"
#include <lib/fmt.h>
#include <lib/string.h>

typedef unsigned long ul;

/* ---- sums ---- */

static bool add_empty_slabs(const struct cache_stats *s, void *sum)
{
	*(uint64_t *)sum += s->empty_slabs * s->pages_per_slab;
	return true;
}

/* Frames that slab_shrink() gives back at once. */
static uint64_t empty_slab_pages(void)
{
	uint64_t n = 0;
	mm_cache_for_each(kernel_mm, add_empty_slabs, &n);
	return n;
}

struct zone_sums { uint64_t min, high_total, high_free; };

static struct zone_sums sum_zones(void)
{
	struct zone_sums sums = { 0, 0, 0 };
	struct zone_stats z;
	for (unsigned k = 0; k < mm_zone_count(kernel_mm); k++) {
		mm_zone_stats(kernel_mm, k, &z);
		sums.min += z.min;
		if (!strcmp(z.name, "High")) {
			sums.high_total += z.managed;
			sums.high_free += z.free;
		}
	}
	return sums;
}

uint64_t proc_min_free_pages(void) { return sum_zones().min; }

static uint64_t less(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

/* ---- meminfo ---- */

static void kb(struct text *t, const char *name, uint64_t pages)
{
	text_printf(t, "%s:%*lu kB\n", name, 23 - (int)strlen(name), (ul)pages * 4);
}

static void put_sum(struct text *t, const struct mm_stats *st, const struct zone_sums *zones)
{
	uint64_t clean = less(cached_page_count, dirty_page_count);
	kb(t, "MemTotal", st->total_pages);
	kb(t, "MemFree", st->free_pages);
	kb(t, "MemAvailable", less(st->free_pages, zones->min) + clean + empty_slab_pages());
	kb(t, "Buffers", 0);
	kb(t, "Cached", cached_page_count + pinned_page_count);
	if (zones->high_total) {
		kb(t, "HighTotal", zones->high_total);
		kb(t, "HighFree", zones->high_free);
		kb(t, "LowTotal", st->total_pages - zones->high_total);
		kb(t, "LowFree", less(st->free_pages, zones->high_free));
	}
	kb(t, "SwapTotal", 0);
	kb(t, "SwapFree", 0);
	kb(t, "Dirty", dirty_page_count);
}

/* The memory's figures of one moment, or nearly. */
struct memory_view { struct mm_stats st; struct mm_census census; uint64_t empty; };

static struct memory_view look(void)
{
	struct memory_view v = { .empty = empty_slab_pages() };
	mm_stats(kernel_mm, &v.st);
	mm_count_frames(kernel_mm, &v.census);
	return v;
}

enum err proc_meminfo(struct text *t, int pid)
{
	struct zone_sums zones = sum_zones();
	struct memory_view v = look();
	(void)pid;
	put_sum(t, &v.st, &zones);
	kb(t, "AnonPages", v.census.anon);
	kb(t, "Shmem", pinned_page_count);
	kb(t, "Slab", v.st.slab_pages);
	kb(t, "SReclaimable", v.empty);
	kb(t, "SUnreclaim", less(v.st.slab_pages, v.empty));
	kb(t, "KernelStack", kstack_pages());
	kb(t, "PageTables", v.st.table_pages);
	kb(t, "KmallocBlocks", v.census.kmalloc);
	kb(t, "KmallocHeap", v.census.heap);
	kb(t, "Reserved", v.census.reserved);
	return OK;
}

/* ---- zones ---- */

static void zone_name(struct text *t, const struct zone_stats *z) { text_printf(t, "Node %u, zone %8s", z->node, z->name); }

static enum err each_zone(struct text *t, void (*put)(struct text *t, const struct zone_stats *z, unsigned order))
{
	struct zone_stats z;
	for (unsigned k = 0; k < mm_zone_count(kernel_mm); k++) {
		mm_zone_stats(kernel_mm, k, &z);
		zone_name(t, &z);
		for (unsigned order = 0; order < FRAME_ORDERS; order++)
			put(t, &z, order);
		text_printf(t, "\n");
	}
	return OK;
}

static void put_blocks(struct text *t, const struct zone_stats *z, unsigned order) { text_printf(t, " %6lu", (ul)z->blocks[order]); }

static void put_unusable(struct text *t, const struct zone_stats *z, unsigned order)
{
	unsigned i = zone_unusable_index(z, order);
	text_printf(t, " %u.%03u", i / 1000, i % 1000);
}

static void put_fragmentation(struct text *t, const struct zone_stats *z, unsigned order)
{
	int i = zone_fragmentation_index(z, order);
	text_printf(t, " %2d.%03d", i / 1000, i % 1000);
}

enum err proc_buddyinfo(struct text *t, int pid) { (void)pid; return each_zone(t, put_blocks); }
enum err proc_unusable_index(struct text *t, int pid) { (void)pid; return each_zone(t, put_unusable); }
enum err proc_extfrag_index(struct text *t, int pid) { (void)pid; return each_zone(t, put_fragmentation); }

static void put_pagesets(struct text *t, unsigned zone)
{
	struct cpu_stats c;
	text_printf(t, "  pagesets\n");
	for (unsigned k = 0; k < ncpus; k++) {
		mm_cpu_stats(kernel_mm, k, &c);
		if (c.zone == zone)
			text_printf(t, "    cpu: %u\n              count: %u\n              high:  %u\n              batch: %u\n", k, c.count,
				    c.most, c.batch);
	}
}

enum err proc_zoneinfo(struct text *t, int pid)
{
	struct zone_stats z;
	(void)pid;
	for (unsigned k = 0; k < mm_zone_count(kernel_mm); k++) {
		mm_zone_stats(kernel_mm, k, &z);
		zone_name(t, &z);
		text_printf(t, "\n  pages free     %lu\n        min      %lu\n        low      %lu\n        high     %lu\n", (ul)z.free, (ul)z.min,
			    (ul)z.low, (ul)z.high);
		text_printf(t, "        spanned  %lu\n        managed  %lu\n        protection: (%lu, %lu, %lu)\n", (ul)(z.end - z.start),
			    (ul)z.managed, (ul)z.reserve[0], (ul)z.reserve[1], (ul)z.reserve[2]);
		text_printf(t, "      nr_free_blocks_ops %lu\n      nr_splits_and_merges %lu\n      nr_largest_run %lu\n", (ul)z.ops, (ul)z.steps,
			    (ul)z.largest_run);
		put_pagesets(t, k);
		text_printf(t, "  start_pfn:           %lu\n", (ul)z.start);
	}
	return OK;
}

/* ---- slabinfo ---- */

/* Nothing can be tuned. The objects that CPUs keep in magazines stand where Linux has those shared among CPUs. */
static bool put_cache(const struct cache_stats *s, void *ctx)
{
	text_printf(ctx, "%-17s %6lu %6lu %6u %4u %4u : tunables    0    0    0 : slabdata %6lu %6lu %6lu\n", s->name, (ul)s->objects,
		    (ul)s->slabs * s->per_slab, s->size, s->per_slab, s->pages_per_slab, (ul)(s->slabs - s->empty_slabs), (ul)s->slabs,
		    (ul)s->cached);
	return true;
}

enum err proc_slabinfo(struct text *t, int pid)
{
	(void)pid;
	text_printf(t, "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables "
		       "<limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	mm_cache_for_each(kernel_mm, put_cache, t);
	return OK;
}

/* ---- vmstat ---- */

static void count(struct text *t, const char *name, uint64_t n) { text_printf(t, "%s %lu\n", name, (ul)n); }

enum err proc_vmstat(struct text *t, int pid)
{
	struct memory_view v = look();
	(void)pid;
	count(t, "nr_free_pages", v.st.free_pages);
	count(t, "nr_anon_pages", v.census.anon);
	count(t, "nr_file_pages", cached_page_count + pinned_page_count);
	count(t, "nr_dirty", dirty_page_count);
	count(t, "nr_shmem", pinned_page_count);
	count(t, "nr_slab_reclaimable", v.empty);
	count(t, "nr_slab_unreclaimable", less(v.st.slab_pages, v.empty));
	count(t, "nr_page_table_pages", v.st.table_pages);
	count(t, "nr_kernel_stack", kstack_pages() * 4);
	count(t, "heap_blocks", v.st.heap_blocks);
	count(t, "heap_bytes", v.st.heap_bytes);
	count(t, "alloc_calls", v.st.alloc_calls);
	count(t, "alloc_failures", v.st.failed_calls);
	count(t, "pcp_refills", v.st.refills);
	count(t, "pcp_flushes", v.st.flushes);
	count(t, "pcp_drains", v.st.drains);
	count(t, "allocstall", v.st.recoveries);
	count(t, "allocstall_recovered", v.st.recovered);
	count(t, "pgstream", stream_pieces());
	count(t, "oom_kill", proc_oom_kills());
	return OK;
}

/* ---- memhealth: figures since boot, and since the last time that somebody wrote to the file ---- */

static struct spinlock mark_lock = SPINLOCK_INIT(LOCK_SLAB, "memhealth");
static struct mm_events mark;			/* [mark_lock] */
static struct mm_limits limits = { 50, 10 };	/* [a] */

struct mm_limits *proc_health_limits(void) { return &limits; }

static struct mm_events events_since_mark(const struct mm_events *now)
{
	spin_lock(&mark_lock);
	struct mm_events since = mm_events_since(now, &mark);
	spin_unlock(&mark_lock);
	return since;
}

static void two(struct text *t, const char *name, uint64_t boot, uint64_t since)
{
	text_printf(t, "%-22s %12lu %12lu\n", name, (ul)boot, (ul)since);
}

static void put_events(struct text *t, const struct mm_events *boot, const struct mm_events *since)
{
	text_printf(t, "# since                        boot         mark\n");
	text_printf(t, "%-22s %12s %12s\n", "healthy", mm_is_healthy(boot, &limits) ? "yes" : "no", mm_is_healthy(since, &limits) ? "yes" : "no");
	two(t, "alloc_calls", boot->alloc_calls, since->alloc_calls);
	two(t, "failed_calls", boot->failed_calls, since->failed_calls);
	two(t, "failure_permille", mm_failure_rate(boot), mm_failure_rate(since));
	two(t, "oom_events", boot->oom_events, since->oom_events);
	two(t, "bad_frees", boot->bad_frees, since->bad_frees);
	two(t, "corruptions", boot->corruptions, since->corruptions);
}

/* The run may have grown since the free frames were counted. */
enum err proc_memhealth(struct text *t, int pid)
{
	struct mm_events boot;
	struct mm_stats st;
	uint64_t run = mm_largest_run(kernel_mm);
	(void)pid;
	mm_events(kernel_mm, &boot);
	mm_stats(kernel_mm, &st);
	struct mm_events since = events_since_mark(&boot);
	put_events(t, &boot, &since);
	text_printf(t, "# now\n%-22s %12lu\n%-22s %12lu\n%-22s %12u\n", "used_permille",
		    (ul)((st.total_pages - st.free_pages) * 1000 / st.total_pages), "largest_run_kb", (ul)run * 4, "fragmentation_permille",
		    run <= st.free_pages ? mm_fragmentation(run, st.free_pages) : 0);
	text_printf(t, "# limits\n%-22s %12u\n%-22s %12lu\n", "limit_failure_permille", limits.failure_rate, "limit_oom_events",
		    (ul)limits.oom_events);
	return OK;
}

static enum err store_memhealth(const char *text, int pid)
{
	struct mm_events now;
	(void)text, (void)pid;
	mm_events(kernel_mm, &now);
	spin_lock(&mark_lock);
	mark = now;
	spin_unlock(&mark_lock);
	return OK;
}

const struct proc_control proc_memory_controls[] = { { proc_memhealth, store_memhealth }, { NULL, NULL } };
