/* Where a file's bytes are: file clusters to disk clusters, and pages to and from the disk.
 *
 * A chain is a list, so finding cluster n costs n steps; fi->ext remembers stretches that lie in a row (most files are
 * one or two), and a walk begins at the nearest. Walks are bounded by the index asked for, so a chain that
 * bites its tail cannot hang anybody. */
#include "fat.h"
#include <kernel/blk.h>
#include <kernel/printk.h>
#include <lib/string.h>

void fat_forget_map(struct fat_inode *fi)
{
	fi->next = 0;
	fi->nclusters = 0;
	fi->tail = 0;
}

/* The extent that begins nearest before index; makes the first one. */
static struct fat_extent *nearest(struct fat_inode *fi, uint32_t index)
{
	struct fat_extent *best = &fi->ext[0];
	if (!fi->next) {
		*best = (struct fat_extent){ 0, fi->first, 1 };
		fi->next = 1;
	}
	if (index < best->count)
		return best;
	for (unsigned k = 1; k < fi->next; k++)
		if (fi->ext[k].index <= index && fi->ext[k].index > best->index)
			best = &fi->ext[k];
	return best;
}

/* Remember that c follows e's last cluster; the extent that has it. The first extent is never replaced. */
static struct fat_extent *append(struct fat_inode *fi, struct fat_extent *e, uint32_t c)
{
	if (c == e->cluster + e->count) {
		e->count++;
		return e;
	}
	uint32_t index = e->index + e->count;
	struct fat_extent *to;
	if (fi->next < FAT_EXTENTS)
		to = &fi->ext[fi->next++];
	else
		to = &fi->ext[1 + fi->turn++ % (FAT_EXTENTS - 1)];
	*to = (struct fat_extent){ index, c, 1 };
	return to;
}

static void complain(struct fat *f, struct fat_inode *fi, const char *what)
{
	printk("[fat] %s: %s: %s\n", f->fs->source, fi->i.name_len ? fi->i.name : "/", what);
}

enum err fat_map(struct fat *f, struct fat_inode *fi, uint32_t index, uint32_t want, struct fat_run *out)
{
	if (!fi->first)
		return ERR_IO;
	struct fat_extent *e = nearest(fi, index);
	uint32_t next;
	while (index - e->index + want > e->count) {
		bool reached = index - e->index < e->count;
		enum err err = fat_next(f, e->cluster + e->count - 1, &next);
		if (err != OK || !next) {
			if (reached)
				break;	/* what there is will do */
			if (err != ERR_NOMEM)
				complain(f, fi, "its chain of clusters is broken or too short");
			return err == OK ? ERR_IO : err;
		}
		if (reached && next != e->cluster + e->count)
			break;
		e = append(fi, e, next);
	}
	uint32_t off = index - e->index;
	*out = (struct fat_run){ e->cluster + off, e->count - off < want ? e->count - off : want };
	return OK;
}

enum err fat_find_tail(struct fat *f, struct fat_inode *fi, uint32_t max)
{
	if (fi->nclusters || !fi->first)
		return OK;
	struct fat_extent *e = nearest(fi, UINT32_MAX);
	for (;;) {
		uint32_t next, last = e->cluster + e->count - 1;
		enum err err = fat_next(f, last, &next);
		if (err == OK && next && e->index + e->count >= max)
			err = ERR_IO;
		if (err != OK) {
			if (err != ERR_NOMEM)
				complain(f, fi, "its chain of clusters is broken or too long");
			return err;
		}
		if (!next) {
			fi->tail = last;
			fi->nclusters = e->index + e->count;
			return OK;
		}
		e = append(fi, e, next);
	}
}

/* Let fi have n clusters in all. On failure nothing has changed. */
static enum err extend(struct fat *f, struct fat_inode *fi, uint32_t n)
{
	enum err e = fat_find_tail(f, fi, f->max_cluster);
	uint32_t old_tail = fi->tail, tail = fi->tail, have = fi->first ? fi->nclusters : 0, head = 0;
	if (e != OK || n <= have)
		return e;
	for (uint32_t k = have; k < n && e == OK;) {
		struct fat_run run;
		if ((e = fat_alloc(f, tail, n - k, &run)) != OK)
			break;
		tail = run.cluster + run.count - 1;
		k += run.count;
		if (!head)
			head = run.cluster;
	}
	if (e != OK) {
		if (old_tail && head && fat_cut(f, old_tail) != OK)
			complain(f, fi, "a failed extension could not be undone");
		else if (head)
			fat_free_now(f, head);
		return e;
	}
	if (!fi->first) {
		fi->first = head;
		fi->next = 0;
	}
	fi->tail = tail;
	fi->nclusters = n;
	return OK;
}

/* A file that grows gets clusters ahead, so that few writes come to the table; what it does not use goes back when the
 * inode is written. Not on a disk that is nearly full. */
enum { AHEAD_BYTES = 65536, PLENTY_BYTES = 16 << 20 };

static uint32_t clusters_ahead(const struct fat *f, const struct inode *i, uint64_t end)
{
	bool plenty = f->free_count != UINT32_MAX && (uint64_t)f->free_count * f->cluster_bytes > PLENTY_BYTES;
	return plenty && i->size && end > AHEAD_BYTES ? AHEAD_BYTES / f->cluster_bytes : 0;
}

enum err fat_reserve(struct inode *i, uint64_t end)
{
	struct fat *f = fat_of(i->fs);
	struct fat_inode *fi = fat_inode_of(i);
	if (end > UINT32_MAX)
		return ERR_FBIG;
	uint32_t n = (uint32_t)((end + f->cluster_bytes - 1) / f->cluster_bytes);
	if (fi->first && n <= fi->nclusters)
		return OK;
	mutex_lock(&f->lock);
	enum err e = extend(f, fi, n + clusters_ahead(f, i, end));
	mutex_unlock(&f->lock);
	return e;
}

/* ---- pages ---- */

enum { VECS = READAHEAD_PAGES };

/* Bytes [from, from+n) of the pages as pieces. */
static unsigned make_vecs(struct page **pages, size_t from, size_t n, struct blk_vec *v)
{
	unsigned k = 0;
	while (n) {
		size_t off = from & (PAGE_SIZE - 1), part = PAGE_SIZE - off < n ? PAGE_SIZE - off : n;
		v[k++] = (struct blk_vec){ (char *)page_ptr(kernel_mm, pages[from >> PAGE_SHIFT]) + off, (unsigned)part };
		from += part;
		n -= part;
	}
	return k;
}

/* The same as fat_map() if the extents know all that is wanted: somebody may have the FAT's lock who waits for the disk. i->lock is held. */
static bool is_known(const struct fat_inode *fi, uint32_t index, uint32_t want, struct fat_run *out)
{
	for (const struct fat_extent *e = fi->ext; e < fi->ext + fi->next; e++)
		if (index >= e->index && index - e->index + want <= e->count) {
			*out = (struct fat_run){ e->cluster + (index - e->index), want };
			return true;
		}
	return false;
}

static enum err map_file(struct fat *f, struct fat_inode *fi, uint32_t index, uint32_t want, struct fat_run *out)
{
	if (is_known(fi, index, want, out))
		return OK;
	mutex_lock(&f->lock);
	enum err e = fat_map(f, fi, index, want, out);
	mutex_unlock(&f->lock);
	return e;
}

/* Move bytes [pos, end) of the file, which are the pages' from base on. Whole sectors. */
static enum err transfer(struct fat_inode *fi, uint64_t base, uint64_t end, struct page **pages, bool write)
{
	struct fat *f = fat_of(fi->i.fs);
	struct blk_vec v[VECS];
	for (uint64_t pos = base; pos < end;) {
		uint32_t index = (uint32_t)(pos / f->cluster_bytes), off = (uint32_t)(pos % f->cluster_bytes);
		uint32_t want = (uint32_t)((end + f->cluster_bytes - 1) / f->cluster_bytes) - index;
		struct fat_run run;
		enum err e = map_file(f, fi, index, want, &run);
		if (e != OK)
			return e;
		uint64_t n = (uint64_t)run.count * f->cluster_bytes - off;
		n = n < end - pos ? n : end - pos;
		unsigned nv = make_vecs(pages, (size_t)(pos - base), (size_t)n, v);
		e = blk_transfer_vec(f->dev, fat_cluster_sector(f, run.cluster) + off / SECTOR_SIZE, v, nv, write);
		if (e != OK)
			return e;
		pos += n;
	}
	return OK;
}

/* The end of the sectors that hold the file's bytes, within n pages from base. */
static uint64_t transfer_end(const struct inode *i, uint64_t base, unsigned n)
{
	uint64_t size = (i->size + SECTOR_SIZE - 1) & ~(uint64_t)(SECTOR_SIZE - 1), end = base + n * PAGE_SIZE;
	return size < end ? size : end;
}

enum err fat_read_pages(struct inode *i, uint64_t pgoff, struct page **pages, unsigned n)
{
	uint64_t base = pgoff << PAGE_SHIFT;
	return transfer(fat_inode_of(i), base, transfer_end(i, base, n), pages, false);
}

enum err fat_write_pages(struct inode *i, uint64_t pgoff, struct page **pages, unsigned n)
{
	uint64_t base = pgoff << PAGE_SHIFT;
	enum err e = transfer(fat_inode_of(i), base, transfer_end(i, base, n), pages, true);
	__atomic_store_n(&fat_of(i->fs)->unsettled, 1, __ATOMIC_RELEASE);
	return e;
}
