/* virtio-blk over virtio-mmio, version 2 ("modern"). One request at a time: a chain of descriptors
 *
 *   [0] header: type, sector    [1..n] the data    [n+1] the status byte
 *
 * is made available, the device is told, and the thread sleeps until the interrupt. Queue, header and status lie in one
 * frame of the DMA zone. */
#include "virtio_blk.h"
#include <kernel/irq.h>
#include <kernel/kmap.h>
#include <kernel/memck.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <mm/page.h>
#include <mm/port.h>

enum {
	REG_MAGIC = 0x00, REG_VERSION = 0x04, REG_DEVICE = 0x08, REG_FEATURES = 0x10, REG_FEATURES_SEL = 0x14,
	REG_DRIVER = 0x20, REG_DRIVER_SEL = 0x24, REG_QUEUE_SEL = 0x30, REG_QUEUE_MAX = 0x34, REG_QUEUE_NUM = 0x38,
	REG_QUEUE_READY = 0x44, REG_NOTIFY = 0x50, REG_IRQ_STATUS = 0x60, REG_IRQ_ACK = 0x64, REG_STATUS = 0x70,
	REG_DESC = 0x80, REG_AVAIL = 0x90, REG_USED = 0xa0, REG_CAPACITY = 0x100,
};
enum { LOOK_AGAIN_NS = 5000000 };
enum { MAGIC = 0x74726976, DEVICE_BLOCK = 2 };
enum { STATUS_ACK = 1, STATUS_DRIVER = 2, STATUS_OK = 4, STATUS_FEATURES_OK = 8, STATUS_FAILED = 128 };
enum { FEATURE_READ_ONLY = 1 << 5, FEATURE_FLUSH = 1 << 9, FEATURE_VERSION_1 = 1 /* bit 32 */ };
enum { DESC_NEXT = 1, DESC_WRITE = 2, QUEUE_SIZE = 32 };

struct desc { uint64_t addr; uint32_t len; uint16_t flags, next; };
struct avail { uint16_t flags, idx, ring[QUEUE_SIZE]; };
struct used { uint16_t flags, idx; struct { uint32_t id, len; } ring[QUEUE_SIZE]; };
struct header { uint32_t type, reserved; uint64_t sector; };

/* The frame that driver and device share. */
struct shared {
	struct desc desc[QUEUE_SIZE];
	struct avail avail;
	struct used used __attribute__((aligned(8)));
	struct header header;
	volatile uint8_t status;
};
_Static_assert(sizeof(struct shared) <= 4096, "one frame");

struct virtio_blk {
	volatile uint32_t *regs;	/* [I] */
	struct shared *s;		/* [q] the request in hand */
	uint64_t sectors;		/* [I] */
	bool read_only, can_flush;	/* [I] */
	struct mutex queue;		/* q */
	struct spinlock irq_lock;	/* guards the sleep for the used index */
	struct waitq done;
};

static uint32_t reg(const struct virtio_blk *d, unsigned off) { return d->regs[off / 4]; }
static void set_reg(struct virtio_blk *d, unsigned off, uint32_t v) { d->regs[off / 4] = v; }

static void set_address(struct virtio_blk *d, unsigned off, const volatile void *p)
{
	uint64_t pa = port_pa((const void *)(uintptr_t)p);
	set_reg(d, off, (uint32_t)pa);
	set_reg(d, off + 4, (uint32_t)(pa >> 32));
}

uint64_t virtio_blk_sectors(const struct virtio_blk *d) { return d->sectors; }
bool virtio_blk_is_read_only(const struct virtio_blk *d) { return d->read_only; }

/* ---- requests ---- */

static void on_irq(void *arg)
{
	struct virtio_blk *d = arg;
	set_reg(d, REG_IRQ_ACK, reg(d, REG_IRQ_STATUS));
	spin_lock(&d->irq_lock);
	waitq_wake_all(&d->done);
	spin_unlock(&d->irq_lock);
}

static bool is_done(const struct virtio_blk *d)
{
	return __atomic_load_n(&d->s->used.idx, __ATOMIC_ACQUIRE) == d->s->avail.idx;
}

/* The boot thread and the idle threads cannot sleep: they look until it is done. The others look again now and then: an interrupt that
 * does not come costs time, not the machine. */
static void wait_done(struct virtio_blk *d)
{
	struct thread *t = thread_current();
	if (!t || t == cpu_this()->idle) {
		while (!is_done(d))
			cpu_relax();
		return;
	}
	spin_lock(&d->irq_lock);
	while (!is_done(d))
		wait_on(&d->done, &d->irq_lock, 0, time_deadline(LOOK_AGAIN_NS));
	spin_unlock(&d->irq_lock);
}

static void put_desc(struct virtio_blk *d, unsigned at, const volatile void *p, uint32_t len, unsigned flags)
{
	d->s->desc[at] = (struct desc){ port_pa((const void *)(uintptr_t)p), len, (uint16_t)flags, (uint16_t)(at + 1) };
}

static void build(struct virtio_blk *d, enum virtio_blk_op op, uint64_t sector, const struct blk_vec *v, unsigned n)
{
	unsigned data = DESC_NEXT | (op == VIRTIO_BLK_READ ? DESC_WRITE : 0);
	d->s->header = (struct header){ op, 0, sector };
	d->s->status = 0xff;
	put_desc(d, 0, &d->s->header, sizeof d->s->header, DESC_NEXT);
	for (unsigned k = 0; k < n; k++)
		put_desc(d, k + 1, v[k].p, v[k].nbytes, data);
	put_desc(d, n + 1, &d->s->status, 1, DESC_WRITE);
	d->s->avail.ring[d->s->avail.idx % QUEUE_SIZE] = 0;
}

enum err virtio_blk_request(struct virtio_blk *d, enum virtio_blk_op op, uint64_t sector, const struct blk_vec *v, unsigned n)
{
	if (op == VIRTIO_BLK_FLUSH && !d->can_flush)
		return OK;
	mutex_lock(&d->queue);
	build(d, op, sector, v, n);
	__atomic_store_n(&d->s->avail.idx, (uint16_t)(d->s->avail.idx + 1), __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);	/* the rings before the bell; QEMU's registers are ordinary for it */
	set_reg(d, REG_NOTIFY, 0);
	wait_done(d);
	enum err e = d->s->status == 0 ? OK : ERR_IO;
	mutex_unlock(&d->queue);
	if (e != OK)
		printk("[blk] request %d for sector %lu failed\n", (int)op, (unsigned long)sector);
	return e;
}

/* ---- set-up ---- */

/* Agree on features: what we want of what is offered. */
static bool negotiate(struct virtio_blk *d)
{
	set_reg(d, REG_FEATURES_SEL, 1);
	uint32_t high = reg(d, REG_FEATURES);
	set_reg(d, REG_FEATURES_SEL, 0);
	uint32_t low = reg(d, REG_FEATURES) & (FEATURE_READ_ONLY | FEATURE_FLUSH);
	if (!(high & FEATURE_VERSION_1))
		return false;
	set_reg(d, REG_DRIVER_SEL, 1);
	set_reg(d, REG_DRIVER, FEATURE_VERSION_1);
	set_reg(d, REG_DRIVER_SEL, 0);
	set_reg(d, REG_DRIVER, low);
	set_reg(d, REG_STATUS, STATUS_ACK | STATUS_DRIVER | STATUS_FEATURES_OK);
	d->read_only = low & FEATURE_READ_ONLY;
	d->can_flush = low & FEATURE_FLUSH;
	return reg(d, REG_STATUS) & STATUS_FEATURES_OK;
}

static bool set_up_queue(struct virtio_blk *d)
{
	set_reg(d, REG_QUEUE_SEL, 0);
	if (reg(d, REG_QUEUE_READY) || reg(d, REG_QUEUE_MAX) < QUEUE_SIZE)
		return false;
	set_reg(d, REG_QUEUE_NUM, QUEUE_SIZE);
	set_address(d, REG_DESC, d->s->desc);
	set_address(d, REG_AVAIL, &d->s->avail);
	set_address(d, REG_USED, &d->s->used);
	set_reg(d, REG_QUEUE_READY, 1);
	return true;
}

static bool set_up(struct virtio_blk *d, unsigned irq)
{
	set_reg(d, REG_STATUS, 0);
	set_reg(d, REG_STATUS, STATUS_ACK);
	set_reg(d, REG_STATUS, STATUS_ACK | STATUS_DRIVER);
	if (!negotiate(d) || !set_up_queue(d)) {
		set_reg(d, REG_STATUS, STATUS_FAILED);
		return false;
	}
	mutex_init(&d->queue, LOCK_DEVICE, "virtio_blk");
	spin_init(&d->irq_lock, LOCK_WAIT, "virtio_blk");
	waitq_init(&d->done);
	irq_register(irq, on_irq, d);
	set_reg(d, REG_STATUS, STATUS_ACK | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_OK);
	d->sectors = reg(d, REG_CAPACITY) | (uint64_t)reg(d, REG_CAPACITY + 4) << 32;
	return true;
}

/* Slots lie several to a page: map a page once. */
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

struct virtio_blk *virtio_blk_probe(uint64_t pa, unsigned irq)
{
	volatile uint32_t *regs = map_registers(pa);
	if (!regs || regs[REG_MAGIC / 4] != MAGIC || regs[REG_DEVICE / 4] != DEVICE_BLOCK)
		return NULL;
	if (regs[REG_VERSION / 4] != 2) {
		printk("[blk] 0x%lx: a legacy virtio device; start QEMU with -global virtio-mmio.force-legacy=false\n", (unsigned long)pa);
		return NULL;
	}
	struct virtio_blk *d = kzalloc(kernel_mm, sizeof *d);
	struct page *frame = d ? frame_alloc(kernel_mm, 0, FRAME_DMA | FRAME_ZERO) : NULL;
	if (frame) {
		d->regs = regs;
		d->s = page_ptr(kernel_mm, frame);
		if (set_up(d, irq)) {
			memck_permanent(frame);
			return d;
		}
		printk("[blk] 0x%lx: the device refuses our features or queue\n", (unsigned long)pa);
		frame_put(kernel_mm, frame);
	}
	kfree(kernel_mm, d);
	return NULL;
}
