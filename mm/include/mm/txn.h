#pragma once
#include <mm/types.h>
#include <mm/page.h>
#include <lib/err.h>
/* Transactions: several things reserved one after the other, and then all of them kept or all of them given back.
 *
 *	SCOPED_TXN(t, mm);
 *	struct thing *a = txn_kzalloc(&t, sizeof *a);
 *	if (!a || !(a->page = txn_frames(&t, 0, FRAME_ZERO)))
 *		return ERR_NOMEM;		(both are given back)
 *	txn_commit(&t);				(both are kept)
 *
 * Preparing may fail: each txn_ function below that reserves writes a line of a log, and one whose line has no room fails like one
 * for which there is no memory. Committing is void: it forgets the lines. Rolling back undoes them, the last one first.
 *
 * A transaction inside another shares its log: it begins where the lines of the outer one end.
 *
 *	log:  | outer | outer | inner | inner |           |	inner commits: the lines are the outer one's
 *	                      ^ inner.start    ^ nlines		inner rolls back: down to inner.start
 *
 * So handing over costs nothing and needs no room. The inner one is the only one that is used until it has ended (ASSERT).
 *
 * A transaction belongs to one thread: no lock of its own, and it may be on the stack. What it reserved may be used at once, and given to
 * others after the commit only. */
struct mm;
struct slab_cache;
struct pool;

enum { TXN_MAX = 16 };		/* lines of a log, inner transactions included */

struct txn_line {
	void (*undo)(struct mm *mm, const struct txn_line *line);
	void (*fn)(void *ctx);		/* of txn_on_rollback() */
	void *ctx;			/* of fn; the cache of an object, the pool of a block */
	void *what;
};

struct txn_log {
	unsigned nlines;
	struct txn_line line[TXN_MAX];
};

struct txn {
	struct mm *mm;
	struct txn_log *log;
	struct txn *outer;		/* or NULL */
	unsigned start;			/* first line of its own */
	bool open, has_inner;
};

/* Begin one with an empty log, or one inside outer, which is open and has no inner one (ASSERT). */
void txn_begin(struct txn *t, struct mm *mm, struct txn_log *log);
void txn_begin_inner(struct txn *t, struct txn *outer);
/* Keep everything. Once (ASSERT), and not after a rollback. */
void txn_commit(struct txn *t);
/* Give everything back, in reverse order. Once, and not after a commit (ASSERT). */
void txn_rollback(struct txn *t);
/* Lines that are left. */
unsigned txn_room(const struct txn *t);

/* Each reserves as the function it is named for, for a transaction that is open and has no inner one (ASSERT). NULL: no memory, or no line left. */
struct page *txn_frames(struct txn *t, unsigned order, unsigned flags);
void *txn_kmalloc(struct txn *t, size_t nbytes);
void *txn_kzalloc(struct txn *t, size_t nbytes);
void *txn_slab_alloc(struct txn *t, struct slab_cache *c);
void *txn_pool(struct txn *t, struct pool *pool, size_t nbytes);	/* NULL: or the pool's limit */
/* Rolling back calls fn(ctx): for anything else that was done. ERR_NOMEM: no line left, and fn(ctx) was called at once, so that in
 * either case the caller has nothing to undo by hand. */
enum err txn_on_rollback(struct txn *t, void (*fn)(void *ctx), void *ctx) MUST_CHECK;

/* A transaction that ends with the block it is declared in: by then it was committed, or it is rolled back. */
#define SCOPED_TXN(name, mm_) \
	struct txn_log name##_log; \
	__attribute__((cleanup(txn_end))) struct txn name; \
	txn_begin(&name, (mm_), &name##_log)
#define SCOPED_TXN_INNER(name, outer_) \
	__attribute__((cleanup(txn_end))) struct txn name; \
	txn_begin_inner(&name, (outer_))

/* What the end of the scope calls. */
static inline void txn_end(struct txn *t)
{
	if (t->open)
		txn_rollback(t);
}
