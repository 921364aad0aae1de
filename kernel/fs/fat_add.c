/* Directories: names come and go. */
#include "fat.h"
#include <kernel/blk.h>
#include <lib/string.h>

void fat_hold_end(struct fat_hold *h)
{
	for (unsigned k = 0; k < NAME_SECTORS; k++)
		buf_release(&h->b[k]);
	h->n = 0;
}

enum err fat_hold_slots(struct fat *f, struct fat_inode *dir, uint32_t first, uint32_t end, struct fat_hold *h)
{
	*h = (struct fat_hold){ .n = 0 };
	for (uint32_t slot = first; slot < end; slot = (slot / SLOTS_PER_SECTOR + 1) * SLOTS_PER_SECTOR) {
		uint8_t *s;
		enum err e = fat_slot_at(f, dir, slot, &s, &h->sector[h->n]);
		if (e == OK && s)
			e = buf_load(&f->bufs, &h->b[h->n], h->sector[h->n], &s);
		if (e != OK) {
			fat_hold_end(h);
			return e;
		}
		h->n += s != NULL;
	}
	return OK;
}

/* What a scan before adding a name finds out. */
struct scan { uint32_t run, run_len, want, end; bool clash; uint8_t tails[512]; };

static void see_slot(struct scan *sc, const uint8_t *s, uint32_t slot, const struct fat_short *sh)
{
	if (s[0] == DELETED) {
		if (sc->run_len < sc->want) {
			sc->run = sc->run_len ? sc->run : slot;
			sc->run_len++;
		}
		return;
	}
	if (sc->run_len < sc->want)
		sc->run_len = 0;
	if ((s[DE_ATTR] & ATTR_LONG) == ATTR_LONG || s[DE_ATTR] & ATTR_VOLUME)
		return;
	if (sh->exact) {
		sc->clash |= s[0] == sh->s11[0] && !memcmp(s, sh->s11, 11);
		return;
	}
	unsigned n = fat_short_tail(s, sh);
	if (n && n < sizeof sc->tails * 8)
		sc->tails[n / 8] = (uint8_t)(sc->tails[n / 8] | 1u << n % 8);
}

/* Look for want free slots in a row, and which aliases are taken. */
static enum err scan_dir(struct fat *f, struct fat_inode *dir, const struct fat_short *sh, struct scan *sc)
{
	uint8_t *s = NULL;
	uint64_t sector;
	sc->run = sc->run_len = 0;
	sc->clash = false;
	if (!sh->exact)
		memset(sc->tails, 0, sizeof sc->tails);
	for (uint32_t slot = 0;; slot++) {
		if (!s || slot % SLOTS_PER_SECTOR == 0) {
			enum err e = fat_slot_at(f, dir, slot, &s, &sector);
			if (e != OK)
				return e;
		} else {
			s += FAT_SLOT;
		}
		if (!s || !s[0]) {
			sc->end = slot;
			return OK;
		}
		see_slot(sc, s, slot, sh);
	}
}

enum err fat_dir_clear(struct fat *f, uint32_t cluster)
{
	uint64_t first = fat_cluster_sector(f, cluster), end = first + f->cluster_sectors;
	for (uint64_t at = first, run = first; at < end; at++) {
		uint8_t *s;
		enum err e = buf_load(&f->bufs, &f->dir, at, &s);
		if (e != OK)
			return e;
		memset(s, 0, SECTOR_SIZE);
		buf_mark(f->dir, at, BUF_DIR);
		if (at + 1 < end && (at + 1) % BUF_SECTORS)
			continue;
		if ((e = buf_write_now(f->dir, run, (unsigned)(at + 1 - run))) != OK)
			return e;
		run = at + 1;
	}
	return blk_flush(f->dev);
}

/* One more cluster, cleared and with its end in the table on the medium before anything leads to it: a directory whose chain broke off could
 * not be read. */
static enum err append_cluster(struct fat *f, struct fat_inode *dir)
{
	struct fat_run run;
	enum err e = fat_alloc(f, 0, 1, &run);
	if (e != OK)
		return e;
	e = bufset_write(&f->bufs, BUF_TABLE, &f->mirror);
	if (e == OK)
		e = fat_dir_clear(f, run.cluster);	/* which flushes both */
	if (e == OK)
		e = fat_link(f, dir->tail, run.cluster);
	if (e != OK) {
		fat_free_now(f, run.cluster);
		return e;
	}
	dir->tail = run.cluster;
	dir->nclusters++;
	dir->i.size = (uint64_t)dir->nclusters * f->cluster_bytes;
	return OK;
}

static enum err extend_dir(struct fat *f, struct fat_inode *dir, uint32_t slots)
{
	enum err e = slots > FAT_DIR_SLOTS_MAX ? ERR_NOSPC : OK;
	while (e == OK && slots > dir->nclusters * fat_slots_per_cluster(f))
		e = append_cluster(f, dir);
	return e;
}

static void make_long_slot(uint8_t *s, const uint16_t *name, unsigned len, unsigned ord, uint8_t sum)
{
	unsigned last = (len + LONG_CHARS - 1) / LONG_CHARS;
	memset(s, 0, FAT_SLOT);
	s[0] = (uint8_t)(ord | (ord == last ? LONG_LAST : 0));
	s[DE_ATTR] = ATTR_LONG;
	s[LONG_SUM] = sum;
	for (unsigned k = 0; k < LONG_CHARS; k++) {
		unsigned at = (ord - 1) * LONG_CHARS + k;
		put16(s + fat_char_at[k], at < len ? name[at] : at == len ? 0u : 0xffffu);
	}
}

static enum err write_slot(struct fat *f, struct fat_inode *dir, uint32_t slot, const uint8_t *bytes, uint64_t *sector)
{
	uint8_t *s;
	enum err e = fat_slot_at(f, dir, slot, &s, sector);
	if (e == OK && !s)
		e = ERR_IO;
	if (e != OK)
		return e;
	memcpy(__builtin_assume_aligned(s, 8), __builtin_assume_aligned(bytes, 8), FAT_SLOT);
	buf_mark(f->dir, *sector, BUF_DIR);
	return OK;
}

/* A free ~N, or the exact name if it clashes with nothing. */
static enum err choose_alias(struct fat_short *sh, const struct scan *sc)
{
	if (sh->exact)
		return sc->clash ? ERR_EXIST : OK;
	for (unsigned n = 1; n < sizeof sc->tails * 8; n++)
		if (!(sc->tails[n / 8] >> n % 8 & 1)) {
			fat_short_set_tail(sh, n);
			return OK;
		}
	return ERR_NOSPC;
}

/* The end mark was overwritten: what is behind may be anything, so the next slot becomes the mark. */
static enum err end_here(struct fat *f, struct fat_inode *dir, uint32_t slot)
{
	uint8_t *s;
	uint64_t sector;
	enum err e = fat_slot_at(f, dir, slot, &s, &sector);
	if (e == OK && s && s[0]) {
		memset(s, 0, FAT_SLOT);
		buf_mark(f->dir, sector, BUF_DIR);
	}
	return e;
}

static unsigned long_slots(unsigned len) { return (len + LONG_CHARS - 1) / LONG_CHARS; }

/* Find room and an alias for f->name. */
static enum err find_place(struct fat *f, struct fat_inode *dir, struct fat_short *sh, struct scan *sc)
{
	*sh = f->name.sh;
	sc->want = sh->exact ? 1 : long_slots(f->name.len) + 1;
	enum err e = scan_dir(f, dir, sh, sc);
	if (e == OK && sh->exact && sc->clash) {	/* an alias has the name: give this one a long form */
		sh->exact = false;
		sc->want = long_slots(f->name.len) + 1;
		e = scan_dir(f, dir, sh, sc);
	}
	if (e == OK)
		e = choose_alias(sh, sc);
	uint32_t slot = sc->run_len ? sc->run : sc->end;
	if (e == OK && sc->run_len < sc->want)
		e = extend_dir(f, dir, slot + sc->want);
	return e;
}

enum err fat_dir_add(struct fat *f, struct fat_inode *dir, const struct name *n, struct fat_entry *where, struct fat_hold *held)
{
	struct fat_short sh;
	struct scan sc;
	uint8_t bytes[FAT_SLOT] __attribute__((aligned(8)));
	enum err e = fat_name_make(&f->name, n);
	if (e == OK)
		e = find_place(f, dir, &sh, &sc);
	if (e != OK)
		return e;
	uint32_t slot = sc.run_len ? sc.run : sc.end, last = slot + sc.want - 1;
	if ((e = fat_hold_slots(f, dir, slot, last + 2, held)) != OK)
		return e;
	uint8_t sum = sc.want > 1 ? fat_short_checksum(sh.s11) : 0;
	for (uint32_t at = slot; e == OK && at < last; at++) {
		make_long_slot(bytes, f->name.s, f->name.len, last - at, sum);
		e = write_slot(f, dir, at, bytes, &where->sector);
	}
	memcpy(bytes, where->raw, FAT_SLOT);
	memcpy(bytes, sh.s11, 11);
	bytes[DE_CASE] = sh.case_flags;
	if (e == OK)
		e = write_slot(f, dir, last, bytes, &where->sector);
	if (e == OK && last >= sc.end)
		e = end_here(f, dir, last + 1);
	if (e != OK)
		fat_hold_end(held);
	where->slot = slot;
	where->nslots = sc.want;
	where->offset = last % SLOTS_PER_SECTOR * FAT_SLOT;
	return e;
}

enum err fat_dir_remove(struct fat *f, struct fat_inode *dir, uint32_t slot, uint32_t nslots)
{
	struct fat_hold held;
	enum err e = fat_hold_slots(f, dir, slot, slot + nslots, &held);
	for (uint32_t k = nslots; e == OK && k-- > 0;) {	/* the 8.3 slot first: without it the others mean nothing */
		uint8_t *s;
		uint64_t sector;
		e = fat_slot_at(f, dir, slot + k, &s, &sector);
		if (e == OK && !s)
			e = ERR_IO;
		if (e != OK)
			break;
		s[0] = DELETED;
		buf_mark(f->dir, sector, BUF_DIR);
	}
	fat_hold_end(&held);
	return e;
}
