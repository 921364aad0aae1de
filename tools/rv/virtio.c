/* Disks: virtio-blk over virtio-mmio, version 2. A request is carried out when its bell rings.
 *
 * Everything in the rings is the guest's word: each address is looked up anew, each chain is at most as long as the queue.
 * Source: Virtual I/O Device (virtio) 1.1, "Split Virtqueues", "Block Device". */
#include "priv.h"

enum {
	REG_MAGIC = 0x00, REG_VERSION = 0x04, REG_DEVICE = 0x08, REG_VENDOR = 0x0c, REG_FEATURES = 0x10, REG_FEATURES_PAGE = 0x14,
	REG_QUEUE_MAX = 0x34, REG_QUEUE_SIZE = 0x38, REG_QUEUE_READY = 0x44, REG_NOTIFY = 0x50, REG_IRQ_STATUS = 0x60, REG_IRQ_ACK = 0x64,
	REG_STATUS = 0x70, REG_DESC = 0x80, REG_AVAIL = 0x90, REG_USED = 0xa0, REG_CAPACITY = 0x100,
};
enum { MAGIC = 0x74726976, VENDOR = 0x554d4551, BLOCK = 2, QUEUE_MAX = 128, SECTOR = 512 };
enum { FEATURE_FLUSH = 1 << 9, FEATURE_VERSION_1 = 1 /* bit 32 */ };
enum { NEXT = 1, WRITE = 2 };		/* a descriptor's flags */
enum { READ_SECTORS = 0, WRITE_SECTORS = 1, FLUSH = 4 };
enum { DONE = 0, IO_ERROR = 1, UNSUPPORTED = 2 };

struct desc { uint64_t addr; uint32_t len; uint16_t flags, next; };
struct header { uint32_t type, reserved; uint64_t sector; };
/* A request on its way through its chain. */
struct request { struct header header; uint64_t at; uint32_t written; uint8_t status; };

uint32_t disk_read(const struct rv_disk *d, unsigned at)
{
	switch (at) {
	case REG_MAGIC: return MAGIC;
	case REG_VERSION: return 2;
	case REG_DEVICE: return d->image ? BLOCK : 0;
	case REG_VENDOR: return VENDOR;
	case REG_FEATURES: return d->features_page == 0 ? FEATURE_FLUSH : d->features_page == 1 ? FEATURE_VERSION_1 : 0;
	case REG_QUEUE_MAX: return QUEUE_MAX;
	case REG_QUEUE_READY: return d->queue_ready;
	case REG_IRQ_STATUS: return d->irq_status;
	case REG_STATUS: return d->status;
	case REG_CAPACITY: return (uint32_t)(d->nbytes / SECTOR);
	case REG_CAPACITY + 4: return (uint32_t)(d->nbytes / SECTOR >> 32);
	}
	return 0;
}

static bool peek(const struct rv *m, uint64_t pa, void *to, size_t n)
{
	const uint8_t *p = ram_at(m, pa, n);
	for (size_t i = 0; p && i < n; i++)
		((uint8_t *)to)[i] = p[i];
	return p;
}

static bool poke(const struct rv *m, uint64_t pa, const void *from, size_t n)
{
	uint8_t *p = ram_at(m, pa, n);
	for (size_t i = 0; p && i < n; i++)
		p[i] = ((const uint8_t *)from)[i];
	return p;
}

/* One piece of the data. */
static void transfer(struct rv_disk *d, struct request *r, uint8_t *buf, uint32_t n)
{
	if (r->header.type == FLUSH || r->status != DONE)
		return;
	if (r->at > d->nbytes || n > d->nbytes - r->at) {
		r->status = IO_ERROR;
		return;
	}
	if (r->header.type == READ_SECTORS)
		__builtin_memcpy(buf, d->image + r->at, n);
	else
		__builtin_memcpy(d->image + r->at, buf, n);
	r->written += r->header.type == READ_SECTORS ? n : 0;
	r->at += n;
}

static void begin(struct rv *m, struct request *r, const struct desc *first)
{
	*r = (struct request){ .status = DONE };
	if (first->len < sizeof r->header || !peek(m, first->addr, &r->header, sizeof r->header) || r->header.sector > UINT64_MAX / SECTOR)
		r->status = IO_ERROR;
	else if (r->header.type != READ_SECTORS && r->header.type != WRITE_SECTORS && r->header.type != FLUSH)
		r->status = UNSUPPORTED;
	r->at = r->header.sector * SECTOR;
}

/* Follow the chain: the header, the data, and at last the byte for the status. Returns the bytes written. */
static uint32_t serve(struct rv *m, struct rv_disk *d, uint16_t head)
{
	struct request r = { .status = IO_ERROR };
	struct desc e;
	uint16_t at = head;
	for (uint32_t i = 0; i < d->queue_size; i++) {
		if (at >= d->queue_size || !peek(m, d->desc + at * sizeof e, &e, sizeof e))
			break;
		uint8_t *buf = ram_at(m, e.addr, e.len);
		if (i == 0)
			begin(m, &r, &e);
		else if (!(e.flags & NEXT))
			return r.written + poke(m, e.addr, &r.status, 1);
		else if (buf && !(e.flags & WRITE) == (r.header.type == WRITE_SECTORS))
			transfer(d, &r, buf, e.len);
		else
			r.status = IO_ERROR;
		at = e.next;
	}
	return r.written;
}

/* avail and used: two 16-bit words, of which the second counts the entries; then the entries. */
static void serve_all(struct rv *m, unsigned n)
{
	struct rv_disk *d = &m->disk[n];
	uint16_t end, head, used;
	if (!d->queue_ready || !d->image || !peek(m, d->avail + 2, &end, 2))
		return;
	while (d->next != end) {
		if (!peek(m, d->avail + 4 + 2 * (d->next++ % d->queue_size), &head, 2) || !peek(m, d->used + 2, &used, 2))
			break;
		uint32_t entry[2] = { head, serve(m, d, head) };
		poke(m, d->used + 4 + 8 * (used % d->queue_size), entry, sizeof entry);
		used++;
		poke(m, d->used + 2, &used, 2);
		m->stats.blocks++;
	}
	d->irq_status |= 1;
	plic_level(m, PLIC_DISK + n, true);
}

static void set_half(uint64_t *address, bool high, uint32_t v)
{
	*address = high ? (*address & UINT32_MAX) | (uint64_t)v << 32 : (*address & ~(uint64_t)UINT32_MAX) | v;
}

static void reset(struct rv_disk *d)
{
	*d = (struct rv_disk){ .image = d->image, .nbytes = d->nbytes };
}

void disk_write(struct rv *m, unsigned i, unsigned at, uint32_t v)
{
	struct rv_disk *d = &m->disk[i];
	switch (at) {
	case REG_FEATURES_PAGE: d->features_page = v; break;
	case REG_QUEUE_SIZE: d->queue_size = v <= QUEUE_MAX ? v : 0; break;
	case REG_QUEUE_READY: d->queue_ready = v == 1 && d->queue_size; break;
	case REG_NOTIFY: serve_all(m, i); break;
	case REG_IRQ_ACK:
		d->irq_status &= ~v;
		plic_level(m, PLIC_DISK + i, d->irq_status);
		break;
	case REG_STATUS:
		d->status = v;
		if (!v)
			reset(d);
		break;
	case REG_DESC: case REG_DESC + 4: set_half(&d->desc, at & 4, v); break;
	case REG_AVAIL: case REG_AVAIL + 4: set_half(&d->avail, at & 4, v); break;
	case REG_USED: case REG_USED + 4: set_half(&d->used, at & 4, v); break;
	}
}
