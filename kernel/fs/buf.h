#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <lib/err.h>
#include <lib/list.h>
/* Buffers of a block device: 4 KiB windows onto it, in which a file system keeps its tables. Dirty
 * sectors are marked by kind, since kinds are written in an order. A set of buffers belongs to one file system, whose lock guards
 * it; only the list for reclaim and the pin counts are shared (vfs_lock). */
struct blkdev;

enum { BUF_SECTORS = 8, BUF_HASH = 64, SECTOR_SIZE = 512 };
enum buf_kind { BUF_TABLE, BUF_DIR, BUF_KINDS };

struct buf {
	struct buf *hash_next;		/* [v] */
	struct list lru;		/* [v] oldest first */
	struct list dirty_link;		/* in set->dirty, if any bit of dirty is set */
	struct bufset *set;
	uint64_t block;			/* number of the window */
	uint32_t pins;			/* [v] taken by buf_load; never reclaimed then */
	uint8_t dirty[BUF_KINDS];	/* a bit per sector */
	uint8_t *data;
};

struct bufset {
	struct blkdev *dev;
	struct list dirty;
	unsigned ndirty;
	bool owed;			/* something was written since the last flush that must be on the medium before what is next */
	struct buf *hash[BUF_HASH];	/* [v] */
};

void bufset_init(struct bufset *s, struct blkdev *dev);
/* Free all buffers, dirty or not. */
void bufset_drop(struct bufset *s);
/* Let *slot (NULL at first) hold, pinned, the buffer with sector; what it held before is let go. *p: the sector's bytes,
 * valid until the slot is loaded again. ERR_IO, ERR_NOMEM: the slot is as before. */
enum err buf_load(struct bufset *s, struct buf **slot, uint64_t sector, uint8_t **p) MUST_CHECK;
void buf_release(struct buf **slot);
void buf_mark(struct buf *b, uint64_t sector, enum buf_kind kind);
/* Write the dirty sectors of one kind, highest first; each run of sectors also at the distances in copies, if there are any. */
struct buf_copies { unsigned n; uint64_t distance; };
enum err bufset_write(struct bufset *s, enum buf_kind kind, const struct buf_copies *copies) MUST_CHECK;
void bufset_forget(struct bufset *s, uint64_t sector, unsigned n);	/* these sectors are somebody else's now: they are not written */
bool bufset_has(const struct bufset *s, enum buf_kind kind);	/* anything dirty of that kind */
/* Write n sectors from sector on, which lie in b, now, if they are dirty of kind BUF_DIR. Others in b wait for their turn. */
enum err buf_write_now(struct buf *b, uint64_t sector, unsigned n) MUST_CHECK;
