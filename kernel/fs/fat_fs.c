/* Mounting FAT32: the boot sector is checked field by field, since it may be anything. */
#include "fat.h"
#include <abi/statfs.h>
#include <kernel/blk.h>
#include <kernel/printk.h>
#include <lib/bits.h>
#include <lib/string.h>

/* Offset 40: which FATs are kept. Without FAT_ONE_ACTIVE all are the same. */
enum { FAT_ACTIVE = 15, FAT_ONE_ACTIVE = 0x80 };

/* Small volumes have their size in the field that FAT12 had. */
static uint32_t total_sectors(const uint8_t *b) { return get16(b + 19) ? get16(b + 19) : get32(b + 32); }

/* What is wrong with boot sector b, or NULL. */
static const char *check_boot_sector(const uint8_t *b, uint64_t device_sectors)
{
	uint32_t total = total_sectors(b), fat_size = get32(b + 36), reserved = get16(b + 14);
	if (b[510] != 0x55 || b[511] != 0xaa)
		return "no boot sector signature";
	if (get16(b + 11) != SECTOR_SIZE)
		return "its sectors are not of 512 bytes";
	if (!is_power_of_2(b[13]))
		return "sectors per cluster is no power of two";
	if (!reserved || !b[16])
		return "no reserved sectors, or no FAT";
	if (get16(b + 17) || get16(b + 22) || !fat_size)
		return "it is FAT12 or FAT16";
	if (get16(b + 40) & FAT_ONE_ACTIVE && (get16(b + 40) & FAT_ACTIVE) >= b[16])
		return "its FAT in use is none of those that it has";
	if (get16(b + 42))
		return "an unknown version";
	if (!total || total > device_sectors)
		return "it is larger than its device";
	uint64_t data = reserved + (uint64_t)b[16] * fat_size;
	if (data >= total || (total - data) / b[13] == 0)
		return "no room for clusters";
	if (((total - data) / b[13] + 2) * 4 > (uint64_t)fat_size * SECTOR_SIZE)
		return "its FAT is too small for its clusters";
	uint32_t root = get32(b + 44);
	if (root < 2 || root > (total - data) / b[13] + 1)
		return "its root directory lies outside";
	return NULL;
}

static void read_layout(struct fat *f, const uint8_t *b)
{
	uint32_t total = total_sectors(b), reserved = get16(b + 14), nfats = b[16], flags = get16(b + 40);
	bool mirrored = !(flags & FAT_ONE_ACTIVE);
	f->fat_sectors = get32(b + 36);
	f->cluster_sectors = b[13];
	f->cluster_bytes = f->cluster_sectors * SECTOR_SIZE;
	f->fat_start = reserved + (mirrored ? 0 : flags & FAT_ACTIVE) * f->fat_sectors;
	f->mirror = (struct buf_copies){ mirrored ? nfats - 1 : 0, f->fat_sectors };
	f->data_start = reserved + nfats * f->fat_sectors;
	f->max_cluster = (total - f->data_start) / f->cluster_sectors + 1;
	f->root_cluster = get32(b + 44);
	f->info_sector = get16(b + 48) < reserved ? get16(b + 48) : 0;
	f->free_count = UINT32_MAX;
	f->hint = 2;
}

/* FSInfo is only advice: a value that cannot be is not believed. */
static enum err read_info(struct fat *f)
{
	uint8_t *p;
	if (!f->info_sector)
		return OK;
	enum err e = buf_load(&f->bufs, &f->dir, f->info_sector, &p);
	if (e != OK)
		return e;
	if (get32(p) != 0x41615252 || get32(p + 484) != 0x61417272 || get32(p + 508) != 0xaa550000) {
		f->info_sector = 0;
		return OK;
	}
	if (get32(p + 488) <= f->max_cluster - 1)
		f->free_count = get32(p + 488);
	if (get32(p + 492) >= 2 && get32(p + 492) < f->max_cluster)
		f->hint = get32(p + 492) + 1;
	return OK;
}

static enum err fat_sync(struct fs *fs)
{
	struct fat *f = fat_of(fs);
	mutex_lock(&f->lock);
	enum err e = fat_flush(f);
	if (e == OK)
		e = fat_settle(f);
	mutex_unlock(&f->lock);
	return e;
}

static void free_fat(struct fat *f)
{
	buf_release(&f->table);
	buf_release(&f->dir);
	bufset_drop(&f->bufs);
	kfree(kernel_mm, f);
}

/* All was synced: say so, unless something was left that could not be written. */
static void fat_close(struct fs *fs)
{
	struct fat *f = fat_of(fs);
	if (fs->read_only)
		return;
	mutex_lock(&f->lock);
	enum err e = f->bufs.ndirty || f->npending ? ERR_IO : fat_mark(f, true);
	mutex_unlock(&f->lock);
	if (e != OK)
		printk("[fat] %s: could not be marked whole\n", fs->source);
}

static void fat_unmount(struct fs *fs)
{
	struct fat *f = fat_of(fs);
	fat_close(fs);
	inode_put(fs->root);
	free_fat(f);
}

static void fat_statfs(struct fs *fs, struct statfs *st)
{
	struct fat *f = fat_of(fs);
	mutex_lock(&f->lock);
	enum err e = f->npending ? fat_flush(f) : OK;
	if (e == OK && f->free_count == UINT32_MAX)
		e = fat_count_free(f);
	st->f_type = 0x4d44;
	st->f_bsize = (int32_t)f->cluster_bytes;
	st->f_frsize = (int32_t)f->cluster_bytes;
	st->f_blocks = f->max_cluster - 1;
	st->f_bfree = st->f_bavail = e == OK ? f->free_count : 0;
	mutex_unlock(&f->lock);
}

static void fat_let_go(struct fs *fs)
{
	struct fat *f = fat_of(fs);
	mutex_lock(&f->lock);
	buf_release(&f->table);
	buf_release(&f->dir);
	mutex_unlock(&f->lock);
}

static const struct fs_ops fat_ops = { .sync = fat_sync, .unmount = fat_unmount, .statfs = fat_statfs, .let_go = fat_let_go,
	.close = fat_close };

/* From now on whoever finds the disk knows that it was in use. */
static enum err mark_in_use(struct fat *f, const char *name)
{
	if (f->fs->read_only)
		return OK;
	mutex_lock(&f->lock);
	enum err e = fat_mark(f, false);
	if (e == OK)
		e = fat_note_undo(f);
	mutex_unlock(&f->lock);
	if (e == OK && f->was_dirty)
		printk("[fat] %s: was not unmounted; fsck.fat finds what was left over\n", name);
	return e;
}

static enum err load(struct fat *f, const char *name)
{
	uint8_t *p;
	enum err e = buf_load(&f->bufs, &f->dir, 0, &p);
	if (e != OK)
		return e;
	const char *wrong = check_boot_sector(p, blk_sectors(f->dev));
	if (wrong) {
		printk("[fat] %s: not FAT32: %s\n", name, wrong);
		return ERR_INVAL;
	}
	read_layout(f, p);
	e = read_info(f);
	if (e == OK && (e = fat_root_inode(f->fs)) != OK && e != ERR_NOMEM)
		printk("[fat] %s: the root directory cannot be read\n", name);
	return e;
}

static enum err fat_mount(struct fs *fs, const char *source)
{
	const char *name = !strncmp(source, "/dev/", 5) ? source + 5 : source;
	struct blkdev *dev = blk_find(name);
	if (!dev)
		return ERR_NOENT;
	struct fat *f = kzalloc(kernel_mm, sizeof *f);
	if (!f)
		return ERR_NOMEM;
	mutex_init(&f->lock, LOCK_FS, "fat");
	f->dev = dev;
	f->fs = fs;
	bufset_init(&f->bufs, dev);
	fs->ops = &fat_ops;
	fs->priv = f;
	fs->casefold = true;
	fs->read_only |= blk_is_read_only(dev);
	enum err e = load(f, name);
	if (e == OK)
		e = mark_in_use(f, name);
	if (e == OK)
		return OK;
	if (fs->root)
		inode_put(fs->root);
	free_fat(f);
	return e;
}

const struct fs_type fat_type = { .name = "vfat", .mount = fat_mount, .needs_device = true };
