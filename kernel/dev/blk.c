/* Block devices by name: whole disks, and the partitions that their MBR tells of. */
#include "virtio_blk.h"
#include <arch/irq.h>
#include <kernel/fdt.h>
#include <kernel/kmap.h>
#include <kernel/printk.h>
#include <lib/string.h>
#include <mm/slab.h>

enum { DEVICES_MAX = 40, PARTITIONS = 4, SLOTS_MAX = 64, SECTOR = 512, REQUEST_MAX = 128 /* sectors */, MAJOR = 254 };

struct blkdev {			/* constant after blk_init() */
	char name[8];
	struct virtio_blk *disk;
	uint64_t start, sectors;
	unsigned minor;
};

static struct blkdev devices[DEVICES_MAX];
static unsigned ndevices;

struct blkdev *blk_find(const char *name)
{
	for (unsigned k = 0; k < ndevices; k++)
		if (!strcmp(devices[k].name, name))
			return &devices[k];
	return NULL;
}

struct blkdev *blk_next(struct blkdev *d)
{
	struct blkdev *next = d ? d + 1 : devices;
	return next < devices + ndevices ? next : NULL;
}

const char *blk_name(const struct blkdev *d) { return d->name; }
uint64_t blk_number(const struct blkdev *d) { return (uint64_t)MAJOR << 8 | d->minor; }
uint64_t blk_sectors(const struct blkdev *d) { return d->sectors; }
bool blk_is_read_only(const struct blkdev *d) { return virtio_blk_is_read_only(d->disk); }

bool blk_stats(const struct blkdev *d, struct blk_stats *out)
{
	if (d->start || d->sectors != virtio_blk_sectors(d->disk))
		return false;
	virtio_blk_stats(d->disk, out);
	return true;
}

/* ---- transfers ---- */

enum err blk_transfer_vec(struct blkdev *d, uint64_t sector, const struct blk_vec *v, unsigned n, bool write)
{
	uint64_t total = 0;
	for (unsigned k = 0; k < n; k++)
		total += v[k].nbytes / SECTOR;
	if (sector > d->sectors || total > d->sectors - sector || n > BLK_VECS)
		return ERR_INVAL;
	if (write && blk_is_read_only(d))
		return ERR_ROFS;
	return virtio_blk_request(d->disk, write ? VIRTIO_BLK_WRITE : VIRTIO_BLK_READ, d->start + sector, v, n);
}

static enum err transfer(struct blkdev *d, uint64_t sector, char *buf, unsigned nsectors, bool write)
{
	enum err e = OK;
	for (unsigned done = 0; done < nsectors && e == OK;) {
		unsigned n = nsectors - done < REQUEST_MAX ? nsectors - done : REQUEST_MAX;
		struct blk_vec v = { buf + (size_t)done * SECTOR, n * SECTOR };
		e = blk_transfer_vec(d, sector + done, &v, 1, write);
		done += n;
	}
	return e;
}

enum err blk_read(struct blkdev *d, uint64_t sector, void *buf, unsigned nsectors)
{
	return transfer(d, sector, buf, nsectors, false);
}

enum err blk_write(struct blkdev *d, uint64_t sector, const void *buf, unsigned nsectors)
{
	return transfer(d, sector, (char *)(uintptr_t)buf, nsectors, true);
}

enum err blk_flush(struct blkdev *d) { return virtio_blk_request(d->disk, VIRTIO_BLK_FLUSH, 0, NULL, 0); }

/* ---- discovery ---- */

static struct blkdev *add(const char *name, struct virtio_blk *disk, uint64_t start, uint64_t sectors)
{
	if (ndevices == DEVICES_MAX)
		return NULL;
	struct blkdev *d = &devices[ndevices];
	*d = (struct blkdev){ .disk = disk, .start = start, .sectors = sectors, .minor = ndevices };
	strlcpy(d->name, name, sizeof d->name);
	ndevices++;
	return d;
}

static uint32_t le32(const uint8_t *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; }

/* Is this first sector an MBR? A bare FAT volume has the same signature, but begins with a jump, and its
 * bytes where the table would be make no partitions. */
static bool is_mbr(const uint8_t *b, uint64_t sectors)
{
	if (b[510] != 0x55 || b[511] != 0xaa)
		return false;
	for (unsigned k = 0; k < PARTITIONS; k++) {
		const uint8_t *e = b + 446 + 16 * k;
		uint64_t start = le32(e + 8), n = le32(e + 12);
		if ((e[0] & 0x7f) || (e[4] && (!start || !n || start + n > sectors)))
			return false;
	}
	return true;
}

static void add_partitions(struct blkdev *disk)
{
	uint8_t *b = kmalloc(kernel_mm, SECTOR);
	if (!b || blk_read(disk, 0, b, 1) != OK) {
		printk("[blk] %s: its first sector cannot be read\n", disk->name);
	} else if (is_mbr(b, disk->sectors)) {
		for (unsigned k = 0; k < PARTITIONS; k++) {
			const uint8_t *e = b + 446 + 16 * k;
			char name[8] = "";
			strlcpy(name, disk->name, sizeof name - 1);
			name[strlen(name) + 1] = 0;
			name[strlen(name)] = (char)('1' + k);
			if (e[4] && add(name, disk->disk, le32(e + 8), le32(e + 12)))
				printk("[blk] %s: type 0x%02x, sectors %u+%u\n", name, e[4], le32(e + 8), le32(e + 12));
		}
	}
	kfree(kernel_mm, b);
}

static void add_disk(struct virtio_blk *disk, unsigned number)
{
	char name[8] = "vd?";
	name[2] = (char)('a' + number);
	struct blkdev *d = add(name, disk, 0, virtio_blk_sectors(disk));
	if (!d)
		return;
	printk("[blk] %s: %lu sectors%s\n", d->name, (unsigned long)d->sectors, virtio_blk_is_read_only(disk) ? ", read-only" : "");
	if (d->sectors)
		add_partitions(d);
}

struct slot { uint64_t pa; unsigned irq; };

static void sort_by_address(struct slot *s, unsigned n)
{
	for (unsigned k = 1; k < n; k++)
		for (unsigned at = k; at > 0 && s[at].pa < s[at - 1].pa; at--) {
			struct slot t = s[at];
			s[at] = s[at - 1];
			s[at - 1] = t;
		}
}

void blk_init(const struct fdt *fdt)
{
	struct slot slots[SLOTS_MAX];
	unsigned n = 0, disks = 0;
	for (int node = -1; n < SLOTS_MAX && (node = fdt_find_compatible(fdt, node, "virtio,mmio")) >= 0;) {
		uint64_t size;
		if (fdt_reg(fdt, node, 0, &slots[n].pa, &size))
			slots[n++].irq = arch_irq_of_node(fdt, node);
	}
	sort_by_address(slots, n);
	for (unsigned k = 0; k < n && disks < 26; k++) {
		struct virtio_blk *disk = virtio_blk_probe(slots[k].pa, slots[k].irq);
		if (disk)
			add_disk(disk, disks++);
	}
	if (!disks)
		printk("[blk] no disk found\n");
}
