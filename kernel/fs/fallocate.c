/* fallocate(2): room for a range of a file, so that no write there fails for want of it. FAT32 files have no holes, so there it is all in the size; a
 * file in memory gets its pages. */
#include "sys_path.h"
#include <lib/string.h>

enum { KEEP_SIZE = 1 };

/* A page for each of [start, end), which lie within the size. Those that came before a failure are zeros, as the holes were. */
static enum err fill_holes(struct inode *i, uint64_t start, uint64_t end)
{
	enum err e = OK;
	for (uint64_t at = start >> PAGE_SHIFT; e == OK && at << PAGE_SHIFT < end; at++) {
		struct page *p;
		e = signal_is_pending() ? ERR_INTR : pagecache_get(i, at, &p);
		if (e == OK)
			frame_put(kernel_mm, p);
		else if (e == ERR_NXIO)
			return OK;	/* cut off meanwhile */
		sched_point();
	}
	return e;
}

static enum err allocate(struct inode *i, uint64_t start, uint64_t end)
{
	uint64_t old = i->size;
	size_t may;
	bool in_memory = i->flags & INODE_PINNED;
	if (in_memory && (end - start) >> PAGE_SHIFT >= mm_total_pages(kernel_mm) / 2)
		return ERR_NOSPC;
	enum err e = end > old ? limit_size(i, end - 1, 1, &may) : OK;
	if (e == OK && end > old)
		e = pagecache_truncate(i, end);
	if (e != OK || !in_memory)
		return e;
	e = fill_holes(i, start, end);
	if (e != OK && end > old && i->size == end && pagecache_truncate(i, old) != OK)
		return e;	/* as large as was asked for, with holes */
	return e;
}

/* What may be asked of f. To keep the size is to ask for nothing but holes within it: neither file system has room beyond a file's end. */
static enum err may_allocate(const struct file *f, uint32_t mode, uint64_t end)
{
	struct inode *i = f->inode;
	if ((f->flags & O_ACCMODE) == O_RDONLY)
		return ERR_BADF;
	if (S_ISFIFO(i->mode))
		return ERR_SPIPE;
	if (inode_is_dir(i))
		return ERR_ISDIR;
	if (!inode_is_file(i))
		return ERR_NODEV;
	if (end > INT64_MAX)
		return ERR_FBIG;
	return i->fops || (mode & KEEP_SIZE && end > i->size) ? ERR_OPNOTSUPP : OK;
}

int64_t sys_fallocate(const uint64_t *a)
{
	struct fdref r;
	uint64_t end = a[2] + a[3];
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	enum err e = (int64_t)a[2] < 0 || (int64_t)a[3] <= 0 ? ERR_INVAL : (uint32_t)a[1] & ~(uint32_t)KEEP_SIZE ? ERR_OPNOTSUPP : OK;
	if (e == OK)
		e = may_allocate(r.file, (uint32_t)a[1], end);
	if (e == OK && r.file->inode->fs && r.file->inode->fs->read_only)
		e = ERR_ROFS;
	if (e == OK)
		e = allocate(r.file->inode, a[2], end);
	fd_put(&r);
	return err_to_errno(e);
}
