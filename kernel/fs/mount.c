/* Mounted file systems. The tree begins at root_fs's root; a directory that is covered points at what covers it
 * (inode->mounted), and the covering file system points back (fs->point). */
#include "vfs_priv.h"
#include <abi/statfs.h>
#include <kernel/blk.h>
#include <kernel/printk.h>
#include <lib/string.h>

struct mutex mount_lock;
struct list mounts = LIST_INIT(mounts);
static struct fs *root_fs;
static unsigned last_id;

struct fs *devfs_first(void);

struct inode *vfs_root(void) { return root_fs ? mount_top(root_fs->root) : NULL; }

void vfs_init(void)
{
	mutex_init(&mount_lock, LOCK_MOUNT, "mounts");
	if (!ptree_init_caches() || !file_init_caches() || !buf_init_caches() || !fat_init_caches() || !pipe_init_caches() || !stream_init())
		panic("too little memory for files");
	writeback_start();
}

enum err fs_create(const struct fs_type *t, const char *source, bool ro, struct fs **out)
{
	struct fs *fs = kzalloc(kernel_mm, sizeof *fs);
	if (!fs)
		return ERR_NOMEM;
	fs->type = t;
	fs->read_only = ro;
	fs->id = __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
	strlcpy(fs->source, source, sizeof fs->source);
	list_init(&fs->inodes);
	list_init(&fs->link);
	mutex_init(&fs->names, LOCK_INODE_DIR, "names");
	enum err e = t->mount(fs, source);
	if (e == OK)
		*out = fs;
	else
		kfree(kernel_mm, fs);
	return e;
}

static const struct fs_type *find_type(const char *name)
{
	static const struct { const char *name; const struct fs_type *type; } types[] = {
		{ "vfat", &fat_type }, { "msdos", &fat_type }, { "tmpfs", &tmpfs_type }, { "ramfs", &tmpfs_type },
		{ "proc", &proc_type }, { "devtmpfs", &devfs_type }, { "devfs", &devfs_type },
	};
	for (unsigned k = 0; k < sizeof types / sizeof *types; k++)
		if (!strcmp(types[k].name, name))
			return types[k].type;
	return NULL;
}

static bool source_is_mounted(const char *source)
{
	struct fs *fs;
	list_for_each(fs, &mounts, link)
		if (!strcmp(fs->source, source))
			return true;
	return false;
}

/* Cover point, whose reference fs takes over, and enter fs in the list. mount_lock is held. */
static void attach(struct fs *fs, struct inode *point)
{
	spin_lock(&vfs_lock);
	fs->point = point;
	if (point)
		point->mounted = fs;
	spin_unlock(&vfs_lock);
	list_push_back(&mounts, &fs->link);
}

enum err vfs_mount(const char *type, const char *source, struct inode *point, bool ro)
{
	const struct fs_type *t = find_type(type);
	struct fs *fs;
	if (!t)
		return ERR_NODEV;
	if (!inode_is_dir(point))
		return ERR_NOTDIR;
	mutex_lock(&mount_lock);
	enum err e = !point->nlink ? ERR_NOENT : t->needs_device && source_is_mounted(source) ? ERR_BUSY : OK;
	if (e == OK && point->mounted)
		e = ERR_BUSY;
	if (e == OK)
		e = fs_create(t, source, ro, &fs);
	if (e == OK) {
		inode_get(point);
		attach(fs, point);
	}
	mutex_unlock(&mount_lock);
	return e;
}

/* Let walks go into what covers fs's point, NULL: nothing. */
static void cover(struct fs *fs, struct fs *by)
{
	spin_lock(&vfs_lock);
	fs->point->mounted = by;
	spin_unlock(&vfs_lock);
}

static void detach(struct fs *fs)
{
	struct inode *point = fs->point;
	list_remove(&fs->link);
	fs->point = NULL;
	inode_put(point);
}

static bool is_busy(struct fs *fs)
{
	struct fs *other;
	list_for_each(other, &mounts, link)
		if (other->point && other->point->fs == fs)
			return true;
	return fs->ops->is_busy ? fs->ops->is_busy(fs) : !inode_drop_unused(fs);
}

enum err vfs_unmount(struct inode *root)
{
	struct fs *fs = root->fs;
	if (!fs || fs->root != root) {
		inode_put(root);
		return ERR_INVAL;
	}
	mutex_lock(&mount_lock);
	enum err e = fs == root_fs || !fs->point ? ERR_BUSY : OK;
	inode_put(root);	/* the caller's; the mount has its own */
	if (e == OK)
		e = fs_sync(fs);
	if (e == OK) {
		cover(fs, NULL);	/* first, so that nobody new gets in */
		e = is_busy(fs) ? ERR_BUSY : OK;
		if (e != OK)
			cover(fs, fs);
	}
	if (e == OK) {
		detach(fs);
		fs->ops->unmount(fs);
		kfree(kernel_mm, fs);
	}
	mutex_unlock(&mount_lock);
	return e;
}

/* devfs on /dev, if the folder is there. */
static void mount_devfs(void)
{
	struct inode *point;
	struct fs *fs = devfs_first();
	if (!fs || path_lookup(vfs_root(), "/dev", WALK_FOLLOW, &point) != OK)
		return;
	if (inode_is_dir(point)) {
		mutex_lock(&mount_lock);
		attach(fs, point);
		mutex_unlock(&mount_lock);
	} else {
		inode_put(point);
	}
}

enum err vfs_mount_root(const char *device)
{
	mutex_lock(&mount_lock);
	enum err e = fs_create(&fat_type, device, false, &root_fs);
	if (e == OK)
		list_push_back(&mounts, &root_fs->link);
	mutex_unlock(&mount_lock);
	if (e != OK)
		return e;
	mount_devfs();
	return OK;
}
