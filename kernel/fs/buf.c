/* Block buffers. */
#include "buf.h"
#include "vfs_priv.h"
#include <kernel/blk.h>
#include <kernel/memck.h>

enum { KEEP_MAX = 96, SPARES = 4 };

static struct list all = LIST_INIT(all);	/* [v] every buffer, oldest first */
static unsigned count;				/* [v] */

void bufset_init(struct bufset *s, struct blkdev *dev)
{
	*s = (struct bufset){ .dev = dev };
	list_init(&s->dirty);
}

static struct slab_cache *buf_cache;

/* Buffers that are never given back, for when there is no memory: a table that cannot be read would keep files from being read. */
static struct buf spares[SPARES];
static struct buf *spare_free[SPARES];		/* [v] */
static unsigned nspare;				/* [v] */

bool buf_init_caches(void)
{
	buf_cache = slab_cache_create(kernel_mm, "buf", sizeof(struct buf), 0);
	for (unsigned k = 0; k < SPARES; k++) {
		struct page *p = frame_alloc(kernel_mm, 0, 0);
		if (!p)
			return false;
		memck_permanent(p);
		spares[k].data = page_ptr(kernel_mm, p);
		spare_free[nspare++] = &spares[k];
	}
	return buf_cache;
}

static struct buf *take_spare(void)
{
	spin_lock(&vfs_lock);
	struct buf *b = nspare ? spare_free[--nspare] : NULL;
	spin_unlock(&vfs_lock);
	return b;
}

static void put_spare(struct buf *b)
{
	spin_lock(&vfs_lock);
	spare_free[nspare++] = b;
	spin_unlock(&vfs_lock);
}

static struct buf **bucket(struct bufset *s, uint64_t block) { return &s->hash[block % BUF_HASH]; }

static bool is_dirty(const struct buf *b) { return b->dirty[BUF_TABLE] | b->dirty[BUF_DIR]; }

static void free_buf(struct buf *b)
{
	if (b >= spares && b < spares + SPARES) {
		put_spare(b);
		return;
	}
	kfree(kernel_mm, b->data);
	slab_free(kernel_mm, buf_cache, b);
}

static void unlink_locked(struct buf *b)
{
	struct buf **at = bucket(b->set, b->block);
	while (*at != b)
		at = &(*at)->hash_next;
	*at = b->hash_next;
	list_remove(&b->lru);
	count--;
}

/* Take the oldest buffer that is neither dirty nor pinned out of everything; NULL: none. */
static struct buf *take_clean(void)
{
	struct buf *b, *found = NULL;
	spin_lock(&vfs_lock);
	list_for_each(b, &all, lru)
		if (!b->pins && !is_dirty(b)) {
			found = b;
			unlink_locked(b);
			break;
		}
	spin_unlock(&vfs_lock);
	return found;
}

bool buffers_reclaim(void)
{
	struct buf *b = take_clean();
	if (b)
		free_buf(b);
	return b;
}

void bufset_drop(struct bufset *s)
{
	for (unsigned k = 0; k < BUF_HASH; k++)
		while (s->hash[k]) {
			struct buf *b = s->hash[k];
			spin_lock(&vfs_lock);
			unlink_locked(b);
			spin_unlock(&vfs_lock);
			free_buf(b);
		}
	list_init(&s->dirty);
	s->ndirty = 0;
}

static struct buf *find(struct bufset *s, uint64_t block)
{
	spin_lock(&vfs_lock);
	struct buf *b = *bucket(s, block);
	while (b && b->block != block)
		b = b->hash_next;
	if (b) {
		b->pins++;
		list_remove(&b->lru);
		list_push_back(&all, &b->lru);
	}
	spin_unlock(&vfs_lock);
	return b;
}

/* Memory for a buffer; without any, one that nobody needs at the moment, or a spare one. */
static struct buf *alloc_buf(void)
{
	struct buf *b = slab_zalloc(kernel_mm, buf_cache);
	if (b && (b->data = kzalloc(kernel_mm, PAGE_SIZE)))
		return b;
	slab_free(kernel_mm, buf_cache, b);
	b = take_clean();
	return b ? b : take_spare();
}

static enum err new_buf(struct bufset *s, uint64_t block, struct buf **out)
{
	uint64_t left = blk_sectors(s->dev) - block * BUF_SECTORS;
	struct buf *old = count >= KEEP_MAX ? take_clean() : NULL;
	struct buf *b = old ? old : alloc_buf();
	enum err e = b && b->data ? blk_read(s->dev, block * BUF_SECTORS, b->data, left < BUF_SECTORS ? (unsigned)left : BUF_SECTORS)
		: ERR_NOMEM;
	if (e != OK) {
		if (b)
			free_buf(b);
		return e;
	}
	b->set = s;
	b->block = block;
	b->pins = 1;
	list_init(&b->dirty_link);
	spin_lock(&vfs_lock);
	b->hash_next = *bucket(s, block);
	*bucket(s, block) = b;
	list_push_back(&all, &b->lru);
	count++;
	spin_unlock(&vfs_lock);
	*out = b;
	return OK;
}

void buf_release(struct buf **slot)
{
	if (*slot)
		__atomic_sub_fetch(&(*slot)->pins, 1, __ATOMIC_RELEASE);
	*slot = NULL;
}

enum err buf_load(struct bufset *s, struct buf **slot, uint64_t sector, uint8_t **p)
{
	uint64_t block = sector / BUF_SECTORS;
	if (!*slot || (*slot)->block != block) {
		if (sector >= blk_sectors(s->dev))
			return ERR_IO;
		struct buf *b = find(s, block);
		enum err e = b ? OK : new_buf(s, block, &b);
		if (e != OK)
			return e;
		buf_release(slot);
		*slot = b;
	}
	*p = (*slot)->data + sector % BUF_SECTORS * SECTOR_SIZE;
	return OK;
}

void buf_mark(struct buf *b, uint64_t sector, enum buf_kind kind)
{
	if (!is_dirty(b)) {
		list_push_back(&b->set->dirty, &b->dirty_link);
		if (!b->set->ndirty++) {
			spin_lock(&vfs_lock);
			writeback_kick_locked();
			spin_unlock(&vfs_lock);
		}
	}
	b->dirty[kind] = (uint8_t)(b->dirty[kind] | 1u << sector % BUF_SECTORS);
}

/* mask: some of the sectors that are dirty. */
static void mark_clean(struct buf *b, enum buf_kind kind, unsigned mask)
{
	b->dirty[kind] = (uint8_t)(b->dirty[kind] & ~mask);
	if (mask && !is_dirty(b)) {
		list_remove(&b->dirty_link);
		b->set->ndirty--;
	}
}

void bufset_forget(struct bufset *s, uint64_t sector, unsigned n)
{
	for (; n > 0; n--, sector++) {
		struct buf *b = find(s, sector / BUF_SECTORS);
		if (!b)
			continue;
		mark_clean(b, BUF_DIR, b->dirty[BUF_DIR] & 1u << sector % BUF_SECTORS);
		buf_release(&b);
	}
}

static enum err write_run(struct buf *b, unsigned first, unsigned n, const struct buf_copies *copies)
{
	uint64_t sector = b->block * BUF_SECTORS + first;
	enum err e = OK;
	b->set->owed = true;
	for (unsigned k = 0; k <= copies->n && e == OK; k++)
		e = blk_write(b->set->dev, sector + k * copies->distance, b->data + first * SECTOR_SIZE, n);
	return e;
}

/* Write the sectors of mask, highest first. Those of tables one at a time: of several in one request the power may go after the lower ones. */
static enum err write_mask(struct buf *b, enum buf_kind kind, unsigned mask, const struct buf_copies *copies)
{
	mask &= b->dirty[kind];
	for (unsigned end = BUF_SECTORS; end > 0;) {
		unsigned first = end;
		while (first > 0 && mask >> (first - 1) & 1 && (kind != BUF_TABLE || first == end))
			first--;
		enum err e = first < end ? write_run(b, first, end - first, copies) : OK;
		if (e != OK)
			return e;
		end = first < end ? first : end - 1;
	}
	mark_clean(b, kind, mask);
	return OK;
}

enum err buf_write_now(struct buf *b, uint64_t sector, unsigned n)
{
	static const struct buf_copies none = { 0, 0 };
	return write_mask(b, BUF_DIR, ((1u << n) - 1) << sector % BUF_SECTORS, &none);
}

/* The dirty buffer of that kind with the highest number below limit. */
static struct buf *highest(struct bufset *s, enum buf_kind kind, uint64_t limit)
{
	struct buf *b, *best = NULL;
	list_for_each(b, &s->dirty, dirty_link)
		if (b->dirty[kind] && b->block < limit && (!best || b->block > best->block))
			best = b;
	return best;
}

enum err bufset_write(struct bufset *s, enum buf_kind kind, const struct buf_copies *copies)
{
	struct buf *b;
	enum err first = OK;
	for (uint64_t limit = UINT64_MAX; (b = highest(s, kind, limit)); limit = b->block) {
		enum err e = write_mask(b, kind, ~0u, copies);
		if (first == OK)
			first = e;
	}
	return first;
}

bool bufset_has(const struct bufset *s, enum buf_kind kind)
{
	const struct buf *b;
	list_for_each(b, &s->dirty, dirty_link)
		if (b->dirty[kind])
			return true;
	return false;
}
