/* System calls that take paths. */
#include "names.h"
#include "sys_path.h"
#include <abi/mman.h>
#include <abi/statfs.h>
#include <lib/string.h>
#include <mm/guard.h>

/* ---- path arguments ---- */

/* A (dirfd, path) argument: the string, and where it starts. */
struct user_path {
	char *s;		/* small, or allocated */
	struct inode *start;	/* dirfd's directory; NULL: the current one, or the path is absolute */
	struct fdref dir;	/* keeps start, if that is set */
	char small[112];
};

static enum err fetch_string(struct user_path *p, vaddr_t path)
{
	int64_t len = copy_str_from_user(p->small, path, sizeof p->small);
	p->s = p->small;
	if (len < 0)
		return ERR_FAULT;
	return (size_t)len < sizeof p->small ? OK : copy_path_from_user(path, &p->s);
}

static void drop_string(struct user_path *p)
{
	if (p->s != p->small)
		path_free(p->s);
}

static enum err find_start(struct user_path *p, int dirfd)
{
	p->start = NULL;
	if (p->s[0] == '/' || dirfd == AT_FDCWD)
		return OK;
	if (!fd_get(dirfd, &p->dir))
		return ERR_BADF;
	if (!inode_is_dir(p->dir.file->inode)) {
		fd_put(&p->dir);
		return ERR_NOTDIR;
	}
	p->start = p->dir.file->inode;
	return OK;
}

static enum err user_path_get(struct user_path *p, uint64_t dirfd, vaddr_t path)
{
	enum err e = fetch_string(p, path);
	if (e != OK)
		return e;
	e = find_start(p, (int)dirfd);
	if (e != OK)
		drop_string(p);
	return e;
}

static void user_path_put(struct user_path *p)
{
	if (p->start)
		fd_put(&p->dir);
	drop_string(p);
}

/* What dirfd itself is open on. */
static enum err own_inode(int fd, struct inode **out)
{
	struct fdref r;
	if (fd == AT_FDCWD)
		return path_lookup(NULL, ".", 0, out);
	if (!fd_get(fd, &r))
		return ERR_BADF;
	*out = r.file->inode;
	inode_get(*out);
	fd_put(&r);
	return OK;
}

enum err user_path_inode(uint64_t dirfd, vaddr_t path, uint64_t flags, struct inode **out)
{
	struct user_path p;
	enum err e = fetch_string(&p, path);
	if (e != OK)
		return e;
	if (!p.s[0]) {
		e = flags & AT_EMPTY_PATH ? own_inode((int)dirfd, out) : ERR_NOENT;
		drop_string(&p);
		return e;
	}
	e = find_start(&p, (int)dirfd);
	if (e != OK) {
		drop_string(&p);
		return e;
	}
	e = path_lookup(p.start, p.s, flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW, out);
	user_path_put(&p);
	return e;
}

/* ---- opening, making, removing ---- */

int64_t sys_openat(const uint64_t *a)
{
	struct user_path p;
	struct files *t = proc_current()->files;
	struct file *f = NULL;
	int fd;
	enum err e = user_path_get(&p, a[0], a[1]);
	if (e != OK)
		return err_to_errno(e);
	e = fd_reserve(t, 0, &fd);
	if (e == OK) {
		e = vfs_open(p.start, p.s, (uint32_t)a[2], (uint32_t)a[3], &f);
		fd_fill(t, fd, e == OK ? f : NULL, a[2] & O_CLOEXEC);
	}
	user_path_put(&p);
	return e == OK ? fd : err_to_errno(e);
}

/* The name is for people alone, and nobody asks for it here; but it must be one. */
int64_t sys_memfd_create(const uint64_t *a)
{
	enum { NAME_ROOM = 250 };
	char name[NAME_ROOM];
	if (a[1] & ~(uint64_t)MFD_CLOEXEC)
		return -EINVAL;
	int64_t len = copy_str_from_user(name, a[0], sizeof name);
	if (len < 0 || len == NAME_ROOM)
		return len < 0 ? -EFAULT : -EINVAL;
	return fd_open(tmpfs_nameless(), O_RDWR | (a[1] & MFD_CLOEXEC ? O_CLOEXEC : 0));
}

static int64_t make(uint64_t dirfd, vaddr_t path, const struct node_spec *spec)
{
	struct user_path p;
	enum err e = user_path_get(&p, dirfd, path);
	if (e != OK)
		return err_to_errno(e);
	e = vfs_make(p.start, p.s, spec);
	user_path_put(&p);
	return err_to_errno(e);
}

int64_t sys_mkdirat(const uint64_t *a)
{
	struct node_spec spec = { .mode = S_IFDIR | ((uint32_t)a[2] & 01777 & ~proc_current()->fs.umask) };
	return make(a[0], a[1], &spec);
}

/* Regular files alone: there are no named pipes, and devices are the kernel's. */
int64_t sys_mknodat(const uint64_t *a)
{
	uint32_t type = (uint32_t)a[2] & S_IFMT;
	struct node_spec spec = { .mode = S_IFREG | ((uint32_t)a[2] & 0777 & ~proc_current()->fs.umask) };
	if (!type || type == S_IFREG)
		return make(a[0], a[1], &spec);
	return type == S_IFIFO || type == S_IFCHR || type == S_IFBLK || type == S_IFSOCK || type == S_IFDIR ? -EPERM : -EINVAL;
}

int64_t sys_symlinkat(const uint64_t *a)
{
	char *target;
	enum err e = copy_path_from_user(a[0], &target);
	if (e != OK)
		return err_to_errno(e);
	struct node_spec spec = { .mode = S_IFLNK | 0777, .target = target };
	int64_t r = target[0] ? make(a[1], a[2], &spec) : -ENOENT;
	path_free(target);
	return r;
}

/* No file system here has hard links. */
int64_t sys_linkat(const uint64_t *a)
{
	struct inode *i;
	enum err e = user_path_inode(a[0], a[1], a[4] ^ AT_SYMLINK_NOFOLLOW, &i);
	if (e != OK)
		return err_to_errno(e);
	inode_put(i);
	return -EPERM;
}

int64_t sys_unlinkat(const uint64_t *a)
{
	struct user_path p;
	if (a[2] & ~(uint64_t)AT_REMOVEDIR)
		return -EINVAL;
	enum err e = user_path_get(&p, a[0], a[1]);
	if (e != OK)
		return err_to_errno(e);
	e = vfs_remove(p.start, p.s, a[2] & AT_REMOVEDIR);
	user_path_put(&p);
	return err_to_errno(e);
}

int64_t sys_renameat2(const uint64_t *a)
{
	struct user_path from, to;
	if (a[4] & ~(uint64_t)RENAME_NOREPLACE)
		return -EINVAL;
	enum err e = user_path_get(&from, a[0], a[1]);
	if (e != OK)
		return err_to_errno(e);
	e = user_path_get(&to, a[2], a[3]);
	if (e == OK) {
		struct rename_ends r = { from.start, to.start, from.s, to.s };
		e = vfs_rename(&r, a[4] & RENAME_NOREPLACE);
		user_path_put(&to);
	}
	user_path_put(&from);
	return err_to_errno(e);
}

/* riscv64's C libraries never ask for it: there Linux has renameat2 alone. */
int64_t sys_renameat(const uint64_t *a)
{
	const uint64_t b[5] = { a[0], a[1], a[2], a[3], 0 };
	return sys_renameat2(b);
}

int64_t sys_readlinkat(const uint64_t *a)
{
	struct inode *i;
	size_t len = 0;
	if ((int64_t)a[3] <= 0)
		return -EINVAL;
	enum err e = user_path_inode(a[0], a[1], AT_SYMLINK_NOFOLLOW, &i);
	if (e != OK)
		return err_to_errno(e);
	SCOPED_KMALLOC(buf, kernel_mm, PATH_MAX_BYTES);
	e = !inode_is_link(i) ? ERR_INVAL : !buf.p ? ERR_NOMEM : i->ops->readlink(i, buf.p, PATH_MAX_BYTES, &len);
	len = len < a[3] ? len : (size_t)a[3];
	if (e == OK)
		e = copy_to_user(a[2], buf.p, len);
	inode_put(i);
	return e == OK ? (int64_t)len : err_to_errno(e);
}

/* ---- current directory ---- */

/* Takes over i's reference. */
static int64_t change_dir(struct inode *i)
{
	struct fs_context *fs = &proc_current()->fs;
	if (!inode_is_dir(i)) {
		inode_put(i);
		return -ENOTDIR;
	}
	spin_lock(&vfs_lock);
	struct inode *old = fs->cwd;
	fs->cwd = i;
	spin_unlock(&vfs_lock);
	inode_put(old);
	return 0;
}

int64_t sys_chdir(const uint64_t *a)
{
	struct inode *i;
	enum err e = user_path_inode((uint64_t)AT_FDCWD, a[0], 0, &i);
	return e == OK ? change_dir(i) : err_to_errno(e);
}

int64_t sys_fchdir(const uint64_t *a)
{
	struct inode *i;
	if ((int)a[0] == AT_FDCWD)
		return -EBADF;
	enum err e = own_inode((int)a[0], &i);
	return e == OK ? change_dir(i) : err_to_errno(e);
}

int64_t sys_getcwd(const uint64_t *a)
{
	char *buf = kmalloc(kernel_mm, PATH_MAX_BYTES);
	if (!buf)
		return -ENOMEM;
	spin_lock(&vfs_lock);
	struct inode *cwd = proc_current()->fs.cwd;
	int len = cwd->nlink ? inode_path_locked(cwd, buf, PATH_MAX_BYTES) : -2;
	spin_unlock(&vfs_lock);
	int64_t r = len == -2 ? -ENOENT : len < 0 ? -ENAMETOOLONG : (uint64_t)len + 1 > a[1] ? -ERANGE : len + 1;
	if (r > 0 && copy_to_user(a[0], buf, (size_t)r) != OK)
		r = -EFAULT;
	kfree(kernel_mm, buf);
	return r;
}

int64_t sys_umask(const uint64_t *a)
{
	struct fs_context *fs = &proc_current()->fs;
	unsigned old = fs->umask;
	fs->umask = (unsigned)a[0] & 0777;
	return old;
}
