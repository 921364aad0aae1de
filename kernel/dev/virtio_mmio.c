/* virtio over memory-mapped registers, version 2 ("modern"): finding a device, agreeing with it, and its bell. */
#include "virtio_mmio.h"
#include <kernel/kmap.h>
#include <kernel/printk.h>
#include <mm/page.h>
#include <mm/port.h>

enum {
	REG_MAGIC = 0x00, REG_VERSION = 0x04, REG_DEVICE = 0x08, REG_FEATURES = 0x10, REG_FEATURES_SEL = 0x14,
	REG_DRIVER = 0x20, REG_DRIVER_SEL = 0x24, REG_QUEUE_SEL = 0x30, REG_QUEUE_MAX = 0x34, REG_QUEUE_NUM = 0x38,
	REG_QUEUE_READY = 0x44, REG_NOTIFY = 0x50, REG_IRQ_STATUS = 0x60, REG_IRQ_ACK = 0x64, REG_STATUS = 0x70,
	REG_DESC = 0x80, REG_AVAIL = 0x90, REG_USED = 0xa0, REG_CONFIG = 0x100,
};
enum { MAGIC = 0x74726976, MODERN = 2 };
enum { STATUS_ACK = 1, STATUS_DRIVER = 2, STATUS_OK = 4, STATUS_FEATURES_OK = 8, STATUS_FAILED = 128 };
enum { FEATURE_VERSION_1 = 1 /* bit 32 */ };

static uint32_t reg(const struct virtio_mmio *m, unsigned off) { return m->regs[off / 4]; }
static void set_reg(struct virtio_mmio *m, unsigned off, uint32_t v) { m->regs[off / 4] = v; }

static void set_address(struct virtio_mmio *m, unsigned off, const volatile void *p)
{
	uint64_t pa = port_pa((const void *)(uintptr_t)p);
	set_reg(m, off, (uint32_t)pa);
	set_reg(m, off + 4, (uint32_t)(pa >> 32));
}

void virtio_mmio_go(struct virtio_mmio *m) { set_reg(m, REG_STATUS, STATUS_ACK | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_OK); }
void virtio_mmio_notify(struct virtio_mmio *m) { set_reg(m, REG_NOTIFY, 0); }
void virtio_mmio_acknowledge(struct virtio_mmio *m) { set_reg(m, REG_IRQ_ACK, reg(m, REG_IRQ_STATUS)); }

uint64_t virtio_mmio_config64(const struct virtio_mmio *m, unsigned off)
{
	return reg(m, REG_CONFIG + off) | (uint64_t)reg(m, REG_CONFIG + off + 4) << 32;
}

static bool negotiate(struct virtio_mmio *m, uint32_t wanted)
{
	set_reg(m, REG_FEATURES_SEL, 1);
	uint32_t high = reg(m, REG_FEATURES);
	set_reg(m, REG_FEATURES_SEL, 0);
	m->features = reg(m, REG_FEATURES) & wanted;
	if (!(high & FEATURE_VERSION_1))
		return false;
	set_reg(m, REG_DRIVER_SEL, 1);
	set_reg(m, REG_DRIVER, FEATURE_VERSION_1);
	set_reg(m, REG_DRIVER_SEL, 0);
	set_reg(m, REG_DRIVER, m->features);
	set_reg(m, REG_STATUS, STATUS_ACK | STATUS_DRIVER | STATUS_FEATURES_OK);
	return reg(m, REG_STATUS) & STATUS_FEATURES_OK;
}

static bool set_up_queue(struct virtio_mmio *m, const struct virtio_queue *q)
{
	set_reg(m, REG_QUEUE_SEL, 0);
	if (reg(m, REG_QUEUE_READY) || reg(m, REG_QUEUE_MAX) < q->size)
		return false;
	set_reg(m, REG_QUEUE_NUM, q->size);
	set_address(m, REG_DESC, q->desc);
	set_address(m, REG_AVAIL, q->avail);
	set_address(m, REG_USED, q->used);
	set_reg(m, REG_QUEUE_READY, 1);
	return true;
}

bool virtio_mmio_begin(struct virtio_mmio *m, uint32_t wanted, const struct virtio_queue *q)
{
	set_reg(m, REG_STATUS, 0);
	set_reg(m, REG_STATUS, STATUS_ACK);
	set_reg(m, REG_STATUS, STATUS_ACK | STATUS_DRIVER);
	bool ok = negotiate(m, wanted) && set_up_queue(m, q);
	if (!ok)
		set_reg(m, REG_STATUS, STATUS_FAILED);
	return ok;
}

/* Devices lie several to a page: map a page once. */
static volatile uint32_t *map_registers(uint64_t pa)
{
	static uint64_t page = UINT64_MAX;
	static char *at;
	if (page != (pa & ~(PAGE_SIZE - 1))) {
		at = kmap_device(pa & ~(PAGE_SIZE - 1), PAGE_SIZE);
		page = at ? pa & ~(PAGE_SIZE - 1) : UINT64_MAX;
	}
	return at ? (volatile uint32_t *)(void *)(at + (pa & (PAGE_SIZE - 1))) : NULL;
}

bool virtio_mmio_probe(struct virtio_mmio *m, uint64_t pa, unsigned device)
{
	*m = (struct virtio_mmio){ map_registers(pa), 0 };
	if (!m->regs || reg(m, REG_MAGIC) != MAGIC || reg(m, REG_DEVICE) != device)
		return false;
	if (reg(m, REG_VERSION) == MODERN)
		return true;
	printk("[blk] 0x%lx: a legacy virtio device; start QEMU with -global virtio-mmio.force-legacy=false\n", (unsigned long)pa);
	return false;
}
