/* Reading and writing files through the page cache.
 *
 * User memory is copied with no lock held but a reference to the page: the copy may fault, and the fault may
 * come back to the cache. So a new page is filled first and entered then; and after a copy into a page that the cache has, the
 * page may have left it (truncate), which is looked at under the lock. */
#include "pagecache.h"
#include <lib/string.h>

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
	struct page *p = pagecache_find(i, io->pos >> PAGE_SHIFT);
	if (!p) {
		if (i->flags & INODE_PINNED) {		/* a hole */
			*moved = io_zero_out(io, n);
			return OK;
		}
		enum err e = pagecache_get(i, io->pos >> PAGE_SHIFT, &p);
		if (e == ERR_NXIO)			/* truncated meanwhile */
			*moved = 0;
		if (e == ERR_NOMEM && i->ops->read_pages)
			return stream_read(i, io, n, moved);
		if (e != OK)
			return e;
	}
	*moved = io_copy_out(io, page_bytes(p) + (io->pos & (PAGE_SIZE - 1)), n);
	frame_put(kernel_mm, p);
	return OK;
}

enum err pagecache_read(struct inode *i, struct io *io)
{
	size_t left = io->n;
	while (left && io->pos < i->size) {
		size_t moved, n = least(left, PAGE_SIZE - (io->pos & (PAGE_SIZE - 1)));
		n = least(n, i->size - io->pos);
		enum err e = read_page_part(i, io, n, &moved);
		if (e != OK)
			return io->done || e == ERR_NXIO ? OK : e;
		io->done += moved;
		io->pos += moved;
		left -= moved;
		if (moved < n)
			return io->done || io->pos >= i->size ? OK : ERR_FAULT;
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

static uint64_t dirty_page_limit(void)
{
	uint64_t n = mm_total_pages(kernel_mm) / 8;
	return n > 64 ? n : 64;
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
	char *b = page_bytes(p);
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
		e = page_prepare_insert(i, pgoff);	/* first: what is reserved must come to be used */
	if (e == OK)
		e = reserve(i, io->pos + got);
	if (e == OK)
		page_insert(i, pgoff, p, io->pos + got);
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
		inode_grow_locked(i, io->pos + *moved);
	}
	if (still)
		page_zero_tail(p, p->index, i->size);
	spin_unlock(&vfs_lock);
	return e == OK && !still ? (enum err)RETRY : e;
}

static enum err write_cached(struct inode *i, struct io *io, struct page *p, size_t n, size_t *moved)
{
	*moved = io_copy_in(io, page_bytes(p) + (io->pos & (PAGE_SIZE - 1)), n);
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
	struct page *p = pagecache_find(i, pgoff);
	bool whole = io->pos == start && io->pos + n >= least(start + PAGE_SIZE, i->size);
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

/* The file system first, which looks at the size: it may lack memory, and then nothing has changed. */
static enum err shrink_storage(struct inode *i, uint64_t size)
{
	uint64_t old = i->size;
	i->size = size;
	enum err e = i->ops->truncate ? i->ops->truncate(i, size) : OK;
	if (e == ERR_NOMEM)
		i->size = old;
	return e;
}

static enum err shrink(struct inode *i, uint64_t size)
{
	struct page *p;
	enum err e = shrink_storage(i, size);
	if (e == ERR_NOMEM)
		return e;
	spin_lock(&vfs_lock);
	if (size & (PAGE_SIZE - 1) && (p = ptree_get(&i->pages, size >> PAGE_SHIFT)))
		page_zero_tail(p, size >> PAGE_SHIFT, size);
	spin_unlock(&vfs_lock);
	pagecache_drop(i, pages_of(size));
	return e;
}

/* Let bytes [i->size, end) be zeros. i->lock is held. On failure the size is what was reached. */
static enum err extend_zeros(struct inode *i, uint64_t end)
{
	struct page *p;
	enum err e = reserve(i, end);
	while (e == OK && i->size < end) {
		uint64_t pgoff = i->size >> PAGE_SHIFT, to = least(end, (pgoff + 1) << PAGE_SHIFT);
		if (i->size & (PAGE_SIZE - 1)) {
			if ((e = pagecache_get_locked(i, pgoff, &p)) != OK)
				break;
			page_zero_tail(p, pgoff, i->size);
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
			if ((e = page_prepare_insert(i, pgoff)) != OK) {
				frame_put(kernel_mm, p);
				break;
			}
			page_insert(i, pgoff, p, to);
		}
		spin_lock(&vfs_lock);
		inode_grow_locked(i, to);
		spin_unlock(&vfs_lock);
		if (dirty_page_count > dirty_page_limit())
			e = inode_writeback_locked(i);
	}
	return e;
}

/* The size goes back to old, and the storage that it does not need goes when the inode is written. */
static void drop_growth(struct inode *i, uint64_t old)
{
	i->size = old;
	pagecache_drop(i, pages_of(old));
}

/* The same; on failure the size is as before. */
static enum err extend(struct inode *i, uint64_t end)
{
	uint64_t old = i->size;
	enum err e = extend_zeros(i, end);
	if (e == OK)
		return OK;
	inode_mark_dirty(i);
	if (i->size > old && shrink(i, old) == ERR_NOMEM)
		drop_growth(i, old);
	return e;
}

/* The disk is full: is it still, once all files have given back the room that they took ahead? */
static enum err make_room(struct inode *i, bool *tried)
{
	if (*tried || !i->ops->reserve)
		return ERR_NOSPC;
	*tried = true;
	return fs_sync(i->fs);
}

/* The size went down: what lies beyond leaves all mappings. i->lock comes after a space's, so it is not held any more; a fault that got in
 * between met the new size. */
static void unmap_beyond_end(struct inode *i)
{
	spaces_truncate(kernel_mm, &i->object, pages_of(i->size));
}

static enum err fill_gap(struct inode *i, uint64_t end)
{
	mutex_lock(&i->lock);
	enum err e = extend(i, end);
	mutex_unlock(&i->lock);
	if (e != OK)
		unmap_beyond_end(i);
	return e;
}

enum err pagecache_write(struct inode *i, struct io *io)
{
	size_t left = io->n;
	bool tried = false;
	enum err e = left && io->pos > i->size ? fill_gap(i, io->pos) : OK;
	while (e == OK && left) {
		size_t moved = 0, n = least(left, PAGE_SIZE - (io->pos & (PAGE_SIZE - 1)));
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
	bool shrinks = size < i->size;
	enum err e = size > i->size ? extend(i, size) : shrinks ? shrink(i, size) : OK;
	mutex_unlock(&i->lock);
	if (shrinks || e != OK)
		unmap_beyond_end(i);
	if (e == OK)
		inode_touch(i);
	return e;
}

enum err pagecache_empty(struct inode *i)
{
	mutex_lock(&i->lock);
	enum err e = shrink(i, 0);
	mutex_unlock(&i->lock);
	return e;
}

static enum err cache_file_read(struct file *f, struct io *io) { return pagecache_read(f->inode, io); }
static enum err cache_file_write(struct file *f, struct io *io) { return pagecache_write(f->inode, io); }
const struct file_ops pagecache_file_ops = { .read = cache_file_read, .write = cache_file_write };
