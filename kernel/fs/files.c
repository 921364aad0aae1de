/* Descriptor tables. */
#include "locks.h"
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <kernel/printk.h>
#include <lib/string.h>
#include <lib/bits.h>

enum { SMALL = 16 };

struct files {
	struct pool *pool;		/* [I] of the process, for fd */
	struct spinlock lock;		/* of all below */
	unsigned cap;			/* slots in fd */
	unsigned first_free;		/* no slot below is free */
	struct file **fd;		/* small, or allocated */
	uint64_t cloexec[FD_MAX / 64];
	uint64_t reserved[FD_MAX / 64];	/* without a file as yet, and not free */
	struct file *small[SMALL];
};

/* A descriptor of f is no more. */
static void let_go(struct files *t, struct file *f)
{
	locks_fd_closed(t, f);
	file_put(f);
}

struct files *files_create(struct pool *pool)
{
	struct files *t = kzalloc(kernel_mm, sizeof *t);
	if (!t)
		return NULL;
	t->pool = pool;
	t->cap = SMALL;
	t->fd = t->small;
	spin_init(&t->lock, LOCK_FILES, "files");
	return t;
}

/* Room for at least n descriptors. The lock is not held. */
static enum err grow(struct files *t, unsigned n)
{
	unsigned cap = t->cap;
	while (cap < n)
		cap *= 4;
	if (cap == t->cap)
		return OK;
	struct file **fd = pool_get(t->pool, cap * sizeof *fd), **old = fd;
	if (!fd)
		return ERR_NOMEM;
	memset(fd, 0, cap * sizeof *fd);
	spin_lock(&t->lock);
	if (t->cap < cap) {
		memcpy(fd, t->fd, t->cap * sizeof *fd);
		old = t->fd;
		t->fd = fd;
		t->cap = cap;
	}
	spin_unlock(&t->lock);
	if (old != t->small)
		pool_put(t->pool, old);
	return OK;
}

struct files *files_copy(struct files *from, struct pool *pool)
{
	struct files *t = files_create(pool);
	while (t && t->cap < from->cap)
		if (grow(t, from->cap) != OK) {
			files_free(t);
			return NULL;
		}
	if (!t)
		return NULL;
	spin_lock(&from->lock);
	for (unsigned k = 0; k < from->cap && k < t->cap; k++)
		if ((t->fd[k] = from->fd[k]))
			file_get(t->fd[k]);
	memcpy(t->cloexec, from->cloexec, sizeof t->cloexec);
	t->first_free = 0;	/* what is reserved over there is free here */
	spin_unlock(&from->lock);
	return t;
}

void files_free(struct files *t)
{
	for (unsigned k = 0; k < t->cap; k++)
		if (t->fd[k])
			let_go(t, t->fd[k]);
	if (t->fd != t->small)
		pool_put(t->pool, t->fd);
	kfree(kernel_mm, t);
}

static struct file *take_locked(struct files *t, unsigned fd)
{
	if (fd >= t->cap)
		return NULL;
	struct file *f = t->fd[fd];
	if (!f)
		return NULL;		/* reserved, perhaps: not free yet */
	t->fd[fd] = NULL;
	t->cloexec[fd / 64] &= ~(1ull << fd % 64);
	if (fd < t->first_free)
		t->first_free = fd;
	return f;
}

void files_close_on_exec(struct files *t)
{
	for (unsigned k = 0; k < t->cap; k++) {
		if (!(t->cloexec[k / 64] >> k % 64 & 1))
			continue;
		spin_lock(&t->lock);
		struct file *f = take_locked(t, k);
		spin_unlock(&t->lock);
		if (f)
			let_go(t, f);
	}
}

/* The table of a process with one thread cannot change under it, nor can the process get another meanwhile: its files need no further reference. */
bool fd_get(int fd, struct fdref *out)
{
	struct files *t = proc_current()->files;
	if (proc_current()->nthreads == 1) {
		out->counted = false;
		return (unsigned)fd < t->cap && (out->file = t->fd[fd]);
	}
	spin_lock(&t->lock);
	struct file *f = (unsigned)fd < t->cap ? t->fd[fd] : NULL;
	if (f)
		file_get(f);
	spin_unlock(&t->lock);
	out->file = f;
	out->counted = true;
	return f;
}

struct inode *files_inode(struct files *t, unsigned fd, uint32_t *flags)
{
	spin_lock(&t->lock);
	struct file *f = fd < t->cap ? t->fd[fd] : NULL;
	if (f) {
		inode_get(f->inode);
		*flags = f->flags;
	}
	spin_unlock(&t->lock);
	return f ? f->inode : NULL;
}

void fd_put(struct fdref *r)
{
	if (r->counted)
		file_put(r->file);
}

static bool is_reserved(const struct files *t, unsigned k) { return t->reserved[k / 64] >> k % 64 & 1; }

static void set_cloexec(struct files *t, unsigned k, bool on)
{
	t->cloexec[k / 64] = (t->cloexec[k / 64] & ~(1ull << k % 64)) | (uint64_t)on << k % 64;
}

/* The lowest slot that is free, from `from` on; the table's size if there is none. Its lock is held. */
static unsigned free_slot(const struct files *t, unsigned from)
{
	unsigned k = from > t->first_free ? from : t->first_free;
	while (k < t->cap && (t->fd[k] || is_reserved(t, k)))
		k++;
	return k;
}

/* What is open above a limit that went down stays open. Process 1's first descriptors are made before there is a process. */
unsigned fd_limit(void)
{
	const struct proc *p = proc_current();
	uint64_t n = p ? p->limits[RLIMIT_NOFILE].rlim_cur : FD_MAX;
	return n < FD_MAX ? (unsigned)n : FD_MAX;
}

enum err fd_reserve(struct files *t, unsigned from, int *fd)
{
	for (unsigned limit = fd_limit();;) {
		spin_lock(&t->lock);
		unsigned k = free_slot(t, from), cap = t->cap;
		if (k < cap && k < limit) {
			t->reserved[k / 64] |= 1ull << k % 64;
			if (from <= t->first_free)
				t->first_free = k + 1;
		}
		spin_unlock(&t->lock);
		*fd = (int)k;
		if (k < cap && k < limit)
			return OK;
		enum err e = k >= limit ? ERR_MFILE : grow(t, k + 1);
		if (e != OK)
			return e;
	}
}

void fd_fill(struct files *t, int fd, struct file *f, bool cloexec)
{
	unsigned k = (unsigned)fd;
	spin_lock(&t->lock);
	KASSERT(is_reserved(t, k) && !t->fd[k]);
	t->reserved[k / 64] &= ~(1ull << k % 64);
	t->fd[k] = f;
	set_cloexec(t, k, f && cloexec);
	if (!f && k < t->first_free)
		t->first_free = k;
	spin_unlock(&t->lock);
}

static enum err install_from(struct files *t, struct file *f, unsigned from, bool cloexec, int *fd)
{
	int k;
	enum err e = fd_reserve(t, from, &k);
	if (e != OK)
		return e;
	fd_fill(t, k, f, cloexec);
	*fd = k;
	return OK;
}

enum err fd_install(struct files *t, struct file *f, bool cloexec, int *fd)
{
	return install_from(t, f, 0, cloexec, fd);
}

int64_t fd_give(struct file *f, unsigned from, bool cloexec)
{
	int fd;
	enum err e = install_from(proc_current()->files, f, from, cloexec, &fd);
	if (e != OK)
		file_put(f);
	return e == OK ? fd : err_to_errno(e);
}

int64_t fd_open(struct inode *i, uint32_t flags)
{
	struct file *f;
	enum err e = i ? file_create(i, flags, &f) : ERR_NOMEM;
	return e == OK ? fd_give(f, 0, flags & O_CLOEXEC) : err_to_errno(e);
}

enum err fd_replace(struct files *t, struct file *f, unsigned fd, bool cloexec)
{
	enum err e = grow(t, fd + 1);
	if (e != OK)
		return e;
	spin_lock(&t->lock);
	bool busy = is_reserved(t, fd);
	struct file *old = busy ? NULL : take_locked(t, fd);
	if (!busy) {
		t->fd[fd] = f;
		set_cloexec(t, fd, cloexec);
		if (t->first_free == fd)
			t->first_free = fd + 1;
	}
	spin_unlock(&t->lock);
	if (old)
		let_go(t, old);
	return busy ? ERR_BUSY : OK;
}

enum err fd_close(int fd)
{
	struct files *t = proc_current()->files;
	if (fd < 0)
		return ERR_BADF;
	spin_lock(&t->lock);
	struct file *f = take_locked(t, (unsigned)fd);
	spin_unlock(&t->lock);
	if (!f)
		return ERR_BADF;
	let_go(t, f);
	return OK;
}

bool fd_cloexec(int fd)
{
	return proc_current()->files->cloexec[fd / 64] >> fd % 64 & 1;
}

void fd_set_cloexec(int fd, bool on)
{
	struct files *t = proc_current()->files;
	spin_lock(&t->lock);
	set_cloexec(t, (unsigned)fd, on);
	spin_unlock(&t->lock);
}

enum err files_open_console(struct files *t)
{
	struct inode *i = devfs_console();
	struct file *f;
	int fd;
	if (!i)
		return ERR_NODEV;
	inode_get(i);
	enum err e = file_create(i, O_RDWR, &f);
	if (e != OK)
		return e;
	for (unsigned k = 0; k < 3 && e == OK; k++) {
		file_get(f);
		if ((e = fd_install(t, f, false, &fd)) != OK)
			file_put(f);
	}
	file_put(f);
	return e;
}

enum err file_mmap_object(struct files *t, int fd, struct map_req *req)
{
	bool shared = req->flags & MAPF_SHARED;
	enum err e = OK;
	spin_lock(&t->lock);
	struct file *f = fd >= 0 && (unsigned)fd < t->cap ? t->fd[fd] : NULL;
	if (!f)
		e = ERR_BADF;
	else if (f->ops != &pagecache_file_ops || !inode_is_file(f->inode))
		e = ERR_NODEV;
	else if ((f->flags & O_ACCMODE) == O_WRONLY || (shared && req->prot & P_WRITE && (f->flags & O_ACCMODE) != O_RDWR))
		e = ERR_ACCESS;
	if (e == OK) {
		inode_get(f->inode);
		req->object = &f->inode->object;
		if (shared && (f->flags & O_ACCMODE) != O_RDWR)
			req->max_prot = P_READ | P_EXEC;
	}
	spin_unlock(&t->lock);
	return e;
}

/* ---- current directory ---- */

enum err fs_context_init(struct fs_context *fs)
{
	fs->cwd = vfs_root();
	fs->umask = 022;
	if (!fs->cwd)
		return ERR_NOENT;
	inode_get(fs->cwd);
	return OK;
}

void fs_context_copy(struct fs_context *to, const struct fs_context *from)
{
	spin_lock(&vfs_lock);
	*to = *from;
	inode_get_locked(to->cwd);
	spin_unlock(&vfs_lock);
}

void fs_context_drop(struct fs_context *fs)
{
	spin_lock(&vfs_lock);
	struct inode *cwd = fs->cwd;
	fs->cwd = NULL;		/* /proc/PID/cwd looks, with this lock */
	spin_unlock(&vfs_lock);
	inode_put(cwd);
}
