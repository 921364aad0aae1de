/* FAT's inodes: found by name, made, and listed. */
#include "fat.h"
#include <lib/string.h>

static struct slab_cache *fat_inode_cache;
static const struct inode_ops fat_inode_ops;

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
	fi->first = fat_first_cluster(raw);
	fi->i.size = raw[DE_ATTR] & ATTR_DIR ? 0 : get32(raw + DE_SIZE);
	return fi;
}

void fat_place(struct fat_inode *fi, const struct fat_entry *e)
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
	fat_place(fi, e);
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
	fat_put_first_cluster(raw, cluster);
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
		fat_dir_drop(f, *out);
	return e;
}

static enum err create_locked(struct inode *dir, const struct name *n, bool is_dir, struct fat_entry *e)
{
	struct fat *f = fat_of(dir->fs);
	static const struct fat_gone none;
	struct fat_hold held;
	struct fat_place place;
	uint32_t cluster = 0;
	enum err err = is_dir ? make_dir_cluster(f, fat_inode_of(dir), &cluster) : OK;
	if (err != OK)
		return err;
	make_raw(e->raw, is_dir ? ATTR_DIR : ATTR_ARCHIVE, cluster);
	err = fat_name_make(&f->name, n);
	if (err == OK)
		err = fat_dir_place(f, fat_inode_of(dir), &none, &place, &held);
	if (err == OK) {
		fat_dir_put(f, &place, &held, e);
		fat_hold_end(&held);
	} else if (cluster) {
		fat_dir_drop(f, cluster);
	}
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
		fat_place(fi, &f->entry);
		fi->first = fat_first_cluster(f->entry.raw);
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

static void fat_free(struct inode *i) { slab_free(kernel_mm, fat_inode_cache, fat_inode_of(i)); }

static const struct inode_ops fat_inode_ops = {
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
	fat_put_first_cluster(raw, f->root_cluster);
	struct fat_inode *fi = new_inode(fs, raw);
	if (!fi)
		return ERR_NOMEM;
	fs->root = &fi->i;
	mutex_lock(&f->lock);
	enum err e = load_dir_size(fs->root);
	mutex_unlock(&f->lock);
	return e;
}
