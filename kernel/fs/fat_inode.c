/* FAT's inode operations: what path walking and the page cache ask of it. */
#include "fat.h"
#include <kernel/printk.h>
#include <lib/string.h>

static uint32_t first_cluster(const uint8_t *raw) { return (uint32_t)get16(raw + DE_CLUSTER_HI) << 16 | get16(raw + DE_CLUSTER_LO); }

static void put_first_cluster(uint8_t *raw, uint32_t c)
{
	put16(raw + DE_CLUSTER_HI, c >> 16);
	put16(raw + DE_CLUSTER_LO, c);
}

static struct slab_cache *fat_inode_cache;

bool fat_init_caches(void)
{
	fat_inode_cache = slab_cache_create(kernel_mm, "fat_inode", sizeof(struct fat_inode), 0);
	return fat_inode_cache;
}

static struct fat_inode *new_inode(struct fs *fs, const uint8_t *raw)
{
	struct fat_inode *fi = slab_zalloc(kernel_mm, fat_inode_cache);
	if (!fi)
		return NULL;
	uint32_t mode = raw[DE_ATTR] & ATTR_DIR ? S_IFDIR | 0755 : S_IFREG | (raw[DE_ATTR] & ATTR_READ_ONLY ? 0555u : 0755u);
	inode_init(&fi->i, fs, &fat_inode_ops, mode);
	fi->i.ino = ino_next();
	fi->attr = raw[DE_ATTR];
	fi->first = first_cluster(raw);
	fi->i.size = raw[DE_ATTR] & ATTR_DIR ? 0 : get32(raw + DE_SIZE);
	return fi;
}

static void place(struct fat_inode *fi, const struct fat_entry *e)
{
	fi->slot = e->slot;
	fi->nslots = e->nslots;
	fi->sector = e->sector;
	fi->offset = e->offset;
}

static enum err load_dir_size(struct inode *i)
{
	struct fat *f = fat_of(i->fs);
	struct fat_inode *fi = fat_inode_of(i);
	enum err e = fi->first ? fat_find_tail(f, fi, FAT_DIR_SLOTS_MAX * FAT_SLOT / f->cluster_bytes + 1) : ERR_IO;
	if (e == OK)
		i->size = (uint64_t)fi->nclusters * f->cluster_bytes;
	return e;
}

/* A directory is as long as its chain. If that cannot be read it can still be seen; if there is no memory to read it, nobody may
 * find it empty. */
static enum err learn_dir_size(struct inode *i, const char *name, unsigned len)
{
	i->name = name;		/* for what may have to be said of it */
	i->name_len = len;
	enum err e = load_dir_size(i);
	i->name = i->name_buf;
	i->name_len = 0;
	return e == ERR_NOMEM ? e : OK;
}

/* The inode of an entry that was just found: the one in the table, or a new one. */
static enum err inode_of_entry(struct inode *dir, const struct fat_entry *e, struct inode **out)
{
	char *utf8 = fat_of(dir->fs)->utf8;
	unsigned len = fat_name_encode(e->name, e->len, utf8, 3 * FAT_LONG_MAX);
	struct name n = name_of(utf8, len);
	if ((*out = inode_find(dir, &n)))
		return OK;
	struct fat_inode *fi = new_inode(dir->fs, e->raw);
	if (!fi)
		return ERR_NOMEM;
	place(fi, e);
	fi->i.mtime = fi->i.ctime = fat_time_decode(get16(e->raw + DE_MTIME + 2), get16(e->raw + DE_MTIME));
	fi->i.atime = fat_time_decode(get16(e->raw + DE_ADATE), 0);
	utf8[len] = 0;
	enum err err = inode_is_dir(&fi->i) ? learn_dir_size(&fi->i, utf8, len) : OK;
	if (err == OK)
		err = inode_name(&fi->i, dir, &n);
	if (err != OK) {
		inode_put(&fi->i);
		return err;
	}
	*out = &fi->i;
	return OK;
}

static enum err fat_lookup(struct inode *dir, const struct name *n, struct inode **out)
{
	struct fat *f = fat_of(dir->fs);
	mutex_lock(&f->lock);
	enum err err = fat_dir_find(f, fat_inode_of(dir), n, &f->entry);
	if (err == OK)
		err = inode_of_entry(dir, &f->entry, out);
	mutex_unlock(&f->lock);
	return err;
}

/* ---- creating ---- */

static void make_raw(uint8_t *raw, uint8_t attr, uint32_t cluster)
{
	uint32_t date, time;
	fat_time_encode(time_wall_ns(), &date, &time);
	memset(raw, 0, FAT_SLOT);
	raw[DE_ATTR] = attr;
	put16(raw + DE_CTIME, time);
	put16(raw + DE_CTIME + 2, date);
	put16(raw + DE_ADATE, date);
	put16(raw + DE_MTIME, time);
	put16(raw + DE_MTIME + 2, date);
	put_first_cluster(raw, cluster);
}

static void dot_slot(uint8_t *s, const char *name, uint32_t cluster)
{
	make_raw(s, ATTR_DIR, cluster);
	memset(s, ' ', 11);
	memcpy(s, name, strlen(name));
}

/* A cluster with . and .. for a new directory in dir, on the medium before anything leads to it. */
static enum err make_dir_cluster(struct fat *f, struct fat_inode *dir, uint32_t *out)
{
	uint8_t *s;
	struct fat_run run;
	enum err e = fat_alloc(f, 0, 1, &run);
	if (e != OK)
		return e;
	*out = run.cluster;
	e = fat_dir_clear(f, *out);
	uint64_t sector = fat_cluster_sector(f, *out);
	if (e == OK)
		e = buf_load(&f->bufs, &f->dir, sector, &s);
	if (e == OK) {
		dot_slot(s, ".", *out);
		dot_slot(s + FAT_SLOT, "..", dir->first == f->root_cluster ? 0 : dir->first);
		buf_mark(f->dir, sector, BUF_DIR);
		e = buf_write_now(f->dir, sector, 1);
	}
	if (e != OK)
		fat_free_now(f, *out);
	return e;
}

static enum err create_locked(struct inode *dir, const struct name *n, bool is_dir, struct fat_entry *e)
{
	struct fat *f = fat_of(dir->fs);
	uint8_t raw[FAT_SLOT];
	uint32_t cluster = 0;
	enum err err = is_dir ? make_dir_cluster(f, fat_inode_of(dir), &cluster) : OK;
	if (err != OK)
		return err;
	make_raw(raw, is_dir ? ATTR_DIR : ATTR_ARCHIVE, cluster);
	err = fat_dir_add(f, fat_inode_of(dir), n, raw, e);
	if (err != OK && cluster)
		fat_free_now(f, cluster);
	memcpy(e->raw, raw, FAT_SLOT);
	return err;
}

/* What the memory holds of a new file comes before what the medium does, which is harder to take back. */
static enum err prepare_inode(struct fs *fs, const struct name *n, bool is_dir, struct fat_inode **out, struct rename_prep *name)
{
	uint8_t raw[FAT_SLOT];
	make_raw(raw, is_dir ? ATTR_DIR : ATTR_ARCHIVE, 0);
	if (inode_rename_prepare(name, n) != OK)
		return ERR_NOMEM;
	struct fat_inode *fi = new_inode(fs, raw);
	if (!fi) {
		kfree(kernel_mm, name->buf);
		return ERR_NOMEM;
	}
	fi->i.atime = fi->i.mtime = fi->i.ctime = time_wall_ns();
	*out = fi;
	return OK;
}

static enum err fat_create(struct inode *dir, const struct name *n, const struct node_spec *spec, struct inode **out)
{
	struct fat *f = fat_of(dir->fs);
	bool is_dir = S_ISDIR(spec->mode);
	struct fat_inode *fi;
	struct rename_prep name;
	if (!is_dir && !S_ISREG(spec->mode))
		return ERR_PERM;
	enum err err = prepare_inode(dir->fs, n, is_dir, &fi, &name);
	if (err != OK)
		return err;
	mutex_lock(&f->lock);
	err = create_locked(dir, n, is_dir, &f->entry);
	if (err == OK) {
		place(fi, &f->entry);
		fi->first = first_cluster(f->entry.raw);
		fi->i.size = is_dir ? f->cluster_bytes : 0;
		inode_rename_commit(&fi->i, dir, n, &name);
		*out = &fi->i;
	}
	mutex_unlock(&f->lock);
	if (err != OK) {
		inode_put(&fi->i);
		kfree(kernel_mm, name.buf);
	}
	return err;
}

/* ---- removing and moving ---- */

static enum err fat_unlink(struct inode *dir, struct inode *child)
{
	struct fat *f = fat_of(dir->fs);
	struct fat_inode *fi = fat_inode_of(child);
	mutex_lock(&f->lock);
	enum err e = inode_is_dir(child) ? fat_dir_is_empty(f, fi) : OK;
	if (e == OK)
		e = fat_dir_remove(f, fat_inode_of(dir), fi->slot, fi->nslots);
	mutex_unlock(&f->lock);
	return e;
}

/* The 8.3 slot of fi, in f->dir. */
static enum err raw_of(struct fat *f, struct fat_inode *fi, uint8_t **raw)
{
	uint8_t *s;
	enum err e = buf_load(&f->bufs, &f->dir, fi->sector, &s);
	if (e == OK)
		*raw = s + fi->offset;
	return e;
}

static enum err set_parent(struct fat *f, struct fat_inode *child, struct fat_inode *dir)
{
	uint8_t *s;
	uint64_t sector = fat_cluster_sector(f, child->first);
	enum err e = buf_load(&f->bufs, &f->dir, sector, &s);
	if (e != OK)
		return e;
	put_first_cluster(s + FAT_SLOT, dir->first == f->root_cluster ? 0 : dir->first);
	buf_mark(f->dir, sector, BUF_DIR);
	return buf_write_now(f->dir, sector, 1);
}

/* The old slots go, and are written, before the new ones come: a power cut between loses the name (its clusters are
 * found by a check), but never leaves two names for one chain. */
static enum err remove_first(struct fat *f, struct fat_inode *dir, struct fat_inode *fi)
{
	enum err e = fat_dir_remove(f, dir, fi->slot, fi->nslots);
	return e == OK ? fat_flush(f) : e;
}

/* Put a name that was removed back where it was. */
static void put_back(struct fat *f, struct inode *child, const uint8_t *raw)
{
	struct name old = { child->name, child->name_len, child->name_hash };
	struct fat_inode *fi = fat_inode_of(child), *from = fat_inode_of(child->parent);
	enum err e = fat_dir_add(f, from, &old, raw, &f->entry);
	if (e == OK) {
		place(fi, &f->entry);
		e = inode_is_dir(child) ? set_parent(f, fi, from) : OK;
	}
	if (e != OK)
		printk("[fat] %s: %s was lost in a failed rename\n", f->fs->source, child->name);
}

/* Everything that must be on the medium before the new name is: no old name, no target, the new "..". */
static enum err rename_prepare(struct fat *f, struct inode *child, struct inode *dir, struct inode *target)
{
	struct fat_inode *fi = fat_inode_of(child), *to = fat_inode_of(dir);
	enum err e = OK;
	if (target)
		e = fat_dir_remove(f, to, fat_inode_of(target)->slot, fat_inode_of(target)->nslots);
	if (e == OK)
		e = remove_first(f, fat_inode_of(child->parent), fi);
	if (e == OK && inode_is_dir(child) && child->parent != dir)
		e = set_parent(f, fi, to);
	return e;
}

static enum err rename_locked(struct inode *child, struct inode *dir, const struct name *n, struct inode *target)
{
	struct fat *f = fat_of(dir->fs);
	struct fat_inode *fi = fat_inode_of(child);
	uint8_t raw[FAT_SLOT], *p;
	enum err e = fat_name_make(&f->name, n);	/* refuses names that FAT cannot have */
	if (e == OK && target && inode_is_dir(target))
		e = fat_dir_is_empty(f, fat_inode_of(target));
	if (e == OK)
		e = raw_of(f, fi, &p);
	if (e != OK)
		return e;
	memcpy(raw, p, FAT_SLOT);
	e = rename_prepare(f, child, dir, target);
	if (e == OK)
		e = fat_dir_add(f, fat_inode_of(dir), n, raw, &f->entry);
	if (e == OK)
		place(fi, &f->entry);
	else
		put_back(f, child, raw);
	return e;
}

static enum err fat_rename(struct inode *child, struct inode *dir, const struct name *n, struct inode *target)
{
	struct fat *f = fat_of(dir->fs);
	mutex_lock(&f->lock);
	enum err err = rename_locked(child, dir, n, target);
	mutex_unlock(&f->lock);
	return err;
}

/* ---- listing ---- */

static enum err fat_readdir(struct inode *dir, uint64_t *pos, struct dir_emitter *em)
{
	struct fat *f = fat_of(dir->fs);
	struct fat_entry *e = &f->entry;
	struct fat_cursor c = { (uint32_t)(*pos - 2), NULL };
	enum err err = OK;
	bool found = true, room = *pos - 2 < FAT_DIR_SLOTS_MAX;
	mutex_lock(&f->lock);
	while (room && (err = fat_dir_next(f, fat_inode_of(dir), &c, e, &found)) == OK && found) {
		fat_entry_name(e);
		struct name n = { f->utf8, fat_name_encode(e->name, e->len, f->utf8, NAME_MAX_BYTES), 0 };
		em->next = c.slot + 2;
		room = em->emit(em, &n, e->sector * 16 + e->offset / FAT_SLOT, e->s[DE_ATTR] & ATTR_DIR ? S_IFDIR : S_IFREG);
		if (room)
			*pos = c.slot + 2;
	}
	mutex_unlock(&f->lock);
	return err;
}

/* ---- sizes, times, the end ---- */

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
	uint8_t *raw;
	uint32_t date, time;
	if (!fi->sector || !fi->i.nlink)
		return OK;
	enum err e = inode_is_file(&fi->i) ? trim_chain(f, fi) : OK;
	if (e == OK)
		e = raw_of(f, fi, &raw);
	if (e != OK)
		return e;
	put_first_cluster(raw, fi->first);
	put32(raw + DE_SIZE, inode_is_dir(&fi->i) ? 0 : (uint32_t)fi->i.size);
	fat_time_encode(fi->i.mtime, &date, &time);
	put16(raw + DE_MTIME, time);
	put16(raw + DE_MTIME + 2, date);
	fat_time_encode(fi->i.atime, &date, &time);
	put16(raw + DE_ADATE, date);
	raw[DE_ATTR] = (uint8_t)((raw[DE_ATTR] & ~ATTR_READ_ONLY) | (fi->i.mode & 0222 ? 0 : ATTR_READ_ONLY));
	buf_mark(f->dir, fi->sector, BUF_DIR);
	return OK;
}

static enum err fat_write_inode(struct inode *i)
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
	enum err e = raw_of(f, fi, &raw);
	if (e != OK)
		return e;
	put32(raw + DE_SIZE, (uint32_t)fi->i.size);
	put_first_cluster(raw, fi->first);
	buf_mark(f->dir, fi->sector, BUF_DIR);
	e = bufset_write(&f->bufs, BUF_TABLE, &f->mirror);
	return e == OK ? buf_write_now(f->dir, fi->sector, 1) : e;
}

/* The entry loses its chain before the chain is freed, in any case. */
static enum err truncate_all(struct fat *f, struct fat_inode *fi, bool named)
{
	uint8_t *raw;
	uint32_t first = fi->first;
	enum err e = named ? raw_of(f, fi, &raw) : OK;	/* it stays in hand until it is written to below */
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

static enum err fat_truncate(struct inode *i, uint64_t size)
{
	struct fat *f = fat_of(i->fs);
	(void)size;	/* it is i->size by now */
	mutex_lock(&f->lock);
	enum err e = truncate_locked(f, fat_inode_of(i));
	mutex_unlock(&f->lock);
	return e;
}

static void fat_evict(struct inode *i)
{
	struct fat *f = fat_of(i->fs);
	struct fat_inode *fi = fat_inode_of(i);
	if (i->nlink || !fi->first)
		return;
	mutex_lock(&f->lock);
	fat_free_later(f, fi->first);
	mutex_unlock(&f->lock);
}

static void fat_free(struct inode *i) { slab_free(kernel_mm, fat_inode_cache, fat_inode_of(i)); }

const struct inode_ops fat_inode_ops = {
	.lookup = fat_lookup, .create = fat_create, .unlink = fat_unlink, .rename = fat_rename, .readdir = fat_readdir,
	.read_pages = fat_read_pages, .write_pages = fat_write_pages, .reserve = fat_reserve, .truncate = fat_truncate,
	.write_inode = fat_write_inode, .evict = fat_evict, .free = fat_free,
};

enum err fat_root_inode(struct fs *fs)
{
	struct fat *f = fat_of(fs);
	uint8_t raw[FAT_SLOT];
	memset(raw, 0, sizeof raw);
	raw[DE_ATTR] = ATTR_DIR;
	put_first_cluster(raw, f->root_cluster);
	struct fat_inode *fi = new_inode(fs, raw);
	if (!fi)
		return ERR_NOMEM;
	fs->root = &fi->i;
	mutex_lock(&f->lock);
	enum err e = load_dir_size(fs->root);
	mutex_unlock(&f->lock);
	return e;
}
