/* virtio-blk over virtio-mmio, version 2 ("modern"). A request is a chain of descriptors
 *
 *   [0] header: type, sector    [1..n] the data    [n+1] the status byte
 *
 * that is made available; the device is told, and the thread sleeps until the interrupt. The queue's descriptors are cut into slots of one chain
 * each, so that nothing is to be searched for: descriptors, header and status of slot k have fixed places, and as many requests are in flight
 * as there are slots. The device may finish them in any order. All that is shared with it lies in one frame of the DMA zone. */
#include "virtio_blk.h"
#include "virtio_mmio.h"
#include <kernel/irq.h>
#include <kernel/kmap.h>
#include <kernel/memck.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <mm/page.h>
#include <mm/port.h>

enum { LOOK_AGAIN_NS = 5000000 };
enum { DEVICE_BLOCK = 2, CONFIG_CAPACITY = 0 };
enum { FEATURE_READ_ONLY = 1 << 5, FEATURE_FLUSH = 1 << 9 };
enum { DESC_NEXT = 1, DESC_WRITE = 2 };
enum { QUEUE_SIZE = 128, CHAIN = BLK_VECS + 2, SLOTS = QUEUE_SIZE / CHAIN };

struct desc { uint64_t addr; uint32_t len; uint16_t flags, next; };
struct avail { uint16_t flags, idx, ring[QUEUE_SIZE]; };
struct used { uint16_t flags, idx; struct { uint32_t id, len; } ring[QUEUE_SIZE]; };
struct header { uint32_t type, reserved; uint64_t sector; };

/* The frame that driver and device share. */
struct shared {
	struct desc desc[QUEUE_SIZE];
	struct avail avail;
	struct used used __attribute__((aligned(8)));
	struct { struct header header; volatile uint8_t status; } slot[SLOTS];
};
_Static_assert(sizeof(struct shared) <= 4096, "one frame");

struct virtio_blk {
	struct virtio_mmio mmio;	/* [I] */
	struct shared *s;		/* [q] */
	uint64_t sectors;		/* [I] */
	bool read_only, can_flush;	/* [I] */
	uint16_t seen;			/* [q] how far the used ring was looked at */
	bool busy[SLOTS], done[SLOTS];	/* [q] somebody has the slot; its request is finished */
	struct blk_stats stats;		/* [q] */
	struct waitq finished[SLOTS], room;
	struct spinlock queue;		/* q */
};

uint64_t virtio_blk_sectors(const struct virtio_blk *d) { return d->sectors; }
bool virtio_blk_is_read_only(const struct virtio_blk *d) { return d->read_only; }

void virtio_blk_stats(struct virtio_blk *d, struct blk_stats *out)
{
	spin_lock(&d->queue);
	*out = d->stats;
	spin_unlock(&d->queue);
}

/* ---- requests; the queue's lock is held but where a function says otherwise ---- */

/* See which requests the device has finished. */
static void collect(struct virtio_blk *d)
{
	for (; d->seen != __atomic_load_n(&d->s->used.idx, __ATOMIC_ACQUIRE); d->seen++) {
		unsigned slot = d->s->used.ring[d->seen % QUEUE_SIZE].id / CHAIN;
		if (slot >= SLOTS)
			continue;	/* none of ours */
		d->done[slot] = true;
		waitq_wake_one(&d->finished[slot]);
	}
}

/* The lock is not held. */
static void on_irq(void *arg)
{
	struct virtio_blk *d = arg;
	virtio_mmio_acknowledge(&d->mmio);
	spin_lock(&d->queue);
	collect(d);
	spin_unlock(&d->queue);
}

/* The boot thread and the idle threads cannot sleep: they look until it is so. The others look again now and then: an interrupt that
 * does not come costs time, not the machine. */
static void wait_a_while(struct virtio_blk *d, struct waitq *q)
{
	struct thread *t = thread_current();
	if (t && t != cpu_this()->idle) {
		wait_on(q, &d->queue, 0, time_deadline(LOOK_AGAIN_NS));
	} else {
		spin_unlock(&d->queue);
		cpu_relax();
		spin_lock(&d->queue);
	}
	collect(d);
}

static unsigned take_slot(struct virtio_blk *d)
{
	for (;;) {
		for (unsigned k = 0; k < SLOTS; k++)
			if (!d->busy[k]) {
				d->busy[k] = true;
				d->done[k] = false;
				return k;
			}
		wait_a_while(d, &d->room);
	}
}

static void put_slot(struct virtio_blk *d, unsigned slot)
{
	d->busy[slot] = false;
	waitq_wake_one(&d->room);
}

static void put_desc(struct virtio_blk *d, unsigned at, const volatile void *p, uint32_t len, unsigned flags)
{
	d->s->desc[at] = (struct desc){ port_pa((const void *)(uintptr_t)p), len, (uint16_t)flags, (uint16_t)(at + 1) };
}

struct request { enum virtio_blk_op op; uint64_t sector; const struct blk_vec *v; unsigned n; };

static void make_available(struct virtio_blk *d, unsigned slot, const struct request *r)
{
	unsigned data = DESC_NEXT | (r->op == VIRTIO_BLK_READ ? DESC_WRITE : 0), at = slot * CHAIN;
	d->s->slot[slot].header = (struct header){ r->op, 0, r->sector };
	d->s->slot[slot].status = 0xff;
	put_desc(d, at++, &d->s->slot[slot].header, sizeof(struct header), DESC_NEXT);
	for (unsigned k = 0; k < r->n; k++)
		put_desc(d, at++, r->v[k].p, r->v[k].nbytes, data);
	put_desc(d, at, &d->s->slot[slot].status, 1, DESC_WRITE);
	d->s->avail.ring[d->s->avail.idx % QUEUE_SIZE] = (uint16_t)(slot * CHAIN);
	__atomic_store_n(&d->s->avail.idx, (uint16_t)(d->s->avail.idx + 1), __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);	/* the rings before the bell; QEMU's registers are ordinary for it */
	virtio_mmio_notify(&d->mmio);
}

static void count_begin(struct blk_stats *s, const struct request *r)
{
	uint64_t nbytes = 0;
	for (unsigned k = 0; k < r->n; k++)
		nbytes += r->v[k].nbytes;
	struct blk_count *c = r->op == VIRTIO_BLK_READ ? &s->reads : r->op == VIRTIO_BLK_WRITE ? &s->writes : &s->flushes;
	c->requests++;
	c->sectors += nbytes / 512;
	if (++s->in_flight > s->most)
		s->most = s->in_flight;
}

enum err virtio_blk_request(struct virtio_blk *d, enum virtio_blk_op op, uint64_t sector, const struct blk_vec *v, unsigned n)
{
	struct request r = { op, sector, v, n };
	if (op == VIRTIO_BLK_FLUSH && !d->can_flush)
		return OK;
	spin_lock(&d->queue);
	unsigned slot = take_slot(d);
	count_begin(&d->stats, &r);
	make_available(d, slot, &r);
	for (collect(d); !d->done[slot];)	/* some devices are done when the bell has rung */
		wait_a_while(d, &d->finished[slot]);
	enum err e = d->s->slot[slot].status == 0 ? OK : ERR_IO;
	d->stats.in_flight--;
	d->stats.errors += e != OK;
	put_slot(d, slot);
	spin_unlock(&d->queue);
	if (e != OK)
		printk("[blk] request %d for sector %lu failed\n", (int)op, (unsigned long)sector);
	return e;
}

/* ---- set-up ---- */

static bool set_up(struct virtio_blk *d, unsigned irq)
{
	const struct virtio_queue q = { QUEUE_SIZE, d->s->desc, &d->s->avail, &d->s->used };
	if (!virtio_mmio_begin(&d->mmio, FEATURE_READ_ONLY | FEATURE_FLUSH, &q))
		return false;
	d->read_only = d->mmio.features & FEATURE_READ_ONLY;
	d->can_flush = d->mmio.features & FEATURE_FLUSH;
	spin_init(&d->queue, LOCK_WAIT, "virtio_blk");
	waitq_init(&d->room);
	for (unsigned k = 0; k < SLOTS; k++)
		waitq_init(&d->finished[k]);
	irq_register(irq, on_irq, d);
	virtio_mmio_go(&d->mmio);
	d->sectors = virtio_mmio_config64(&d->mmio, CONFIG_CAPACITY);
	return true;
}

struct virtio_blk *virtio_blk_probe(uint64_t pa, unsigned irq)
{
	struct virtio_mmio mmio;
	if (!virtio_mmio_probe(&mmio, pa, DEVICE_BLOCK))
		return NULL;
	struct virtio_blk *d = kzalloc(kernel_mm, sizeof *d);
	struct page *frame = d ? frame_alloc(kernel_mm, 0, FRAME_DMA | FRAME_ZERO) : NULL;
	if (frame) {
		d->mmio = mmio;
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
