/* fatmount IMAGE: mount a volume as the kernel does, unmount it, and write back what came of it. The kernel's log goes to the output. */
#include <stdio.h>
#include "../world.h"

static uint8_t *read_all(FILE *f, size_t *n)
{
	fseek(f, 0, SEEK_END);
	*n = (size_t)ftell(f);
	rewind(f);
	uint8_t *bytes = malloc(*n);
	return bytes && fread(bytes, 1, *n, f) == *n ? bytes : NULL;
}

/* Only what changed, so that holes stay. */
static bool write_changes(FILE *f, const uint8_t *before)
{
	for (uint64_t at = 0; at < disk_sectors * DISK_SECTOR; at += DISK_SECTOR)
		if (memcmp(before + at, disk + at, DISK_SECTOR) &&
		    (fseek(f, (long)at, SEEK_SET) || fwrite(disk + at, 1, DISK_SECTOR, f) != DISK_SECTOR))
			return false;
	return fclose(f) == 0;
}

int main(int argc, char **argv)
{
	size_t n;
	FILE *f = argc == 2 ? fopen(argv[1], "r+b") : NULL;
	uint8_t *before = f ? read_all(f, &n) : NULL;
	if (!before)
		return 2;
	world_is_loud = true;
	fs_world();
	disk_make(before, n / DISK_SECTOR);
	struct fs *fs = fs_mount();
	bool ok = fs && fs_unmount(fs) == OK && write_changes(f, before);
	free(before);
	disk_free();
	world_end();
	return ok ? 0 : 1;
}
