/* tmpfs: files that live in the page cache alone. A name that is linked holds a reference to its inode, so the inode stays
 * in the name table, and a name that is not in the table does not exist: there is nothing to look up. */
#include "vfs_priv.h"
#include <abi/statfs.h>
#include <lib/string.h>

struct tmpfs_inode {
	struct inode i;
	struct list children;	/* [n] of a directory, oldest first */
	struct list sibling;	/* [n] */
	uint64_t cookie;	/* [n] place in the listing, ascending */
	uint64_t last_cookie;	/* [n] of a directory */
	char *target;		/* [I] of a symbolic link */
};

static const struct inode_ops tmpfs_ops;

static struct tmpfs_inode *of(struct inode *i) { return container_of(i, struct tmpfs_inode, i); }

static struct tmpfs_inode *new_inode(struct fs *fs, uint32_t mode)
{
	struct tmpfs_inode *t = kzalloc(kernel_mm, sizeof *t);
	if (!t)
		return NULL;
	inode_init(&t->i, fs, &tmpfs_ops, mode);
	t->i.flags = INODE_PINNED;
	t->i.ino = ino_next();
	t->i.atime = t->i.mtime = t->i.ctime = time_wall_ns();
	list_init(&t->children);
	list_init(&t->sibling);
	t->last_cookie = 2;
	return t;
}

static void link_to(struct inode *dir, struct tmpfs_inode *t)
{
	t->cookie = of(dir)->last_cookie++;
	list_push_back(&of(dir)->children, &t->sibling);
}

static enum err set_target(struct tmpfs_inode *t, const char *target)
{
	size_t n = strlen(target) + 1;
	if (!(t->target = kmalloc(kernel_mm, n)))
		return ERR_NOMEM;
	memcpy(t->target, target, n);
	t->i.size = n - 1;
	return OK;
}

static enum err tmpfs_create(struct inode *dir, const struct name *n, const struct node_spec *spec, struct inode **out)
{
	struct tmpfs_inode *t = new_inode(dir->fs, spec->mode);
	if (!t)
		return ERR_NOMEM;
	t->i.rdev = spec->rdev;
	t->i.fops = spec->fops;
	enum err e = spec->target ? set_target(t, spec->target) : OK;
	if (e == OK)
		e = inode_name(&t->i, dir, n);
	if (e != OK) {
		inode_put(&t->i);
		return e;
	}
	link_to(dir, t);
	inode_get(&t->i);	/* the link's own */
	dir->mtime = dir->ctime = t->i.mtime;
	*out = &t->i;
	return OK;
}

static enum err tmpfs_unlink(struct inode *dir, struct inode *child)
{
	struct tmpfs_inode *t = of(child);
	if (!list_is_empty(&t->children))
		return ERR_NOTEMPTY;
	list_remove(&t->sibling);
	dir->mtime = dir->ctime = time_wall_ns();
	inode_put(child);	/* the caller has another reference */
	return OK;
}

static enum err tmpfs_rename(struct inode *child, struct inode *dir, const struct name *n, struct inode *target)
{
	(void)n;
	enum err e = target ? tmpfs_unlink(dir, target) : OK;
	if (e != OK)
		return e;
	list_remove(&of(child)->sibling);
	link_to(dir, of(child));
	child->parent->mtime = dir->mtime = dir->ctime = time_wall_ns();
	return OK;
}

static enum err tmpfs_readdir(struct inode *dir, uint64_t *pos, struct dir_emitter *em)
{
	struct tmpfs_inode *t;
	list_for_each(t, &of(dir)->children, sibling) {
		if (t->cookie < *pos)
			continue;
		struct name n = { t->i.name, t->i.name_len, t->i.name_hash };
		em->next = t->cookie + 1;
		if (!em->emit(em, &n, t->i.ino, t->i.mode))
			break;
		*pos = t->cookie + 1;
	}
	return OK;
}

static enum err tmpfs_readlink(struct inode *i, char *buf, size_t n, size_t *len)
{
	*len = i->size < n ? i->size : n;
	memcpy(buf, of(i)->target, *len);
	return OK;
}

static void tmpfs_free(struct inode *i)
{
	kfree(kernel_mm, of(i)->target);
	kfree(kernel_mm, of(i));
}

static const struct inode_ops tmpfs_ops = {
	.create = tmpfs_create, .unlink = tmpfs_unlink, .rename = tmpfs_rename, .readdir = tmpfs_readdir,
	.readlink = tmpfs_readlink, .free = tmpfs_free,
};

enum err tmpfs_add(struct inode *dir, const char *name, const struct node_spec *spec, struct inode **out)
{
	struct name n = name_of(name, strlen(name));
	mutex_lock(&dir->fs->names);
	enum err e = tmpfs_create(dir, &n, spec, out);
	mutex_unlock(&dir->fs->names);
	return e;
}

/* ---- the file system ---- */

/* Every inode has its link's reference and one for each child; the root has the mount's. More means in use. */
static bool tmpfs_is_busy(struct fs *fs)
{
	struct inode *i;
	struct list *c;
	bool busy = false;
	spin_lock(&vfs_lock);
	list_for_each(i, &fs->inodes, fs_link) {
		uint32_t want = i->nlink ? 1 : 0;
		for (c = of(i)->children.next; c != &of(i)->children; c = c->next)
			want++;
		busy |= i->refs != want || i->mounted;
	}
	spin_unlock(&vfs_lock);
	return busy;
}

/* Take dir's tree apart from its leaves up, without recursion: the tree may be deep. */
static void empty(struct inode *root)
{
	struct inode *dir = root;
	for (;;) {
		struct list *n = list_first(&of(dir)->children);
		if (n) {
			dir = &container_of(n, struct tmpfs_inode, sibling)->i;
			continue;
		}
		if (dir == root)
			return;
		struct inode *parent = dir->parent;
		list_remove(&of(dir)->sibling);
		inode_unname(dir);
		inode_put(dir);
		dir = parent;
	}
}

static void tmpfs_unmount(struct fs *fs)
{
	empty(fs->root);
	inode_put(fs->root);
}

static void tmpfs_statfs(struct fs *fs, struct statfs *st)
{
	(void)fs;
	st->f_type = 0x01021994;
	st->f_blocks = mm_total_pages(kernel_mm) / 2;
	st->f_bfree = st->f_bavail = st->f_blocks - (pinned_page_count < st->f_blocks ? pinned_page_count : st->f_blocks);
}

static const struct fs_ops tmpfs_fs_ops = { .unmount = tmpfs_unmount, .statfs = tmpfs_statfs, .is_busy = tmpfs_is_busy };

static enum err tmpfs_mount(struct fs *fs, const char *source)
{
	(void)source;
	fs->ops = &tmpfs_fs_ops;
	struct tmpfs_inode *t = new_inode(fs, S_IFDIR | 01777);
	fs->root = t ? &t->i : NULL;
	return t ? OK : ERR_NOMEM;
}

const struct fs_type tmpfs_type = { .name = "tmpfs", .mount = tmpfs_mount };

enum err tmpfs_mount_empty(struct fs *fs) { return tmpfs_mount(fs, NULL); }

struct inode *tmpfs_nameless(void)
{
	struct tmpfs_inode *t = new_inode(NULL, S_IFREG | 0600);
	return t ? &t->i : NULL;
}

enum err shared_object_create(uint64_t npages, struct vm_object **out)
{
	struct inode *i = tmpfs_nameless();
	if (!i)
		return ERR_NOMEM;
	i->size = npages << PAGE_SHIFT;
	*out = &i->object;
	return OK;
}
