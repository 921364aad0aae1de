/* fscheck: look at a FAT32 volume as fsck.fat -n does, change nothing, and say each fault in a line. DEVICE is what mount has (/dev/vdb), unmounted,
 * or a file with an image: a volume that is mounted changes meanwhile. Status 0: none, 1: faults, 2: it cannot be read. */
#include "fscheck.h"
#include <err.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void fault(struct volume *v, const char *where, const char *fmt, ...)
{
	va_list ap;
	printf("%s: ", where);
	va_start(ap, fmt);
	vfprintf(stdout, fmt, ap);
	va_end(ap);
	putchar('\n');
	v->faults++;
}

void *need(size_t n)
{
	void *p = malloc(n);
	if (!p)
		err(2, "%lu bytes", (unsigned long)n);
	return p;
}

void read_at(const struct volume *v, uint64_t at, void *to, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(v->fd, (char *)to + done, n - done, (off_t)(at + done));
		if (got < 0)
			err(2, "byte %lu", (unsigned long)(at + done));
		if (got == 0)
			errx(2, "byte %lu is behind the end", (unsigned long)(at + done));
		done += (size_t)got;
	}
}

/* Offset 40 of the boot sector: without ONE_ACTIVE all FATs are the same. */
enum { ACTIVE = 15, ONE_ACTIVE = 0x80 };

/* The device has that many bytes, going by its last one. */
static bool has_bytes(const struct volume *v, uint64_t n)
{
	char c;
	return pread(v->fd, &c, 1, (off_t)(n - 1)) == 1;
}

/* What makes anything further impossible, or NULL. */
static const char *check_boot(const struct volume *v, const uint8_t *b)
{
	uint32_t total = get32(b + 32), fat_size = get32(b + 36);
	if (b[510] != 0x55 || b[511] != 0xaa)
		return "no signature";
	if (get16(b + 11) != SECTOR)
		return "sectors are not of 512 bytes";
	if (!b[13] || b[13] & (b[13] - 1))
		return "sectors per cluster is no power of two";
	if (!get16(b + 14) || !b[16])
		return "no reserved sectors, or no FAT";
	if (get16(b + 17) || get16(b + 22) || !fat_size)
		return "FAT12 or FAT16";
	if (get16(b + 40) & ONE_ACTIVE && (get16(b + 40) & ACTIVE) >= b[16])
		return "the FAT in use is none of those that it has";
	uint64_t data = get16(b + 14) + (uint64_t)b[16] * fat_size;
	if (data >= total || !has_bytes(v, (uint64_t)total * SECTOR))
		return "sizes that do not fit";
	uint64_t clusters = (total - data) / b[13];
	if (!clusters || (clusters + 2) * 4 > (uint64_t)fat_size * SECTOR)
		return "its FAT is too small for its clusters";
	return get32(b + 44) < 2 || get32(b + 44) > clusters + 1 ? "the root directory lies outside" : NULL;
}

static bool read_boot(struct volume *v)
{
	uint8_t b[SECTOR], copy[SECTOR];
	read_at(v, 0, b, SECTOR);
	const char *wrong = check_boot(v, b);
	if (wrong) {
		fault(v, "boot sector", "%s", wrong);
		return false;
	}
	v->reserved = get16(b + 14);
	v->nfats = b[16];
	v->fat_sectors = get32(b + 36);
	v->mirrored = !(get16(b + 40) & ONE_ACTIVE);
	v->active = v->mirrored ? 0 : get16(b + 40) & ACTIVE;
	v->cluster_bytes = b[13] * (uint32_t)SECTOR;
	v->data_start = v->reserved + (uint64_t)v->nfats * v->fat_sectors;
	v->max_cluster = (uint32_t)((get32(b + 32) - v->data_start) / b[13] + 1);
	v->root = get32(b + 44);
	v->info_sector = get16(b + 48);
	v->backup_sector = get16(b + 50);
	if (v->backup_sector && v->backup_sector < v->reserved) {
		read_at(v, v->backup_sector * (uint64_t)SECTOR, copy, SECTOR);
		if (memcmp(b, copy, SECTOR))
			fault(v, "boot sector", "its copy in sector %u differs", v->backup_sector);
	}
	return true;
}

static void read_fat(struct volume *v)
{
	size_t size = ((size_t)v->max_cluster + 1) * 4, piece = 64 * 1024;
	v->fat = need(size);
	read_at(v, (v->reserved + (uint64_t)v->active * v->fat_sectors) * SECTOR, v->fat, size);
	uint8_t *copy = need(piece);
	for (uint32_t k = 1; v->mirrored && k < v->nfats; k++)
		for (size_t at = 0; at < size; at += piece) {
			size_t n = size - at < piece ? size - at : piece;
			read_at(v, (v->reserved + (uint64_t)k * v->fat_sectors) * SECTOR + at, copy, n);
			if (memcmp(copy, (uint8_t *)v->fat + at, n)) {
				fault(v, "FAT", "copy %u differs from the first", k + 1);
				break;
			}
		}
	free(copy);
	if (next_of(v, 0) < 0x0ffffff0)
		fault(v, "FAT", "its first entry is wrong");
	if (!(next_of(v, 1) & CLEAN_BIT))
		fault(v, "FAT", "the volume was not unmounted");
}

/* FSInfo is advice, and 0xffffffff says that there is none. */
static void check_info(struct volume *v)
{
	uint8_t b[SECTOR];
	uint32_t nfree = 0;
	if (!v->info_sector || v->info_sector >= v->reserved)
		return;
	read_at(v, v->info_sector * (uint64_t)SECTOR, b, SECTOR);
	if (get32(b) != 0x41615252 || get32(b + 484) != 0x61417272 || get32(b + 508) != 0xaa550000) {
		fault(v, "FSInfo", "no signature");
		return;
	}
	for (uint32_t c = 2; c <= v->max_cluster; c++)
		nfree += !next_of(v, c);
	if (get32(b + 488) != UINT32_MAX && get32(b + 488) != nfree)
		fault(v, "FSInfo", "it says that %u clusters are free, but %u are", get32(b + 488), nfree);
	if (get32(b + 492) != UINT32_MAX && !is_cluster(v, get32(b + 492)))
		fault(v, "FSInfo", "its hint leads outside");
}

int main(int argc, char **argv)
{
	struct volume v = { .fd = -1 };
	if (getopt(argc, argv, "") != -1 || argc - optind != 1)
		usage("DEVICE");
	v.fd = open(argv[optind], O_RDONLY);
	if (v.fd < 0)
		err(2, "%s", argv[optind]);
	if (!read_boot(&v))
		return 1;
	read_fat(&v);
	v.owned = need((size_t)v.max_cluster + 1);
	memset(v.owned, 0, (size_t)v.max_cluster + 1);
	check_tree(&v);
	chain_find_lost(&v);
	check_info(&v);
	printf("%s: %lu files, %lu directories, %lu of %u clusters; ", argv[optind], v.files, v.dirs, v.used, v.max_cluster - 1);
	printf(v.faults ? "%lu faults\n" : "no faults\n", v.faults);
	free(v.fat);
	free(v.owned);
	return v.faults != 0;
}
