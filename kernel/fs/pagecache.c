/* The page cache: pages of files by number, filled on demand, shared by read, write and mmap.
 *
 * A page is in the tree only when its bytes are valid, so nobody waits for one that is being read: the one who
 * misses takes the inode's lock, looks again, fills it, and enters it. Bytes of the last page past
 * the end of the file are zero. The cache owns one reference to each page; a mapping has its own.
 *
 *   clean    on the LRU list (PG_LRU)          may be given back when only the cache refers to it
 *   dirty    on inode->dirty_pages (PG_DIRTY)  written back first
 *   pinned   on no list (tmpfs)                lives as long as its file */
#include "pagecache.h"
#include <lib/string.h>

static struct list lru = LIST_INIT(lru);	/* [v] oldest first */
uint64_t cached_page_count, pinned_page_count, dirty_page_count;

/* ---- pages in and out of the tree; vfs_lock is held ---- */

static void insert_locked(struct inode *i, uint64_t pgoff, struct page *p)
{
	*ptree_slot(&i->pages, pgoff) = p;
	p->owner = i;
	p->index = pgoff;
	i->npages++;
	if (i->flags & INODE_PINNED) {
		p->flags = 0;
		pinned_page_count++;
		return;
	}
	p->flags = PG_LRU;
	list_push_back(&lru, &p->link);
	cached_page_count++;
}

static void remove_locked(struct inode *i, struct page *p)
{
	*ptree_slot(&i->pages, p->index) = NULL;
	if (p->flags & (PG_LRU | PG_DIRTY))
		list_remove(&p->link);
	if (p->flags & PG_DIRTY)
		dirty_page_count--;
	if (i->flags & INODE_PINNED)
		pinned_page_count--;
	else
		cached_page_count--;
	p->flags = 0;
	p->owner = NULL;
	i->npages--;
}

void page_mark_dirty_locked(struct inode *i, struct page *p)
{
	if (p->flags & PG_DIRTY || i->flags & INODE_PINNED)
		return;
	list_remove(&p->link);
	list_push_back(&i->dirty_pages, &p->link);
	p->flags = (uint8_t)((p->flags & ~PG_LRU) | PG_DIRTY);
	dirty_page_count++;
	inode_mark_dirty_locked(i);
}

void page_mark_clean_locked(struct page *p)
{
	list_remove(&p->link);
	list_push_back(&lru, &p->link);
	p->flags = PG_LRU | PG_REFERENCED;
	dirty_page_count--;
}

struct page *pagecache_find(struct inode *i, uint64_t pgoff)
{
	spin_lock(&vfs_lock);
	struct page *p = ptree_get(&i->pages, pgoff);
	if (p) {
		frame_get(p);
		p->flags |= PG_REFERENCED;
	}
	spin_unlock(&vfs_lock);
	return p;
}

void pagecache_drop(struct inode *i, uint64_t pgoff)
{
	while (i->npages) {
		spin_lock(&vfs_lock);
		struct page *p = ptree_next(&i->pages, &pgoff);
		if (p)
			remove_locked(i, p);
		spin_unlock(&vfs_lock);
		if (!p)
			return;
		frame_put(kernel_mm, p);
	}
}

bool pagecache_reclaim(void)
{
	enum { BATCH = 64 };
	struct page *p, *next, *out[BATCH];
	unsigned n = 0, looked = 0;
	spin_lock(&vfs_lock);
	list_for_each_safe(p, next, &lru, link) {
		if (n == BATCH || ++looked > 4 * BATCH)
			break;
		bool again = p->flags & PG_REFERENCED && looked <= 2 * BATCH;
		if (p->refs > 1 || again) {
			p->flags &= (uint8_t)~PG_REFERENCED;
			list_remove(&p->link);
			list_push_back(&lru, &p->link);
			continue;
		}
		remove_locked(p->owner, p);
		out[n++] = p;
	}
	spin_unlock(&vfs_lock);
	for (unsigned k = 0; k < n; k++)
		frame_put(kernel_mm, out[k]);
	return n || buffers_reclaim();
}

/* ---- filling; i->lock is held ---- */

static bool pinned_room(const struct inode *i)
{
	return !(i->flags & INODE_PINNED) || pinned_page_count < mm_total_pages(kernel_mm) / 2;
}

void inode_grow_locked(struct inode *i, uint64_t end)
{
	if (end > i->size) {
		i->size = end;
		inode_mark_dirty_locked(i);
	}
}

enum err page_prepare_insert(struct inode *i, uint64_t pgoff)
{
	return pinned_room(i) ? ptree_prepare(&i->pages, pgoff) : ERR_NOSPC;
}

void page_insert(struct inode *i, uint64_t pgoff, struct page *p, uint64_t end)
{
	spin_lock(&vfs_lock);
	insert_locked(i, pgoff, p);
	if (end) {
		page_mark_dirty_locked(i, p);
		inode_grow_locked(i, end);
	}
	spin_unlock(&vfs_lock);
}

/* How many pages from pgoff on are missing from the cache and lie in the file: 1..READAHEAD_PAGES. */
static unsigned missing_run(struct inode *i, uint64_t pgoff)
{
	uint64_t end = least(pages_of(i->size), pgoff + READAHEAD_PAGES);
	unsigned n = 1;
	spin_lock(&vfs_lock);
	while (pgoff + n < end && !ptree_get(&i->pages, pgoff + n))
		n++;
	spin_unlock(&vfs_lock);
	return n;
}

static void free_pages(struct page **pages, unsigned from, unsigned to)
{
	for (unsigned k = from; k < to; k++)
		frame_put(kernel_mm, pages[k]);
}

void page_zero_tail(struct page *p, uint64_t pgoff, uint64_t size)
{
	uint64_t at = pgoff << PAGE_SHIFT;
	if (at + PAGE_SIZE > size)
		memset(page_bytes(p) + (size > at ? size - at : 0), 0, PAGE_SIZE - (size > at ? size - at : 0));
}

static enum err read_run(struct inode *i, uint64_t pgoff, struct page **pages, unsigned n)
{
	enum err e = i->ops->read_pages(i, pgoff, pages, n);
	if (e != OK)
		return e;
	for (unsigned k = 0; k < n; k++)
		page_zero_tail(pages[k], pgoff + k, i->size);
	return OK;
}

/* Read page pgoff, and some that follow it. */
static enum err fill(struct inode *i, uint64_t pgoff)
{
	struct page *pages[READAHEAD_PAGES];
	bool hole = !i->ops->read_pages;
	unsigned want = hole ? 1 : missing_run(i, pgoff), n = 0;
	while (n < want && (pages[n] = frame_alloc(kernel_mm, 0, FRAME_USER | (hole ? FRAME_ZERO : 0))))
		n++;
	if (!n)
		return ERR_NOMEM;
	enum err e = hole ? OK : read_run(i, pgoff, pages, n);
	if (e != OK && n > 1) {		/* perhaps only a page read ahead is bad */
		free_pages(pages, 1, n);
		n = 1;
		e = read_run(i, pgoff, pages, 1);
	}
	unsigned in = 0;
	while (e == OK && in < n && (e = page_prepare_insert(i, pgoff + in)) == OK) {
		page_insert(i, pgoff + in, pages[in], 0);
		in++;
	}
	free_pages(pages, in, n);
	return in ? OK : e;
}

enum err pagecache_get_locked(struct inode *i, uint64_t pgoff, struct page **out)
{
	for (;;) {
		struct page *p = pagecache_find(i, pgoff);
		if (p) {
			*out = p;
			return OK;
		}
		if (pgoff >= pages_of(i->size))
			return ERR_NXIO;
		enum err e = fill(i, pgoff);	/* loops if memory pressure takes it at once */
		if (e != OK)
			return e;
	}
}

enum err pagecache_get(struct inode *i, uint64_t pgoff, struct page **out)
{
	struct page *p = pagecache_find(i, pgoff);
	if (p) {
		*out = p;
		return OK;
	}
	mutex_lock(&i->lock);
	enum err e = pagecache_get_locked(i, pgoff, out);
	mutex_unlock(&i->lock);
	return e;
}

/* ---- mapping ---- */

static struct inode *inode_of(struct vm_object *o) { return container_of(o, struct inode, object); }
static void object_get(struct vm_object *o) { inode_get(inode_of(o)); }
static void object_put(struct vm_object *o) { inode_put(inode_of(o)); }

/* A page that is mapped writable may change at any time without a word, so it stays dirty while it is mapped. */
static enum err object_get_page(struct vm_object *o, uint64_t pgoff, bool write, struct page **out)
{
	struct inode *i = inode_of(o);
	if (pgoff >= pages_of(i->size))
		return ERR_NXIO;
	enum err e = pagecache_get(i, pgoff, out);
	if (e != OK || !write)
		return e;
	spin_lock(&vfs_lock);
	if ((*out)->owner == i) {
		(*out)->flags |= PG_SHARED_WRITE;
		page_mark_dirty_locked(i, *out);
	}
	spin_unlock(&vfs_lock);
	return OK;
}

static void object_peek_pages(struct vm_object *o, uint64_t pgoff, unsigned n, struct page **out)
{
	struct inode *i = inode_of(o);
	spin_lock(&vfs_lock);
	uint64_t end = pages_of(i->size);
	for (unsigned k = 0; k < n; k++) {
		out[k] = pgoff + k < end ? ptree_get(&i->pages, pgoff + k) : NULL;
		if (out[k])
			frame_get(out[k]);
	}
	spin_unlock(&vfs_lock);
}

const struct vm_object_ops inode_object_ops = {
	.get = object_get, .put = object_put, .get_page = object_get_page, .peek_pages = object_peek_pages,
};
