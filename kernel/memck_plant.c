/* Faults to be found: see memck_plant(). What a fault does to others is as little as possible: the frames are those of the plant
 * itself, or the books are wrong and not the frames. */
#ifdef CONFIG_DEBUG
#include <lib/string.h>
#include <mm/page.h>
#include <kernel/kmap.h>
#include <kernel/memck.h>
#include <kernel/proc_priv.h>

static struct { struct page *leaked, *extra, *twice, *table, *freed; } planted;

/* A page of the file that is mapped somewhere: the cache has it, the process, and with luck nobody else. With a reference. */
static struct page *mapped_page(struct vm_object *o)
{
	struct page *page;
	for (uint64_t n = 0; o->ops->get_page(o, n, false, &page) == OK; n++) {
		if (page->refs > 2)
			return page;
		frame_put(kernel_mm, page);
	}
	return NULL;
}

/* One of process 1's program, which lives as long as the machine. */
static struct page *program_page(void)
{
	struct inode *i;
	if (exec_open(&proc_current()->fs, proc_init->path, &i) != OK)
		return NULL;
	struct page *page = mapped_page(inode_vm_object(i));
	inode_put(i);
	return page;
}

static bool plant_leak(void) { return (planted.leaked = frame_alloc(kernel_mm, 0, FRAME_NORMAL)); }
static bool plant_refs(void) { return (planted.extra = program_page()); }

static bool plant_double(void)
{
	planted.twice = program_page();
	if (!planted.twice)
		return false;
	memck_permanent(planted.twice);
	memck_permanent(planted.twice);
	return true;
}

static bool plant_table(void)
{
	planted.table = page_of(kernel_mm, space_root(proc_init->space));
	planted.table->index++;
	return true;
}

static bool plant_free(void)
{
	planted.freed = frame_alloc(kernel_mm, 0, FRAME_DMA);	/* nobody else will soon want it */
	if (!planted.freed)
		return false;
	frame_free(kernel_mm, planted.freed);
	memck_permanent(planted.freed);
	return true;
}

static bool mend(void)
{
	if (planted.leaked)
		frame_free(kernel_mm, planted.leaked);
	if (planted.extra)
		frame_put(kernel_mm, planted.extra);
	if (planted.twice) {
		memck_not_permanent(planted.twice);
		memck_not_permanent(planted.twice);
		frame_put(kernel_mm, planted.twice);
	}
	if (planted.table)
		planted.table->index--;
	if (planted.freed)
		memck_not_permanent(planted.freed);
	memset(&planted, 0, sizeof planted);
	return true;
}

enum err memck_plant(const char *what)
{
	static const struct { const char *name; bool (*plant)(void); } faults[] = {
		{ "leak", plant_leak }, { "refs", plant_refs }, { "double", plant_double }, { "table", plant_table },
		{ "free", plant_free }, { "mend", mend },
	};
	for (unsigned k = 0; k < sizeof faults / sizeof *faults; k++)
		if (!strncmp(what, faults[k].name, strlen(faults[k].name)))
			return faults[k].plant() ? OK : ERR_NOMEM;
	return ERR_INVAL;
}
#endif
