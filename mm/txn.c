/* Transactions: see mm/txn.h. A line of the log names the function that undoes it, so that rolling back is one loop, and a new kind of
 * thing is one function. */
#include "pool_priv.h"
#include <lib/string.h>
#include <mm/txn.h>

void txn_begin(struct txn *t, struct mm *mm, struct txn_log *log)
{
	log->nlines = 0;
	*t = (struct txn){ .mm = mm, .log = log, .open = true };
}

void txn_begin_inner(struct txn *t, struct txn *outer)
{
	ASSERT(outer->open && !outer->has_inner);
	outer->has_inner = true;
	*t = (struct txn){ .mm = outer->mm, .log = outer->log, .outer = outer, .start = outer->log->nlines, .open = true };
}

static void close(struct txn *t)
{
	t->open = false;
	if (t->outer)
		t->outer->has_inner = false;
}

void txn_commit(struct txn *t)
{
	ASSERT(t->open && !t->has_inner);
	if (!t->outer)
		t->log->nlines = 0;
	close(t);
}

void txn_rollback(struct txn *t)
{
	ASSERT(t->open && !t->has_inner);
	struct txn_log *log = t->log;
	while (log->nlines > t->start) {
		const struct txn_line *line = &log->line[--log->nlines];
		line->undo(t->mm, line);
	}
	close(t);
}

unsigned txn_room(const struct txn *t) { return TXN_MAX - t->log->nlines; }

/* Before anything is reserved, so that there is nothing to undo. */
static bool may_add(const struct txn *t)
{
	ASSERT(t->open && !t->has_inner);
	return txn_room(t) > 0;
}

/* what may be NULL: it was not to be had. */
static void *add(struct txn *t, struct txn_line line)
{
	if (line.what)
		t->log->line[t->log->nlines++] = line;
	return line.what;
}

static void undo_frames(struct mm *mm, const struct txn_line *line) { frame_put(mm, line->what); }
static void undo_kmalloc(struct mm *mm, const struct txn_line *line) { kfree(mm, line->what); }
static void undo_object(struct mm *mm, const struct txn_line *line) { slab_free(mm, line->ctx, line->what); }

struct page *txn_frames(struct txn *t, unsigned order, unsigned flags)
{
	return may_add(t) ? add(t, (struct txn_line){ .undo = undo_frames, .what = frame_alloc(t->mm, order, flags) }) : NULL;
}

void *txn_kmalloc(struct txn *t, size_t nbytes)
{
	return may_add(t) ? add(t, (struct txn_line){ .undo = undo_kmalloc, .what = kmalloc(t->mm, nbytes) }) : NULL;
}

void *txn_kzalloc(struct txn *t, size_t nbytes)
{
	void *p = txn_kmalloc(t, nbytes);
	return p ? memset(p, 0, nbytes) : NULL;
}

void *txn_slab_alloc(struct txn *t, struct slab_cache *c)
{
	return may_add(t) ? add(t, (struct txn_line){ .undo = undo_object, .ctx = c, .what = slab_alloc(t->mm, c) }) : NULL;
}

static void undo_pool(struct mm *mm, const struct txn_line *line)
{
	(void)mm;
	pool_put(line->ctx, line->what);
}

void *txn_pool(struct txn *t, struct pool *pool, size_t nbytes)
{
	struct pool_request r = { nbytes, BLOCK_UNIT, RETURN_ADDRESS };
	void *p;
	if (!may_add(t) || pool_allocate(pool, &r, &p, NULL) != OK)
		return NULL;
	return add(t, (struct txn_line){ .undo = undo_pool, .ctx = pool, .what = p });
}

static void undo_call(struct mm *mm, const struct txn_line *line)
{
	(void)mm;
	line->fn(line->ctx);
}

enum err txn_on_rollback(struct txn *t, void (*fn)(void *ctx), void *ctx)
{
	if (!may_add(t)) {
		fn(ctx);
		return ERR_NOMEM;
	}
	t->log->line[t->log->nlines++] = (struct txn_line){ .undo = undo_call, .fn = fn, .ctx = ctx };
	return OK;
}
