#pragma once
#include "buf.h"
#include "vfs_priv.h"
/* FAT32 on disk and in memory. Source: Microsoft, "FAT: General Overview of On-Disk Format", 1.03.
 *
 *   | reserved: boot sector, FSInfo | FAT 1 | FAT 2 | clusters 2, 3, ...            |
 *
 * A cluster's FAT entry names the next one of its file. A directory is a file of 32-byte slots: a name is one slot in
 * 8.3 form, preceded by slots with 13 UTF-16 characters each, last part first, if it needs more.
 *
 * Order of write-back, so that a power cut leaves at most lost clusters and a stale FSInfo: file data; FAT entries
 * of new clusters, from high to low, and a chain never steps down without the lower part being written first; directory
 * slots; and only then FAT entries of freed clusters, which wait in fat->pending until the slots that named them are gone. Between
 * two of these steps the device is flushed, if both have something to write. A name that moves to another sector leaves a note in FSInfo meanwhile (fat_note.c).
 * FAT[1] says from mount to unmount that the volume is in use. */

enum {
	FAT_SLOT = 32, FAT_EOC = 0x0ffffff8, FAT_MASK = 0x0fffffff, FAT_PENDING_MAX = 128,
	FAT_DIR_SLOTS_MAX = 65536, FAT_LONG_MAX = 255, FAT_EXTENTS = 8, SLOTS_PER_SECTOR = SECTOR_SIZE / FAT_SLOT,
};
enum { ATTR_READ_ONLY = 1, ATTR_VOLUME = 8, ATTR_DIR = 16, ATTR_ARCHIVE = 32, ATTR_LONG = 15 };
enum { CASE_BASE = 8, CASE_EXT = 16 };
enum { LONG_CHARS = 13, LONG_LAST = 0x40, LONG_SUM = 13, DELETED = 0xe5 };	/* of long slots, and a first byte */
/* Offsets in an 8.3 slot. */
enum { DE_ATTR = 11, DE_CASE = 12, DE_CTIME = 14, DE_ADATE = 18, DE_CLUSTER_HI = 20, DE_MTIME = 22, DE_CLUSTER_LO = 26, DE_SIZE = 28 };

/* A directory entry as read. */
struct fat_entry {
	uint16_t name[FAT_LONG_MAX + 1];	/* the long name; see fat_entry_name() */
	unsigned len;			/* of it, 0: there is none */
	uint8_t raw[FAT_SLOT] __attribute__((aligned(8)));	/* a copy of the 8.3 slot, where one was asked for */
	const uint8_t *s;		/* the 8.3 slot in the buffer, until the next change of buffer */
	uint32_t slot, nslots;
	uint64_t sector;
	uint32_t offset;
};

/* The 8.3 form of a name. whole: it is the name but for case. exact: with the case flags too, so no long form is needed. */
struct fat_short { uint8_t s11[11]; uint8_t case_flags; bool whole, exact; };

/* A name in both forms. */
struct fat_name {
	uint16_t s[FAT_LONG_MAX + 1];
	unsigned len;
	struct fat_short sh;
	struct name of;			/* what it was made from: len and hash, and the bytes in utf8 */
	char utf8[NAME_MAX_BYTES];
};

struct fat {
	struct mutex lock;		/* of all below that changes */
	struct blkdev *dev;
	struct fs *fs;
	uint32_t cluster_sectors, cluster_bytes;
	uint32_t fat_start, fat_sectors;	/* of the FAT in use */
	uint32_t data_start;
	uint32_t max_cluster;		/* the last one's number */
	uint32_t root_cluster;
	uint32_t info_sector;		/* FSInfo, 0: none */
	uint32_t free_count;		/* UINT32_MAX: not known yet */
	uint32_t hint;			/* where to look for a free cluster */
	bool info_dirty;
	bool noted;			/* FSInfo has a note of a rename */
	bool marked, was_dirty;		/* FAT[1] says that we have it mounted; it said so when we came */
	uint32_t unsettled;		/* [a] 1: file data was written since the last flush of the device. (What went through buffers: bufs.owed) */
	struct buf_copies mirror;
	struct bufset bufs;
	struct buf *table, *dir;	/* the buffers in hand */
	uint32_t pending[FAT_PENDING_MAX];	/* chains to free */
	unsigned npending;
	struct fat_name name;		/* the last one that fat_name_make() was asked for */
	struct fat_entry entry;		/* scratch, too large for a stack */
	char utf8[3 * FAT_LONG_MAX + 1];	/* the same */
};

struct fat_extent { uint32_t index, cluster, count; };	/* file clusters [index, index+count) are in a row from cluster */

struct fat_inode {
	struct inode i;
	/* guarded by fat->lock; first, tail, nclusters and extents of a file change with i.lock held, too, so that either suffices to read */
	uint32_t first;			/* cluster, 0: none */
	uint32_t tail, nclusters;	/* the last one and how many; nclusters 0: not known yet */
	struct fat_extent ext[FAT_EXTENTS];
	unsigned next, turn;		/* extents in use; the next to be replaced */
	uint32_t slot, nslots;		/* where its name is in its directory: the first slot, and how many */
	uint64_t sector;		/* of the 8.3 slot; 0: the root */
	uint32_t offset;
	uint32_t free_slot;		/* of a directory: none is free below */
	uint8_t attr;
};

static inline struct fat *fat_of(const struct fs *fs) { return fs->priv; }
static inline struct fat_inode *fat_inode_of(struct inode *i) { return container_of(i, struct fat_inode, i); }
static inline uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static inline uint32_t get32(const uint8_t *p) { return (uint32_t)get16(p) | (uint32_t)get16(p + 2) << 16; }
static inline void put16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)v; p[1] = (uint8_t)(v >> 8); }
static inline void put32(uint8_t *p, uint32_t v) { put16(p, v); put16(p + 2, v >> 16); }
static inline uint32_t fat_first_cluster(const uint8_t *raw)
{
	return (uint32_t)get16(raw + DE_CLUSTER_HI) << 16 | get16(raw + DE_CLUSTER_LO);
}
static inline void fat_put_first_cluster(uint8_t *raw, uint32_t c)
{
	put16(raw + DE_CLUSTER_HI, c >> 16);
	put16(raw + DE_CLUSTER_LO, c);
}
static inline uint32_t fat_slots_per_cluster(const struct fat *f) { return f->cluster_bytes / FAT_SLOT; }
static inline uint64_t fat_cluster_sector(const struct fat *f, uint32_t c)
{
	return f->data_start + (uint64_t)(c - 2) * f->cluster_sectors;
}

/* ---- fat_table.c; f->lock is held ---- */
/* The cluster after c, 0 at the end. ERR_IO: the entry is none that a chain may have. */
enum err fat_next(struct fat *f, uint32_t c, uint32_t *next) MUST_CHECK;
/* From 1 to want free clusters in a row, made a chain, linked behind prev unless that is 0. ERR_NOSPC, ERR_IO, ERR_NOMEM. */
struct fat_run { uint32_t cluster, count; };
enum err fat_alloc(struct fat *f, uint32_t prev, uint32_t want, struct fat_run *out) MUST_CHECK;
/* Let next, a chain of its own, follow c, the last one of another. */
enum err fat_link(struct fat *f, uint32_t c, uint32_t next) MUST_CHECK;
/* Cut the chain behind c. */
enum err fat_cut(struct fat *f, uint32_t c) MUST_CHECK;
/* Free the chain from c on once nothing on the medium leads to it. */
void fat_free_later(struct fat *f, uint32_t c);
/* Free the chain from c on at once: nothing ever led to it. */
void fat_free_now(struct fat *f, uint32_t c);
enum err fat_count_free(struct fat *f) MUST_CHECK;
/* What names are and were, to the medium, with the tables first that they need. */
enum err fat_write_slots(struct fat *f) MUST_CHECK;
/* Everything to the medium, in order. */
enum err fat_flush(struct fat *f) MUST_CHECK;
/* What went through the buffers is on the medium, before whatever is written next. Costs a flush if anything was written since the last one. */
enum err fat_barrier(struct fat *f) MUST_CHECK;
/* The same with the data of files. */
enum err fat_settle(struct fat *f) MUST_CHECK;

/* Say in FAT[1] that the volume is whole, or that somebody has it mounted. Once it is found not to be whole, only a check mends that. */
enum err fat_mark(struct fat *f, bool clean) MUST_CHECK;

/* ---- fat_map.c ---- */
/* File cluster index of fi, and how many (up to want) lie behind it in a row. f->lock is held. ERR_IO: the chain is too short. */
enum err fat_map(struct fat *f, struct fat_inode *fi, uint32_t index, uint32_t want, struct fat_run *out) MUST_CHECK;
/* Find the end of the chain, of at most max clusters (ERR_IO: it is longer, or broken). */
enum err fat_find_tail(struct fat *f, struct fat_inode *fi, uint32_t max) MUST_CHECK;
void fat_forget_map(struct fat_inode *fi);
enum err fat_read_pages(struct inode *i, uint64_t pgoff, struct page **pages, unsigned n);
enum err fat_write_pages(struct inode *i, uint64_t pgoff, struct page **pages, unsigned n);
enum err fat_reserve(struct inode *i, uint64_t end);

/* ---- fat_name.c ---- */
/* Both forms of n. ERR_INVAL: not UTF-8, or a name that FAT cannot have; ERR_NAMETOOLONG. Nothing to do if out has them already: a name is mostly looked up before it is added. */
enum err fat_name_make(struct fat_name *out, const struct name *n) MUST_CHECK;
/* UTF-16 to UTF-8; the number of bytes, at most max; what does not fit or is no character becomes '?' or is cut. */
unsigned fat_name_encode(const uint16_t *s, unsigned len, char *out, unsigned max);
bool fat_name_equal(const uint16_t *a, unsigned alen, const uint16_t *b, unsigned blen);	/* without regard to case */
uint8_t fat_short_checksum(const uint8_t *s11);
/* The 8.3 name as UTF-16, with the case that the flags say. */
unsigned fat_short_to_long(const uint8_t *raw, uint16_t *out);
/* If s11 is base with ~N in its tail, N, else 0. */
unsigned fat_short_tail(const uint8_t *s11, const struct fat_short *base);
void fat_short_set_tail(struct fat_short *s, unsigned n);
uint64_t fat_time_decode(unsigned date, unsigned time);		/* ns since 1970 */
void fat_time_encode(uint64_t ns, uint32_t *date, uint32_t *time);

/* ---- fat_dir.c; f->lock is held ---- */
/* Going through a directory; nothing else may load f->dir meanwhile. Start with { .slot = first }. */
struct fat_cursor { uint32_t slot; uint8_t *s; };
/* The next entry at or behind the cursor, which moves behind it. *found false: the end. */
enum err fat_dir_next(struct fat *f, struct fat_inode *dir, struct fat_cursor *c, struct fat_entry *e, bool *found) MUST_CHECK;
/* Make name the short name where there is no long one. */
void fat_entry_name(struct fat_entry *e);
/* The entry of that name, with raw and name filled in. ERR_NOENT. */
enum err fat_dir_find(struct fat *f, struct fat_inode *dir, const struct name *n, struct fat_entry *e) MUST_CHECK;
enum err fat_dir_is_empty(struct fat *f, struct fat_inode *dir) MUST_CHECK;	/* ERR_NOTEMPTY */
/* Slot number slot, in the buffer f->dir. *p NULL: behind the last cluster. */
enum err fat_slot_at(struct fat *f, struct fat_inode *dir, uint32_t slot, uint8_t **p, uint64_t *sector) MUST_CHECK;
extern const uint8_t fat_char_at[LONG_CHARS];	/* where a long slot has its characters */

/* ---- fat_add.c; f->lock is held ---- */
/* The buffers of a name's slots: 21 slots (and the one behind them) lie in at most three sectors. While they are held, changing the slots cannot
 * fail, so a name is written or removed as a whole. */
enum { NAME_SECTORS = 3 };
struct fat_hold { struct buf *b[NAME_SECTORS]; uint64_t sector[NAME_SECTORS]; unsigned n; uint32_t first; };
/* Slots [first, first+n). On failure nothing is held. */
enum err fat_hold_slots(struct fat *f, struct fat_inode *dir, uint32_t first, uint32_t n, struct fat_hold *h) MUST_CHECK;
void fat_hold_end(struct fat_hold *h);		/* nothing is held any more */
/* A place for a name: nslots slots from slot on, and the 8.3 form that nobody has. */
struct fat_place { uint32_t slot, nslots; bool at_end; struct fat_short sh; };
/* Slots that are as good as free. */
struct fat_gone { uint32_t slot, nslots; };
/* Find a place for f->name and hold it. A directory without room grows. ERR_NOSPC, ERR_EXIST, ERR_NOMEM, ERR_IO: nothing is held. */
enum err fat_dir_place(struct fat *f, struct fat_inode *dir, const struct fat_gone *gone, struct fat_place *p, struct fat_hold *h) MUST_CHECK;
/* Write slots for f->name into the place that is held, with the 8.3 fields of where->raw (name and case flags are made here); says where in *where. */
void fat_dir_put(struct fat *f, const struct fat_place *p, const struct fat_hold *h, struct fat_entry *where);
void fat_dir_take_away(const struct fat_hold *h, uint32_t nslots);	/* the name whose slots are held */
/* Zero a new directory cluster on the medium and in the buffers, before anything leads to it. */
enum err fat_dir_clear(struct fat *f, uint32_t cluster) MUST_CHECK;
/* Give such a cluster back, to which nothing ever led. */
void fat_dir_drop(struct fat *f, uint32_t cluster);

/* ---- fat_note.c; f->lock is held ---- */
/* What undoes a rename, kept in FSInfo while the name is in neither place. As it is on the medium. */
struct fat_note {
	uint8_t magic[8];
	uint32_t sum, hint;		/* of all that follows; FSInfo's own hint */
	uint8_t old[FAT_SLOT], now[FAT_SLOT];	/* the 8.3 slot that goes and the one that comes */
	uint32_t sector[NAME_SECTORS];	/* of the slots that go */
	uint32_t now_sector;
	uint16_t now_offset;
	uint8_t first, nslots;		/* the first slot that goes, in its sector, and how many */
	uint32_t parent;		/* of a directory: where its .. led */
};
/* Put the note on the medium, in FSInfo, which info holds; magic, sum and hint are made here. */
enum err fat_note_write(struct fat *f, struct buf *info, struct fat_note *n) MUST_CHECK;
enum err fat_note_clear(struct fat *f, struct buf *info) MUST_CHECK;
/* All names are on the medium: a note that a rename left, which could not be written in order, goes. */
enum err fat_note_settle(struct fat *f) MUST_CHECK;
/* A rename was cut off: the old name comes back, unless the new one is there. What a note says is not believed. */
enum err fat_note_undo(struct fat *f) MUST_CHECK;

/* ---- fat_inode.c ---- */
/* fi's name lies where e was found or added. */
void fat_place(struct fat_inode *fi, const struct fat_entry *e);
enum err fat_root_inode(struct fs *fs) MUST_CHECK;

/* ---- fat_move.c: inode operations ---- */
enum err fat_unlink(struct inode *dir, struct inode *child);
enum err fat_rename(struct inode *child, struct inode *dir, const struct name *n, struct inode *target);

/* ---- fat_size.c ---- */
/* The 8.3 slot of fi, in the buffer f->dir; f->lock is held. */
enum err fat_raw_of(struct fat *f, struct fat_inode *fi, uint8_t **raw) MUST_CHECK;
enum err fat_write_inode(struct inode *i);	/* inode operations */
enum err fat_truncate(struct inode *i, uint64_t size);
void fat_evict(struct inode *i);
