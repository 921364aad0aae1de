#pragma once
#include <mm/page.h>
#include <mm/pool.h>
#include <mm/slab.h>
/* Scope guards: one thing that is given back where the block ends that it is declared in, on every way out of it.
 *
 *	SCOPED_KMALLOC(buf, kernel_mm, n);
 *	if (!buf.p)
 *		return ERR_NOMEM;
 *	...
 *	return OK;				(freed)
 *	return kmalloc_keep(&buf);		(the caller's now)
 *
 * Several things that depend on one another are a transaction's (mm/txn.h). */

struct kmalloc_guard { struct mm *mm; void *p; };

/* name.p: nbytes of kmalloc()'s, or NULL. */
#define SCOPED_KMALLOC(name, mm_, nbytes) \
	__attribute__((cleanup(kmalloc_guard_end))) struct kmalloc_guard name = kmalloc_guard_begin((mm_), (nbytes))

/* The beginning of the scope. */
static inline struct kmalloc_guard kmalloc_guard_begin(struct mm *mm, size_t nbytes)
{
	return (struct kmalloc_guard){ mm, kmalloc(mm, nbytes) };
}

/* The end of the scope. */
static inline void kmalloc_guard_end(struct kmalloc_guard *g) { kfree(g->mm, g->p); }

/* Release the memory to the caller: the guard holds nothing any more. */
static inline void *kmalloc_keep(struct kmalloc_guard *g)
{
	void *p = g->p;
	g->p = NULL;
	return p;
}

struct pool_guard { struct pool *pool; void *p; };

/* name.p: a block of nbytes of a pool, or NULL. */
#define SCOPED_POOL(name, pool_, nbytes) \
	__attribute__((cleanup(pool_guard_end))) struct pool_guard name = { (pool_), pool_get((pool_), (nbytes)) }

/* The end of the scope. */
static inline void pool_guard_end(struct pool_guard *g) { pool_put(g->pool, g->p); }

/* Release the block to the caller. */
static inline void *pool_keep(struct pool_guard *g)
{
	void *p = g->p;
	g->p = NULL;
	return p;
}

struct frame_guard { struct mm *mm; struct page *page; };

/* One more reference to page's block while the scope lasts. */
#define SCOPED_FRAME(name, mm_, page_) \
	__attribute__((cleanup(frame_guard_end))) struct frame_guard name = frame_guard_begin((mm_), (page_))

/* The beginning of the scope. */
static inline struct frame_guard frame_guard_begin(struct mm *mm, struct page *page)
{
	frame_get(page);
	return (struct frame_guard){ mm, page };
}

/* The end of the scope. */
static inline void frame_guard_end(struct frame_guard *g)
{
	if (g->page)
		frame_put(g->mm, g->page);
}

/* Release the reference to the caller. */
static inline struct page *frame_keep(struct frame_guard *g)
{
	struct page *page = g->page;
	g->page = NULL;
	return page;
}
