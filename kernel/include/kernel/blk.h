#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <lib/err.h>
struct fdt;
/* Block devices in units of 512-byte sectors. */
struct blkdev;
/* Find all virtio-mmio block devices, name them vda, vdb by ascending address, read their MBR partition tables (vda1...). Says each in the log. */
void blk_init(const struct fdt *fdt);
struct blkdev *blk_find(const char *name);	/* "vda", "vda1"; NULL */
struct blkdev *blk_next(struct blkdev *d);	/* all in turn, disks and partitions; NULL: the first, and the end */
const char *blk_name(const struct blkdev *d);
uint64_t blk_number(const struct blkdev *d);	/* device number as in st_rdev */
uint64_t blk_sectors(const struct blkdev *d);
bool blk_is_read_only(const struct blkdev *d);
/* What a whole disk was asked for since boot. False: d is a partition. */
struct blk_count { uint64_t requests, sectors; };
struct blk_stats { struct blk_count reads, writes, flushes; uint64_t errors; unsigned in_flight, most /* that were in flight at once */; };
bool blk_stats(const struct blkdev *d, struct blk_stats *out);
/* Transfer nsectors from/to buf, memory in the direct map; sleeps. ERR_IO, ERR_INVAL past the end, ERR_ROFS. */
enum err blk_read(struct blkdev *d, uint64_t sector, void *buf, unsigned nsectors) MUST_CHECK;
enum err blk_write(struct blkdev *d, uint64_t sector, const void *buf, unsigned nsectors) MUST_CHECK;
/* The same in one request for up to BLK_VECS pieces of memory, each whole sectors, that follow one another on the disk. */
enum { BLK_VECS = 16 };
struct blk_vec { void *p; unsigned nbytes; };
enum err blk_transfer_vec(struct blkdev *d, uint64_t sector, const struct blk_vec *v, unsigned n, bool write) MUST_CHECK;
/* What was written is on the medium. */
enum err blk_flush(struct blkdev *d) MUST_CHECK;
