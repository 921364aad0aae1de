/* Fuzz FAT32's reader with volumes that were made to hurt. The input is a list of changes to a small sound volume, four bytes each: sector,
 * offset (two bytes) and value. It is mounted, all of it is read, files come and go, and it is unmounted, all of which may be refused. */
#include "../fs/world.h"

enum { SECTORS = 256, CHANGE = 4, DEPTH = 4 };
static uint8_t volume[SECTORS * DISK_SECTOR];
static uint64_t clean;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes);

static void put_file(struct fs *fs, const char *path, size_t n)
{
	uint8_t bytes[8192] = { 1 };
	size_t done;
	bool ok = fs_make_file(fs, path) == OK && fs_write(fs, path, 0, bytes, n, &done) == OK && done == n;
	CHECK(ok, "%s", path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fs_world();
	disk_format(SECTORS, 1);
	struct fs *fs = fs_mount();
	CHECK(fs);
	put_file(fs, "FILE", 5000);
	CHECK(fs_make_dir(fs, "a directory with a long name") == OK && fs_make_dir(fs, "DIR") == OK);
	put_file(fs, "a directory with a long name/file", 700);
	put_file(fs, "DIR/another file, of a name with three slots", 1);
	CHECK(fs_unmount(fs) == OK);
	memcpy(volume, disk, sizeof volume);
	clean = mm_fingerprint(kernel_mm);
	return 0;
}

/* What comes of it is not asked: there are no wrong answers, only crashes, hangs and leaks. */
static void use(struct fs *fs)
{
	uint8_t bytes[3000] = { 0 };
	size_t done;
	enum err e[] = {
		fs_write(fs, "FILE", 4000, bytes, sizeof bytes, &done), fs_make_file(fs, "DIR/new"), fs_make_dir(fs, "DIR/new directory"),
		fs_write(fs, "DIR/new", 0, bytes, sizeof bytes, &done), fs_move(fs, "FILE", "DIR/FILE"),
		fs_move(fs, "DIR", "a directory with a long name/DIR"),
		fs_move(fs, "DIR/FILE", "a directory with a long name/file"), fs_set_size(fs, "a directory with a long name/file", 10),
		fs_remove(fs, "a directory with a long name/file", false), fs_remove(fs, "DIR", true), fs_sync_all(fs),
	};
	(void)e;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
	disk_make(volume, SECTORS);
	for (; nbytes >= CHANGE; bytes += CHANGE, nbytes -= CHANGE)
		disk[bytes[0] * DISK_SECTOR + (bytes[1] | bytes[2] << 8) % DISK_SECTOR] = bytes[3];
	struct fs *fs = fs_mount();
	if (fs) {
		fs_walk(fs, DEPTH);
		use(fs);
		fs_walk(fs, DEPTH);
		if (fs_unmount(fs) != OK)
			support_checks++;
	}
	if (mm_fingerprint(kernel_mm) != clean)
		support_fail(__FILE__, __LINE__, "mm_fingerprint", "something is left");
	return 0;
}
