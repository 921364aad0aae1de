/* Directories: names come and go. */
#include "fat.h"
#include <lib/string.h>

void fat_hold_end(struct fat_hold *h)
{
	for (unsigned k = 0; k < NAME_SECTORS; k++)
		buf_release(&h->b[k]);
	h->n = 0;
}

static uint8_t *held_slot(const struct fat_hold *h, uint32_t slot)
{
	unsigned k = slot / SLOTS_PER_SECTOR - h->first / SLOTS_PER_SECTOR;
	ASSERT(k < h->n);
	return h->b[k]->data + h->sector[k] % BUF_SECTORS * SECTOR_SIZE + slot % SLOTS_PER_SECTOR * FAT_SLOT;
}

static uint64_t mark_held(const struct fat_hold *h, uint32_t slot)
{
	unsigned k = slot / SLOTS_PER_SECTOR - h->first / SLOTS_PER_SECTOR;
	buf_mark(h->b[k], h->sector[k], BUF_DIR);
	return h->sector[k];
}

/* The same as fat_hold_slots(), but for what lies behind the directory's end. */
static enum err hold_some(struct fat *f, struct fat_inode *dir, uint32_t n, struct fat_hold *h)
{
	for (uint32_t slot = h->first; slot < h->first + n; slot = (slot / SLOTS_PER_SECTOR + 1) * SLOTS_PER_SECTOR) {
		uint8_t *s;
		if (h->n == NAME_SECTORS)
			return ERR_IO;
		enum err e = fat_slot_at(f, dir, slot, &s, &h->sector[h->n]);
		if (e == OK && s)
			e = buf_load(&f->bufs, &h->b[h->n], h->sector[h->n], &s);
		if (e != OK)
			return e;
		if (!s)
			break;
		h->n++;
	}
	return OK;
}

enum err fat_hold_slots(struct fat *f, struct fat_inode *dir, uint32_t first, uint32_t n, struct fat_hold *h)
{
	*h = (struct fat_hold){ .first = first };
	enum err e = hold_some(f, dir, n, h);
	if (e == OK && (first + n - 1) / SLOTS_PER_SECTOR - first / SLOTS_PER_SECTOR >= h->n)
		e = ERR_IO;
	if (e != OK)
		fat_hold_end(h);
	return e;
}

/* What a scan before adding a name finds out. */
struct scan { uint32_t run, run_len, want, end; const struct fat_gone *gone; bool clash; uint8_t tails[512]; };

static bool is_free(const struct scan *sc, const uint8_t *s, uint32_t slot)
{
	return s[0] == DELETED || slot - sc->gone->slot < sc->gone->nslots;
}

static void see_slot(struct scan *sc, const uint8_t *s, uint32_t slot, const struct fat_short *sh)
{
	if (is_free(sc, s, slot)) {
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
	return OK;
}

void fat_dir_drop(struct fat *f, uint32_t cluster)
{
	bufset_forget(&f->bufs, fat_cluster_sector(f, cluster), f->cluster_sectors);
	fat_free_now(f, cluster);
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
		e = fat_dir_clear(f, run.cluster);
	if (e == OK)
		e = fat_barrier(f);
	if (e == OK)
		e = fat_link(f, dir->tail, run.cluster);
	if (e != OK) {
		fat_dir_drop(f, run.cluster);
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

static unsigned long_slots(unsigned len) { return (len + LONG_CHARS - 1) / LONG_CHARS; }

/* Find slots and an alias for f->name. */
static enum err find_place(struct fat *f, struct fat_inode *dir, struct scan *sc, struct fat_place *p)
{
	p->sh = f->name.sh;
	sc->want = p->sh.exact ? 1 : long_slots(f->name.len) + 1;
	enum err e = scan_dir(f, dir, &p->sh, sc);
	if (e == OK && p->sh.exact && sc->clash) {	/* an alias has the name: give this one a long form */
		p->sh.exact = false;
		sc->want = long_slots(f->name.len) + 1;
		e = scan_dir(f, dir, &p->sh, sc);
	}
	if (e == OK)
		e = choose_alias(&p->sh, sc);
	p->slot = sc->run_len ? sc->run : sc->end;
	p->nslots = sc->want;
	p->at_end = p->slot + p->nslots > sc->end;
	return e;
}

/* Behind a name at the end comes the end's mark, if there is a slot for it. */
enum err fat_dir_place(struct fat *f, struct fat_inode *dir, const struct fat_gone *gone, struct fat_place *p, struct fat_hold *h)
{
	struct scan sc;
	sc.gone = gone;
	enum err e = find_place(f, dir, &sc, p);
	if (e == OK && p->at_end)
		e = extend_dir(f, dir, p->slot + p->nslots);
	if (e != OK)
		return e;
	bool more = p->at_end && p->slot + p->nslots < dir->nclusters * fat_slots_per_cluster(f);
	return fat_hold_slots(f, dir, p->slot, p->nslots + more, h);
}

/* The end mark was overwritten: what is behind may be anything, so the next slot becomes the mark. */
static void end_here(const struct fat_hold *h, uint32_t slot)
{
	if (slot / SLOTS_PER_SECTOR - h->first / SLOTS_PER_SECTOR >= h->n || !*held_slot(h, slot))
		return;
	memset(held_slot(h, slot), 0, FAT_SLOT);
	mark_held(h, slot);
}

void fat_dir_put(struct fat *f, const struct fat_place *p, const struct fat_hold *h, struct fat_entry *where)
{
	uint32_t last = p->slot + p->nslots - 1;
	uint8_t sum = p->nslots > 1 ? fat_short_checksum(p->sh.s11) : 0;
	for (uint32_t at = p->slot; at < last; at++) {
		make_long_slot(held_slot(h, at), f->name.s, f->name.len, last - at, sum);
		mark_held(h, at);
	}
	uint8_t *s = held_slot(h, last);
	memcpy(s, where->raw, FAT_SLOT);
	memcpy(s, p->sh.s11, 11);
	s[DE_CASE] = p->sh.case_flags;
	where->sector = mark_held(h, last);
	where->slot = p->slot;
	where->nslots = p->nslots;
	where->offset = last % SLOTS_PER_SECTOR * FAT_SLOT;
	if (p->at_end)
		end_here(h, last + 1);
}

void fat_dir_take_away(const struct fat_hold *h, uint32_t nslots)
{
	for (uint32_t slot = h->first; slot < h->first + nslots; slot++) {
		*held_slot(h, slot) = DELETED;
		mark_held(h, slot);
	}
}
