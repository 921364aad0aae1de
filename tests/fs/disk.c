/* See disk.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <kernel/blk.h>
#include "disk.h"

uint8_t *disk;
uint64_t disk_sectors;
unsigned long disk_writes, disk_requests, disk_flushes;

/* What was written since the last flush, in order: what the medium had there before. */
struct unsettled { uint64_t sector; uint8_t before[DISK_SECTOR], after[DISK_SECTOR]; };
static struct unsettled *window;
static size_t nwindow, window_size;
static long cut_in = -1, fail_in = -1, fail_left;
static uint64_t spoilt = UINT64_MAX;
static bool is_cut, has_failed, is_borrowed;

void disk_free(void)
{
	if (!is_borrowed)
		free(disk);
	free(window);
	disk = NULL;
	window = NULL;
	nwindow = window_size = 0;
}

void disk_make(const uint8_t *bytes, uint64_t nsectors)
{
	uint8_t *own = calloc(nsectors ? nsectors : 1, DISK_SECTOR);
	if (bytes)
		memcpy(own, bytes, nsectors * DISK_SECTOR);
	disk_use(own, nsectors);
	is_borrowed = false;
}

void disk_use(uint8_t *bytes, uint64_t nsectors)
{
	disk_free();
	disk = bytes;
	is_borrowed = true;
	disk_sectors = nsectors;
	disk_writes = disk_requests = disk_flushes = 0;
	disk_cut(-1);
	disk_fail(-1, 0);
	disk_spoil(UINT64_MAX);
}

void disk_fail(long n, long count)
{
	fail_in = n;
	fail_left = count;
	has_failed = false;
}

bool disk_failed(void) { return has_failed; }
void disk_spoil(uint64_t sector) { spoilt = sector; }

void disk_cut(long n)
{
	cut_in = n;
	is_cut = false;
}

bool disk_is_cut(void) { return is_cut; }

void disk_restart(uint64_t (*chance)(uint64_t n))
{
	for (size_t k = nwindow; chance && k-- > 0;)
		memcpy(disk + window[k].sector * DISK_SECTOR, window[k].before, DISK_SECTOR);
	for (size_t k = 0; chance && k < nwindow; k++)
		if (chance(2))
			memcpy(disk + window[k].sector * DISK_SECTOR, window[k].after, DISK_SECTOR);
	nwindow = 0;
	disk_cut(-1);
}

static void write_sector(uint64_t sector, const uint8_t *bytes)
{
	if (cut_in == 0)
		is_cut = true;
	if (is_cut)
		return;
	if (cut_in > 0)
		cut_in--;
	if (nwindow == window_size)
		window = realloc(window, (window_size = 2 * window_size + 64) * sizeof *window);
	struct unsettled *u = &window[nwindow++];
	u->sector = sector;
	memcpy(u->before, disk + sector * DISK_SECTOR, DISK_SECTOR);
	memcpy(u->after, bytes, DISK_SECTOR);
	memcpy(disk + sector * DISK_SECTOR, bytes, DISK_SECTOR);
	disk_writes++;
}

/* ---- kernel/blk.h ---- */

struct blkdev { int unused; };
static struct blkdev the_disk;

struct blkdev *blk_find(const char *name) { return !strcmp(name, "disk") ? &the_disk : NULL; }
uint64_t blk_sectors(const struct blkdev *d) { (void)d; return disk_sectors; }
bool blk_is_read_only(const struct blkdev *d) { (void)d; return false; }

static bool fails(uint64_t sector, uint64_t n)
{
	bool now = fail_in == 0 && fail_left > 0;
	if (now)
		fail_left--;
	else if (fail_in > 0)
		fail_in--;
	now |= spoilt - sector < n;
	has_failed |= now;
	return now;
}

enum err blk_transfer_vec(struct blkdev *d, uint64_t sector, const struct blk_vec *v, unsigned n, bool write)
{
	uint64_t total = 0;
	(void)d;
	for (unsigned k = 0; k < n; k++)
		total += v[k].nbytes / DISK_SECTOR;
	if (sector > disk_sectors || total > disk_sectors - sector || n > BLK_VECS)
		return ERR_INVAL;
	if (fails(sector, total))
		return ERR_IO;
	disk_requests += write;
	for (unsigned k = 0; k < n; k++)
		for (unsigned at = 0; at < v[k].nbytes; at += DISK_SECTOR, sector++) {
			uint8_t *p = (uint8_t *)v[k].p + at;
			if (write)
				write_sector(sector, p);
			else
				memcpy(p, disk + sector * DISK_SECTOR, DISK_SECTOR);
		}
	return OK;
}

enum err blk_read(struct blkdev *d, uint64_t sector, void *buf, unsigned nsectors)
{
	return blk_transfer_vec(d, sector, &(struct blk_vec){ buf, nsectors * DISK_SECTOR }, 1, false);
}

enum err blk_write(struct blkdev *d, uint64_t sector, const void *buf, unsigned nsectors)
{
	return blk_transfer_vec(d, sector, &(struct blk_vec){ (void *)(uintptr_t)buf, nsectors * DISK_SECTOR }, 1, true);
}

enum err blk_flush(struct blkdev *d)
{
	(void)d;
	if (fails(0, 0))
		return ERR_IO;
	if (!is_cut)
		nwindow = 0;
	disk_flushes++;
	return OK;
}

/* ---- an empty volume ---- */

enum { RESERVED = 8, INFO = 1, BACKUP = 6, NFATS = 2 };

static void put(uint8_t *p, uint32_t v, unsigned n)
{
	for (; n > 0; n--, v >>= 8)
		*p++ = (uint8_t)v;
}

static void make_boot_sector(uint8_t *b, uint64_t nsectors, unsigned cluster_sectors, uint32_t fat_sectors)
{
	memcpy(b, "\xeb\x58\x90MANUL   ", 11);
	put(b + 11, DISK_SECTOR, 2);
	put(b + 13, cluster_sectors, 1);
	put(b + 14, RESERVED, 2);
	put(b + 16, NFATS, 1);
	put(b + 21, 0xf8, 1);
	put(b + 32, (uint32_t)nsectors, 4);
	put(b + 36, fat_sectors, 4);
	put(b + 44, 2, 4);
	put(b + 48, INFO, 2);
	put(b + 50, BACKUP, 2);
	put(b + 64, 0x80, 1);
	put(b + 66, 0x29, 1);
	memcpy(b + 71, "NO NAME    FAT32   ", 19);
	put(b + 510, 0xaa55, 2);
}

void disk_format(uint64_t nsectors, unsigned cluster_sectors)
{
	uint32_t fat_sectors = (uint32_t)((nsectors / cluster_sectors + 2) * 4 + DISK_SECTOR - 1) / DISK_SECTOR;
	uint32_t clusters = (uint32_t)(nsectors - RESERVED - NFATS * fat_sectors) / cluster_sectors;
	disk_make(NULL, nsectors);
	make_boot_sector(disk, nsectors, cluster_sectors, fat_sectors);
	uint8_t *info = disk + INFO * DISK_SECTOR;
	put(info, 0x41615252, 4);
	put(info + 484, 0x61417272, 4);
	put(info + 488, clusters - 1, 4);
	put(info + 492, 2, 4);
	put(info + 508, 0xaa550000, 4);
	memcpy(disk + BACKUP * DISK_SECTOR, disk, 2 * DISK_SECTOR);
	for (unsigned k = 0; k < NFATS; k++) {
		uint8_t *fat = disk + (RESERVED + (uint64_t)k * fat_sectors) * DISK_SECTOR;
		put(fat, 0x0ffffff8, 4);
		put(fat + 4, 0x0fffffff, 4);
		put(fat + 8, 0x0fffffff, 4);
	}
}
