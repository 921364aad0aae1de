/* Names that go: removed, moved, or replaced by another. */
#include "fat.h"
#include <kernel/printk.h>
#include <lib/string.h>

enum err fat_unlink(struct inode *dir, struct inode *child)
{
	struct fat *f = fat_of(dir->fs);
	struct fat_inode *fi = fat_inode_of(child);
	struct fat_hold held;
	mutex_lock(&f->lock);
	enum err e = inode_is_dir(child) ? fat_dir_is_empty(f, fi) : OK;
	if (e == OK)
		e = fat_hold_slots(f, fat_inode_of(dir), fi->slot, fi->nslots, &held);
	if (e == OK) {
		fat_dir_take_away(&held, fi->nslots);
		fat_hold_end(&held);
	}
	mutex_unlock(&f->lock);
	return e;
}

/* A rename in hand. What it takes to write it in order is held before anything changes, so that no memory is asked for afterwards. */
struct move {
	struct inode *child;
	struct fat_inode *to;
	uint64_t from;			/* the sector of the 8.3 slot that goes */
	struct fat_hold old, now;	/* the slots that go and those that come */
	struct fat_place place;		/* these, if they are new */
	struct buf *info, *dots;	/* FSInfo, if there is one; a directory's first sector */
	struct fat_note note;
};

static enum err move_begin(struct fat *f, struct move *m)
{
	struct fat_inode *fi = fat_inode_of(m->child);
	uint8_t *p;
	enum err e = fat_hold_slots(f, fat_inode_of(m->child->parent), fi->slot, fi->nslots, &m->old);
	if (e == OK && f->info_sector)
		e = buf_load(&f->bufs, &m->info, f->info_sector, &p);
	if (e == OK && inode_is_dir(m->child)) {
		e = buf_load(&f->bufs, &m->dots, fat_cluster_sector(f, fi->first), &p);
		m->note.parent = e == OK ? fat_first_cluster(p + FAT_SLOT) : 0;
	}
	if (e == OK)
		e = fat_raw_of(f, fi, &p);
	if (e == OK)
		memcpy(m->note.old, p, FAT_SLOT);
	m->from = fi->sector;
	m->note.first = fi->slot % SLOTS_PER_SECTOR;
	m->note.nslots = (uint8_t)fi->nslots;
	return e;
}

static void move_end(struct move *m)
{
	fat_hold_end(&m->old);
	fat_hold_end(&m->now);
	buf_release(&m->info);
	buf_release(&m->dots);
}

/* ---- in memory: first what may fail, then what cannot ---- */

/* The child takes over target's slots, which keep their name: whatever is lost, one of the two is found under it. */
static enum err hold_target(struct fat *f, struct move *m, struct fat_inode *target)
{
	uint8_t *s;
	enum err e = buf_load(&f->bufs, &m->now.b[0], target->sector, &s);
	m->now.sector[0] = target->sector;
	m->now.n = e == OK;
	return e;
}

static void take_over(struct move *m, struct fat_inode *target)
{
	struct fat_inode *fi = fat_inode_of(m->child);
	const uint8_t *raw = m->note.old;
	uint8_t *s = m->now.b[0]->data + target->sector % BUF_SECTORS * SECTOR_SIZE + target->offset;
	memcpy(s + DE_ATTR, raw + DE_ATTR, 1);
	memcpy(s + DE_CASE + 1, raw + DE_CASE + 1, FAT_SLOT - DE_CASE - 1);
	buf_mark(m->now.b[0], target->sector, BUF_DIR);
	fi->slot = target->slot;
	fi->nslots = target->nslots;
	fi->sector = target->sector;
	fi->offset = target->offset;
	target->sector = 0;	/* what is still to be written of it goes nowhere */
}

static bool is_one_sector(const struct move *m)
{
	bool one = m->now.n == 1 && m->old.n == 1;
	return one && m->now.sector[0] == m->old.sector[0];
}

/* If one write can do it all, the new name may come where the old one was. Otherwise the old slots stay as they are until the new name is
 * there: the note takes them back. */
static enum err hold_new_place(struct fat *f, struct move *m)
{
	const struct fat_inode *fi = fat_inode_of(m->child);
	struct fat_gone gone = { fi->slot, m->to == fat_inode_of(m->child->parent) ? fi->nslots : 0 };
	enum err e = fat_dir_place(f, m->to, &gone, &m->place, &m->now);
	if (e != OK || !gone.nslots || is_one_sector(m))
		return e;
	fat_hold_end(&m->now);
	gone.nslots = 0;
	return fat_dir_place(f, m->to, &gone, &m->place, &m->now);
}

static void take_new_name(struct fat *f, struct move *m)
{
	memcpy(f->entry.raw, m->note.old, FAT_SLOT);
	fat_dir_put(f, &m->place, &m->now, &f->entry);
	fat_place(fat_inode_of(m->child), &f->entry);
}

static void set_parent(struct fat *f, struct move *m)
{
	uint64_t sector = fat_cluster_sector(f, fat_inode_of(m->child)->first);
	uint8_t *s = m->dots->data + sector % BUF_SECTORS * SECTOR_SIZE;
	fat_put_first_cluster(s + FAT_SLOT, m->to->first == f->root_cluster ? 0 : m->to->first);
	buf_mark(m->dots, sector, BUF_DIR);
}

/* ---- on the medium ---- */

/* Write what is held of this sector, or of all but it. */
static enum err write_held(const struct fat_hold *h, uint64_t sector, bool others)
{
	enum err e = OK;
	for (unsigned k = 0; e == OK && k < h->n; k++)
		if ((h->sector[k] != sector) == others)
			e = buf_write_now(h->b[k], h->sector[k], 1);
	return e;
}

static enum err write_note(struct fat *f, struct move *m)
{
	const struct fat_inode *fi = fat_inode_of(m->child);
	struct fat_note *n = &m->note;
	for (unsigned k = 0; k < m->old.n; k++)
		n->sector[k] = (uint32_t)m->old.sector[k];
	for (unsigned k = 0; k < m->now.n; k++)
		if (m->now.sector[k] == fi->sector)
			memcpy(n->now, m->now.b[k]->data + fi->sector % BUF_SECTORS * SECTOR_SIZE + fi->offset, FAT_SLOT);
	n->now_sector = (uint32_t)fi->sector;
	n->now_offset = (uint16_t)fi->offset;
	return fat_note_write(f, m->info, n);
}

/* The old name leaves the medium, unless the sector of the new 8.3 slot has its own, too; and all of the new one comes but that. */
static enum err write_old(struct fat *f, struct move *m)
{
	uint64_t now = fat_inode_of(m->child)->sector;
	enum err e = m->from != now ? write_held(&m->old, m->from, false) : OK;
	if (e == OK)
		e = write_held(&m->now, now, true);
	return e == OK ? fat_barrier(f) : e;
}

static enum err write_new(struct fat *f, struct move *m)
{
	uint64_t dots = fat_cluster_sector(f, fat_inode_of(m->child)->first);
	enum err e = m->dots ? buf_write_now(m->dots, dots, 1) : OK;
	if (e == OK)
		e = fat_barrier(f);
	if (e == OK)
		e = write_held(&m->now, fat_inode_of(m->child)->sector, false);
	return e == OK ? fat_barrier(f) : e;
}

/* Where old and new name lie in one sector, that sector's one write does both. Elsewhere the old one goes first, so that never two names lead
 * to one chain, and a note says meanwhile how it was (fat_note.c). */
static enum err write_in_order(struct fat *f, struct move *m)
{
	if (is_one_sector(m))
		return OK;
	enum err e = m->info ? write_note(f, m) : fat_barrier(f);
	if (e == OK)
		e = write_old(f, m);
	if (e == OK)
		e = write_new(f, m);
	return e == OK && m->info ? fat_note_clear(f, m->info) : e;
}

/* What fails on the medium stays dirty, for sync to tell. */
static enum err rename_locked(struct fat *f, struct move *m, const struct name *n, struct inode *target)
{
	enum err e = fat_name_make(&f->name, n);	/* refuses names that FAT cannot have */
	if (e == OK && target && inode_is_dir(target))
		e = fat_dir_is_empty(f, fat_inode_of(target));
	if (e == OK)
		e = move_begin(f, m);
	if (e == OK)
		e = target ? hold_target(f, m, fat_inode_of(target)) : hold_new_place(f, m);
	if (target && __atomic_load_n(&f->unsettled, __ATOMIC_ACQUIRE))
		f->bufs.owed = true;	/* the new version's bytes come before its name */
	if (e == OK && !is_one_sector(m))
		e = fat_write_slots(f);	/* a sector that is behind would hide the new name: it may have the directory's end */
	if (e != OK)
		return e;
	fat_dir_take_away(&m->old, fat_inode_of(m->child)->nslots);
	if (target)
		take_over(m, fat_inode_of(target));
	else
		take_new_name(f, m);
	if (fat_inode_of(m->child->parent) != m->to && m->dots)
		set_parent(f, m);
	if (write_in_order(f, m) != OK)
		printk("[fat] %s: a rename could not be written in order\n", f->fs->source);
	return OK;
}

/* What replaces a file has its bytes on the medium first: a program that writes a new version beside the old one and renames it
 * never finds neither. */
enum err fat_rename(struct inode *child, struct inode *dir, const struct name *n, struct inode *target)
{
	struct fat *f = fat_of(dir->fs);
	struct move m = { .child = child, .to = fat_inode_of(dir) };
	enum err e = target ? inode_writeback(child) : OK;
	if (e != OK)
		return e;
	mutex_lock(&f->lock);
	e = rename_locked(f, &m, n, target);
	move_end(&m);
	mutex_unlock(&f->lock);
	return e;
}
