/* Inodes: references, the name table, those kept unused, and their end.
 *
 *   in use   refs > 0
 *   unused   refs 0, on the unused list, still in the name table: the next lookup revives it
 *   gone     written back, out of the table, freed
 *
 * A child holds a reference to its parent, so the path of every inode can be told. */
#include "vfs_priv.h"
#include <lib/string.h>

enum { HASH_BITS = 10, UNUSED_MAX = 384 };

struct spinlock vfs_lock = SPINLOCK_INIT(LOCK_CACHE_INDEX, "vfs");
static struct inode *table[1 << HASH_BITS];	/* [v] chains by (parent, name) */
static struct list unused = LIST_INIT(unused);	/* [v] oldest first */
struct list nameless_inodes = LIST_INIT(nameless_inodes);
static unsigned unused_count;			/* [v] */
static uint64_t last_ino;

uint64_t ino_next(void) { return __atomic_add_fetch(&last_ino, 1, __ATOMIC_RELAXED); }

/* Letters of either case give the same hash, so that one table serves file systems that fold case. */
struct name name_of(const char *s, size_t len)
{
	uint32_t h = 2166136261u;
	for (size_t k = 0; k < len; k++)
		h = (h ^ ((uint8_t)s[k] | 0x20)) * 16777619u;
	return (struct name){ s, (unsigned)len, h };
}

static struct inode **bucket(const struct inode *dir, uint32_t hash)
{
	uint64_t k = (uintptr_t)dir >> 6 ^ hash;
	return &table[(k ^ k >> HASH_BITS) & ((1 << HASH_BITS) - 1)];
}

static char fold(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool same_name(const struct inode *i, const struct name *n)
{
	if (i->name_hash != n->hash || i->name_len != n->len)
		return false;
	if (!memcmp(i->name, n->s, n->len))
		return true;
	if (!i->fs->casefold)
		return false;
	for (unsigned k = 0; k < n->len; k++)
		if (fold(i->name[k]) != fold(n->s[k]))
			return false;
	return true;
}

void inode_init(struct inode *i, struct fs *fs, const struct inode_ops *ops, uint32_t mode)
{
	i->object.ops = &inode_object_ops;
	i->ops = ops;
	i->fs = fs;
	i->refs = i->nlink = 1;
	i->mode = mode;
	i->name = i->name_buf;
	list_init(&i->fs_link);
	list_init(&i->unused_link);
	list_init(&i->dirty_pages);
	list_init(&i->dirty_link);
	mutex_init(&i->lock, LOCK_INODE, "inode");
	spin_lock(&vfs_lock);
	list_push_back(fs ? &fs->inodes : &nameless_inodes, &i->fs_link);
	spin_unlock(&vfs_lock);
}

void inode_init_nameless(struct inode *i, const struct inode_ops *ops, const struct file_ops *fops, uint32_t mode)
{
	inode_init(i, NULL, ops, mode);
	i->fops = fops;
	i->ino = ino_next();
}

/* ---- references ---- */

void inode_get_locked(struct inode *i)
{
	if (!__atomic_fetch_add(&i->refs, 1, __ATOMIC_RELAXED) && !list_is_empty(&i->unused_link)) {
		list_remove(&i->unused_link);
		unused_count--;
	}
}

void inode_get(struct inode *i) { __atomic_fetch_add(&i->refs, 1, __ATOMIC_RELAXED); }

/* Out of every list and table; its parent, whose reference the caller now has. */
static struct inode *detach_locked(struct inode *i)
{
	struct inode *parent = i->parent;
	list_remove(&i->fs_link);
	list_remove(&i->dirty_link);	/* or write-back would find it */
	i->parent = NULL;
	return parent;
}

static void unhash_locked(struct inode *i)
{
	if (!(i->flags & INODE_HASHED))
		return;
	struct inode **at = bucket(i->parent, i->name_hash);
	while (*at != i)
		at = &(*at)->hash_next;
	*at = i->hash_next;
	i->flags &= ~(uint32_t)INODE_HASHED;
}

static void hash_locked(struct inode *i)
{
	struct inode **at = bucket(i->parent, i->name_hash);
	i->hash_next = *at;
	*at = i;
	i->flags |= INODE_HASHED;
}

/* The end of an inode that nobody can find any more. Its parent is put by the caller. */
static void destroy(struct inode *i)
{
	pagecache_drop(i, 0);
	ptree_destroy(&i->pages);
	if (i->ops && i->ops->evict)
		i->ops->evict(i);
	if (i->name != i->name_buf)
		kfree(kernel_mm, (void *)(uintptr_t)i->name);
	if (i->ops && i->ops->free)
		i->ops->free(i);
	else
		kfree(kernel_mm, i);
}

/* The last reference goes, perhaps. */
static void put_last(struct inode *i)
{
	while (i) {
		uint32_t refs = __atomic_load_n(&i->refs, __ATOMIC_RELAXED);
		while (refs > 1)
			if (__atomic_compare_exchange_n(&i->refs, &refs, refs - 1, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
				return;
		ASSERT(refs);		/* one put too many mostly finds what is free */
		spin_lock(&vfs_lock);
		if (__atomic_sub_fetch(&i->refs, 1, __ATOMIC_ACQ_REL)) {
			spin_unlock(&vfs_lock);
			return;
		}
		if (i->flags & INODE_HASHED) {
			list_push_back(&unused, &i->unused_link);
			unused_count++;
			spin_unlock(&vfs_lock);
			return;
		}
		struct inode *parent = detach_locked(i);
		spin_unlock(&vfs_lock);
		destroy(i);
		i = parent;
	}
}

void inode_put(struct inode *i)
{
	uint32_t refs = i ? __atomic_load_n(&i->refs, __ATOMIC_RELAXED) : 0;
	if (refs > 1 && __atomic_compare_exchange_n(&i->refs, &refs, refs - 1, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		return;
	put_last(i);
}

/* ---- names ---- */

static enum err copy_name(const struct name *n, char *inside, const char **out)
{
	char *s = inside;
	if (n->len >= sizeof ((struct inode *)0)->name_buf && !(s = kmalloc(kernel_mm, n->len + 1)))
		return ERR_NOMEM;
	memcpy(s, n->s, n->len);
	s[n->len] = 0;
	*out = s;
	return OK;
}

enum err inode_name(struct inode *i, struct inode *dir, const struct name *n)
{
	enum err e = copy_name(n, i->name_buf, &i->name);
	if (e != OK)
		return e;
	inode_get(dir);
	spin_lock(&vfs_lock);
	i->name_len = n->len;
	i->name_hash = n->hash;
	i->parent = dir;
	if (!(i->flags & INODE_NO_CACHE))
		hash_locked(i);
	spin_unlock(&vfs_lock);
	return OK;
}

struct inode *inode_find_locked(struct inode *dir, const struct name *n)
{
	struct inode *i = *bucket(dir, n->hash);
	while (i && !(i->parent == dir && same_name(i, n)))
		i = i->hash_next;
	return i;
}

struct inode *inode_find(struct inode *dir, const struct name *n)
{
	spin_lock(&vfs_lock);
	struct inode *i = inode_find_locked(dir, n);
	if (i)
		inode_get_locked(i);
	spin_unlock(&vfs_lock);
	return i;
}

void inode_unname(struct inode *i)
{
	spin_lock(&vfs_lock);
	unhash_locked(i);
	i->nlink = 0;
	spin_unlock(&vfs_lock);
}

enum err inode_rename_prepare(struct rename_prep *p, const struct name *n)
{
	p->buf = NULL;
	if (n->len < sizeof ((struct inode *)0)->name_buf)
		return OK;
	p->buf = kmalloc(kernel_mm, n->len + 1);
	return p->buf ? OK : ERR_NOMEM;
}

void inode_rename_commit(struct inode *i, struct inode *dir, const struct name *n, struct rename_prep *p)
{
	const char *old_name = i->name;
	struct inode *old_dir = i->parent;
	char *s = p->buf ? p->buf : i->name_buf;
	inode_get(dir);
	spin_lock(&vfs_lock);
	unhash_locked(i);
	memmove(s, n->s, n->len);
	s[n->len] = 0;
	i->name = s;
	i->name_len = n->len;
	i->name_hash = n->hash;
	i->parent = dir;
	hash_locked(i);
	spin_unlock(&vfs_lock);
	if (old_name != i->name_buf)
		kfree(kernel_mm, (void *)(uintptr_t)old_name);
	inode_put(old_dir);
}

int inode_path_locked(struct inode *i, char *buf, size_t n)
{
	size_t at = n - 1;
	buf[at] = 0;
	for (;;) {
		while (!i->parent && i->fs && i->fs->point && i == i->fs->root)
			i = i->fs->point;
		if (!i->parent)
			break;
		if (i->name_len + 1u > at)
			return -1;
		at -= i->name_len;
		memcpy(buf + at, i->name, i->name_len);
		buf[--at] = '/';
		i = i->parent;
	}
	if (at == n - 1)
		buf[--at] = '/';
	memmove(buf, buf + at, n - at);
	return (int)(n - at - 1);
}

int inode_path(struct inode *i, char *buf, size_t n)
{
	spin_lock(&vfs_lock);
	int len = inode_path_locked(i, buf, n);
	spin_unlock(&vfs_lock);
	return len;
}

/* ---- keeping few ---- */

/* Take the oldest unused inode (of fs, if not NULL) for eviction, with a reference. */
static struct inode *take_unused(struct fs *fs)
{
	struct inode *i, *found = NULL;
	spin_lock(&vfs_lock);
	list_for_each(i, &unused, unused_link)
		if (!fs || i->fs == fs) {
			inode_get_locked(i);
			found = i;
			break;
		}
	spin_unlock(&vfs_lock);
	return found;
}

/* Write i back and free it, unless somebody uses it again by then or it cannot be written. */
static bool evict_one(struct inode *i)
{
	enum err e = inode_writeback(i);
	spin_lock(&vfs_lock);
	bool clean = e == OK && !(i->flags & INODE_META_DIRTY) && list_is_empty(&i->dirty_pages);
	if (clean && i->refs == 1)
		unhash_locked(i);
	spin_unlock(&vfs_lock);
	inode_put(i);
	return clean;
}

void inode_trim(void)
{
	for (unsigned k = 0; unused_count > UNUSED_MAX && k < 16; k++) {
		struct inode *i = take_unused(NULL);
		if (!i || !evict_one(i))
			return;
	}
}

bool inode_drop_unused(struct fs *fs)
{
	struct inode *i;
	while ((i = take_unused(fs)))
		if (!evict_one(i))
			return false;
	return fs->inodes.next == fs->inodes.prev && fs->root->refs == 1;
}

/* ---- attributes ---- */

void inode_mark_dirty_locked(struct inode *i)
{
	i->flags |= INODE_META_DIRTY;
	if (!(i->flags & (INODE_ON_DIRTY | INODE_PINNED))) {
		i->flags |= INODE_ON_DIRTY;
		list_push_back(&dirty_inodes, &i->dirty_link);
		writeback_kick_locked();
	}
}

void inode_mark_dirty(struct inode *i)
{
	spin_lock(&vfs_lock);
	inode_mark_dirty_locked(i);
	spin_unlock(&vfs_lock);
}

void inode_touch(struct inode *i)
{
	i->mtime = i->ctime = time_wall_ns();
	inode_mark_dirty(i);
}

uint64_t inode_size(struct inode *i) { return i->size; }
struct vm_object *inode_vm_object(struct inode *i) { return &i->object; }
