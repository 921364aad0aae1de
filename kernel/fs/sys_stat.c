/* System calls that read and set attributes. All processes are root's: permissions are kept, and only execution looks at them. */
#include "sys_path.h"
#include <abi/statfs.h>
#include <lib/string.h>

static enum err fd_inode(uint64_t fd, struct inode **out)
{
	struct fdref r;
	if (!fd_get((int)fd, &r))
		return ERR_BADF;
	*out = r.file->inode;
	inode_get(*out);
	fd_put(&r);
	return OK;
}

/* Takes over i's reference. */
static int64_t give_stat(struct inode *i, vaddr_t to)
{
	struct stat st;
	inode_fill_stat(i, &st);
	inode_put(i);
	return err_to_errno(copy_to_user(to, &st, sizeof st));
}

int64_t sys_newfstatat(const uint64_t *a)
{
	struct inode *i;
	enum err e = user_path_inode(a[0], a[1], a[3], &i);
	return e == OK ? give_stat(i, a[2]) : err_to_errno(e);
}

int64_t sys_fstat(const uint64_t *a)
{
	struct inode *i;
	enum err e = fd_inode(a[0], &i);
	return e == OK ? give_stat(i, a[1]) : err_to_errno(e);
}

static struct statx_timestamp stamp(const struct timespec *t)
{
	return (struct statx_timestamp){ .tv_sec = t->tv_sec, .tv_nsec = (uint32_t)t->tv_nsec };
}

int64_t sys_statx(const uint64_t *a)
{
	struct inode *i;
	struct stat st;
	struct statx x;
	enum err e = user_path_inode(a[0], a[1], a[2], &i);
	if (e != OK)
		return err_to_errno(e);
	inode_fill_stat(i, &st);
	inode_put(i);
	memset(&x, 0, sizeof x);
	x.stx_mask = STATX_BASIC_STATS;
	x.stx_blksize = (uint32_t)st.st_blksize;
	x.stx_nlink = st.st_nlink;
	x.stx_uid = st.st_uid;
	x.stx_gid = st.st_gid;
	x.stx_mode = (uint16_t)st.st_mode;
	x.stx_ino = st.st_ino;
	x.stx_size = (uint64_t)st.st_size;
	x.stx_blocks = (uint64_t)st.st_blocks;
	x.stx_atime = stamp(&st.st_atim);
	x.stx_mtime = stamp(&st.st_mtim);
	x.stx_ctime = stamp(&st.st_ctim);
	x.stx_rdev_major = (uint32_t)(st.st_rdev >> 8);
	x.stx_rdev_minor = (uint32_t)(st.st_rdev & 255);
	x.stx_dev_minor = (uint32_t)st.st_dev;
	return err_to_errno(copy_to_user(a[4], &x, sizeof x));
}

static int64_t check_access(const uint64_t *a, uint64_t flags)
{
	struct inode *i;
	if (a[2] & ~(uint64_t)(R_OK | W_OK | X_OK))
		return -EINVAL;
	enum err e = user_path_inode(a[0], a[1], flags, &i);
	if (e != OK)
		return err_to_errno(e);
	if (a[2] & W_OK && i->fs && i->fs->read_only)
		e = ERR_ROFS;
	else if (a[2] & X_OK && !inode_is_dir(i) && !(i->mode & 0111))
		e = ERR_ACCESS;
	inode_put(i);
	return err_to_errno(e);
}

int64_t sys_faccessat(const uint64_t *a) { return check_access(a, 0); }

int64_t sys_faccessat2(const uint64_t *a)
{
	return a[3] & ~(uint64_t)(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) ? -EINVAL : check_access(a, a[3]);
}

/* ---- statfs ---- */

static int64_t give_statfs(struct inode *i, vaddr_t to)
{
	struct statfs st;
	memset(&st, 0, sizeof st);
	st.f_bsize = st.f_frsize = (long)PAGE_SIZE;
	st.f_namelen = NAME_MAX_BYTES;
	if (i->fs) {
		st.f_fsid.val[0] = (int)i->fs->id;
		st.f_flags = i->fs->read_only;
		if (i->fs->ops->statfs)
			i->fs->ops->statfs(i->fs, &st);
	}
	inode_put(i);
	return err_to_errno(copy_to_user(to, &st, sizeof st));
}

int64_t sys_statfs(const uint64_t *a)
{
	struct inode *i;
	enum err e = user_path_inode((uint64_t)AT_FDCWD, a[0], 0, &i);
	return e == OK ? give_statfs(i, a[1]) : err_to_errno(e);
}

int64_t sys_fstatfs(const uint64_t *a)
{
	struct inode *i;
	enum err e = fd_inode(a[0], &i);
	return e == OK ? give_statfs(i, a[1]) : err_to_errno(e);
}

/* ---- setting; each takes over i's reference ---- */

static int64_t set_mode(struct inode *i, uint32_t mode)
{
	enum err e = i->fs && i->fs->read_only ? ERR_ROFS : OK;
	if (e == OK) {
		spin_lock(&vfs_lock);
		i->mode = (i->mode & S_IFMT) | (mode & 07777);
		i->ctime = time_wall_ns();
		if (i->fs)
			inode_mark_dirty_locked(i);
		spin_unlock(&vfs_lock);
	}
	inode_put(i);
	return err_to_errno(e);
}

static int64_t set_owner(struct inode *i, uint32_t uid, uint32_t gid)
{
	bool keeps = !i->fs || i->flags & INODE_PINNED;
	bool other = (uid != UINT32_MAX && uid) || (gid != UINT32_MAX && gid);
	enum err e = i->fs && i->fs->read_only ? ERR_ROFS : !keeps && other ? ERR_PERM : OK;
	if (e == OK && uid != UINT32_MAX)
		i->uid = uid;
	if (e == OK && gid != UINT32_MAX)
		i->gid = gid;
	inode_put(i);
	return err_to_errno(e);
}

int64_t sys_fchmod(const uint64_t *a)
{
	struct inode *i;
	enum err e = fd_inode(a[0], &i);
	return e == OK ? set_mode(i, (uint32_t)a[1]) : err_to_errno(e);
}

int64_t sys_fchmodat(const uint64_t *a)
{
	struct inode *i;
	enum err e = user_path_inode(a[0], a[1], 0, &i);
	return e == OK ? set_mode(i, (uint32_t)a[2]) : err_to_errno(e);
}

int64_t sys_fchown(const uint64_t *a)
{
	struct inode *i;
	enum err e = fd_inode(a[0], &i);
	return e == OK ? set_owner(i, (uint32_t)a[1], (uint32_t)a[2]) : err_to_errno(e);
}

int64_t sys_fchownat(const uint64_t *a)
{
	struct inode *i;
	enum err e = user_path_inode(a[0], a[1], a[4], &i);
	return e == OK ? set_owner(i, (uint32_t)a[2], (uint32_t)a[3]) : err_to_errno(e);
}

/* One of utimensat's two times into *ns. */
static enum err take_time(const struct timespec *t, uint64_t now, uint64_t *ns)
{
	if (t->tv_nsec == UTIME_OMIT)
		return OK;
	if (t->tv_nsec == UTIME_NOW) {
		*ns = now;
		return OK;
	}
	if ((unsigned long)t->tv_nsec > 999999999)
		return ERR_INVAL;
	*ns = t->tv_sec < 0 ? 0 : (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec;
	return OK;
}

int64_t sys_utimensat(const uint64_t *a)
{
	struct timespec t[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	struct inode *i;
	if (a[2] && copy_from_user(t, a[2], sizeof t) != OK)
		return -EFAULT;
	enum err e = a[1] ? user_path_inode(a[0], a[1], a[3], &i) : fd_inode(a[0], &i);
	if (e != OK)
		return err_to_errno(e);
	uint64_t now = time_wall_ns(), atime = i->atime, mtime = i->mtime;
	e = i->fs && i->fs->read_only ? ERR_ROFS : take_time(&t[0], now, &atime);
	if (e == OK)
		e = take_time(&t[1], now, &mtime);
	if (e == OK && i->fs) {
		spin_lock(&vfs_lock);
		i->atime = atime;
		i->mtime = mtime;
		i->ctime = now;
		inode_mark_dirty_locked(i);
		spin_unlock(&vfs_lock);
	}
	inode_put(i);
	return err_to_errno(e);
}
