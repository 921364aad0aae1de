/* The file allocation table: chains, allocation, deferred freeing, and the order of write-back. */
#include "fat.h"
#include <kernel/blk.h>
#include <kernel/printk.h>
#include <lib/string.h>

enum { ENTRIES_PER_SECTOR = SECTOR_SIZE / 4 };

static const struct buf_copies no_copies = { 0, 0 };

/* c's entry, in the buffer f->table. */
static enum err entry_at(struct fat *f, uint32_t c, uint8_t **p)
{
	uint8_t *s;
	enum err e = buf_load(&f->bufs, &f->table, f->fat_start + c / ENTRIES_PER_SECTOR, &s);
	if (e == OK)
		*p = s + c % ENTRIES_PER_SECTOR * 4;
	return e;
}

/* Entries are aligned, and both machines have the disk's byte order. The upper four bits are not ours. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "as FAT");
static uint32_t get_entry(const uint8_t *p) { return *(const uint32_t *)(const void *)p & FAT_MASK; }
static void put_entry(uint8_t *p, uint32_t v)
{
	uint32_t *e = (uint32_t *)(void *)p;
	*e = (*e & ~(uint32_t)FAT_MASK) | v;
}

static enum err set(struct fat *f, uint32_t c, uint32_t v)
{
	uint8_t *p;
	enum err e = entry_at(f, c, &p);
	if (e != OK)
		return e;
	put_entry(p, v);
	buf_mark(f->table, f->fat_start + c / ENTRIES_PER_SECTOR, BUF_TABLE);
	return OK;
}

static bool is_cluster(const struct fat *f, uint32_t c) { return c >= 2 && c <= f->max_cluster; }

enum err fat_next(struct fat *f, uint32_t c, uint32_t *next)
{
	uint8_t *p;
	if (!is_cluster(f, c))
		return ERR_IO;
	enum err e = entry_at(f, c, &p);
	if (e != OK)
		return e;
	uint32_t v = get_entry(p);
	if (v >= FAT_EOC)
		*next = 0;
	else if (is_cluster(f, v))
		*next = v;
	else
		return ERR_IO;
	return OK;
}

/* First free cluster in [from, to), 0: none. */
static enum err find_free(struct fat *f, uint32_t from, uint32_t to, uint32_t *out)
{
	*out = 0;
	for (uint32_t c = from; c < to;) {
		uint8_t *p;
		enum err e = entry_at(f, c, &p);
		if (e != OK)
			return e;
		uint32_t end = c / ENTRIES_PER_SECTOR * ENTRIES_PER_SECTOR + ENTRIES_PER_SECTOR;
		for (end = end < to ? end : to; c < end; c++, p += 4)
			if (!get_entry(p)) {
				*out = c;
				return OK;
			}
	}
	return OK;
}

static enum err find_any_free(struct fat *f, uint32_t *out)
{
	enum err e = find_free(f, f->hint, f->max_cluster + 1, out);
	if (e == OK && !*out)
		e = find_free(f, 2, f->hint, out);
	if (e != OK || *out || !f->npending)
		return e;
	if ((e = fat_flush(f)) != OK)	/* the freed ones become free only now */
		return e;
	return find_free(f, 2, f->max_cluster + 1, out);
}

/* Make free clusters from c on a chain, up to want of them, within one sector of the table; how many. c itself is free. */
static enum err take_run(struct fat *f, uint32_t c, uint32_t want, uint32_t *count)
{
	uint8_t *p;
	uint32_t room = ENTRIES_PER_SECTOR - c % ENTRIES_PER_SECTOR, next = c;
	enum err e = entry_at(f, c, &p);
	if (e != OK)
		return e;
	room = room <= f->max_cluster - c ? room : f->max_cluster - c + 1;
	uint32_t *at = (uint32_t *)(void *)p, *end = at + (want < room ? want : room);
	while (at < end && !(*at & FAT_MASK))	/* a free entry's low bits are 0 */
		*at++ |= ++next;
	at[-1] |= FAT_MASK;
	buf_mark(f->table, f->fat_start + c / ENTRIES_PER_SECTOR, BUF_TABLE);
	*count = next - c;
	return OK;
}

enum err fat_alloc(struct fat *f, uint32_t prev, uint32_t want, struct fat_run *out)
{
	uint32_t c;
	enum err e = f->free_count || f->npending ? find_any_free(f, &c) : ERR_NOSPC;
	if (e == OK && !c)
		e = ERR_NOSPC;
	if (e == OK)
		e = take_run(f, c, want, &out->count);
	if (e != OK)
		return e;
	out->cluster = c;
	f->hint = c + out->count <= f->max_cluster ? c + out->count : 2;
	if (f->free_count != UINT32_MAX)
		f->free_count -= out->count;
	f->info_dirty = true;
	if (prev && c < prev)	/* a step down: its end must be there first */
		e = bufset_write(&f->bufs, BUF_TABLE, &f->mirror);
	if (prev && e == OK)
		e = set(f, prev, c);
	if (e != OK)
		fat_free_now(f, c);
	return e;
}

enum err fat_link(struct fat *f, uint32_t c, uint32_t next) { return set(f, c, next); }
enum err fat_cut(struct fat *f, uint32_t c) { return set(f, c, FAT_MASK); }

/* Free the chain from *c on as long as it stays in one sector of the table; *c is where it goes on, 0 at its end. */
static enum err free_in_sector(struct fat *f, uint32_t *c, uint32_t *count)
{
	uint8_t *p;
	uint32_t first = *c / ENTRIES_PER_SECTOR * ENTRIES_PER_SECTOR, v = *c;
	enum err e = is_cluster(f, v) ? entry_at(f, first, &p) : ERR_IO;
	if (e != OK)
		return e;
	for (*count = 0; v - first < ENTRIES_PER_SECTOR && v >= first && is_cluster(f, v); ++*count) {
		uint8_t *at = p + 4 * (v - first);
		uint32_t next = get_entry(at);
		if (!next)	/* free already: the chain was broken */
			e = ERR_IO;
		put_entry(at, 0);
		if (v < f->hint)
			f->hint = v;
		v = next;
	}
	buf_mark(f->table, f->fat_start + *c / ENTRIES_PER_SECTOR, BUF_TABLE);
	*c = v >= FAT_EOC ? 0 : v;
	return e;
}

/* Free the chain from *c on. ERR_NOMEM: *c is where it goes on. A chain that is broken ends there. */
static enum err free_chain(struct fat *f, uint32_t *c)
{
	uint32_t n, steps = 0;
	f->info_dirty = true;
	while (*c && steps <= f->max_cluster) {
		uint32_t at = *c;
		enum err e = free_in_sector(f, c, &n);
		if (e == ERR_NOMEM)
			return e;
		if (e != OK) {
			printk("[fat] %s: a chain breaks off at cluster %u\n", f->fs->source, at);
			f->free_count = UINT32_MAX;
			return OK;
		}
		steps += n;
		if (f->free_count != UINT32_MAX)
			f->free_count += n;
		sched_point();
	}
	return OK;
}

static void keep_pending(struct fat *f, uint32_t c)
{
	if (f->npending < FAT_PENDING_MAX)
		f->pending[f->npending++] = c;
	else
		printk("[fat] %s: clusters from %u on are lost\n", f->fs->source, c);
}

void fat_free_now(struct fat *f, uint32_t c)
{
	if (free_chain(f, &c) != OK)
		keep_pending(f, c);
}

void fat_free_later(struct fat *f, uint32_t c)
{
	enum err full = OK;
	if (!c)
		return;
	if (f->npending == FAT_PENDING_MAX)
		full = fat_flush(f);
	if (full != OK && f->npending == FAT_PENDING_MAX)
		printk("[fat] %s: no room to free clusters in order\n", f->fs->source);
	keep_pending(f, c);
}

/* Nothing on the medium leads to these chains any more. Those that cannot be freed now wait on. */
static enum err free_pending(struct fat *f)
{
	enum err e = OK;
	unsigned kept = 0;
	for (unsigned k = 0; k < f->npending; k++) {
		if (e == OK)
			e = free_chain(f, &f->pending[k]);
		if (e != OK)
			f->pending[kept++] = f->pending[k];
	}
	f->npending = kept;
	return e;
}

enum err fat_count_free(struct fat *f)
{
	uint32_t n = 0;
	for (uint32_t c = 2; c <= f->max_cluster;) {
		uint8_t *p;
		enum err e = entry_at(f, c, &p);
		if (e != OK)
			return e;
		uint32_t end = c / ENTRIES_PER_SECTOR * ENTRIES_PER_SECTOR + ENTRIES_PER_SECTOR;
		for (; c < end && c <= f->max_cluster; c++, p += 4)
			n += !get_entry(p);
	}
	f->info_dirty |= f->free_count != n;
	f->free_count = n;
	return OK;
}

static enum err write_info(struct fat *f)
{
	uint8_t *p;
	if (!f->info_dirty || !f->info_sector || f->noted)
		return OK;
	enum err e = f->free_count == UINT32_MAX ? fat_count_free(f) : OK;
	if (e == OK)
		e = buf_load(&f->bufs, &f->dir, f->info_sector, &p);
	if (e != OK)
		return e;
	put32(p + 488, f->free_count);
	put32(p + 492, f->hint > 2 ? f->hint - 1 : f->hint);
	buf_mark(f->dir, f->info_sector, BUF_DIR);
	f->info_dirty = false;
	return buf_write_now(f->dir, f->info_sector, 1);
}

/* If the flush fails it is owed as before. */
static enum err flush_device(struct fat *f)
{
	uint32_t data = __atomic_exchange_n(&f->unsettled, 0, __ATOMIC_ACQUIRE);
	enum err e = blk_flush(f->dev);
	if (e == OK)
		f->bufs.owed = false;
	else if (data)
		__atomic_store_n(&f->unsettled, 1, __ATOMIC_RELEASE);
	return e;
}

enum err fat_barrier(struct fat *f) { return f->bufs.owed ? flush_device(f) : OK; }

enum err fat_settle(struct fat *f)
{
	return f->bufs.owed || __atomic_load_n(&f->unsettled, __ATOMIC_ACQUIRE) ? flush_device(f) : OK;
}

enum err fat_write_slots(struct fat *f)
{
	enum err e = bufset_write(&f->bufs, BUF_TABLE, &f->mirror);
	if (e == OK && bufset_has(&f->bufs, BUF_DIR))
		e = fat_barrier(f);
	if (e == OK)
		e = bufset_write(&f->bufs, BUF_DIR, &no_copies);
	return e == OK ? fat_note_settle(f) : e;
}

static enum err write_freed(struct fat *f)
{
	if (!f->npending)
		return OK;
	enum err e = fat_barrier(f);
	if (e != OK)
		return e;
	enum err freed = free_pending(f);
	e = bufset_write(&f->bufs, BUF_TABLE, &f->mirror);
	return e != OK ? e : freed;
}

/* A drive may reorder what it was given since its last flush, so there is one between two steps that both write. */
enum err fat_flush(struct fat *f)
{
	enum err e = fat_write_slots(f);
	if (e == OK)
		e = write_freed(f);
	enum err info = e == OK || e == ERR_NOMEM ? write_info(f) : OK;
	return e != OK ? e : info;
}

/* ---- the mark of a clean volume ---- */

enum { MARK_CLUSTER = 1, MARK_CLEAN = 1 << 27 };	/* a bit of FAT[1], which stands for no cluster */

enum err fat_mark(struct fat *f, bool clean)
{
	uint8_t *p;
	enum err e = entry_at(f, MARK_CLUSTER, &p);
	if (e != OK)
		return e;
	uint32_t v = get_entry(p), now = clean ? v | MARK_CLEAN : v & ~(uint32_t)MARK_CLEAN;
	if (!f->marked) {
		f->was_dirty = !(v & MARK_CLEAN);
		f->marked = true;
	}
	if (v == now || (clean && f->was_dirty))
		return OK;
	e = set(f, MARK_CLUSTER, now);
	if (e == OK)
		e = bufset_write(&f->bufs, BUF_TABLE, &f->mirror);
	return e == OK ? fat_barrier(f) : e;
}
