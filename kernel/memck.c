/* Everybody who holds frames, shown to memck: see kernel/memck.h. */
#include <lib/bits.h>
#include <lib/fmt.h>
#include <lib/string.h>
#include <mm/memck.h>
#include <kernel/cmdline.h>
#include <kernel/kmap.h>
#include <kernel/memck.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/rendezvous.h>

enum { PERMANENT_MAX = 16, LOOKS = 5, PAUSE_NS = 2000000, LINES_MAX = 12, NAMED_MAX = 4, HOLDERS_MAX = 6 };

struct check {
	struct memck m;
	memck_say *say;
	void *ctx;
	struct page *counters;		/* the block that m.found is in */
	char who[96];			/* whose references are being shown */
	unsigned processes, lines, holders;
	pfn_t named[NAMED_MAX];		/* faulty frames whose holders are worth a line */
	unsigned nnamed;
};

static struct page *permanent[PERMANENT_MAX];	/* written at boot, and by tests */
static unsigned npermanent;

void memck_permanent(struct page *page)
{
	KASSERT(npermanent < PERMANENT_MAX);
	permanent[npermanent++] = page;
}

void memck_not_permanent(struct page *page)
{
	for (unsigned k = npermanent; k-- > 0;)
		if (permanent[k] == page) {
			permanent[k] = permanent[--npermanent];
			return;
		}
}

/* ---- what is found ---- */

static struct check *check_of(struct memck *m) { return container_of(m, struct check, m); }

static void put_line(struct check *c, const char *line)
{
	printk("[memck] %s\n", line);
	if (c->say)
		c->say(c->ctx, line);
}

static void report(struct memck *m, const struct memck_fault *f)
{
	struct check *c = check_of(m);
	char line[200], numbers[48] = "", site[PORT_WHERE_MAX];
	if (c->lines++ >= LINES_MAX)
		return;
	if (f->counted)
		snprintf(numbers, sizeof numbers, ": refs %u but %u found", f->refs, f->found);
	snprintf(line, sizeof line, "frame 0x%lx %s%s (allocated by %s)", (unsigned long)f->pfn, f->what, numbers,
		port_where(f->site, site, sizeof site));
	put_line(c, line);
	if (c->nnamed < NAMED_MAX)
		c->named[c->nnamed++] = f->pfn;
}

static void name_holder(struct memck *m, vaddr_t va)
{
	struct check *c = check_of(m);
	char line[160];
	if (c->holders++ >= HOLDERS_MAX)
		return;
	snprintf(line, sizeof line, "  held by %s at 0x%lx", c->who, (unsigned long)va);
	put_line(c, line);
}

/* ---- who holds frames ---- */

/* Several processes may share a space (vfork): it is shown for the first of them. */
struct first { const struct space *space; const struct proc *proc; };

static void find_first(struct proc *p, void *ctx)
{
	struct first *f = ctx;
	if (!f->proc && p->space == f->space)
		f->proc = p;
}

static bool is_first_user(const struct proc *p)
{
	struct first f = { p->space, NULL };
	proc_for_each(find_first, &f);
	return f.proc == p;
}

static void show_process(struct proc *p, void *ctx)
{
	struct check *c = ctx;
	c->processes++;
	snprintf(c->who, sizeof c->who, "process %d (%s)", p->pid, p->path);
	if (p->space && is_first_user(p))
		memck_space(&c->m, p->space);
	if (p->pool)
		memck_pool(&c->m, p->pool);
}

static void show_all(struct check *c)
{
	c->processes = 0;
	strlcpy(c->who, "a CPU, for the next table", sizeof c->who);
	memck_begin(&c->m);
	strlcpy(c->who, "the kernel's table, or a stack", sizeof c->who);
	kmap_memck(&c->m);
	strlcpy(c->who, "the page cache", sizeof c->who);
	vfs_memck(&c->m);
	strlcpy(c->who, "the kernel, for good", sizeof c->who);
	for (unsigned k = 0; k < npermanent; k++)
		memck_hold(&c->m, page_pa(kernel_mm, permanent[k]), 0);
	strlcpy(c->who, "memck", sizeof c->who);
	memck_hold(&c->m, page_pa(kernel_mm, c->counters), 0);
	spin_lock(&proc_lock);
	proc_for_each(show_process, c);
	spin_unlock(&proc_lock);
}

static void name_holders(struct check *c)
{
	for (unsigned k = 0; k < c->nnamed; k++) {
		uint64_t faults = c->m.faults;
		c->m.watch = page_of(kernel_mm, c->named[k] << PAGE_SHIFT);
		c->m.holder = name_holder;
		c->holders = 0;
		show_all(c);
		c->m.watch = NULL;
		c->m.faults = faults;
	}
}

/* One look; with report also at who holds what is at fault. The other CPUs are held. */
static void look(struct check *c, bool tell)
{
	c->m.report = tell ? report : NULL;
	show_all(c);
	memck_end(&c->m);
	c->m.report = NULL;
	if (tell)
		name_holders(c);
}

static void pause(void)
{
	struct waitq nobody = WAITQ_INIT(nobody);
	wait_on(&nobody, NULL, 0, time_deadline(PAUSE_NS));
}

enum err memck_all(memck_say *say, void *ctx, struct memck_result *out)
{
	struct check c = { .m = { .mm = kernel_mm }, .say = say, .ctx = ctx };
	uint64_t bytes = memck_frames(kernel_mm) * sizeof *c.m.found;
	sched_reap();
	vfs_memck_lock();	/* so one at a time */
	c.counters = frame_alloc(kernel_mm, log2_up((bytes + PAGE_SIZE - 1) >> PAGE_SHIFT), FRAME_NORMAL);
	if (!c.counters) {
		vfs_memck_unlock();
		return ERR_NOMEM;
	}
	c.m.found = page_ptr(kernel_mm, c.counters);
	for (unsigned n = 1; n <= LOOKS; n++) {
		cpus_hold();
		look(&c, n == LOOKS);
		cpus_release();
		if (!c.m.faults)
			break;
		pause();
	}
	*out = (struct memck_result){ c.m.faults, c.m.frames - (1ull << c.counters->order), c.m.slabs, c.processes };
	frame_put(kernel_mm, c.counters);
	vfs_memck_unlock();
	return OK;
}

/* ---- at the end of a process ---- */

void memck_space_ends(struct space *s)
{
#ifdef CONFIG_DEBUG
	space_check(s);
#else
	(void)s;
#endif
}

void memck_at_exit(void)
{
	char when[8];
	struct memck_result r;
	if (strcmp(cmdline_value("memck", "", when, sizeof when), "exit"))
		return;
	if (memck_all(NULL, NULL, &r) == OK && r.faults)
		panic("memck: %lu faults at the end of %s", (unsigned long)r.faults, thread_current()->name);
}
