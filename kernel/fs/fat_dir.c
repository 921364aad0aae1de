/* Directories: their slots by number, and the names in them. */
#include "fat.h"
#include <lib/string.h>

const uint8_t fat_char_at[LONG_CHARS] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };

/* The disk cluster of the directory's cluster number index; 0: behind the last. */
static enum err dir_cluster(struct fat *f, struct fat_inode *dir, uint32_t index, uint32_t *out)
{
	struct fat_run run = { 0, 0 };
	if (dir->nclusters && dir->next && index < dir->ext[0].count) {	/* nearly always */
		*out = dir->ext[0].cluster + index;
		return OK;
	}
	enum err e = fat_find_tail(f, dir, FAT_DIR_SLOTS_MAX / fat_slots_per_cluster(f) + 1);
	if (e == OK && index < dir->nclusters)
		e = fat_map(f, dir, index, 1, &run);
	*out = run.cluster;
	return e;
}

enum err fat_slot_at(struct fat *f, struct fat_inode *dir, uint32_t slot, uint8_t **p, uint64_t *sector)
{
	uint32_t in = slot % fat_slots_per_cluster(f), cluster;
	enum err e = dir_cluster(f, dir, slot / fat_slots_per_cluster(f), &cluster);
	*p = NULL;
	if (e != OK || !cluster)
		return e;
	*sector = fat_cluster_sector(f, cluster) + in / SLOTS_PER_SECTOR;
	uint8_t *s;
	e = buf_load(&f->bufs, &f->dir, *sector, &s);
	if (e == OK)
		*p = s + in % SLOTS_PER_SECTOR * FAT_SLOT;
	return e;
}

/* A long name as it comes together, from its last part to its first. */
struct long_name { unsigned expect; uint8_t sum; uint32_t start; unsigned len; };

static void take_long_slot(struct long_name *l, const uint8_t *s, uint32_t slot, struct fat_entry *e)
{
	unsigned ord = s[0] & 0x3f;
	if (s[0] & LONG_LAST) {
		l->expect = ord;
		l->sum = s[LONG_SUM];
		l->start = slot;
		l->len = ord * LONG_CHARS;
	}
	if (!ord || ord != l->expect || s[LONG_SUM] != l->sum || ord > (FAT_LONG_MAX + LONG_CHARS - 1) / LONG_CHARS) {
		l->expect = l->len = 0;
		return;
	}
	l->expect--;
	for (unsigned k = LONG_CHARS; k-- > 0;) {
		uint16_t c = get16(s + fat_char_at[k]);
		unsigned at = (ord - 1) * LONG_CHARS + k;
		if (at > FAT_LONG_MAX)
			continue;
		e->name[at] = c;
		if (!c)
			l->len = at;
	}
}

static bool is_dots(const uint16_t *name, unsigned len) { return len <= 2 && name[0] == '.' && (len == 1 || name[1] == '.'); }

/* The 8.3 slot ends an entry: does the long name before it belong to it? One that could be mistaken for . or .. does not. */
static void finish_entry(const struct long_name *l, const uint8_t *s, uint32_t slot, struct fat_entry *e)
{
	bool has_long = l->len && !l->expect && l->len <= FAT_LONG_MAX && l->sum == fat_short_checksum(s) && !is_dots(e->name, l->len);
	e->s = s;
	e->slot = has_long ? l->start : slot;
	e->nslots = slot - e->slot + 1;
	e->len = has_long ? l->len : 0;
	e->offset = slot % SLOTS_PER_SECTOR * FAT_SLOT;
}

void fat_entry_name(struct fat_entry *e)
{
	if (!e->len)
		e->len = fat_short_to_long(e->s, e->name);
}

/* Neither a label nor . or .., nor without a name. */
static bool is_entry(const uint8_t *s)
{
	return !(s[DE_ATTR] & ATTR_VOLUME) && s[0] != ' ' && !(s[0] == '.' && (s[1] == ' ' || s[1] == '.'));
}

enum err fat_dir_next(struct fat *f, struct fat_inode *dir, struct fat_cursor *c, struct fat_entry *e, bool *found)
{
	struct long_name l = { 0, 0, 0, 0 };
	uint8_t *s = c->s;
	*found = false;
	for (uint32_t slot = c->slot;; slot++) {
		if (!s || slot % SLOTS_PER_SECTOR == 0) {
			enum err err = fat_slot_at(f, dir, slot, &s, &e->sector);
			if (err != OK || !s)
				return err;
		} else {
			s += FAT_SLOT;
		}
		if (!s[0])
			return OK;
		if (s[0] == DELETED) {
			l.len = l.expect = 0;
		} else if ((s[DE_ATTR] & ATTR_LONG) == ATTR_LONG) {
			take_long_slot(&l, s, slot, e);
		} else if (!is_entry(s)) {
			l.len = l.expect = 0;
		} else {
			finish_entry(&l, s, slot, e);
			c->slot = slot + 1;
			c->s = s;
			*found = true;
			return OK;
		}
	}
}

static bool matches(struct fat_entry *e, const struct fat_name *n)
{
	if (n->sh.whole && e->s[0] == n->sh.s11[0] && !memcmp(e->s, n->sh.s11, 11))
		return true;
	if (!e->len && n->sh.whole)
		return false;
	fat_entry_name(e);
	return fat_name_equal(e->name, e->len, n->s, n->len);
}

enum err fat_dir_find(struct fat *f, struct fat_inode *dir, const struct name *n, struct fat_entry *e)
{
	struct fat_cursor c = { 0, NULL };
	bool found;
	enum err err = fat_name_make(&f->name, n);
	if (err != OK)
		return err == ERR_INVAL ? ERR_NOENT : err;
	while ((err = fat_dir_next(f, dir, &c, e, &found)) == OK && found)
		if (matches(e, &f->name)) {
			fat_entry_name(e);
			memcpy(e->raw, e->s, FAT_SLOT);
			return OK;
		}
	return err == OK ? ERR_NOENT : err;
}

enum err fat_dir_is_empty(struct fat *f, struct fat_inode *dir)
{
	struct fat_cursor c = { 0, NULL };
	bool found;
	enum err err = fat_dir_next(f, dir, &c, &f->entry, &found);
	return err == OK && found ? ERR_NOTEMPTY : err;
}
