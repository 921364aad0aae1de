/* The page cache's part of memck: every page that a file's tree has is one reference. */
#include "vfs_priv.h"
#include <mm/memck.h>

void vfs_memck_lock(void) { mutex_lock(&mount_lock); }
void vfs_memck_unlock(void) { mutex_unlock(&mount_lock); }

static void show_pages(struct memck *m, const struct inode *i)
{
	uint64_t index = 0;
	for (struct page *p; i->npages && (p = ptree_next(&i->pages, &index)); index++)
		memck_hold(m, page_pa(kernel_mm, p), index << PAGE_SHIFT);
}

static void show_list(struct memck *m, const struct list *inodes)
{
	const struct inode *i;
	list_for_each(i, inodes, fs_link)
		show_pages(m, i);
}

void vfs_memck(struct memck *m)
{
	const struct fs *fs;
	spin_lock(&vfs_lock);
	list_for_each(fs, &mounts, link)
		show_list(m, &fs->inodes);
	show_list(m, &nameless_inodes);
	spin_unlock(&vfs_lock);
}
