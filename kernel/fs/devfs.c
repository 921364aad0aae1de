/* devfs: a tmpfs that is filled with device nodes when it is mounted; and the memory devices. Device numbers are Linux's. */
#include "vfs_priv.h"
#include <abi/poll.h>
#include <kernel/blk.h>
#include <kernel/printk.h>
#include <kernel/random.h>
#include <lib/string.h>
#include "tty.h"

enum err tmpfs_mount_empty(struct fs *fs);

static struct fs *first_devfs;		/* [I] the kernel's own */
static struct inode *console;		/* [I] */

/* ---- /dev/null, zero, full, random ---- */

static enum err swallow(struct file *f, struct io *io)
{
	(void)f;
	io->done = io->n;
	return OK;
}

static enum err read_nothing(struct file *f, struct io *io)
{
	(void)f, (void)io;
	return OK;
}

static enum err write_full(struct file *f, struct io *io)
{
	(void)f, (void)io;
	return ERR_NOSPC;
}

static enum err read_zeros(struct file *f, struct io *io)
{
	(void)f;
	while (io->done < io->n) {
		size_t n = io->n - io->done < 65536 ? io->n - io->done : 65536;
		size_t got = io_zero_out(io, n);
		io->done += got;
		if (got < n)
			return io->done ? OK : ERR_FAULT;
		if (signal_is_pending())
			break;
		sched_point();
	}
	return OK;
}

static enum err read_random(struct file *f, struct io *io)
{
	uint8_t bytes[256];
	(void)f;
	while (io->done < io->n) {
		size_t n = io->n - io->done < sizeof bytes ? io->n - io->done : sizeof bytes;
		random_bytes(bytes, n);
		size_t got = io_copy_out(io, bytes, n);
		io->done += got;
		if (got < n)
			return io->done ? OK : ERR_FAULT;
		if (signal_is_pending())
			break;
		if (!(io->done & 4095))
			sched_point();
	}
	return OK;
}

static const struct file_ops null_ops = { .read = read_nothing, .write = swallow };
static const struct file_ops zero_ops = { .read = read_zeros, .write = swallow };
static const struct file_ops full_ops = { .read = read_zeros, .write = write_full };
static const struct file_ops random_ops = { .read = read_random, .write = swallow };

/* ---- block devices: whole sectors through a page ---- */

static struct blkdev *device_of(const struct inode *i)
{
	struct blkdev *d = NULL;
	while ((d = blk_next(d)) && blk_number(d) != i->rdev)
		;
	return d;
}

static enum err blk_file_open(struct file *f)
{
	f->priv = device_of(f->inode);
	return f->priv ? OK : ERR_NXIO;
}

/* A window onto the device: the bytes that a transfer moves at a time, in whole sectors. */
struct window { char *p; size_t n; };

static enum err blk_piece(struct blkdev *d, struct io *io, bool write, const struct window *w)
{
	uint64_t size = blk_sectors(d) * 512, base = io->pos & ~511ull;
	size_t off = io->pos - base, n = io->n - io->done, room = size - base < w->n ? size - base : w->n;
	n = n < room - off ? n : room - off;
	size_t have = (off + n + 511) & ~(size_t)511;	/* no sector more: it could be somebody else's just now */
	bool covered = write && n == have;	/* what is there need not be read */
	unsigned sectors = (unsigned)(have / 512);
	enum err e = covered ? OK : blk_read(d, base / 512, w->p, sectors);
	if (e != OK)
		return e;
	size_t got = write ? io_copy_in(io, w->p + off, n) : io_copy_out(io, w->p + off, n);
	if (!got || (covered && got < n))
		return ERR_FAULT;
	if (write && (e = blk_write(d, base / 512, w->p, sectors)) != OK)
		return e;
	io->done += got;
	io->pos += got;
	return OK;
}

static enum err blk_transfer(struct file *f, struct io *io, bool write)
{
	enum { WINDOW_MAX = 32768 };
	uint64_t size = blk_sectors(f->priv) * 512;
	if (write && io->n && io->pos >= size)
		return ERR_NOSPC;
	struct window w = { NULL, io->n > PAGE_SIZE ? WINDOW_MAX : PAGE_SIZE };
	w.p = kmalloc(kernel_mm, w.n);
	if (!w.p && w.n > PAGE_SIZE)
		w = (struct window){ kmalloc(kernel_mm, PAGE_SIZE), PAGE_SIZE };
	enum err e = w.p ? OK : ERR_NOMEM;
	while (e == OK && io->done < io->n && io->pos < size && !(io->done && signal_is_pending())) {
		e = blk_piece(f->priv, io, write, &w);
		sched_point();
	}
	kfree(kernel_mm, w.p);
	return io->done ? OK : e;
}

static enum err blk_file_read(struct file *f, struct io *io) { return blk_transfer(f, io, false); }
static enum err blk_file_write(struct file *f, struct io *io) { return blk_transfer(f, io, true); }
static const struct file_ops blk_ops = { .open = blk_file_open, .read = blk_file_read, .write = blk_file_write };

/* ---- nodes ---- */

static uint64_t makedev(unsigned major, unsigned minor) { return (uint64_t)major << 8 | minor; }

static enum err add_node(struct fs *fs, const char *name, const struct node_spec *spec)
{
	struct inode *i;
	enum err e = tmpfs_add(fs->root, name, spec, &i);
	if (e != OK)
		return e;
	if (!console && !strcmp(name, "console"))
		console = i;	/* keeps the reference */
	else
		inode_put(i);
	return OK;
}

static enum err add_disks(struct fs *fs)
{
	for (struct blkdev *d = NULL; (d = blk_next(d));) {
		struct node_spec spec = { .mode = S_IFBLK | 0600, .rdev = blk_number(d), .fops = &blk_ops };
		enum err e = add_node(fs, blk_name(d), &spec);
		if (e != OK)
			return e;
	}
	return OK;
}

static enum err add_links(struct fs *fs)
{
	static const char *const links[][2] = {
		{ "fd", "/proc/self/fd" }, { "stdin", "/proc/self/fd/0" }, { "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
	};
	enum err e = OK;
	for (unsigned k = 0; k < sizeof links / sizeof *links && e == OK; k++) {
		struct node_spec spec = { .mode = S_IFLNK | 0777, .target = links[k][1] };
		e = add_node(fs, links[k][0], &spec);
	}
	return e;
}

static enum err devfs_mount(struct fs *fs, const char *source)
{
	static const struct { const char *name; uint8_t major, minor; const struct file_ops *ops; } chars[] = {
		{ "null", 1, 3, &null_ops }, { "zero", 1, 5, &zero_ops }, { "full", 1, 7, &full_ops },
		{ "random", 1, 8, &random_ops }, { "urandom", 1, 9, &random_ops },
		{ "tty", 5, 0, &tty_ops }, { "console", 5, 1, &tty_ops },
	};
	(void)source;
	enum err e = tmpfs_mount_empty(fs);
	if (e != OK)
		return e;
	fs->root->mode = S_IFDIR | 0755;
	for (unsigned k = 0; k < sizeof chars / sizeof *chars && e == OK; k++) {
		struct node_spec spec = { .mode = S_IFCHR | 0666, .rdev = makedev(chars[k].major, chars[k].minor), .fops = chars[k].ops };
		e = add_node(fs, chars[k].name, &spec);
	}
	if (e == OK)
		e = add_disks(fs);
	if (e == OK)
		e = add_links(fs);
	if (e != OK)
		fs->ops->unmount(fs);
	return e;
}

const struct fs_type devfs_type = { .name = "devtmpfs", .mount = devfs_mount };

struct inode *devfs_console(void) { return console; }

struct fs *devfs_first(void)
{
	if (!first_devfs && fs_create(&devfs_type, "devtmpfs", false, &first_devfs) != OK)
		printk("[vfs] no memory for /dev\n");
	return first_devfs;
}
