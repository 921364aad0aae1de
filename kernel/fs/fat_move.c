/* Names that go: removed, moved, or replaced by another. */
#include "fat.h"
#include <kernel/blk.h>
#include <kernel/printk.h>
#include <lib/string.h>

enum err fat_unlink(struct inode *dir, struct inode *child)
{
	struct fat *f = fat_of(dir->fs);
	struct fat_inode *fi = fat_inode_of(child);
	mutex_lock(&f->lock);
	enum err e = inode_is_dir(child) ? fat_dir_is_empty(f, fi) : OK;
	if (e == OK)
		e = fat_dir_remove(f, fat_inode_of(dir), fi->slot, fi->nslots);
	mutex_unlock(&f->lock);
	return e;
}

static enum err set_parent(struct fat *f, struct fat_inode *child, struct fat_inode *dir)
{
	uint8_t *s;
	uint64_t sector = fat_cluster_sector(f, child->first);
	enum err e = buf_load(&f->bufs, &f->dir, sector, &s);
	if (e != OK)
		return e;
	fat_put_first_cluster(s + FAT_SLOT, dir->first == f->root_cluster ? 0 : dir->first);
	buf_mark(f->dir, sector, BUF_DIR);
	return buf_write_now(f->dir, sector, 1);
}

/* The old name leaves the medium before the new one comes to it: a power cut between loses the name (its clusters are found by a
 * check), but never leaves two names for one chain. Where both lie in one sector, that sector's one write does both. The sector
 * may name other new chains, which must be there first. What fails stays dirty, for sync to tell. */
static void settle_old(struct fat *f, uint64_t old, uint64_t now)
{
	uint8_t *s;
	if (old == now)
		return;
	enum err e = bufset_write(&f->bufs, BUF_TABLE, &f->mirror);
	if (e == OK)
		e = blk_flush(f->dev);
	if (e == OK)
		e = buf_load(&f->bufs, &f->dir, old, &s);
	if (e == OK)
		e = buf_write_now(f->dir, old, 1);
	if (e == OK)
		e = blk_flush(f->dev);
	if (e != OK)
		printk("[fat] %s: a rename could not be written in order\n", f->fs->source);
}

/* Put a name that was removed back where it was. Nothing was written since. */
static void put_back(struct fat *f, struct inode *child, const uint8_t *raw)
{
	struct name old = { child->name, child->name_len, child->name_hash };
	struct fat_inode *fi = fat_inode_of(child);
	enum err e = fat_dir_add(f, fat_inode_of(child->parent), &old, raw, &f->entry);
	if (e == OK)
		fat_place(fi, &f->entry);
	else
		printk("[fat] %s: %s was lost in a failed rename\n", f->fs->source, child->name);
}

/* The child takes over target's slots, which keep their name: whatever is lost, one of the two is found under it. */
static enum err take_over(struct fat *f, struct inode *child, const uint8_t *raw, struct fat_inode *target)
{
	struct fat_inode *fi = fat_inode_of(child);
	struct buf *held = NULL;
	uint8_t *s;
	enum err e = buf_load(&f->bufs, &held, target->sector, &s);
	if (e == OK)
		e = fat_dir_remove(f, fat_inode_of(child->parent), fi->slot, fi->nslots);
	if (e == OK) {
		memcpy(s + target->offset + DE_ATTR, raw + DE_ATTR, 1);
		memcpy(s + target->offset + DE_CASE + 1, raw + DE_CASE + 1, FAT_SLOT - DE_CASE - 1);
		buf_mark(held, target->sector, BUF_DIR);
		fi->slot = target->slot;
		fi->nslots = target->nslots;
		fi->sector = target->sector;
		fi->offset = target->offset;
		target->sector = 0;	/* what is still to be written of it goes nowhere */
	}
	buf_release(&held);
	return e;
}

static enum err take_new_name(struct fat *f, struct inode *child, const uint8_t *raw, struct fat_inode *to, const struct name *n)
{
	struct fat_inode *fi = fat_inode_of(child);
	enum err e = fat_dir_remove(f, fat_inode_of(child->parent), fi->slot, fi->nslots);
	if (e != OK)
		return e;
	e = fat_dir_add(f, to, n, raw, &f->entry);
	if (e == OK)
		fat_place(fi, &f->entry);
	else
		put_back(f, child, raw);
	return e;
}

static enum err rename_locked(struct inode *child, struct inode *dir, const struct name *n, struct inode *target)
{
	struct fat *f = fat_of(dir->fs);
	struct fat_inode *fi = fat_inode_of(child), *to = fat_inode_of(dir);
	uint8_t raw[FAT_SLOT], *p;
	uint64_t old = fi->sector;
	struct buf *dots = NULL;	/* held, so that the new ".." cannot fail for want of memory */
	enum err e = fat_name_make(&f->name, n);	/* refuses names that FAT cannot have */
	if (e == OK && target && inode_is_dir(target))
		e = fat_dir_is_empty(f, fat_inode_of(target));
	if (e == OK && inode_is_dir(child))
		e = buf_load(&f->bufs, &dots, fat_cluster_sector(f, fi->first), &p);
	if (e == OK)
		e = fat_raw_of(f, fi, &p);
	if (e == OK) {
		memcpy(raw, p, FAT_SLOT);
		e = target ? take_over(f, child, raw, fat_inode_of(target)) : take_new_name(f, child, raw, to, n);
	}
	if (e == OK)
		settle_old(f, old, fi->sector);
	if (e == OK && inode_is_dir(child) && child->parent != dir)
		e = set_parent(f, fi, to);
	buf_release(&dots);
	return e;
}

/* What replaces a file has its bytes on the medium first: a program that writes a new version beside the old one and renames it
 * never finds neither. */
enum err fat_rename(struct inode *child, struct inode *dir, const struct name *n, struct inode *target)
{
	struct fat *f = fat_of(dir->fs);
	enum err e = target ? inode_writeback(child) : OK;
	if (e != OK)
		return e;
	mutex_lock(&f->lock);
	e = rename_locked(child, dir, n, target);
	mutex_unlock(&f->lock);
	return e;
}
