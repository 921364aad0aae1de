/* Reading past the page cache, where there is no frame to cache with: through one page that is set aside at boot, and from there in
 * small pieces, since user memory is touched under no lock. Slow, and right. */
#include "pagecache.h"
#include <kernel/memck.h>
#include <kernel/printk.h>
#include <lib/string.h>

enum { PIECE = 512 };

static struct mutex lock;
static struct page *spare;		/* [lock] */
static uint64_t pieces;			/* [a] */

bool stream_init(void)
{
	mutex_init(&lock, LOCK_SPARE, "stream");
	spare = frame_alloc(kernel_mm, 0, 0);
	if (spare)
		memck_permanent(spare);
	return spare;
}

uint64_t stream_pieces(void) { return __atomic_load_n(&pieces, __ATOMIC_RELAXED); }

/* n bytes at pos, which lie in one page. What the cache has is newer than the disk, so i->lock is held, which keeps pages out of it. */
static enum err fetch(struct inode *i, uint64_t pos, char *to, size_t n)
{
	uint64_t pgoff = pos >> PAGE_SHIFT;
	struct page *p = pagecache_find(i, pgoff);
	if (p) {
		memcpy(to, page_bytes(p) + (pos & (PAGE_SIZE - 1)), n);
		frame_put(kernel_mm, p);
		return OK;
	}
	mutex_lock(&lock);
	enum err e = i->ops->read_pages(i, pgoff, &spare, 1);
	if (e == OK)
		memcpy(to, page_bytes(spare) + (pos & (PAGE_SIZE - 1)), n);
	mutex_unlock(&lock);
	return e;
}

enum err stream_read(struct inode *i, struct io *io, size_t n, size_t *moved)
{
	char piece[PIECE];
	size_t done = 0;
	enum err e = OK;
	while (done < n) {
		struct io at = { .buf = io->buf, .kbuf = io->kbuf, .done = io->done + done };
		uint64_t pos = io->pos + done;
		size_t part = 0;
		mutex_lock(&i->lock);
		if (pos < i->size)
			part = least(least(n - done, PIECE), i->size - pos);
		e = part ? fetch(i, pos, piece, part) : OK;
		mutex_unlock(&i->lock);
		if (e != OK || !part)
			break;
		__atomic_add_fetch(&pieces, 1, __ATOMIC_RELAXED);
		size_t got = io_copy_out(&at, piece, part);
		done += got;
		if (got < part)
			break;
	}
	*moved = done;
	return done ? OK : e;
}
