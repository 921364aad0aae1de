/* A file's size, times and chain against its directory entry: written back, cut, and given up. */
#include "fat.h"
#include <lib/string.h>

enum err fat_raw_of(struct fat *f, struct fat_inode *fi, uint8_t **raw)
{
	uint8_t *s;
	enum err e = buf_load(&f->bufs, &f->dir, fi->sector, &s);
	if (e == OK)
		*raw = s + fi->offset;
	return e;
}

static uint32_t clusters_for(const struct fat *f, uint64_t size) { return (uint32_t)((size + f->cluster_bytes - 1) / f->cluster_bytes); }

/* A write that failed may have left more clusters than the size needs. The inode's lock is held, so no write is under way. */
static enum err trim_chain(struct fat *f, struct fat_inode *fi)
{
	uint32_t keep = clusters_for(f, fi->i.size), first = fi->first, rest = 0;
	struct fat_run run;
	enum err e = OK;
	if (!first || fi->nclusters <= keep)
		return OK;
	if (keep) {
		e = fat_map(f, fi, keep - 1, 1, &run);
		if (e == OK)
			e = fat_next(f, run.cluster, &rest);
		if (e == OK && rest)
			e = fat_cut(f, run.cluster);
	}
	if (e != OK)
		return e;
	if (!keep)
		fi->first = 0;
	fat_forget_map(fi);
	fat_free_later(f, keep ? rest : first);
	return OK;
}

static enum err write_inode_locked(struct fat *f, struct fat_inode *fi)
{
	uint8_t *raw, before[FAT_SLOT];
	uint32_t date, time;
	if (!fi->sector || !fi->i.nlink)
		return OK;
	enum err e = inode_is_file(&fi->i) ? trim_chain(f, fi) : OK;
	if (e == OK)
		e = fat_raw_of(f, fi, &raw);
	if (e != OK)
		return e;
	memcpy(before, raw, sizeof before);
	fat_put_first_cluster(raw, fi->first);
	put32(raw + DE_SIZE, inode_is_dir(&fi->i) ? 0 : (uint32_t)fi->i.size);
	fat_time_encode(fi->i.mtime, &date, &time);
	put16(raw + DE_MTIME, time);
	put16(raw + DE_MTIME + 2, date);
	fat_time_encode(fi->i.atime, &date, &time);
	put16(raw + DE_ADATE, date);
	raw[DE_ATTR] = (uint8_t)((raw[DE_ATTR] & ~ATTR_READ_ONLY) | (fi->i.mode & 0222 ? 0 : ATTR_READ_ONLY));
	if (memcmp(before, raw, sizeof before))
		buf_mark(f->dir, fi->sector, BUF_DIR);
	return OK;
}

enum err fat_write_inode(struct inode *i)
{
	struct fat *f = fat_of(i->fs);
	mutex_lock(&f->lock);
	enum err e = write_inode_locked(f, fat_inode_of(i));
	mutex_unlock(&f->lock);
	return e;
}

/* The entry says the new size before clusters behind it go, so that no power cut finds it longer than its chain. Its
 * sector may name other new chains, which must be there first. */
static enum err write_size_first(struct fat *f, struct fat_inode *fi)
{
	uint8_t *raw;
	enum err e = fat_raw_of(f, fi, &raw);
	if (e != OK)
		return e;
	put32(raw + DE_SIZE, (uint32_t)fi->i.size);
	fat_put_first_cluster(raw, fi->first);
	buf_mark(f->dir, fi->sector, BUF_DIR);
	e = bufset_write(&f->bufs, BUF_TABLE, &f->mirror);
	if (e == OK)
		e = fat_barrier(f);
	if (e == OK)
		e = buf_write_now(f->dir, fi->sector, 1);
	return e == OK ? fat_barrier(f) : e;
}

/* The entry loses its chain before the chain is freed, in any case. */
static enum err truncate_all(struct fat *f, struct fat_inode *fi, bool named)
{
	uint8_t *raw;
	uint32_t first = fi->first;
	enum err e = named ? fat_raw_of(f, fi, &raw) : OK;	/* it stays in hand until it is written to below */
	if (e != OK)
		return e;
	fi->first = 0;
	fat_forget_map(fi);
	fat_free_later(f, first);
	return named ? write_inode_locked(f, fi) : OK;
}

/* Without memory nothing has changed, or else only clusters that the size does not need are left, for write_inode() to trim. */
static enum err truncate_locked(struct fat *f, struct fat_inode *fi)
{
	uint32_t keep = clusters_for(f, fi->i.size);
	bool named = fi->sector && fi->i.nlink;
	if (!fi->first)
		return OK;
	if (!keep)
		return truncate_all(f, fi, named);
	enum err e = fat_find_tail(f, fi, f->max_cluster);
	if (e == OK && named && fi->nclusters > keep)
		e = write_size_first(f, fi);
	if (e != OK)
		return e;
	e = trim_chain(f, fi);
	return e == ERR_NOMEM ? OK : e;
}

enum err fat_truncate(struct inode *i, uint64_t size)
{
	struct fat *f = fat_of(i->fs);
	(void)size;	/* it is i->size by now */
	mutex_lock(&f->lock);
	enum err e = truncate_locked(f, fat_inode_of(i));
	mutex_unlock(&f->lock);
	return e;
}

void fat_evict(struct inode *i)
{
	struct fat *f = fat_of(i->fs);
	struct fat_inode *fi = fat_inode_of(i);
	if (i->nlink || !fi->first)
		return;
	mutex_lock(&f->lock);
	fat_free_later(f, fi->first);
	mutex_unlock(&f->lock);
}
