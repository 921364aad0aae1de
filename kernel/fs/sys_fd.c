/* System calls on descriptors: duplicates, flags, ioctl, directories, pipes; and mount. */
#include "locks.h"
#include "sys_path.h"
#include <abi/dirent.h>
#include <abi/flock.h>
#include <abi/mount.h>
#include <abi/termios.h>
#include <lib/bits.h>
#include <lib/string.h>

enum err pipe_create(uint32_t flags, struct file **rd, struct file **wr);

int64_t sys_close(const uint64_t *a) { return err_to_errno(fd_close((int)a[0])); }

/* fd's file with a reference of its own; NULL: none. */
static struct file *file_of(uint64_t fd)
{
	struct fdref r;
	if (!fd_get((int)fd, &r))
		return NULL;
	if (!r.counted)
		file_get(r.file);
	return r.file;
}

int64_t sys_close_range(const uint64_t *a)
{
	enum { CLOSE_RANGE_CLOEXEC = 4 };
	uint32_t last = (uint32_t)a[1] < FD_MAX ? (uint32_t)a[1] : FD_MAX - 1;
	if ((uint32_t)a[0] > (uint32_t)a[1] || (uint32_t)a[2] & ~(uint32_t)CLOSE_RANGE_CLOEXEC)
		return -EINVAL;
	for (uint32_t fd = (uint32_t)a[0]; fd <= last; fd++) {
		struct fdref r;
		if (!(a[2] & CLOSE_RANGE_CLOEXEC)) {
			(void)!fd_close((int)fd);
		} else if (fd_get((int)fd, &r)) {
			fd_set_cloexec((int)fd, true);
			fd_put(&r);
		}
	}
	return 0;
}

static int64_t dup_from(uint64_t fd, uint64_t least, bool cloexec)
{
	struct file *f = file_of(fd);
	return f ? fd_give(f, (unsigned)least, cloexec) : -EBADF;
}

static int64_t fcntl_dup(const uint64_t *a, bool cloexec)
{
	return a[2] >= fd_limit() ? -EINVAL : dup_from(a[0], a[2], cloexec);
}

int64_t sys_dup(const uint64_t *a) { return dup_from(a[0], 0, false); }

int64_t sys_dup3(const uint64_t *a)
{
	if ((int)a[0] == (int)a[1] || a[2] & ~(uint64_t)O_CLOEXEC)
		return -EINVAL;
	if ((unsigned)a[1] >= fd_limit())
		return -EBADF;
	struct file *f = file_of(a[0]);
	if (!f)
		return -EBADF;
	enum err e = fd_replace(proc_current()->files, f, (unsigned)a[1], a[2] & O_CLOEXEC);
	if (e != OK)
		file_put(f);
	return e == OK ? (int64_t)(int)a[1] : err_to_errno(e);
}

int64_t sys_fcntl(const uint64_t *a)
{
	const uint32_t settable = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME;
	struct fdref r;
	int64_t result = 0;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	switch ((int)a[1]) {
	case F_DUPFD: result = fcntl_dup(a, false); break;
	case F_DUPFD_CLOEXEC: result = fcntl_dup(a, true); break;
	case F_GETFD: result = fd_cloexec((int)a[0]) ? FD_CLOEXEC : 0; break;
	case F_SETFD: fd_set_cloexec((int)a[0], a[2] & FD_CLOEXEC); break;
	case F_GETFL: result = r.file->flags; break;
	case F_SETFL: r.file->flags = (r.file->flags & ~settable) | ((uint32_t)a[2] & settable); break;
	case F_GETLK: case F_SETLK: case F_SETLKW: case F_OFD_GETLK: case F_OFD_SETLK: case F_OFD_SETLKW:
		result = locks_fcntl((int)a[0], r.file, (int)a[1], a[2]);
		break;
	case F_GETPIPE_SZ: result = r.file->ops->stream && S_ISFIFO(r.file->inode->mode) ? 65536 : -EBADF; break;
	default: result = -EINVAL;
	}
	fd_put(&r);
	return result;
}

int64_t sys_flock(const uint64_t *a)
{
	struct fdref r;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	int64_t result = locks_flock(r.file, (uint32_t)a[1]);
	fd_put(&r);
	return result;
}

int64_t sys_ioctl(const uint64_t *a)
{
	struct fdref r;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	struct inode *i = r.file->inode;
	enum err e = ERR_NOTTY;
	if (r.file->ops->ioctl) {
		e = r.file->ops->ioctl(r.file, a[1] & UINT32_MAX, a[2]);
	} else if ((uint32_t)a[1] == FIONREAD && inode_is_file(i)) {
		int n = (int)(i->size > r.file->pos ? i->size - r.file->pos : 0);
		e = copy_to_user(a[2], &n, sizeof n);
	}
	fd_put(&r);
	return err_to_errno(e);
}

int64_t sys_pipe2(const uint64_t *a)
{
	struct files *t = proc_current()->files;
	struct file *rd, *wr;
	int fd[2];
	if (a[1] & ~(uint64_t)(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	enum err e = pipe_create((uint32_t)a[1] & O_NONBLOCK, &rd, &wr);
	if (e != OK)
		return err_to_errno(e);
	e = fd_install(t, rd, a[1] & O_CLOEXEC, &fd[0]);
	if (e != OK) {
		file_put(rd);
		file_put(wr);
		return err_to_errno(e);
	}
	e = fd_install(t, wr, a[1] & O_CLOEXEC, &fd[1]);
	if (e != OK)
		file_put(wr);
	else if ((e = copy_to_user(a[0], fd, sizeof fd)) != OK)
		(void)!fd_close(fd[1]);
	if (e != OK)
		(void)!fd_close(fd[0]);
	return err_to_errno(e);
}

/* ---- getdents64 ---- */

struct dents { struct dir_emitter em; char *buf; size_t used, cap; };

static unsigned char dtype(uint32_t mode) { return (unsigned char)((mode & S_IFMT) >> 12); }

static bool emit_dent(struct dir_emitter *em, const struct name *n, uint64_t ino, uint32_t mode)
{
	struct dents *d = container_of(em, struct dents, em);
	size_t len = align_up(offsetof(struct linux_dirent64, d_name) + n->len + 1, 8);
	if (len > d->cap - d->used)
		return false;
	struct linux_dirent64 *e = (void *)(d->buf + d->used);
	memset(e, 0, len);
	e->d_ino = ino;
	e->d_off = (int64_t)em->next;
	e->d_reclen = (unsigned short)len;
	e->d_type = dtype(mode);
	memcpy(e->d_name, n->s, n->len);
	d->used += len;
	return true;
}

/* . and .., which are at positions 0 and 1 of every directory. */
static bool emit_dots(struct inode *dir, uint64_t *pos, struct dents *d)
{
	struct inode *up = dir->parent ? dir->parent : dir;
	while (*pos < 2) {
		struct name n = { "..", (unsigned)*pos + 1, 0 };
		d->em.next = *pos + 1;
		if (!emit_dent(&d->em, &n, *pos ? up->ino : dir->ino, S_IFDIR))
			return false;
		++*pos;
	}
	return true;
}

static enum err list_dir(struct file *f, struct dents *d)
{
	struct inode *dir = f->inode;
	uint64_t pos = f->pos;
	enum err e = OK;
	mutex_lock(&dir->fs->names);
	if (!dir->nlink)
		e = ERR_NOENT;
	else if (emit_dots(dir, &pos, d))
		e = dir->ops->readdir(dir, &pos, &d->em);
	mutex_unlock(&dir->fs->names);
	if (e == OK)
		f->pos = pos;
	return e;
}

int64_t sys_getdents64(const uint64_t *a)
{
	enum { BUF_MAX = 4096 };
	struct fdref r;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	struct dents d = { .em.emit = emit_dent, .cap = a[2] < BUF_MAX ? (size_t)a[2] : BUF_MAX };
	uint64_t old = r.file->pos;
	enum err e = inode_is_dir(r.file->inode) && r.file->inode->ops->readdir ? OK : ERR_NOTDIR;
	if (e == OK && !(d.buf = kmalloc(kernel_mm, BUF_MAX)))
		e = ERR_NOMEM;
	if (e == OK)
		e = list_dir(r.file, &d);
	if (e == OK && !d.used && r.file->pos == old && d.cap < offsetof(struct linux_dirent64, d_name) + NAME_MAX_BYTES + 1 &&
	    old < 2)
		e = ERR_INVAL;	/* not even one name fits */
	if (e == OK && (e = copy_to_user(a[1], d.buf, d.used)) != OK)
		r.file->pos = old;
	kfree(kernel_mm, d.buf);
	fd_put(&r);
	return e == OK ? (int64_t)d.used : err_to_errno(e);
}

/* ---- mount ---- */

int64_t sys_mount(const uint64_t *a)
{
	char *source = NULL, *type = NULL;
	struct inode *point;
	enum err e = a[0] ? copy_path_from_user(a[0], &source) : OK;
	if (e == OK)
		e = a[2] ? copy_path_from_user(a[2], &type) : ERR_INVAL;
	if (e == OK)
		e = user_path_inode((uint64_t)AT_FDCWD, a[1], 0, &point);
	if (e == OK) {
		e = a[3] & MS_REMOUNT ? ERR_INVAL : vfs_mount(type, source ? source : "none", point, a[3] & MS_RDONLY);
		inode_put(point);
	}
	path_free(source);
	path_free(type);
	return err_to_errno(e);
}

int64_t sys_umount2(const uint64_t *a)
{
	struct inode *root;
	enum err e = user_path_inode((uint64_t)AT_FDCWD, a[0], 0, &root);
	if (e != OK)
		return err_to_errno(e);
	return err_to_errno(vfs_unmount(root));
}
