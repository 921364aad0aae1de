#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <lib/err.h>
#include <kernel/blk.h>
/* One virtio block device. Source: OASIS, "Virtual I/O Device (VIRTIO) Version 1.1", 4.2 and 5.2. */
struct fdt;
struct virtio_blk;

/* The device behind the transport registers at pa, interrupt irq. NULL: there is none, or not one that we can use (the log says why). */
struct virtio_blk *virtio_blk_probe(uint64_t pa, unsigned irq);
uint64_t virtio_blk_sectors(const struct virtio_blk *d);
bool virtio_blk_is_read_only(const struct virtio_blk *d);
void virtio_blk_stats(struct virtio_blk *d, struct blk_stats *out);
enum virtio_blk_op { VIRTIO_BLK_READ = 0, VIRTIO_BLK_WRITE = 1, VIRTIO_BLK_FLUSH = 4 };
/* One request; sleeps until it is done. At most BLK_VECS pieces. Requests of several threads are in flight at once, and end in any order. ERR_IO. */
enum err virtio_blk_request(struct virtio_blk *d, enum virtio_blk_op op, uint64_t sector, const struct blk_vec *v, unsigned n) MUST_CHECK;
