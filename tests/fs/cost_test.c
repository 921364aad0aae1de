/* What FAT32's operations cost on the disk: requests to write and flushes, each with the sync after it, on a volume that was at rest. The book
 * has this table. Who changes a number here knows why. */
#include <stdio.h>
#include "world.h"

enum { SECTORS = 4000, ROOT_FILES = 40, PAGE = 4096 };

static uint8_t bytes[64 * PAGE];

static void put_file(struct fs *fs, const char *path, uint64_t at, size_t n)
{
	size_t done;
	CHECK(fs_write(fs, path, at, bytes, n, &done) == OK && done == n, "%s", path);
}

static void create(struct fs *fs) { CHECK(fs_make_file(fs, "one/new file") == OK); }

static void create_and_write(struct fs *fs)
{
	create(fs);
	put_file(fs, "one/new file", 0, PAGE);
}

static void overwrite(struct fs *fs) { put_file(fs, "large", PAGE, PAGE); }
static void append_within_cluster(struct fs *fs) { put_file(fs, "short", 100, 10); }
static void append_cluster(struct fs *fs) { put_file(fs, "large", 32 * PAGE, PAGE); }
static void write_64_pages(struct fs *fs) { put_file(fs, "short", 0, sizeof bytes); }
static void unlink_file(struct fs *fs) { CHECK(fs_remove(fs, "large", false) == OK); }
static void make_dir(struct fs *fs) { CHECK(fs_make_dir(fs, "one/new directory") == OK); }
static void remove_dir(struct fs *fs) { CHECK(fs_remove(fs, "one/sub", true) == OK); }
static void shorten(struct fs *fs) { CHECK(fs_set_size(fs, "large", PAGE) == OK); }
static void empty(struct fs *fs) { CHECK(fs_set_size(fs, "large", 0) == OK); }
static void rename_in_sector(struct fs *fs) { CHECK(fs_move(fs, "one/file", "one/elif") == OK); }
static void rename_across(struct fs *fs) { CHECK(fs_move(fs, "one/file", "two/a new name") == OK); }
static void rename_over(struct fs *fs) { CHECK(fs_move(fs, "one/file", "two/target") == OK); }
static void rename_dir(struct fs *fs) { CHECK(fs_move(fs, "one/sub", "two/sub") == OK); }

static void rename_ten(struct fs *fs)
{
	for (unsigned k = 0; k < 10; k++)
		CHECK(fs_move(fs, k % 2 ? "two/file" : "one/file", k % 2 ? "one/file" : "two/file") == OK);
}

static void save_version(struct fs *fs)
{
	create_and_write(fs);
	CHECK(fs_move(fs, "one/new file", "two/target") == OK);
}

static void nothing(struct fs *fs) { (void)fs; }

static const struct { const char *what; void (*op)(struct fs *fs); unsigned long requests, flushes; } costs[] = {
	{ "nothing", nothing, 0, 0 },
	{ "write over a page", overwrite, 1, 1 },
	{ "append within a cluster", append_within_cluster, 2, 1 },
	{ "append a page", append_cluster, 5, 2 },
	{ "write 64 pages", write_64_pages, 16, 2 },
	{ "create", create, 1, 1 },
	{ "create, write a page", create_and_write, 5, 2 },
	{ "make a directory", make_dir, 6, 2 },
	{ "shorten", shorten, 10, 3 },
	{ "empty", empty, 8, 2 },
	{ "unlink", unlink_file, 8, 2 },
	{ "remove a directory", remove_dir, 4, 2 },
	{ "rename in a sector", rename_in_sector, 1, 1 },
	{ "rename to another sector", rename_across, 4, 4 },
	{ "the same ten times", rename_ten, 40, 31 },
	{ "rename over a file", rename_over, 7, 5 },
	{ "move a directory", rename_dir, 5, 5 },
	{ "save a new version", save_version, 11, 6 },
};

static struct fs *volume(void)
{
	fs_world();
	disk_format(SECTORS, 1);
	struct fs *fs = fs_mount();
	CHECK(fs && fs_make_dir(fs, "one") == OK && fs_make_dir(fs, "two") == OK && fs_make_dir(fs, "one/sub") == OK);
	CHECK(fs_make_file(fs, "one/file") == OK && fs_make_file(fs, "two/target") == OK);
	CHECK(fs_make_file(fs, "large") == OK && fs_make_file(fs, "short") == OK);
	put_file(fs, "one/file", 0, 100);
	put_file(fs, "two/target", 0, 100);
	put_file(fs, "large", 0, 32 * PAGE);
	put_file(fs, "short", 0, 100);
	CHECK(fs_sync_all(fs) == OK && fs_sync_all(fs) == OK);
	return fs;
}

static void each_costs_what_it_should(void **state)
{
	(void)state;
	printf("%-26s %8s %8s %8s\n", "and sync", "requests", "sectors", "flushes");
	unsigned wrong = 0;
	for (unsigned k = 0; k < sizeof costs / sizeof *costs; k++) {
		struct fs *fs = volume();
		unsigned long requests = disk_requests, sectors = disk_writes, flushes = disk_flushes;
		costs[k].op(fs);
		CHECK(fs_sync_all(fs) == OK);
		requests = disk_requests - requests, flushes = disk_flushes - flushes;
		printf("%-26s %8lu %8lu %8lu\n", costs[k].what, requests, disk_writes - sectors, flushes);
		wrong += requests != costs[k].requests || flushes != costs[k].flushes;
		CHECK(fs_unmount(fs) == OK);
	}
	CHECK(!wrong, "%u operations cost something else", wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_costs_what_it_should),
	};
	int failed = RUN_TESTS(tests);
	disk_free();
	world_end();
	return failed;
}
