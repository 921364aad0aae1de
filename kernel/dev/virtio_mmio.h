#pragma once
#include <stdbool.h>
#include <stdint.h>
/* A virtio device behind memory-mapped registers. Source: OASIS, "Virtual I/O Device (VIRTIO) Version 1.1", 4.2. */
struct virtio_mmio { volatile uint32_t *regs; uint32_t features; /* that both have, bits 0 to 31 */ };
struct virtio_queue { unsigned size; const volatile void *desc, *avail, *used; };	/* a power of two; memory that the device can reach */

/* Whether a device of this kind is at pa; if there is one that we cannot use the log says why. */
bool virtio_mmio_probe(struct virtio_mmio *m, uint64_t pa, unsigned device);
/* Agree on features, those wanted that are offered, and give it queue 0. False: the device refuses, and is told that we gave up. */
bool virtio_mmio_begin(struct virtio_mmio *m, uint32_t wanted, const struct virtio_queue *q);
void virtio_mmio_go(struct virtio_mmio *m);		/* it may use the queue from now on */
void virtio_mmio_notify(struct virtio_mmio *m);		/* there is something new in the queue */
void virtio_mmio_acknowledge(struct virtio_mmio *m);	/* its interrupt */
uint64_t virtio_mmio_config64(const struct virtio_mmio *m, unsigned off);	/* of the space that each kind of device has for itself */
