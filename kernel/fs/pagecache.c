/* The page cache: pages of files by number, filled on demand, shared by read, write and mmap.
 *
 * A page is in the tree only when its bytes are valid, so nobody waits for one that is being read: the one who
 * misses takes the inode's lock, looks again, fills it, and enters it. Bytes of the last page past
 * the end of the file are zero. The cache owns one reference to each page; a mapping has its own.
 *
 *   clean    on the LRU list (PG_LRU)          may be given back when only the cache refers to it
 *   dirty    on inode->dirty_pages (PG_DIRTY)  written back first
 *   pinned   on no list (tmpfs)                lives as long as its file
 *
 * User memory is copied with no lock held but a reference to the page: the copy may fault, and the fault may
 * come back here. */
#include "vfs_priv.h"
#include <lib/string.h>

static struct list lru = LIST_INIT(lru);	/* [v] oldest first */
uint64_t cached_page_count, pinned_page_count, dirty_page_count;

static uint64_t pages_of(uint64_t size) { return (size + PAGE_SIZE - 1) >> PAGE_SHIFT; }
static uint64_t min64(uint64_t a, uint64_t b) { return a < b ? a : b; }
static char *bytes_of(struct page *p) { return page_ptr(kernel_mm, p); }

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

/* The cached page with a reference, or NULL. */
static struct page *cached(struct inode *i, uint64_t pgoff)
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
	struct mm_stats st;
	if (!(i->flags & INODE_PINNED))
		return true;
	mm_stats(kernel_mm, &st);
	return pinned_page_count < st.total_pages / 2;
}

static void grow_to(struct inode *i, uint64_t end)
{
	if (end > i->size) {
		i->size = end;
		inode_mark_dirty_locked(i);
	}
}

/* Make sure that insert() will go well. */
static enum err prepare_insert(struct inode *i, uint64_t pgoff)
{
	return pinned_room(i) ? ptree_prepare(&i->pages, pgoff) : ERR_NOSPC;
}

/* Enter p, for which prepare_insert() was called. end: it was written, and the file reaches to end at least; 0: it was read. */
static void insert(struct inode *i, uint64_t pgoff, struct page *p, uint64_t end)
{
	spin_lock(&vfs_lock);
	insert_locked(i, pgoff, p);
	if (end) {
		page_mark_dirty_locked(i, p);
		grow_to(i, end);
	}
	spin_unlock(&vfs_lock);
}

/* How many pages from pgoff on are missing from the cache and lie in the file: 1..READAHEAD_PAGES. */
static unsigned missing_run(struct inode *i, uint64_t pgoff)
{
	uint64_t end = min64(pages_of(i->size), pgoff + READAHEAD_PAGES);
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

/* Zero what of page number pgoff lies past size. */
static void zero_tail(struct page *p, uint64_t pgoff, uint64_t size)
{
	uint64_t at = pgoff << PAGE_SHIFT;
	if (at + PAGE_SIZE > size)
		memset(bytes_of(p) + (size > at ? size - at : 0), 0, PAGE_SIZE - (size > at ? size - at : 0));
}

static enum err read_run(struct inode *i, uint64_t pgoff, struct page **pages, unsigned n)
{
	enum err e = i->ops->read_pages(i, pgoff, pages, n);
	if (e != OK)
		return e;
	for (unsigned k = 0; k < n; k++)
		zero_tail(pages[k], pgoff + k, i->size);
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
	while (e == OK && in < n && (e = prepare_insert(i, pgoff + in)) == OK) {
		insert(i, pgoff + in, pages[in], 0);
		in++;
	}
	free_pages(pages, in, n);
	return in ? OK : e;
}

static enum err get_locked(struct inode *i, uint64_t pgoff, struct page **out)
{
	for (;;) {
		struct page *p = cached(i, pgoff);
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
	struct page *p = cached(i, pgoff);
	if (p) {
		*out = p;
		return OK;
	}
	mutex_lock(&i->lock);
	enum err e = get_locked(i, pgoff, out);
	mutex_unlock(&i->lock);
	return e;
}

/* ---- reading ---- */

size_t io_copy_out(struct io *io, const void *mem, size_t n)
{
	if (io->kbuf) {
		memcpy((char *)io->kbuf + io->done, mem, n);
		return n;
	}
	vaddr_t to = io->buf + io->done;
	return to + n <= USER_END && to < USER_END ? n - arch_copy_to_user(to, mem, n) : 0;
}

size_t io_copy_in(struct io *io, void *mem, size_t n)
{
	if (io->kbuf) {
		memcpy(mem, (char *)io->kbuf + io->done, n);
		return n;
	}
	vaddr_t from = io->buf + io->done;
	return from + n <= USER_END && from < USER_END ? n - arch_copy_from_user(mem, from, n) : 0;
}

size_t io_zero_out(struct io *io, size_t n)
{
	if (io->kbuf) {
		memset((char *)io->kbuf + io->done, 0, n);
		return n;
	}
	vaddr_t to = io->buf + io->done;
	return to + n <= USER_END && to < USER_END ? n - arch_clear_user(to, n) : 0;
}

/* One page's worth of a read. *moved: bytes copied, less than n at a bad address. */
static enum err read_page_part(struct inode *i, struct io *io, size_t n, size_t *moved)
{
	struct page *p = cached(i, io->pos >> PAGE_SHIFT);
	if (!p) {
		if (i->flags & INODE_PINNED) {		/* a hole */
			*moved = io_zero_out(io, n);
			return OK;
		}
		enum err e = pagecache_get(i, io->pos >> PAGE_SHIFT, &p);
		if (e == ERR_NXIO)			/* truncated meanwhile */
			*moved = 0;
		if (e != OK)
			return e;
	}
	*moved = io_copy_out(io, bytes_of(p) + (io->pos & (PAGE_SIZE - 1)), n);
	frame_put(kernel_mm, p);
	return OK;
}

enum err pagecache_read(struct inode *i, struct io *io)
{
	size_t left = io->n;
	while (left && io->pos < i->size) {
		size_t moved, n = min64(left, PAGE_SIZE - (io->pos & (PAGE_SIZE - 1)));
		n = min64(n, i->size - io->pos);
		enum err e = read_page_part(i, io, n, &moved);
		if (e != OK)
			return io->done || e == ERR_NXIO ? OK : e;
		io->done += moved;
		io->pos += moved;
		left -= moved;
		if (moved < n)
			return io->done ? OK : ERR_FAULT;
		if (left && !(io->pos & (16 * PAGE_SIZE - 1)))
			sched_point();
	}
	return OK;
}

enum err inode_read(struct inode *i, uint64_t off, void *buf, size_t n, size_t *done)
{
	struct io io = { .kbuf = buf, .n = n, .pos = off };
	enum err e = pagecache_read(i, &io);
	if (e == OK)
		*done = io.done;
	return e;
}

/* ---- writing ---- */

uint64_t dirty_page_limit(void)
{
	struct mm_stats st;
	mm_stats(kernel_mm, &st);
	return st.total_pages / 8 > 64 ? st.total_pages / 8 : 64;
}

static enum err reserve(struct inode *i, uint64_t end)
{
	return i->ops->reserve ? i->ops->reserve(i, end) : OK;
}

enum { RETRY = ERR_COUNT };	/* somebody else was faster: look again */

/* Write n bytes of a page that the cache does not have and need not read: fill it first, then enter it. */
static enum err write_fresh(struct inode *i, struct io *io, size_t n, size_t *moved)
{
	uint64_t pgoff = io->pos >> PAGE_SHIFT;
	size_t off = io->pos & (PAGE_SIZE - 1);
	struct page *p = frame_alloc(kernel_mm, 0, FRAME_USER);
	if (!p)
		return ERR_NOMEM;
	char *b = bytes_of(p);
	size_t got = io_copy_in(io, b + off, n);
	if (off)
		memset(b, 0, off);
	if (off + got < PAGE_SIZE)
		memset(b + off + got, 0, PAGE_SIZE - off - got);
	enum err e = got ? OK : ERR_FAULT;
	mutex_lock(&i->lock);
	if (e == OK && ptree_get(&i->pages, pgoff))
		e = (enum err)RETRY;
	if (e == OK)
		e = prepare_insert(i, pgoff);	/* first: what is reserved must come to be used */
	if (e == OK)
		e = reserve(i, io->pos + got);
	if (e == OK)
		insert(i, pgoff, p, io->pos + got);
	mutex_unlock(&i->lock);
	if (e == OK)
		*moved = got;
	else
		frame_put(kernel_mm, p);
	return e;
}

/* The size grows to end, if there is room; page p, which was written, then counts. i->lock is held. If not, only what lies
 * within the old size counts. */
static enum err grow_cached(struct inode *i, struct page *p, const struct io *io, size_t *moved)
{
	enum err e = reserve(i, io->pos + *moved);
	spin_lock(&vfs_lock);
	if (e != OK && io->pos < i->size) {
		*moved = i->size - io->pos;
		e = OK;
	}
	bool still = p->owner == i;
	if (still && e == OK) {
		page_mark_dirty_locked(i, p);
		grow_to(i, io->pos + *moved);
	}
	if (still)
		zero_tail(p, p->index, i->size);
	spin_unlock(&vfs_lock);
	return e == OK && !still ? (enum err)RETRY : e;
}

static enum err write_cached(struct inode *i, struct io *io, struct page *p, size_t n, size_t *moved)
{
	*moved = io_copy_in(io, bytes_of(p) + (io->pos & (PAGE_SIZE - 1)), n);
	if (!*moved)
		return ERR_FAULT;
	if (io->pos + *moved > i->size) {
		mutex_lock(&i->lock);
		enum err e = grow_cached(i, p, io, moved);
		mutex_unlock(&i->lock);
		return e;
	}
	spin_lock(&vfs_lock);
	bool still = p->owner == i;
	if (still)
		page_mark_dirty_locked(i, p);
	spin_unlock(&vfs_lock);
	return still ? OK : (enum err)RETRY;
}

static enum err write_page_part(struct inode *i, struct io *io, size_t n, size_t *moved)
{
	uint64_t pgoff = io->pos >> PAGE_SHIFT, start = pgoff << PAGE_SHIFT;
	struct page *p = cached(i, pgoff);
	bool whole = io->pos == start && io->pos + n >= min64(start + PAGE_SIZE, i->size);
	if (!p && (whole || start >= i->size))
		return write_fresh(i, io, n, moved);
	enum err e = p ? OK : pagecache_get(i, pgoff, &p);
	if (e != OK)
		return e == ERR_NXIO ? (enum err)RETRY : e;
	e = write_cached(i, io, p, n, moved);
	frame_put(kernel_mm, p);
	return e;
}

/* Too much is dirty: the writer waits until its own file, then all, is written. */
static void throttle(struct inode *i)
{
	if (dirty_page_count <= dirty_page_limit())
		return;
	enum err e = inode_writeback(i);	/* an error stays in i->wb_error */
	if (e != OK || dirty_page_count > dirty_page_limit())
		vfs_sync_all();
}

static enum err shrink(struct inode *i, uint64_t size)
{
	struct page *p;
	spin_lock(&vfs_lock);
	i->size = size;
	if (size & (PAGE_SIZE - 1) && (p = ptree_get(&i->pages, size >> PAGE_SHIFT)))
		zero_tail(p, size >> PAGE_SHIFT, size);
	spin_unlock(&vfs_lock);
	pagecache_drop(i, pages_of(size));
	return i->ops->truncate ? i->ops->truncate(i, size) : OK;
}

/* Let bytes [i->size, end) be zeros. i->lock is held. On failure the size is what was reached. */
static enum err extend_zeros(struct inode *i, uint64_t end)
{
	struct page *p;
	enum err e = reserve(i, end);
	while (e == OK && i->size < end) {
		uint64_t pgoff = i->size >> PAGE_SHIFT, to = min64(end, (pgoff + 1) << PAGE_SHIFT);
		if (i->size & (PAGE_SIZE - 1)) {
			if ((e = get_locked(i, pgoff, &p)) != OK)
				break;
			zero_tail(p, pgoff, i->size);
			spin_lock(&vfs_lock);
			page_mark_dirty_locked(i, p);
			spin_unlock(&vfs_lock);
			frame_put(kernel_mm, p);
		} else if (i->flags & INODE_PINNED) {
			to = end;
		} else {
			p = frame_alloc(kernel_mm, 0, FRAME_USER | FRAME_ZERO);
			if (!p)
				return ERR_NOMEM;
			if ((e = prepare_insert(i, pgoff)) != OK) {
				frame_put(kernel_mm, p);
				break;
			}
			insert(i, pgoff, p, to);
		}
		spin_lock(&vfs_lock);
		grow_to(i, to);
		spin_unlock(&vfs_lock);
		if (dirty_page_count > dirty_page_limit())
			e = inode_writeback_locked(i);
	}
	return e;
}

/* The same; on failure the size is as before. */
static enum err extend(struct inode *i, uint64_t end)
{
	uint64_t old = i->size;
	enum err e = extend_zeros(i, end);
	if (e == OK)
		return OK;
	inode_mark_dirty(i);
	return i->size > old && shrink(i, old) != OK ? ERR_IO : e;
}

/* The disk is full: is it still, once all files have given back the room that they took ahead? */
static enum err make_room(struct inode *i, bool *tried)
{
	if (*tried || !i->ops->reserve)
		return ERR_NOSPC;
	*tried = true;
	return fs_sync(i->fs);
}

static enum err fill_gap(struct inode *i, uint64_t end)
{
	mutex_lock(&i->lock);
	enum err e = extend(i, end);
	mutex_unlock(&i->lock);
	return e;
}

enum err pagecache_write(struct inode *i, struct io *io)
{
	size_t left = io->n;
	bool tried = false;
	enum err e = left && io->pos > i->size ? fill_gap(i, io->pos) : OK;
	while (e == OK && left) {
		size_t moved = 0, n = min64(left, PAGE_SIZE - (io->pos & (PAGE_SIZE - 1)));
		e = write_page_part(i, io, n, &moved);
		if (e == (enum err)RETRY || e == ERR_NOSPC) {
			e = e == ERR_NOSPC ? make_room(i, &tried) : OK;
			continue;
		}
		if (e != OK)
			break;
		io->done += moved;
		io->pos += moved;
		left -= moved;
		if (moved < n)
			e = ERR_FAULT;
		if (!(io->pos & (8 * PAGE_SIZE - 1))) {
			throttle(i);
			sched_point();
		}
	}
	if (io->done)
		inode_touch(i);
	return io->done ? OK : e;
}

enum err pagecache_truncate(struct inode *i, uint64_t size)
{
	mutex_lock(&i->lock);
	enum err e = size > i->size ? extend(i, size) : size < i->size ? shrink(i, size) : OK;
	mutex_unlock(&i->lock);
	if (e == OK)
		inode_touch(i);
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

const struct vm_object_ops inode_object_ops = { .get = object_get, .put = object_put, .get_page = object_get_page };

static enum err cache_file_read(struct file *f, struct io *io) { return pagecache_read(f->inode, io); }
static enum err cache_file_write(struct file *f, struct io *io) { return pagecache_write(f->inode, io); }
const struct file_ops pagecache_file_ops = { .read = cache_file_read, .write = cache_file_write };
