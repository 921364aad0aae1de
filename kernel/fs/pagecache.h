#pragma once
#include "vfs_priv.h"
/* Between pagecache.c, which keeps the pages, and filedata.c, which reads and writes them. */

static inline uint64_t pages_of(uint64_t size) { return (size + PAGE_SIZE - 1) >> PAGE_SHIFT; }
static inline uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }
static inline char *page_bytes(struct page *p) { return page_ptr(kernel_mm, p); }

/* The cached page with a reference, or NULL. */
struct page *pagecache_find(struct inode *i, uint64_t pgoff);
/* As pagecache_get(), with i->lock held. */
enum err pagecache_get_locked(struct inode *i, uint64_t pgoff, struct page **out) MUST_CHECK;
/* Make sure that page_insert() will go well; i->lock is held. ERR_NOMEM; ERR_NOSPC where the pages are pinned. */
enum err page_prepare_insert(struct inode *i, uint64_t pgoff) MUST_CHECK;
/* Enter p, whose reference the cache takes over. end: it was written, and the file reaches to end at least; 0: it was read. */
void page_insert(struct inode *i, uint64_t pgoff, struct page *p, uint64_t end);
/* Read n bytes, which lie in one page of i, without a frame of their own. *moved: as many as could be; fewer at a bad address or the
 * end of the file. For an inode with read_pages. ERR_NOMEM, ERR_IO if there are none. (stream.c) */
enum err stream_read(struct inode *i, struct io *io, size_t n, size_t *moved) MUST_CHECK;
/* Zero what of p, page number pgoff, lies past size. */
void page_zero_tail(struct page *p, uint64_t pgoff, uint64_t size);
/* The file reaches to end at least; vfs_lock is held. */
void inode_grow_locked(struct inode *i, uint64_t end);
