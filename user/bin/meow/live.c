/* See live.h. Each view reads its file of /proc and writes rows. */
#include "live.h"
#include <proctext.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { [VIEW_OFF] = "off", [VIEW_PRESSURE] = "pressure", [VIEW_ZONES] = "zones", [VIEW_BUDDY] = "buddy",
				     [VIEW_SLAB] = "slab", [VIEW_VM] = "vm", [VIEW_TRACE] = "trace" };
enum { NVIEWS = sizeof names / sizeof *names, ORDERS = 11 };

/* Appends to the row that is being written; row_end() begins the next. */
static void put(struct live *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(struct live *l, const char *fmt, ...)
{
	va_list ap;
	if (l->nrows == LIVE_ROWS)
		return;
	size_t n = strlen(l->rows[l->nrows]);
	va_start(ap, fmt);
	vsnprintf(l->rows[l->nrows] + n, LIVE_BYTES - n, fmt, ap);
	va_end(ap);
}

static void row_end(struct live *l)
{
	if (l->nrows < LIVE_ROWS && ++l->nrows < LIVE_ROWS)
		*l->rows[l->nrows] = 0;
}

/* One character that is eighths of a cell high: 0 to 8. */
static const char *bar_of(unsigned eighths)
{
	static const char *const bars[] = { "·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	return bars[eighths < 8 ? eighths : 8];
}

/* Something of a whole in eighths; something is at least one. */
static unsigned eighths_of(unsigned long part, unsigned long whole)
{
	return !part || !whole ? 0 : part >= whole ? 8 : (unsigned)(1 + part * 7 / whole);
}

static void put_gauge(struct live *l, unsigned long part, unsigned long whole, unsigned width)
{
	put(l, "[");
	for (unsigned long i = 0; i < width; i++)
		put(l, "%s", whole && i * whole < part * width ? "█" : "·");
	put(l, "]");
}

/* ---- pressure ---- */

static void draw_pressure(struct meow *m)
{
	struct live *l = &m->live;
	const struct machine *k = &m->machine;
	const char *info;
	put(l, "used ");
	put_gauge(l, k->used, k->total, 24);
	put(l, " %u%%, %s of %s: %s", k->percent, human_kib(k->used), human_kib(k->total), level_name(k->level));
	row_end(l);
	put(l, "last ");
	for (unsigned i = 0; i < l->nused; i++)
		put(l, "%s", bar_of(eighths_of(l->used[i], 100)));
	row_end(l);
	if (!(info = tool_read(m, "/proc/meminfo")))
		return;
	put(l, "of it processes %s, files %s, slabs %s, tables %s, stacks %s", human_kib(proc_number(info, "AnonPages")),
	    human_kib(proc_number(info, "Cached")), human_kib(proc_number(info, "Slab")), human_kib(proc_number(info, "PageTables")),
	    human_kib(proc_number(info, "KernelStack")));
	row_end(l);
}

static void remember_pressure(struct meow *m)
{
	struct live *l = &m->live;
	if (l->nused == SAMPLES)
		memmove(l->used, l->used + 1, --l->nused);
	l->used[l->nused++] = (unsigned char)m->machine.percent;
}

/* ---- zones, buddy: lines that begin "Node 0, zone   Normal" ---- */

static const char *zone_name(const char *p, int *n)
{
	const char *name = strstr(p, "zone");
	name += 4 + strspn(name + 4, " ");
	*n = (int)strcspn(name, " \n");
	return name;
}

static void draw_zones(struct meow *m)
{
	struct live *l = &m->live;
	for (const char *p = tool_read(m, "/proc/zoneinfo"); p; p = proc_next_line(p)) {
		int n;
		if (strncmp(p, "Node ", 5))
			continue;
		const char *name = zone_name(p, &n);
		unsigned long free = proc_number(p, "pages free"), managed = proc_number(p, "managed"), low = proc_number(p, "low");
		put(l, "%.1s %-7.*s", p + 5, n, name);
		put_gauge(l, managed - free, managed, 16);
		put(l, " %s free of %s", human_kib(free * 4), human_kib(managed * 4));
		if (free < low)		/* said where no terminal cuts it */
			put(l, ", BELOW the low mark of %s", human_kib(low * 4));
		else
			put(l, ", marks %s %s %s", human_kib(proc_number(p, "min") * 4), human_kib(low * 4), human_kib(proc_number(p, "high") * 4));
		row_end(l);
	}
}

static void put_orders(struct live *l, const char *p)
{
	unsigned long blocks[ORDERS], most = 1;
	for (unsigned i = 0; i < ORDERS; i++) {
		char *end;
		blocks[i] = strtoul(p, &end, 10);
		p = end;
		most = blocks[i] << i > most ? blocks[i] << i : most;
	}
	for (unsigned i = 0; i < ORDERS; i++)
		put(l, "%5lu%s", blocks[i], bar_of(eighths_of(blocks[i] << i, most)));
	row_end(l);
}

static void draw_buddy(struct meow *m)
{
	struct live *l = &m->live;
	put(l, "zone     ");
	for (unsigned i = 0; i < ORDERS; i++)
		put(l, "%5s ", human_kib(4ul << i));
	row_end(l);
	for (const char *p = tool_read(m, "/proc/buddyinfo"); p; p = proc_next_line(p)) {
		int n;
		const char *name = zone_name(p, &n);
		put(l, "%.1s %-7.*s", p + 5, n, name);
		put_orders(l, name + n);
	}
	put(l, "%cfree blocks of each size; a bar is the memory in them beside the zone's largest%c", STYLE_DIM, STYLE_PLAIN);
	row_end(l);
}

/* ---- slab ---- */

enum { TOP = 8 };
struct cache { char name[24]; unsigned long active, all, kib; };

/* name active all size per_slab pages : ... slabdata active slabs shared */
static struct cache parse_cache(const char *p)
{
	struct cache c = { .kib = 0 };
	char *end;
	snprintf(c.name, sizeof c.name, "%.*s", (int)strcspn(p, " \n"), p);
	c.active = strtoul(p + strcspn(p, " \n"), &end, 10);
	c.all = strtoul(end, &end, 10);
	strtoul(end, &end, 10);
	strtoul(end, &end, 10);
	unsigned long pages = strtoul(end, &end, 10);
	const char *slabs = strstr(end, "slabdata");
	if (slabs) {
		strtoul(slabs + 8, &end, 10);
		c.kib = strtoul(end, NULL, 10) * pages * 4;
	}
	return c;
}

static void keep_largest(struct cache *top, struct cache c)
{
	for (unsigned i = 0; i < TOP; i++)
		if (c.kib > top[i].kib) {
			struct cache pushed = top[i];
			top[i] = c;
			c = pushed;
		}
}

static void draw_slab(struct meow *m)
{
	struct cache top[TOP] = { { .kib = 0 } };
	struct live *l = &m->live;
	for (const char *p = tool_read(m, "/proc/slabinfo"); p; p = proc_next_line(p))
		if (*p != '#' && strncmp(p, "slabinfo", 8))
			keep_largest(top, parse_cache(p));
	for (unsigned i = 0; i < TOP && top[i].kib; i++) {
		put(l, "%-18s %7s ", top[i].name, human_kib(top[i].kib));
		put_gauge(l, top[i].active, top[i].all, 24);
		put(l, " %lu of %lu objects in use", top[i].active, top[i].all);
		row_end(l);
	}
}

/* ---- vm ---- */

static unsigned long overlap(const struct region_span *r, unsigned long start, unsigned long end)
{
	start = r->start > start ? r->start : start;
	end = r->end < end ? r->end : end;
	return start < end ? end - start : 0;
}

/* Regions are sorted: those that end before a cell are done with. */
void live_strip(const struct address_space *a, unsigned n, char *out)
{
	unsigned long pages = (a->window_end - a->window_start) / 4096;
	unsigned k = 0, cells = pages < n ? (unsigned)pages : n;
	for (unsigned i = 0; i < cells; i++) {
		unsigned long start = a->window_start + pages * i / cells * 4096, end = a->window_start + pages * (i + 1) / cells * 4096, used = 0;
		for (; k < a->n && a->regions[k].end <= start; k++)
			;
		for (unsigned j = k; j < a->n && a->regions[j].start < end; j++)
			used += overlap(&a->regions[j], start, end);
		const char *bar = bar_of(eighths_of(used / 4096, (end - start) / 4096));
		size_t len = strlen(bar);
		memcpy(out, bar, len);
		out += len;
	}
	*out = 0;
}

static void narrow_to_used(struct address_space *a)
{
	unsigned long first = a->window_end, last = a->window_start;
	for (unsigned i = 0; i < a->n; i++)
		if (overlap(&a->regions[i], a->window_start, a->window_end)) {
			first = a->regions[i].start < first ? a->regions[i].start : first;
			last = a->regions[i].end > last ? a->regions[i].end : last;
		}
	if (first < last) {
		a->window_start = first;
		a->window_end = last;
	}
}

static void put_strip(struct live *l, const char *what, const struct address_space *a)
{
	enum { CELLS = 64 };
	char strip[CELLS * 3 + 1];
	live_strip(a, CELLS, strip);
	put(l, "%-7s %s", what, strip);
	row_end(l);
	put(l, "        0x%lx to 0x%lx, %s", a->window_start, a->window_end, human_kib((a->window_end - a->window_start) / 1024));
	row_end(l);
}

static void draw_vm(struct meow *m)
{
	static struct address_space a;
	struct live *l = &m->live;
	struct process p;
	unsigned holes = 0;
	unsigned long start, end, largest = 0;
	if (!tool_process(l->pid, &p) || !tool_address_space(m, l->pid, &a)) {
		put(l, "process %d is gone", l->pid);
		row_end(l);
		return;
	}
	for (; tool_hole(&a, holes, &start, &end); holes++)
		largest = end - start > largest ? end - start : largest;
	put(l, "%d %s: %u regions, %s of addresses, %s resident; %u hole%s, the largest %s", p.pid, p.name, a.n, human_kib(p.mapped * 4),
	    human_kib(p.resident * 4), holes, holes == 1 ? "" : "s", human_kib(largest / 1024));
	row_end(l);
	put_strip(l, "window", &a);
	narrow_to_used(&a);
	put_strip(l, "used", &a);
}

/* ---- trace: the kernel keeps counters and no ring of events ---- */

static void draw_trace(struct meow *m)
{
	static const char *const keys[] = { "alloc_calls", "alloc_failures", "pcp_refills", "pcp_flushes", "pcp_drains", "allocstall", "oom_kill" };
	struct live *l = &m->live;
	const char *text = tool_read(m, "/proc/vmstat");
	put(l, "%ccounters of /proc/vmstat, and by how much they have just grown%c", STYLE_DIM, STYLE_PLAIN);
	row_end(l);
	for (unsigned i = 0; text && i < sizeof keys / sizeof *keys; i++) {
		unsigned long n = proc_number(text, keys[i]);
		put(l, "%-16s %10lu  +%lu", keys[i], n, l->last[i] ? n - l->last[i] : 0);
		l->last[i] = n;
		row_end(l);
	}
}

/* ---- which ---- */

const char *live_title(const struct live *l)
{
	static char title[32];
	if (l->view != VIEW_VM)
		return names[l->view];
	snprintf(title, sizeof title, "vm %d", l->pid);
	return title;
}

static void say_views(struct meow *m, const char *what)
{
	say(m, "%s: nothing to watch. There are: ", *what ? what : "(nothing)");
	for (unsigned i = 0; i < NVIEWS; i++)
		say(m, "%s%s", i == VIEW_VM ? "vm PID" : names[i], i + 1 < NVIEWS ? ", " : ".\n");
}

bool live_choose(struct meow *m, const char *what)
{
	size_t n = strcspn(what, " ");
	unsigned view = 0;
	struct process p;
	while (view < NVIEWS && (strncmp(what, names[view], n) || names[view][n]))
		view++;
	int pid = what[n] ? atoi(what + n) : 0;
	if (view == NVIEWS || !n || (what[n] && view != VIEW_VM)) {
		say_views(m, what);
		return false;
	}
	if (view == VIEW_VM && (pid < 1 || !tool_process(pid, &p))) {
		say(m, "vm: %s: no such process.\n", what[n] ? what + n + 1 : "(nothing)");
		return false;
	}
	m->live.view = (enum view)view;
	m->live.pid = pid;
	live_refresh(m);
	return true;
}

void live_refresh(struct meow *m)
{
	static void (*const draw[])(struct meow *) = { [VIEW_PRESSURE] = draw_pressure, [VIEW_ZONES] = draw_zones, [VIEW_BUDDY] = draw_buddy,
						       [VIEW_SLAB] = draw_slab, [VIEW_VM] = draw_vm, [VIEW_TRACE] = draw_trace };
	tool_look(m);
	remember_pressure(m);
	m->live.nrows = 0;
	*m->live.rows[0] = 0;
	if (draw[m->live.view])
		draw[m->live.view](m);
}
