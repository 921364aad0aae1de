/* read, write and their kin. */
#include "sys_path.h"
#include <abi/uio.h>
#include <lib/string.h>

enum { RW_MAX = 0x7ffff000 };	/* the most that one call moves, as on Linux */

/* May f be read (written)? */
static enum err may_move(const struct file *f, bool write)
{
	uint32_t mode = f->flags & O_ACCMODE;
	if (f->flags & O_PATH || mode == (write ? O_RDONLY : O_WRONLY))
		return ERR_BADF;
	if (inode_is_dir(f->inode))
		return ERR_ISDIR;
	return (write ? f->ops->write != NULL : f->ops->read != NULL) ? OK : ERR_INVAL;
}

enum err limit_size(const struct inode *i, uint64_t pos, size_t n, size_t *may)
{
	uint64_t limit = proc_current()->limits[RLIMIT_FSIZE].rlim_cur;
	*may = n;
	if (!n || !inode_is_file(i) || i->fops || limit >= pos + n)
		return OK;
	*may = pos < limit ? (size_t)(limit - pos) : 0;
	if (*may)
		return OK;
	signal_send_thread(thread_current(), SIGXFSZ, NULL);
	return ERR_FBIG;
}

static enum err move(struct file *f, struct io *io, bool write)
{
	size_t n = io->n;
	if (!write)
		return f->ops->read(f, io);
	enum err e = limit_size(f->inode, io->pos, n, &io->n);
	if (e == OK)
		e = f->ops->write(f, io);
	io->n = n;
	return e;
}

/* The offset is guarded only where somebody else may use the file at the same time. */
static bool lock_offset(const struct fdref *r)
{
	bool shared = !r->file->ops->stream && (r->counted || r->file->refs > 1);
	if (shared)
		mutex_lock(&r->file->pos_lock);
	return shared;
}

/* One piece at the file's own offset. */
static enum err move_here(struct file *f, struct io *io, bool write)
{
	io->pos = write && f->flags & O_APPEND ? f->inode->size : f->pos;
	enum err e = move(f, io, write);
	if (e == OK && !f->ops->stream)
		f->pos = io->pos;
	return e;
}

static int64_t read_write(const uint64_t *a, bool write)
{
	struct fdref r;
	struct io io = { .buf = a[1], .n = a[2] < RW_MAX ? (size_t)a[2] : RW_MAX };
	if ((int64_t)a[2] < 0)
		return -EINVAL;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	enum err e = may_move(r.file, write);
	if (e == OK) {
		bool locked = lock_offset(&r);
		e = move_here(r.file, &io, write);
		if (locked)
			mutex_unlock(&r.file->pos_lock);
	}
	fd_put(&r);
	return e == OK ? (int64_t)io.done : err_to_errno(e);
}

int64_t sys_read(const uint64_t *a) { return read_write(a, false); }
int64_t sys_write(const uint64_t *a) { return read_write(a, true); }

static int64_t move_at(const uint64_t *a, bool write)
{
	struct fdref r;
	struct io io = { .buf = a[1], .n = a[2] < RW_MAX ? (size_t)a[2] : RW_MAX, .pos = a[3] };
	if ((int64_t)a[2] < 0 || (int64_t)a[3] < 0)
		return -EINVAL;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	enum err e = r.file->ops->stream ? ERR_SPIPE : may_move(r.file, write);
	if (e == OK)
		e = move(r.file, &io, write);
	fd_put(&r);
	return e == OK ? (int64_t)io.done : err_to_errno(e);
}

int64_t sys_pread64(const uint64_t *a) { return move_at(a, false); }
int64_t sys_pwrite64(const uint64_t *a) { return move_at(a, true); }

/* The pieces of a readv or writev: in small, or charged to the process. */
enum { VEC_SMALL = 8 };
struct vec { struct iovec *v; struct iovec small[VEC_SMALL]; };

static void vec_free(struct vec *vec)
{
	if (vec->v != vec->small)
		pool_put(proc_current()->pool, vec->v);
}

/* Fetch and check a vector of n pieces. */
static enum err fetch_vec(vaddr_t at, uint64_t n, struct vec *out)
{
	uint64_t total = 0;
	if (n > IOV_MAX)
		return ERR_INVAL;
	struct iovec *v = n > VEC_SMALL ? pool_get(proc_current()->pool, n * sizeof *v) : out->small;
	if (!v)
		return ERR_NOMEM;
	out->v = v;
	enum err e = copy_from_user(v, at, n * sizeof *v);
	for (uint64_t k = 0; k < n && e == OK; k++) {
		total += v[k].iov_len;
		if ((int64_t)v[k].iov_len < 0 || (int64_t)total < 0)
			e = ERR_INVAL;
	}
	if (e != OK)
		vec_free(out);
	return e;
}

static enum err move_vec(struct file *f, const struct iovec *v, uint64_t n, bool write, uint64_t *done)
{
	enum err e = OK;
	*done = 0;
	for (uint64_t k = 0; k < n && e == OK; k++) {
		struct io io = { .buf = (vaddr_t)v[k].iov_base, .n = v[k].iov_len < RW_MAX ? v[k].iov_len : RW_MAX };
		if (!io.n)
			continue;
		e = move_here(f, &io, write);
		*done += io.done;
		if (io.done < io.n || (f->ops->stream && !write))
			break;
	}
	return *done ? OK : e;
}

static int64_t vector(const uint64_t *a, bool write)
{
	struct fdref r;
	struct vec vec;
	uint64_t done = 0;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	enum err e = may_move(r.file, write);
	if (e == OK)
		e = fetch_vec(a[1], a[2], &vec);
	if (e == OK) {
		bool locked = lock_offset(&r);
		e = move_vec(r.file, vec.v, a[2], write, &done);
		if (locked)
			mutex_unlock(&r.file->pos_lock);
		vec_free(&vec);
	}
	fd_put(&r);
	return e == OK ? (int64_t)done : err_to_errno(e);
}

int64_t sys_readv(const uint64_t *a) { return vector(a, false); }
int64_t sys_writev(const uint64_t *a) { return vector(a, true); }

/* At an offset of the caller's, piece after piece. */
static enum err move_vec_at(struct file *f, const struct iovec *v, uint64_t n, struct io *at, bool write)
{
	enum err e = OK;
	uint64_t done = 0;
	for (uint64_t k = 0; k < n && e == OK; k++) {
		struct io io = { .buf = (vaddr_t)v[k].iov_base, .n = v[k].iov_len, .pos = at->pos + done };
		if (io.n && (e = move(f, &io, write)) == OK)
			done += io.done;
		if (io.done < io.n)
			break;
	}
	at->done = done;
	return done ? OK : e;
}

static int64_t vector_at(const uint64_t *a, bool write)
{
	struct fdref r;
	struct vec vec;
	struct io at = { .pos = a[3] };
	if ((int64_t)a[3] < 0)
		return -EINVAL;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	enum err e = r.file->ops->stream ? ERR_SPIPE : may_move(r.file, write);
	if (e == OK && (e = fetch_vec(a[1], a[2], &vec)) == OK) {
		e = move_vec_at(r.file, vec.v, a[2], &at, write);
		vec_free(&vec);
	}
	fd_put(&r);
	return e == OK ? (int64_t)at.done : err_to_errno(e);
}

int64_t sys_preadv(const uint64_t *a) { return vector_at(a, false); }
int64_t sys_pwritev(const uint64_t *a) { return vector_at(a, true); }

/* With flags, none of which there is here. At -1: where the file is. */
static int64_t vector_flags(const uint64_t *a, bool write)
{
	struct fdref r;
	if ((int64_t)a[3] < -1)
		return -EINVAL;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	fd_put(&r);
	return (int)a[5] ? -EOPNOTSUPP : (int64_t)a[3] == -1 ? vector(a, write) : vector_at(a, write);
}

int64_t sys_preadv2(const uint64_t *a) { return vector_flags(a, false); }
int64_t sys_pwritev2(const uint64_t *a) { return vector_flags(a, true); }

int64_t sys_lseek(const uint64_t *a)
{
	struct fdref r;
	int64_t off = (int64_t)a[1], base, result = -EINVAL;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	struct file *f = r.file;
	bool locked = lock_offset(&r);
	base = a[2] == SEEK_CUR ? (int64_t)f->pos : a[2] == SEEK_END ? (int64_t)f->inode->size : 0;
	if (f->ops->stream)
		result = -ESPIPE;
	else if (a[2] <= SEEK_END && !__builtin_add_overflow(base, off, &result) && result >= 0)
		f->pos = (uint64_t)result;
	else
		result = -EINVAL;
	if (locked)
		mutex_unlock(&f->pos_lock);
	fd_put(&r);
	return result;
}

/* ---- sizes and syncing ---- */

static enum err set_size(struct inode *i, int64_t size)
{
	if (size < 0)
		return ERR_INVAL;
	if (inode_is_dir(i))
		return ERR_ISDIR;
	if (!inode_is_file(i) || i->fops)
		return ERR_INVAL;
	if (i->fs && i->fs->read_only)
		return ERR_ROFS;
	size_t more;
	uint64_t old = i->size;
	enum err e = (uint64_t)size > old ? limit_size(i, (uint64_t)size - 1, 1, &more) : OK;
	return e == OK ? pagecache_truncate(i, (uint64_t)size) : e;
}

int64_t sys_truncate(const uint64_t *a)
{
	struct inode *i;
	enum err e = user_path_inode((uint64_t)AT_FDCWD, a[0], 0, &i);
	if (e != OK)
		return err_to_errno(e);
	e = set_size(i, (int64_t)a[1]);
	inode_put(i);
	return err_to_errno(e);
}

int64_t sys_ftruncate(const uint64_t *a)
{
	struct fdref r;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	bool readable_only = (r.file->flags & O_ACCMODE) == O_RDONLY;
	enum err e = readable_only ? ERR_INVAL : set_size(r.file->inode, (int64_t)a[1]);
	fd_put(&r);
	return err_to_errno(e);
}

int64_t sys_fsync(const uint64_t *a)
{
	struct fdref r;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	struct inode *i = r.file->inode;
	enum err e = i->fs || inode_is_file(i) ? inode_fsync(i) : ERR_INVAL;
	fd_put(&r);
	return err_to_errno(e);
}

int64_t sys_syncfs(const uint64_t *a)
{
	struct fdref r;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	enum err e = r.file->inode->fs ? fs_sync(r.file->inode->fs) : OK;
	fd_put(&r);
	return err_to_errno(e);
}

/* Advice on how a file will be read: checked, and not followed. */
int64_t sys_fadvise64(const uint64_t *a)
{
	struct fdref r;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	int64_t e = r.file->ops->stream ? -ESPIPE : (int64_t)a[2] < 0 || a[3] > 5 ? -EINVAL : 0;
	fd_put(&r);
	return e;
}

int64_t sys_fdatasync(const uint64_t *a) { return sys_fsync(a); }

int64_t sys_sync(const uint64_t *a)
{
	(void)a;
	vfs_sync_all();
	return 0;
}

/* ---- sendfile: through a page of kernel memory ---- */

static enum err send(struct file *from, struct file *to, struct io *in, size_t n)
{
	struct io out = { .kbuf = in->kbuf };
	in->done = 0;
	in->n = n < PAGE_SIZE ? n : PAGE_SIZE;
	enum err e = move(from, in, false);
	if (e != OK || !in->done)
		return e;
	out.n = in->done;
	e = move_here(to, &out, true);
	in->pos -= in->done - out.done;
	in->done = out.done;
	return e;
}

int64_t sys_sendfile(const uint64_t *a)
{
	struct fdref out, in;
	int64_t done = 0;
	uint64_t pos = 0;
	if (!fd_get((int)a[0], &out))
		return -EBADF;
	if (!fd_get((int)a[1], &in)) {
		fd_put(&out);
		return -EBADF;
	}
	enum err e = may_move(out.file, true);
	if (e == OK)
		e = in.file->ops->stream ? ERR_SPIPE : may_move(in.file, false);
	if (e == OK && a[2])
		e = copy_from_user(&pos, a[2], sizeof pos);
	struct io io = { .kbuf = e == OK ? kmalloc(kernel_mm, PAGE_SIZE) : NULL, .pos = a[2] ? pos : in.file->pos };
	if (e == OK && !io.kbuf)
		e = ERR_NOMEM;
	while (e == OK && (uint64_t)done < a[3]) {
		e = send(in.file, out.file, &io, a[3] - (uint64_t)done);
		if (!io.done)
			break;
		done += (int64_t)io.done;
		sched_point();
	}
	kfree(kernel_mm, io.kbuf);
	if (done && !a[2])
		in.file->pos = io.pos;
	if (done && a[2] && copy_to_user(a[2], &io.pos, sizeof io.pos) != OK)
		e = ERR_FAULT;
	fd_put(&in);
	fd_put(&out);
	return done ? done : err_to_errno(e);
}
