/* Names that go: removed, moved, or replaced by another. */
#include "fat.h"
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

/* The old slots go, and are written, before the new ones come: a power cut between loses the name (its clusters are
 * found by a check), but never leaves two names for one chain. */
static enum err remove_first(struct fat *f, struct fat_inode *dir, struct fat_inode *fi)
{
	enum err e = fat_dir_remove(f, dir, fi->slot, fi->nslots);
	return e == OK ? fat_flush(f) : e;
}

/* Put a name that was removed back where it was. */
static void put_back(struct fat *f, struct inode *child, const uint8_t *raw)
{
	struct name old = { child->name, child->name_len, child->name_hash };
	struct fat_inode *fi = fat_inode_of(child), *from = fat_inode_of(child->parent);
	enum err e = fat_dir_add(f, from, &old, raw, &f->entry);
	if (e == OK) {
		fat_place(fi, &f->entry);
		e = inode_is_dir(child) ? set_parent(f, fi, from) : OK;
	}
	if (e != OK)
		printk("[fat] %s: %s was lost in a failed rename\n", f->fs->source, child->name);
}

/* Everything that must be on the medium before the new name is: no old name, no target, the new "..". */
static enum err rename_prepare(struct fat *f, struct inode *child, struct inode *dir, struct inode *target)
{
	struct fat_inode *fi = fat_inode_of(child), *to = fat_inode_of(dir);
	enum err e = OK;
	if (target)
		e = fat_dir_remove(f, to, fat_inode_of(target)->slot, fat_inode_of(target)->nslots);
	if (e == OK)
		e = remove_first(f, fat_inode_of(child->parent), fi);
	if (e == OK && inode_is_dir(child) && child->parent != dir)
		e = set_parent(f, fi, to);
	return e;
}

static enum err rename_locked(struct inode *child, struct inode *dir, const struct name *n, struct inode *target)
{
	struct fat *f = fat_of(dir->fs);
	struct fat_inode *fi = fat_inode_of(child);
	uint8_t raw[FAT_SLOT], *p;
	enum err e = fat_name_make(&f->name, n);	/* refuses names that FAT cannot have */
	if (e == OK && target && inode_is_dir(target))
		e = fat_dir_is_empty(f, fat_inode_of(target));
	if (e == OK)
		e = fat_raw_of(f, fi, &p);
	if (e != OK)
		return e;
	memcpy(raw, p, FAT_SLOT);
	e = rename_prepare(f, child, dir, target);
	if (e == OK)
		e = fat_dir_add(f, fat_inode_of(dir), n, raw, &f->entry);
	if (e == OK)
		fat_place(fi, &f->entry);
	else
		put_back(f, child, raw);
	return e;
}

enum err fat_rename(struct inode *child, struct inode *dir, const struct name *n, struct inode *target)
{
	struct fat *f = fat_of(dir->fs);
	mutex_lock(&f->lock);
	enum err err = rename_locked(child, dir, n, target);
	mutex_unlock(&f->lock);
	return err;
}
