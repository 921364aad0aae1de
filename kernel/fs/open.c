/* Opening and creating. */
#include "locks.h"
#include "poll.h"
#include <kernel/proc.h>
#include <lib/string.h>

static struct slab_cache *file_cache;

bool file_init_caches(void)
{
	file_cache = slab_cache_create(kernel_mm, "file", sizeof(struct file), 0);
	return file_cache;
}

static struct file *file_alloc(void) { return slab_alloc(kernel_mm, file_cache); }
static void file_free(struct file *f) { slab_free(kernel_mm, file_cache, f); }

/* Make f a file on i, whose reference it takes over on OK. */
static enum err file_begin(struct file *f, struct inode *i, uint32_t flags)
{
	f->refs = 1;
	f->flags = flags & ~(uint32_t)(O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY | O_CLOEXEC);
	f->ops = i->fops ? i->fops : &pagecache_file_ops;
	f->inode = i;
	f->pos = 0;
	f->priv = NULL;
	list_init(&f->watchers);
	f->watched = false;
	mutex_init(&f->pos_lock, LOCK_FILE, "file");
	return f->ops->open ? f->ops->open(f) : OK;
}

enum err file_create(struct inode *i, uint32_t flags, struct file **out)
{
	struct file *f = file_alloc();
	enum err e = f ? file_begin(f, i, flags) : ERR_NOMEM;
	if (e == OK) {
		*out = f;
		return OK;
	}
	file_free(f);
	inode_put(i);
	return e;
}

void file_get(struct file *f) { __atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED); }

void file_put(struct file *f)
{
	if (__atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL))
		return;
	locks_file_closed(f);
	epoll_file_closed(f);
	if (f->ops->release)
		f->ops->release(f);
	inode_put(f->inode);
	file_free(f);
}

static bool wants_write(uint32_t flags) { return (flags & O_ACCMODE) != O_RDONLY; }

/* May i be opened so? Truncates it if that is asked. */
static enum err prepare(struct inode *i, uint32_t flags)
{
	if (inode_is_link(i))
		return ERR_LOOP;
	if (flags & O_DIRECTORY && !inode_is_dir(i))
		return ERR_NOTDIR;
	if (inode_is_dir(i))
		return wants_write(flags) || flags & O_CREAT ? ERR_ISDIR : OK;
	if (!i->fs && i->fops && !S_ISFIFO(i->mode))
		return ERR_NXIO;	/* found through /proc/PID/fd, and made by a call of its own */
	if ((S_ISCHR(i->mode) || S_ISBLK(i->mode)) && !i->fops)
		return ERR_NXIO;
	if (!inode_is_file(i))
		return OK;
	if (i->fs && i->fs->read_only && (wants_write(flags) || flags & O_TRUNC))
		return ERR_ROFS;
	if (flags & O_TRUNC && !i->fops)
		return pagecache_truncate(i, 0);
	return OK;
}

/* Takes over i's reference. */
static enum err open_inode(struct inode *i, uint32_t flags, struct file *f)
{
	enum err e = prepare(i, flags);
	if (e == OK)
		e = file_begin(f, i, flags);
	if (e != OK)
		inode_put(i);
	return e;
}

/* Find or make p's last name. fs->names is not held. */
static enum err find_or_create(struct path_last *p, uint32_t flags, uint32_t mode, struct inode **out, bool *made)
{
	struct inode *dir = p->dir;
	struct node_spec spec = { .mode = S_IFREG | (mode & 07777 & ~proc_current()->fs.umask) };
	*made = false;
	mutex_lock(&dir->fs->names);
	enum err e = dir_lookup_locked(dir, &p->last, out);
	if (e == OK && flags & O_EXCL) {
		inode_put(*out);
		e = ERR_EXIST;
	} else if (e == ERR_NOENT && p->slash) {
		e = ERR_ISDIR;
	} else if (e == ERR_NOENT && dir->nlink) {
		e = dir->fs->read_only ? ERR_ROFS : !dir->ops->create ? ERR_ACCESS : dir->ops->create(dir, &p->last, &spec, out);
		*made = e == OK;
	}
	mutex_unlock(&dir->fs->names);
	inode_trim();
	return e;
}

static enum err open_create(struct inode *from, const char *path, uint32_t flags, uint32_t mode, struct file *f)
{
	struct path_last p;
	struct inode *i = NULL, *top;
	bool made;
	enum err e = path_parent(from, path, &p);
	if (e != OK)
		return e;
	e = p.special ? ERR_ISDIR : find_or_create(&p, flags, mode, &i, &made);
	if (e == OK && !made && inode_is_link(i) && !(flags & (O_NOFOLLOW | O_EXCL))) {
		inode_put(i);
		e = path_lookup(from, path, WALK_FOLLOW, &i);
	}
	path_last_drop(&p);
	if (e != OK)
		return e;
	spin_lock(&vfs_lock);
	top = mount_top(i);
	if (top != i)
		inode_get_locked(top);
	spin_unlock(&vfs_lock);
	if (top != i)
		inode_put(i);
	return open_inode(top, made ? flags & ~(uint32_t)O_TRUNC : flags, f);
}

static enum err open_path(struct inode *from, const char *path, uint32_t flags, struct file *f)
{
	struct inode *i;
	enum err e = path_lookup(from, path, flags & O_NOFOLLOW ? 0 : WALK_FOLLOW, &i);
	return e == OK ? open_inode(i, flags, f) : e;
}

/* The open file comes before the one on the medium, which could not be taken back. */
enum err vfs_open(struct inode *from, const char *path, uint32_t flags, uint32_t mode, struct file **out)
{
	struct file *f = file_alloc();
	bool may_make = flags & O_CREAT && !(flags & O_DIRECTORY);
	if (!f)
		return ERR_NOMEM;
	enum err e = may_make ? open_create(from, path, flags, mode, f) : open_path(from, path, flags, f);
	if (e == OK)
		*out = f;
	else
		file_free(f);
	return e;
}

enum err exec_open(struct fs_context *fs, const char *path, struct inode **out)
{
	struct inode *i;
	enum err e = path_lookup(fs->cwd, path, WALK_FOLLOW, &i);
	if (e != OK)
		return e;
	if (!inode_is_file(i) || i->fops || !(i->mode & 0111)) {
		inode_put(i);
		return ERR_ACCESS;
	}
	*out = i;
	return OK;
}

static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){ (long)(ns / 1000000000), (long)(ns % 1000000000) };
}

void inode_fill_stat(struct inode *i, struct stat *st)
{
	*st = (struct stat){
		.st_dev = i->fs ? i->fs->id : 0,
		.st_ino = i->ino,
		.st_mode = i->mode,
		.st_nlink = i->nlink,
		.st_uid = i->uid,
		.st_gid = i->gid,
		.st_rdev = i->rdev,
		.st_size = (int64_t)i->size,
		.st_blksize = (int32_t)PAGE_SIZE,
		.st_blocks = (int64_t)(i->flags & INODE_PINNED ? i->npages * 8 : (i->size + 511) / 512),
		.st_atim = timespec_of(i->atime),
		.st_mtim = timespec_of(i->mtime),
		.st_ctim = timespec_of(i->ctime),
	};
}
