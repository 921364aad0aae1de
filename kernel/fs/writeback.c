/* Writing back: what is dirty in memory goes to the medium, data first, then sizes and times, then the
 * file system's own tables. sync, fsync, umount and power-off do it at once; a kernel thread does it a few seconds
 * after the first change. */
#include "vfs_priv.h"
#include <kernel/printk.h>

enum { DELAY_NS = 2000000000 };

struct list dirty_inodes = LIST_INIT(dirty_inodes);
static struct waitq work = WAITQ_INIT(work);	/* [v] the thread waits here for something dirty */
static bool work_pending;			/* [v] */

void writeback_kick_locked(void)
{
	if (work_pending)
		return;
	work_pending = true;
	waitq_wake_one(&work);
}

/* Take a run of dirty pages off the list, each with a reference. Pages that are mapped writable stay
 * dirty: they wait on again. vfs_lock is held. */
static unsigned take_run(struct inode *i, struct page **pages, struct list *again)
{
	struct page *p = container_of(i->dirty_pages.next, struct page, link);
	unsigned n = 0;
	while (p && p->flags & PG_DIRTY && n < READAHEAD_PAGES) {
		bool sticky = p->flags & PG_SHARED_WRITE && p->refs > 1;
		frame_get(p);
		pages[n++] = p;
		if (sticky) {
			list_remove(&p->link);
			list_push_back(again, &p->link);
		} else {
			page_mark_clean_locked(p);
		}
		p = ptree_get(&i->pages, p->index + 1);
		if (p && p->flags & PG_SHARED_WRITE)
			break;	/* it may be on again already */
	}
	return n;
}

static enum err write_run(struct inode *i, struct page **pages, unsigned n)
{
	enum err e = i->ops->write_pages(i, pages[0]->index, pages, n);
	spin_lock(&vfs_lock);
	for (unsigned k = 0; k < n && e == ERR_NOMEM; k++)
		page_mark_dirty_locked(i, pages[k]);
	if (e != OK && e != ERR_NOMEM)
		i->wb_error = e;
	spin_unlock(&vfs_lock);
	for (unsigned k = 0; k < n; k++)
		frame_put(kernel_mm, pages[k]);
	return e;
}

static enum err write_dirty_pages(struct inode *i)
{
	struct page *pages[READAHEAD_PAGES];
	struct list again = LIST_INIT(again);
	enum err first = OK, e = OK;
	while (e != ERR_NOMEM) {
		spin_lock(&vfs_lock);
		unsigned n = list_is_empty(&i->dirty_pages) ? 0 : take_run(i, pages, &again);
		spin_unlock(&vfs_lock);
		if (!n)
			break;
		e = write_run(i, pages, n);
		if (first == OK)
			first = e;
	}
	spin_lock(&vfs_lock);
	for (struct list *n; (n = list_pop_front(&again));)
		list_push_back(&i->dirty_pages, n);
	spin_unlock(&vfs_lock);
	return first;
}

enum err inode_writeback_locked(struct inode *i)
{
	enum err e = write_dirty_pages(i);
	spin_lock(&vfs_lock);
	bool meta = i->flags & INODE_META_DIRTY && i->nlink;
	i->flags &= ~(uint32_t)INODE_META_DIRTY;
	spin_unlock(&vfs_lock);
	enum err m = meta && i->ops->write_inode ? i->ops->write_inode(i) : OK;
	spin_lock(&vfs_lock);
	if (m != OK)
		i->flags |= INODE_META_DIRTY;
	if (list_is_empty(&i->dirty_pages) && !(i->flags & INODE_META_DIRTY)) {
		list_remove(&i->dirty_link);
		i->flags &= ~(uint32_t)INODE_ON_DIRTY;
	}
	spin_unlock(&vfs_lock);
	return e != OK ? e : m;
}

enum err inode_writeback(struct inode *i)
{
	if (!(i->flags & INODE_ON_DIRTY))
		return OK;
	mutex_lock(&i->lock);
	enum err e = inode_writeback_locked(i);
	mutex_unlock(&i->lock);
	return e;
}

enum err inode_fsync(struct inode *i)
{
	enum err e = inode_writeback(i);
	enum err tables = i->fs && i->fs->ops->sync ? i->fs->ops->sync(i->fs) : OK;
	spin_lock(&vfs_lock);
	enum err told = i->wb_error;
	i->wb_error = OK;
	spin_unlock(&vfs_lock);
	return told != OK ? told : e != OK ? e : tables;
}

/* The first dirty inode of fs that this pass has not seen, with a reference; it goes to the end of the list. */
static struct inode *next_dirty(struct fs *fs, struct inode **stop)
{
	struct inode *i, *found = NULL;
	spin_lock(&vfs_lock);
	list_for_each(i, &dirty_inodes, dirty_link)
		if (i->fs == fs) {
			found = i;
			break;
		}
	if (found == *stop)
		found = NULL;
	if (found) {
		if (!*stop)
			*stop = found;
		inode_get_locked(found);
		list_remove(&found->dirty_link);
		list_push_back(&dirty_inodes, &found->dirty_link);
	}
	spin_unlock(&vfs_lock);
	return found;
}

enum err fs_sync(struct fs *fs)
{
	enum err first = OK;
	struct inode *stop = NULL, *i;
	unsigned turns = 0;
	while (turns++ < 4096 && (i = next_dirty(fs, &stop))) {
		enum err e = inode_writeback(i);
		if (!(i->flags & INODE_ON_DIRTY) && i == stop)
			stop = NULL;
		inode_put(i);
		if (first == OK)
			first = e;
		sched_point();
	}
	enum err e = fs->ops->sync ? fs->ops->sync(fs) : OK;
	return first != OK ? first : e;
}

void vfs_sync_all(void)
{
	struct fs *fs;
	mutex_lock(&mount_lock);
	list_for_each(fs, &mounts, link) {
		enum err e = fs_sync(fs);
		if (e != OK)
			printk("[vfs] %s: not everything could be written back (error %d)\n", fs->source, (int)e);
	}
	mutex_unlock(&mount_lock);
}

/* Reclaim looks at a part of the pages at a time, and gives each a second chance. */
void vfs_drop_pages(void)
{
	uint64_t futile = 0;
	while (futile <= cached_page_count / 32 + 4)
		futile = pagecache_reclaim() ? 0 : futile + 1;
}

void vfs_drop_names(void)
{
	struct fs *fs;
	mutex_lock(&mount_lock);
	list_for_each(fs, &mounts, link) {
		inode_drop_unused(fs);
		if (fs->ops->let_go)
			fs->ops->let_go(fs);
	}
	mutex_unlock(&mount_lock);
}

void vfs_drop_caches(void)
{
	vfs_sync_all();
	vfs_drop_names();
	vfs_drop_pages();
}

/* A deleted file of fs that is still open and has storage, with a reference. */
static struct inode *find_orphan(struct fs *fs)
{
	struct inode *i, *found = NULL;
	spin_lock(&vfs_lock);
	list_for_each(i, &fs->inodes, fs_link)
		if (!i->nlink && i->size && inode_is_file(i) && !i->fops) {
			inode_get_locked(i);
			found = i;
			break;
		}
	spin_unlock(&vfs_lock);
	return found;
}

void vfs_shutdown(void)
{
	struct fs *fs;
	struct inode *i;
	mutex_lock(&mount_lock);
	list_for_each(fs, &mounts, link)
		for (unsigned k = 0; k < 1000 && (i = find_orphan(fs)); k++) {
			enum err e = pagecache_empty(i);
			inode_put(i);
			if (e != OK)
				break;
		}
	mutex_unlock(&mount_lock);
	vfs_sync_all();
	mutex_lock(&mount_lock);
	list_for_each(fs, &mounts, link)
		if (fs->ops->close)
			fs->ops->close(fs);
	mutex_unlock(&mount_lock);
}

static void writeback_thread(void *arg)
{
	struct waitq nobody = WAITQ_INIT(nobody);
	(void)arg;
	for (;;) {
		spin_lock(&vfs_lock);
		while (!work_pending)
			wait_on(&work, &vfs_lock, 0, 0);
		spin_unlock(&vfs_lock);
		wait_on(&nobody, NULL, 0, time_deadline(DELAY_NS));
		spin_lock(&vfs_lock);
		work_pending = false;
		spin_unlock(&vfs_lock);
		vfs_sync_all();
	}
}

void writeback_start(void)
{
	if (kthread_start("writeback", writeback_thread, NULL) != OK)
		printk("[vfs] no write-back thread: sync is up to programs\n");
}
