/* What changes names: make, remove, rename. */
#include "vfs_priv.h"
#include "names.h"
#include <lib/string.h>

/* Rules that hold for every change in dir; dir->fs->names is held. */
static enum err may_change(const struct inode *dir)
{
	return !dir->nlink ? ERR_NOENT : dir->fs->read_only ? ERR_ROFS : !dir->ops->create ? ERR_PERM : OK;
}

enum err vfs_make(struct inode *from, const char *path, const struct node_spec *spec)
{
	struct path_last p;
	struct inode *i = NULL;
	enum err e = path_parent(from, path, &p);
	if (e != OK)
		return e;
	if (p.special) {
		path_last_drop(&p);
		return ERR_EXIST;
	}
	mutex_lock(&p.dir->fs->names);
	e = dir_lookup_locked(p.dir, &p.last, &i);
	if (e == OK)
		e = ERR_EXIST;
	else if (e == ERR_NOENT && !(p.slash && !S_ISDIR(spec->mode)) && (e = may_change(p.dir)) == OK)
		e = p.dir->ops->create(p.dir, &p.last, spec, &i);
	mutex_unlock(&p.dir->fs->names);
	inode_put(i);
	path_last_drop(&p);
	inode_trim();
	return e;
}

/* Is it removable, as a directory or as anything else? */
static enum err may_remove(const struct inode *i, bool dir)
{
	if (i->mounted)
		return ERR_BUSY;
	return dir == inode_is_dir(i) ? OK : dir ? ERR_NOTDIR : ERR_ISDIR;
}

/* A slash behind the name asks for a directory, though only rmdir removes one. */
static enum err remove_locked(const struct path_last *p, bool want_dir)
{
	struct inode *dir = p->dir;
	struct inode *i;
	enum err e = dir_lookup_locked(dir, &p->last, &i);
	if (e != OK)
		return e;
	e = may_change(dir);
	if (e == OK)
		e = p->slash && !inode_is_dir(i) ? ERR_NOTDIR : may_remove(i, want_dir);
	if (e == OK)
		e = dir->ops->unlink(dir, i);
	if (e == OK)
		inode_unname(i);
	inode_put(i);
	return e;
}

enum err vfs_remove(struct inode *from, const char *path, bool want_dir)
{
	struct path_last p;
	enum err e = path_parent(from, path, &p);
	if (e != OK)
		return e;
	if (p.special)
		e = !want_dir ? ERR_ISDIR : !p.last.len ? ERR_BUSY : p.last.len == 1 ? ERR_INVAL : ERR_NOTEMPTY;
	if (e == OK) {
		mutex_lock(&p.dir->fs->names);
		e = remove_locked(&p, want_dir);
		mutex_unlock(&p.dir->fs->names);
	}
	path_last_drop(&p);
	return e;
}

/* Is i dir or something above it? */
static bool is_above(const struct inode *i, const struct inode *dir)
{
	while (dir && dir != i)
		dir = dir->parent;
	return dir;
}

static enum err may_replace(const struct inode *child, const struct inode *target, const struct inode *dir)
{
	if (inode_is_dir(child) && is_above(child, dir))
		return ERR_INVAL;
	if (child->mounted || (target && target->mounted))
		return ERR_BUSY;
	if (!target)
		return OK;
	if (inode_is_dir(child) != inode_is_dir(target))
		return inode_is_dir(target) ? ERR_ISDIR : ERR_NOTDIR;
	return is_above(target, child) ? ERR_NOTEMPTY : OK;
}

/* The names are looked up and the fs's names are held. target may be NULL, or child itself in another spelling. */
static enum err do_rename(struct inode *child, struct inode *dir, const struct name *n, struct inode *target)
{
	struct rename_prep prep;
	if (target == child) {
		if (child->parent == dir && child->name_len == n->len && !memcmp(child->name, n->s, n->len))
			return OK;
		target = NULL;
	}
	enum err e = may_replace(child, target, dir);
	if (e == OK)
		e = inode_rename_prepare(&prep, n);
	if (e != OK)
		return e;
	e = child->parent->ops->rename(child, dir, n, target);
	if (e != OK) {
		kfree(kernel_mm, prep.buf);
		return e;
	}
	if (target)
		inode_unname(target);
	inode_rename_commit(child, dir, n, &prep);
	inode_touch(dir);
	return OK;
}

static enum err rename_locked(const struct path_last *a, const struct path_last *b, bool noreplace)
{
	struct inode *child, *target = NULL;
	enum err e = may_change(a->dir);
	if (e == OK)
		e = may_change(b->dir);
	if (e == OK)
		e = dir_lookup_locked(a->dir, &a->last, &child);
	if (e != OK)
		return e;
	e = dir_lookup_locked(b->dir, &b->last, &target);
	if (e == OK && noreplace)
		e = ERR_EXIST;
	else if (e == ERR_NOENT)
		e = OK;
	if (e == OK && (a->slash || b->slash) && !inode_is_dir(child))
		e = ERR_NOTDIR;
	if (e == OK)
		e = do_rename(child, b->dir, &b->last, target);
	inode_put(target);
	inode_put(child);
	return e;
}

enum err vfs_rename(const struct rename_ends *r, bool noreplace)
{
	struct path_last a, b;
	enum err e = path_parent(r->from_dir, r->from, &a);
	if (e != OK)
		return e;
	e = path_parent(r->to_dir, r->to, &b);
	if (e != OK) {
		path_last_drop(&a);
		return e;
	}
	e = a.special || b.special ? ERR_BUSY : a.dir->fs != b.dir->fs ? ERR_XDEV : OK;
	if (e == OK) {
		mutex_lock(&a.dir->fs->names);
		e = rename_locked(&a, &b, noreplace);
		mutex_unlock(&a.dir->fs->names);
	}
	path_last_drop(&a);
	path_last_drop(&b);
	return e;
}
