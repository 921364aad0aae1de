#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <abi/stat.h>
#include <abi/fcntl.h>
#include <lib/err.h>
#include <lib/list.h>
#include <lib/lock.h>
#include <arch/layout.h>
#include <arch/trap.h>
#include <mm/mm.h>
#include <mm/page.h>
#include <mm/space.h>
#include <kernel/kmap.h>
#include <kernel/sched.h>
#include <kernel/vfs.h>
/* What the files of kernel/fs/ share.
 *
 *   descriptor table -> struct file -> struct inode -> page cache (a tree of pages)
 *                                          |  parent, name: one name per inode (there are no hard links)
 *                                          `- struct fs: a mounted file system
 *
 * Since an inode has one name, the table of inodes by (parent, name) is the name cache too. It
 * holds every inode that is in use, and bounded many that are not.
 *
 * Locks, outermost first; user memory is never touched under any but the first:
 *   file->pos_lock   LOCK_FILE       the offset, where a file is shared
 *   mount_lock       LOCK_MOUNT      the list of mounts
 *   fs->names        LOCK_INODE_DIR  lookups that miss, and everything that changes names
 *   inode->lock      LOCK_INODE      filling, extending, truncating, writing back
 *   FAT's lock       LOCK_FS         allocation table, directories' bytes, buffers
 *   vfs_lock         spinlock        name table, sizes, page trees, lists of pages and inodes
 *
 * Legend: [I] constant, [v] vfs_lock, [n] fs->names (writers also hold vfs_lock, so that either suffices
 * to read), [i] inode->lock, [a] atomic. */

/* How often something may have become readable, writable: for who wants to hear of that once each time. */
struct poll_edges { uint32_t in, out; };	/* [a] */

struct fs;
struct inode;
struct file;
struct file_ops;
struct node_spec;
struct dir_emitter;
struct io;

extern struct spinlock vfs_lock;

/* ---- names ---- */
struct name {
	const char *s;		/* not ended by 0 */
	unsigned len;		/* 1..NAME_MAX_BYTES */
	uint32_t hash;
};
struct name name_of(const char *s, size_t len);

/* ---- page tree: page number -> page ---- */
enum { PTREE_SHIFT = 6, PTREE_SLOTS = 1 << PTREE_SHIFT };
struct ptree { void *root; unsigned height; };	/* height 0: root is page 0 itself */

enum { PG_DIRTY = 1, PG_REFERENCED = 2, PG_LRU = 4, PG_SHARED_WRITE = 8 };

/* ---- inodes ---- */
enum {
	INODE_HASHED = 1,	/* [v] in the name table */
	INODE_META_DIRTY = 2,	/* [v] size or times differ from the medium's */
	INODE_PINNED = 4,	/* [I] its pages have no other home (tmpfs): never reclaimed */
	INODE_ON_DIRTY = 8,	/* [v] on the list of dirty inodes */
	INODE_NO_CACHE = 16,	/* [I] freed at the last put; never in the name table */
};

struct inode {
	struct vm_object object;
	const struct inode_ops *ops;	/* [I] */
	const struct file_ops *fops;	/* [I] of files opened on it; NULL: page cache */
	struct fs *fs;			/* [I] NULL: a pipe, shared memory */
	uint32_t refs;			/* [a] goes to and from 0 under vfs_lock */
	uint32_t mode;			/* [v] type and permissions */
	uint32_t nlink;			/* [v] 0: deleted */
	uint32_t flags;
	uint32_t uid, gid;		/* [v] */
	uint64_t ino, rdev;		/* [I] */
	uint64_t size;			/* [v] written under inode->lock too, but for growth by write */
	uint64_t atime, mtime, ctime;	/* [v] ns since 1970 */
	struct inode *parent;		/* [n] with a reference; NULL of a root and of nameless ones */
	struct inode *hash_next;	/* [v] */
	const char *name;		/* [n] name_buf or allocated */
	uint32_t name_len, name_hash;	/* [n] */
	char name_buf[24];
	struct fs *mounted;		/* [v] what covers this directory */
	struct list fs_link;		/* [v] in fs->inodes */
	struct list unused_link;	/* [v] with refs 0 */
	struct ptree pages;		/* [v] nodes are added under inode->lock */
	uint64_t npages;		/* [v] */
	struct list dirty_pages;	/* [v] */
	struct list dirty_link;		/* [v] */
	enum err wb_error;		/* [v] of the last write-back, told at fsync */
	struct mutex lock;
	struct poll_edges edges;	/* [a] of a pipe and the like */
};

struct inode_ops {
	/* Directories; dir->fs->names is held. lookup gives a reference, of an inode that is in the name table if its kind is kept there. */
	enum err (*lookup)(struct inode *dir, const struct name *n, struct inode **out);
	/* mode says what kind; target is a symbolic link's. The name is free. */
	enum err (*create)(struct inode *dir, const struct name *n, const struct node_spec *spec, struct inode **out);
	/* Remove child's entry (a directory: ERR_NOTEMPTY). */
	enum err (*unlink)(struct inode *dir, struct inode *child);
	/* Move child to (dir, n); target, NULL or what has that name and may be replaced, loses it. */
	enum err (*rename)(struct inode *child, struct inode *dir, const struct name *n, struct inode *target);
	/* Call emit for entries from *pos (2 at first; 0 and 1 are . and ..) on; *pos moves past those it took. */
	enum err (*readdir)(struct inode *dir, uint64_t *pos, struct dir_emitter *em);
	enum err (*readlink)(struct inode *i, char *buf, size_t n, size_t *len);	/* what does not fit is cut off, or ERR_NAMETOOLONG */
	/* Where a link leads, with a reference, if that is more than its text tells. NULL: walk the text. */
	enum err (*follow)(struct inode *link, struct inode **out);

	/* Regular files; i->lock is held. Pages in a row from pgoff. */
	enum err (*read_pages)(struct inode *i, uint64_t pgoff, struct page **pages, unsigned n);
	enum err (*write_pages)(struct inode *i, uint64_t pgoff, struct page **pages, unsigned n);
	/* Make sure of room for bytes [0, end). What the size does not come to need goes when the inode is next written. */
	enum err (*reserve)(struct inode *i, uint64_t end);
	/* i->size went down to size: give back what lies beyond. ERR_NOMEM: nothing has changed, and the size goes up again. */
	enum err (*truncate)(struct inode *i, uint64_t size);
	/* Put size and times on the medium (into its buffers). */
	enum err (*write_inode)(struct inode *i);
	/* The last reference is gone and nothing is cached: free the storage if nlink is 0. */
	void (*evict)(struct inode *i);
	void (*free)(struct inode *i);	/* the structure itself */
};

struct node_spec { uint32_t mode; uint64_t rdev; const char *target; const struct file_ops *fops; };

/* readdir's sink. False: no room, stop before this entry. */
struct dir_emitter {
	bool (*emit)(struct dir_emitter *em, const struct name *n, uint64_t ino, uint32_t mode);
	uint64_t next;		/* the position after the entry being emitted, set by readdir before the call */
};

enum { READAHEAD_PAGES = 16 };

/* Set up the fields of a zeroed inode; refs 1, nlink 1, in fs->inodes. */
void inode_init(struct inode *i, struct fs *fs, const struct inode_ops *ops, uint32_t mode);
/* The same for what has no name and no file system, only files with ops fops. */
void inode_init_nameless(struct inode *i, const struct inode_ops *ops, const struct file_ops *fops, uint32_t mode);
/* Give i its place (dir, n): takes a reference to dir, and enters the name table unless NO_CACHE. ERR_NOMEM. */
enum err inode_name(struct inode *i, struct inode *dir, const struct name *n) MUST_CHECK;
/* The inode of that name, with a reference; NULL: not in the table. */
struct inode *inode_find(struct inode *dir, const struct name *n);
/* The same with vfs_lock held, and without taking a reference. */
struct inode *inode_find_locked(struct inode *dir, const struct name *n);
void inode_get_locked(struct inode *i);
/* Take i's name away: it is deleted. fs->names is held. */
void inode_unname(struct inode *i);
/* Give i another name, or its first one. Prepared by inode_rename_prepare(), which may fail with ERR_NOMEM. */
struct rename_prep { char *buf; };
enum err inode_rename_prepare(struct rename_prep *p, const struct name *n) MUST_CHECK;
void inode_rename_commit(struct inode *i, struct inode *dir, const struct name *n, struct rename_prep *p);
/* Free unused inodes until no more than the limit are kept. May sleep; no inode's lock is held. */
void inode_trim(void);
/* Drop every unused inode of fs; true if none but its root is left. fs->names is not held. */
bool inode_drop_unused(struct fs *fs);
/* i's times := now. */
void inode_touch(struct inode *i);
void inode_mark_dirty_locked(struct inode *i);
void inode_mark_dirty(struct inode *i);
uint64_t ino_next(void);
static inline bool inode_is_dir(const struct inode *i) { return S_ISDIR(i->mode); }
static inline bool inode_is_file(const struct inode *i) { return S_ISREG(i->mode); }
static inline bool inode_is_link(const struct inode *i) { return S_ISLNK(i->mode); }

/* ---- page trees (pagetree.c); vfs_lock is held ---- */
struct page *ptree_get(const struct ptree *t, uint64_t index);
/* Where index's page pointer is; NULL if nodes for it are missing. */
struct page **ptree_slot(struct ptree *t, uint64_t index);
/* Make nodes for index; the inode's lock is held, vfs_lock is not. ERR_NOMEM. */
enum err ptree_prepare(struct ptree *t, uint64_t index) MUST_CHECK;
/* First page with number >= *index, which is set to its number; NULL: none. */
struct page *ptree_next(const struct ptree *t, uint64_t *index);
/* Free all nodes; no page is left in the tree. */
void ptree_destroy(struct ptree *t);

/* ---- page cache ---- */
/* The page with a reference, read in if need be. ERR_NXIO past the end. */
enum err pagecache_get(struct inode *i, uint64_t pgoff, struct page **out) MUST_CHECK;
enum err pagecache_read(struct inode *i, struct io *io) MUST_CHECK;
enum err pagecache_write(struct inode *i, struct io *io) MUST_CHECK;
/* Set the size; ERR_FBIG, ERR_NOSPC, ERR_NOMEM, ERR_IO. Pages wholly beyond it leave every mapping. No space's lock is held, nor any after it. */
enum err pagecache_truncate(struct inode *i, uint64_t size) MUST_CHECK;
/* Give back all storage of a file that has no name, at the end of the machine: whoever still maps it will not run again. ERR_NOMEM, ERR_IO. */
enum err pagecache_empty(struct inode *i) MUST_CHECK;
/* Take all pages from pgoff on out of the cache, dirty or not; i->lock is held or nobody else has i. */
void pagecache_drop(struct inode *i, uint64_t pgoff);
/* Write i's dirty pages and its size. */
enum err inode_writeback(struct inode *i) MUST_CHECK;
enum err inode_writeback_locked(struct inode *i) MUST_CHECK;	/* i->lock is held */
/* All that is i's is on the medium. What could not be written, now or by anybody since the last call, is told once. */
enum err inode_fsync(struct inode *i) MUST_CHECK;
void writeback_kick_locked(void);	/* something is dirty: the thread looks in a while */
bool buffers_reclaim(void);		/* free clean block buffers; true if any */
extern const struct vm_object_ops inode_object_ops;
extern const struct file_ops pagecache_file_ops;
extern struct list dirty_inodes;		/* [v] */
extern struct list nameless_inodes;		/* [v] of no file system: pipes, shared memory */
extern uint64_t dirty_page_count;		/* [v] */
extern uint64_t cached_page_count, pinned_page_count;	/* [v] */
void page_mark_dirty_locked(struct inode *i, struct page *p);
void page_mark_clean_locked(struct page *p);
void writeback_start(void);

/* ---- transfers ---- */
/* A transfer between a file and memory. buf is a user address, or kernel memory if kbuf is set. */
struct io { vaddr_t buf; void *kbuf; size_t n; uint64_t pos; size_t done; };
/* Move up to n bytes at mem out to (in from) the transfer's buffer; the number moved, less than n at a bad address. done is not changed. */
size_t io_copy_out(struct io *io, const void *mem, size_t n);
size_t io_copy_in(struct io *io, void *mem, size_t n);
size_t io_zero_out(struct io *io, size_t n);

/* ---- open files ---- */
struct file {
	uint32_t refs;			/* [a] */
	uint32_t flags;			/* O_*, [a] but constant access mode */
	const struct file_ops *ops;	/* [I] */
	struct inode *inode;		/* [I] with a reference */
	uint64_t pos;			/* pos_lock if the file is shared */
	void *priv;
	struct list watchers;		/* [epoll.c's lock] its places in sets */
	bool watched;			/* [epoll.c's lock] there was one at some time */
	struct mutex pos_lock;
};

struct file_ops {
	enum err (*open)(struct file *f);
	void (*release)(struct file *f);
	enum err (*read)(struct file *f, struct io *io);	/* io->done is what was moved; the offset is not touched */
	enum err (*write)(struct file *f, struct io *io);
	enum err (*ioctl)(struct file *f, uint64_t cmd, vaddr_t arg);
	unsigned (*poll)(struct file *f);			/* POLLIN ...; NULL: always readable and writable */
	struct poll_edges *edges;	/* of all these files; NULL: each inode has its own */
	bool stream;						/* no offset: ESPIPE */
	const char *name;					/* of what has no path, for /proc/PID/fd; NULL: it has one */
};

/* A file on i, whose reference it takes over, on failure too. */
enum err file_create(struct inode *i, uint32_t flags, struct file **out) MUST_CHECK;
void file_get(struct file *f);
void file_put(struct file *f);

/* ---- descriptor tables ---- */
struct files;
/* The file behind fd, with a reference if the table is shared; put it by fd_put(). NULL: none. */
struct fdref { struct file *file; bool counted; };
bool fd_get(int fd, struct fdref *out);
/* What fd of any table is open on, with a reference, and the open file's flags. NULL: nothing. */
struct inode *files_inode(struct files *t, unsigned fd, uint32_t *flags);
void fd_put(struct fdref *r);
/* Descriptors are below it: RLIMIT_NOFILE of the current process. */
unsigned fd_limit(void);
/* Keep the lowest free descriptor from `from` on for fd_fill(), which cannot fail: whoever makes something that could not be taken back
 * does it in between. Until then the descriptor is neither open nor free. ERR_NOMEM, ERR_MFILE. */
enum err fd_reserve(struct files *fs, unsigned from, int *fd) MUST_CHECK;
/* Takes over the reference. NULL: the descriptor is free again. */
void fd_fill(struct files *fs, int fd, struct file *f, bool cloexec);
enum err fd_install(struct files *fs, struct file *f, bool cloexec, int *fd) MUST_CHECK;	/* takes over the reference */
/* For system calls: a descriptor from `from` on of the current process for f; or for a new file on i, with the O_ flags, and O_CLOEXEC: -ENOMEM if i
 * is NULL. They take over the reference, on failure too. The descriptor, or -errno. */
int64_t fd_give(struct file *f, unsigned from, bool cloexec);
int64_t fd_open(struct inode *i, uint32_t flags);
enum err fd_replace(struct files *fs, struct file *f, unsigned fd, bool cloexec) MUST_CHECK;	/* the same, closing what fd was; ERR_BUSY: it is reserved */
enum err fd_close(int fd) MUST_CHECK;		/* ERR_BADF */
bool fd_cloexec(int fd);			/* fd is open */
void fd_set_cloexec(int fd, bool on);

/* ---- the caches of the kernel's objects, made at boot. False: no memory. ---- */
bool ptree_init_caches(void);
bool file_init_caches(void);
bool buf_init_caches(void);
bool fat_init_caches(void);
bool pipe_init_caches(void);
bool stream_init(void);
uint64_t stream_pieces(void);		/* read past the page cache since boot */
struct inode *devfs_console(void);		/* no reference; NULL before vfs_init() */

/* ---- paths (path.c) ---- */
enum { WALK_FOLLOW = 1, WALK_DIR = 2 };
/* from: where a relative path starts; the caller has a reference. NULL: the current directory. */
enum err path_lookup(struct inode *from, const char *path, unsigned flags, struct inode **out) MUST_CHECK;
/* The directory that holds the last component, with a reference, and that component, which may point into path or into
 * links: free it by path_last_drop(). special: the path ends in "." or "..", or names the root (last.len is 0 then). */
struct path_last { struct inode *dir; struct name last; bool slash, special; char *links; };
enum err path_parent(struct inode *from, const char *path, struct path_last *out) MUST_CHECK;
void path_last_drop(struct path_last *p);
/* One name in a directory, through the cache. With a reference; not followed. dir->fs->names is held. */
enum err dir_lookup_locked(struct inode *dir, const struct name *n, struct inode **out) MUST_CHECK;
/* i's path from the root into buf, ended by 0. Number of bytes without the 0, or -1 if it does not fit. */
int inode_path(struct inode *i, char *buf, size_t n);
int inode_path_locked(struct inode *i, char *buf, size_t n);
/* Open or create. */
enum err vfs_open(struct inode *from, const char *path, uint32_t flags, uint32_t mode, struct file **out) MUST_CHECK;
void inode_fill_stat(struct inode *i, struct stat *st);

/* ---- file systems and mounts ---- */
struct fs_type {
	const char *name;
	enum err (*mount)(struct fs *fs, const char *source);	/* fill in fs: root, priv. */
	bool needs_device;
};
struct statfs;
struct fs {
	const struct fs_type *type;	/* [I] */
	const struct fs_ops *ops;	/* [I] */
	struct inode *root;		/* [I] with a reference */
	struct inode *point;		/* [v] covered directory, with a reference; NULL of the root's */
	void *priv;			/* [I] */
	bool read_only, casefold;	/* [I] */
	unsigned id;			/* [I] st_dev */
	char source[32];		/* [I] */
	struct list inodes;		/* [v] */
	struct list link;		/* mount_lock */
	struct mutex names;
};
struct fs_ops {
	enum err (*sync)(struct fs *fs);	/* metadata; the inodes were written */
	void (*close)(struct fs *fs);		/* after the last sync, at the end of the machine: the medium is whole; NULL: nothing to say */
	void (*unmount)(struct fs *fs);		/* free priv and all that is left of it */
	void (*statfs)(struct fs *fs, struct statfs *st);
	void (*let_go)(struct fs *fs);		/* of what is only held for speed; NULL: nothing is */
	bool (*is_busy)(struct fs *fs);		/* NULL: it is if an inode is left besides the root */
};
extern struct mutex mount_lock;
extern struct list mounts;			/* mount_lock */
extern const struct fs_type fat_type, tmpfs_type, devfs_type, proc_type;
enum err fs_create(const struct fs_type *t, const char *source, bool ro, struct fs **out) MUST_CHECK;
enum err fs_sync(struct fs *fs) MUST_CHECK;
enum err vfs_mount(const char *type, const char *source, struct inode *point, bool ro) MUST_CHECK;
/* Takes over the reference to root, the root of what is to go. ERR_BUSY, ERR_INVAL. */
enum err vfs_unmount(struct inode *root) MUST_CHECK;
/* The inode that stands for i in the tree: the root of what is mounted on it. */
static inline struct inode *mount_top(struct inode *i)
{
	while (i->mounted)
		i = i->mounted->root;
	return i;
}
struct inode *vfs_root(void);	/* no reference */

/* ---- tmpfs for others ---- */
enum err tmpfs_add(struct inode *dir, const char *name, const struct node_spec *spec, struct inode **out) MUST_CHECK;
/* A new empty file of no file system: it lives as long as a descriptor or a mapping. NULL: no memory. */
struct inode *tmpfs_nameless(void);

/* ---- pollers ---- */
/* Files with these edges may have become ready for events (POLLIN, POLLOUT): wake those in poll. NULL: what becomes ready is no file that
 * counts. Any context, under any lock up to LOCK_PIPE. */
void poll_notify(struct poll_edges *e, unsigned events);
