/* Frames for page tables. An empty table is 512 zeros, so tables that became empty are kept for
 * the next ones as they are, and so are user roots with their kernel half: this saves filling a page each time a process or a
 * lonely mapping comes and goes. */
#include "mm_priv.h"
#include <arch/mmu.h>

struct page *table_alloc(struct mm *mm)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	if (cpu->tables.top)
		return mm_may_allocate(mm) ? page_stack_pop(&cpu->tables) : NULL;
	struct page *page = frame_alloc(mm, 0, FRAME_ZERO);
	if (page) {
		page->state = PAGE_TABLE;
		mm_cpu(mm)->table_pages++;
	}
	return page;
}

static void table_release(struct mm *mm, struct page *page)
{
	page->state = PAGE_USED;
	mm_cpu(mm)->table_pages--;
	frame_free(mm, page);
}

void table_free(struct mm *mm, struct page *page)
{
	struct page_stack *tables = &mm_cpu(mm)->tables;
	ASSERT(page->state == PAGE_TABLE && page->index == 0);
	if (tables->count < CPU_TABLES_MAX)
		page_stack_push(tables, page);
	else
		table_release(mm, page);
}

struct page *root_alloc(struct mm *mm)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	if (cpu->roots.top)
		return mm_may_allocate(mm) ? page_stack_pop(&cpu->roots) : NULL;
	struct page *page = table_alloc(mm);
	if (page && mm->kernel_root)
		arch_root_init(mm_page_ptr(mm, page), mm_ptr(mm, mm->kernel_root));
	return page;
}

void root_free(struct mm *mm, struct page *page)
{
	struct page_stack *roots = &mm_cpu(mm)->roots;
	ASSERT(page->state == PAGE_TABLE && page->index == 0);
	if (roots->count < CPU_ROOTS_MAX)
		page_stack_push(roots, page);
	else
		table_release(mm, page);
}

void table_drain_cpu(struct mm *mm)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	while (cpu->tables.top)
		table_release(mm, page_stack_pop(&cpu->tables));
	while (cpu->roots.top)
		table_release(mm, page_stack_pop(&cpu->roots));
}
