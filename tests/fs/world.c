/* See world.h: what kernel/fs/ needs of the rest of the kernel, and its operations by path. */
#include <stdio.h>
#include "world.h"
/* The C library has these names too. */
#define timespec abi_timespec
#define timeval abi_timeval
#include <abi/fcntl.h>
#include <kernel/memck.h>
#include <kernel/printk.h>
#include "../../kernel/fs/names.h"
#include "../../kernel/fs/vfs_priv.h"

struct mm *kernel_mm;
bool world_is_loud;
const char *world_listens_for;
unsigned long world_heard;
struct fs *devfs_first(void);

/* ---- the rest of the kernel ---- */

void vprintk(const char *fmt, va_list ap)
{
	char line[256];
	vsnprintf(line, sizeof line, fmt, ap);
	if (world_is_loud)
		fputs(line, stdout);
	world_heard += world_listens_for && strstr(line, world_listens_for);
}

void printk(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vprintk(fmt, ap);
	va_end(ap);
}

_Noreturn void panic(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	abort();
}

size_t strlcpy(char *to, const char *from, size_t n)
{
	snprintf(to, n, "%s", from);
	return strlen(from);
}

/* Nobody is waited for, and there are no other threads: write-back is what the test asks for. */
enum wake wait_on(struct waitq *q, struct spinlock *guard, unsigned flags, uint64_t deadline)
{
	(void)q, (void)guard, (void)flags, (void)deadline;
	panic("a test would wait");
}
void waitq_wake_one(struct waitq *q) { (void)q; }
enum err kthread_start(const char *name, void (*fn)(void *), void *arg) { (void)name, (void)fn, (void)arg; return OK; }
void sched_point(void) {}
uint64_t time_deadline(uint64_t ns) { return ns; }
uint64_t time_wall_ns(void) { return 1700000000ull * 1000000000; }
void memck_permanent(struct page *page) { (void)page; }

/* All memory here is the kernel's. */
size_t arch_copy_to_user(vaddr_t dst, const void *src, size_t n) { (void)dst, (void)src; return n; }
size_t arch_copy_from_user(void *dst, vaddr_t src, size_t n) { (void)dst, (void)src; return n; }
size_t arch_clear_user(vaddr_t dst, size_t n) { (void)dst; return n; }

const struct fs_type tmpfs_type, proc_type, devfs_type;
struct fs *devfs_first(void) { return NULL; }
bool file_init_caches(void) { return true; }
bool pipe_init_caches(void) { return true; }

/* ---- mounting ---- */

void fs_world(void)
{
	if (kernel_mm)
		return;
	kernel_mm = world_make(8192, NULL, 0);
	vfs_init();
}

struct fs *fs_mount(void)
{
	struct fs *fs;
	if (fs_create(&fat_type, "/dev/disk", false, &fs) != OK)
		return NULL;
	list_push_back(&mounts, &fs->link);
	return fs;
}

enum err fs_unmount(struct fs *fs)
{
	enum err e = fs_sync(fs);
	if (!inode_drop_unused(fs)) {
		fs_abandon(fs);
		return e != OK ? e : ERR_IO;
	}
	list_remove(&fs->link);
	fs->ops->unmount(fs);
	kfree(kernel_mm, fs);
	return e;
}

/* What could not be written goes as if it had been. */
void fs_abandon(struct fs *fs)
{
	struct inode *i;
	disk_fail(-1, 0);
	disk_cut(0);
	list_for_each(i, &fs->inodes, fs_link) {
		i->flags &= ~(uint32_t)INODE_META_DIRTY;
		pagecache_drop(i, 0);
	}
	bool gone = inode_drop_unused(fs);
	CHECK(gone, "an inode is still in use");
	list_remove(&fs->link);
	fs->ops->unmount(fs);
	kfree(kernel_mm, fs);
}

/* ---- by path ---- */

enum err fs_make_dir(struct fs *fs, const char *path)
{
	struct node_spec spec = { .mode = S_IFDIR | 0755 };
	return vfs_make(fs->root, path, &spec);
}

enum err fs_make_file(struct fs *fs, const char *path)
{
	struct node_spec spec = { .mode = S_IFREG | 0755 };
	return vfs_make(fs->root, path, &spec);
}

enum err fs_write(struct fs *fs, const char *path, uint64_t at, const uint8_t *bytes, size_t n, size_t *done)
{
	struct inode *i;
	struct io io = { .kbuf = (void *)(uintptr_t)bytes, .n = n, .pos = at };
	enum err e = path_lookup(fs->root, path, 0, &i);
	*done = 0;
	if (e != OK)
		return e;
	e = inode_is_dir(i) ? ERR_ISDIR : pagecache_write(i, &io);
	inode_put(i);
	*done = io.done;
	return e;
}

enum err fs_set_size(struct fs *fs, const char *path, uint64_t size)
{
	struct inode *i;
	enum err e = path_lookup(fs->root, path, 0, &i);
	if (e != OK)
		return e;
	e = inode_is_dir(i) ? ERR_ISDIR : pagecache_truncate(i, size);
	inode_put(i);
	return e;
}

enum err fs_read(struct fs *fs, const char *path, uint8_t *bytes, size_t n, uint64_t *got)
{
	struct inode *i;
	struct io io = { .kbuf = bytes, .n = n };
	enum err e = path_lookup(fs->root, path, 0, &i);
	if (e != OK)
		return e;
	*got = i->size;
	e = inode_is_dir(i) ? ERR_ISDIR : pagecache_read(i, &io);
	inode_put(i);
	return e == OK && io.done < n && io.done < *got ? ERR_IO : e;
}

enum err fs_move(struct fs *fs, const char *from, const char *to)
{
	struct rename_ends ends = { fs->root, fs->root, from, to };
	return vfs_rename(&ends, false);
}

void fs_drop_caches(void)
{
	vfs_drop_names();
	vfs_drop_pages();
}

enum err fs_sync_all(struct fs *fs) { return fs_sync(fs); }

enum err fs_fsync(struct fs *fs, const char *path)
{
	struct inode *i;
	enum err e = path_lookup(fs->root, path, 0, &i);
	if (e != OK)
		return e;
	e = inode_fsync(i);
	inode_put(i);
	return e;
}

enum err fs_remove(struct fs *fs, const char *path, bool dir) { return vfs_remove(fs->root, path, dir); }

struct lister { struct dir_emitter em; void (*see)(void *ctx, const char *name, bool dir); void *ctx; };

static bool emit(struct dir_emitter *em, const struct name *n, uint64_t ino, uint32_t mode)
{
	struct lister *l = (struct lister *)(void *)em;
	char name[NAME_MAX_BYTES + 1];
	(void)ino;
	memcpy(name, n->s, n->len);
	name[n->len] = 0;
	l->see(l->ctx, name, S_ISDIR(mode));
	return true;
}

enum err fs_list(struct fs *fs, const char *path, void (*see)(void *ctx, const char *name, bool dir), void *ctx)
{
	struct inode *i = fs->root;
	struct lister l = { { .emit = emit }, see, ctx };
	uint64_t pos = 2;
	enum err e = OK;
	if (*path)
		e = path_lookup(fs->root, path, 0, &i);
	if (e != OK)
		return e;
	e = inode_is_dir(i) ? i->ops->readdir(i, &pos, &l.em) : ERR_NOTDIR;
	if (*path)
		inode_put(i);
	return e;
}

/* ---- everything that can be read ---- */

enum { NAMES_MAX = 64, PATH_MAX_HERE = 1024 };
struct found { unsigned n; char *names[NAMES_MAX]; };

static void remember(void *ctx, const char *name, bool dir)
{
	struct found *f = ctx;
	(void)dir;
	CHECK(*name && strcmp(name, ".") && strcmp(name, "..") && !strchr(name, '/'), "\"%s\" is no name", name);
	if (f->n < NAMES_MAX)
		f->names[f->n++] = strdup(name);
}

static unsigned walk(struct fs *fs, const char *path, unsigned depth)
{
	static uint8_t bytes[65536];
	struct found f = { 0, { NULL } };
	unsigned total;
	uint64_t got;
	enum err e = fs_list(fs, path, remember, &f);
	if (e == ERR_NOTDIR)
		e = fs_read(fs, path, bytes, sizeof bytes, &got);
	(void)e;	/* it may be refused */
	total = f.n;
	for (unsigned k = 0; k < f.n; k++) {
		char below[PATH_MAX_HERE];
		int len = snprintf(below, sizeof below, "%s%s%s", path, *path ? "/" : "", f.names[k]);
		if (depth && len < PATH_MAX_HERE)
			total += walk(fs, below, depth - 1);
		free(f.names[k]);
	}
	return total;
}

unsigned fs_walk(struct fs *fs, unsigned depth) { return walk(fs, "", depth); }
