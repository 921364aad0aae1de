/* A disk that says an error, at any request: who asked is told, once; the rest goes on; and when the disk is well again nothing is lost that was
 * not told of. */
#include <stdio.h>
#include "volume.h"

enum { SECTORS = 2000, PAGE = 4096, SIZE = 3 * PAGE, BYSTANDERS = 20 };

static void fill(uint8_t *bytes, uint8_t with) { memset(bytes, with, SIZE); }

static enum err write_file(struct fs *fs, const char *path, uint8_t with)
{
	uint8_t bytes[SIZE];
	size_t done;
	fill(bytes, with);
	enum err e = fs_write(fs, path, 0, bytes, SIZE, &done);
	return e == OK && done < SIZE ? ERR_IO : e;
}

enum { NONE = -1, MIXED = 255 };

/* What fills the file. */
static int content_of(struct fs *fs, const char *path)
{
	uint8_t bytes[SIZE];
	uint64_t got;
	enum err e = fs_read(fs, path, bytes, SIZE, &got);
	CHECK(e == OK || e == ERR_NOENT, "%s: %d", path, (int)e);
	if (e == ERR_NOENT)
		return NONE;
	return got == SIZE && !memcmp(bytes, bytes + 1, SIZE - 1) ? bytes[0] : MIXED;
}

static struct fs *volume(void)
{
	fs_world();
	disk_format(SECTORS, 1);
	struct fs *fs = fs_mount();
	CHECK(fs && fs_make_dir(fs, "dir") == OK);
	for (unsigned k = 0; k < BYSTANDERS; k++) {
		char name[40];
		snprintf(name, sizeof name, "dir/a file that stands by, %u", k);
		CHECK(fs_make_file(fs, name) == OK && write_file(fs, name, 7) == OK);
	}
	const char *const files[] = { "written", "moved", "replacing", "replaced", "removed" };
	for (unsigned k = 0; k < sizeof files / sizeof *files; k++)
		CHECK(fs_make_file(fs, files[k]) == OK && write_file(fs, files[k], 1) == OK);
	CHECK(fs_unmount(fs) == OK && (fs = fs_mount()));
	return fs;
}

/* What was said to whom. */
struct said { enum err write, sync_written, create, write_new, sync_new, make, move, replace, remove; };

static void work(struct fs *fs, struct said *s)
{
	s->write = write_file(fs, "written", 2);
	s->sync_written = fs_fsync(fs, "written");
	s->make = fs_make_dir(fs, "made");
	s->create = fs_make_file(fs, "new");
	s->write_new = s->create == OK ? write_file(fs, "new", 2) : ERR_IO;
	s->sync_new = fs_fsync(fs, "new");
	s->move = fs_move(fs, "moved", "dir/has moved to another directory");
	s->replace = fs_move(fs, "replacing", "replaced");
	s->remove = fs_remove(fs, "removed", false);
	enum err e = fs_sync_all(fs);
	CHECK(e == OK || e == ERR_IO);
}

static void look(struct fs *fs, const struct said *s, long n)
{
	for (unsigned k = 0; k < BYSTANDERS; k++) {
		char name[40];
		snprintf(name, sizeof name, "dir/a file that stands by, %u", k);
		CHECK(content_of(fs, name) == 7, "%s, %ld", name, n);
	}
	int written = content_of(fs, "written"), new = content_of(fs, "new");
	CHECK(written == 2 || s->write != OK || s->sync_written != OK, "written: %d, %ld", written, n);
	CHECK(written != NONE, "written, %ld", n);
	CHECK((new != NONE) == (s->create == OK), "new: %d, %ld", new, n);
	CHECK(new == 2 || s->write_new != OK || s->sync_new != OK, "new: %d, %ld", new, n);
	int old = content_of(fs, "moved"), now = content_of(fs, "dir/has moved to another directory");
	CHECK(old == (s->move == OK ? NONE : 1) && now == (s->move == OK ? 1 : NONE), "moved: %d, %d, %ld", old, now, n);
	CHECK(content_of(fs, "replacing") == (s->replace == OK ? NONE : 1) && content_of(fs, "replaced") == 1, "replaced, %ld", n);
	CHECK(content_of(fs, "removed") == (s->remove == OK ? NONE : 1), "removed, %ld", n);
	unsigned refused = fs_make_dir(fs, "made") == OK;
	CHECK(refused == (s->make != OK), "made, %ld", n);
}

/* Whether a request failed: the n-th one and count - 1 behind it. */
static bool fail_at(long n, long count, unsigned long *told)
{
	struct fs *fs = volume();
	struct said s;
	disk_fail(n, count);
	work(fs, &s);
	bool failed = disk_failed();
	const enum err *e = (const enum err *)(const void *)&s;
	for (unsigned k = 0; k < sizeof s / sizeof *e; k++) {
		CHECK(e[k] == OK || e[k] == ERR_IO || e[k] == ERR_NOENT, "answer %u: %d", k, (int)e[k]);
		*told += e[k] == ERR_IO;
	}
	disk_fail(-1, 0);
	CHECK(fs_sync_all(fs) == OK, "%ld: the disk is well again", n);
	CHECK(fs_fsync(fs, "written") == OK && fs_fsync(fs, "replaced") == OK, "%ld: it was told already", n);
	look(fs, &s, n);
	CHECK(fs_unmount(fs) == OK, "%ld", n);
	volume_is_sound();
	s.make = OK;
	world_heard = 0;
	world_listens_for = "a rename was cut off";
	CHECK((fs = fs_mount()) && !world_heard, "%ld: a note was left", n);
	look(fs, &s, n);
	CHECK(fs_unmount(fs) == OK, "%ld", n);
	return failed;
}

static void nothing_else_is_lost(void **state)
{
	(void)state;
	unsigned long told = 0, failures = 0;
	for (long count = 1; count <= 1000; count *= 10)
		for (long n = 0; fail_at(n, count, &told); n++)
			failures++;
	printf("%lu places of failure, %lu answers that told of one\n", failures, told);
	CHECK(failures > 100 && told > failures / 2);
}

/* ---- bytes that cannot be read ---- */

static uint64_t sector_of(uint8_t with)
{
	for (uint64_t s = 0; s < SECTORS; s++)
		if (disk[s * DISK_SECTOR] == with && !memcmp(disk + s * DISK_SECTOR, disk + s * DISK_SECTOR + 1, DISK_SECTOR - 1))
			return s;
	support_fail(__FILE__, __LINE__, "sector", "no sector has it");
}

static void only_the_page_is_lost(void **state)
{
	(void)state;
	struct fs *fs = volume();
	uint8_t bytes[SIZE], page[SIZE];
	uint64_t got;
	size_t done;
	for (unsigned k = 0; k < 3; k++)
		memset(bytes + k * PAGE, 20 + (int)k, PAGE);
	CHECK(fs_write(fs, "written", 0, bytes, SIZE, &done) == OK && done == SIZE && fs_sync_all(fs) == OK);
	fs_drop_caches();
	disk_spoil(sector_of(21));
	CHECK(fs_read(fs, "written", page, PAGE, &got) == OK && page[0] == 20);
	CHECK(fs_read(fs, "written", page, SIZE, &got) == ERR_IO);	/* less than was asked for */
	CHECK(page[0] == 20 && page[PAGE - 1] == 20);
	CHECK(content_of(fs, "replaced") == 1);
	disk_spoil(UINT64_MAX);
	CHECK(fs_read(fs, "written", page, SIZE, &got) == OK && !memcmp(page, bytes, SIZE));
	CHECK(fs_unmount(fs) == OK);
}

/* One that cannot be written: its file's fsync tells of it, others' do not. */
static void told_once(void **state)
{
	(void)state;
	struct fs *fs = volume();
	CHECK(write_file(fs, "written", 30) == OK && fs_fsync(fs, "written") == OK);
	disk_spoil(sector_of(30));
	CHECK(write_file(fs, "written", 31) == OK && write_file(fs, "replaced", 31) == OK);
	enum err e = fs_sync_all(fs);		/* by anybody */
	CHECK(e == ERR_IO);
	CHECK(fs_fsync(fs, "replaced") == OK);
	CHECK(fs_fsync(fs, "written") == ERR_IO);
	CHECK(fs_fsync(fs, "written") == OK);
	CHECK(write_file(fs, "written", 32) == OK && fs_fsync(fs, "written") == ERR_IO && fs_fsync(fs, "written") == OK);
	disk_spoil(UINT64_MAX);
	CHECK(write_file(fs, "written", 33) == OK && fs_fsync(fs, "written") == OK);
	CHECK(fs_unmount(fs) == OK && (fs = fs_mount()));
	CHECK(content_of(fs, "written") == 33 && content_of(fs, "replaced") == 31);
	CHECK(fs_unmount(fs) == OK);
}

static uint64_t never(uint64_t n) { (void)n; return 0; }

/* A sync that says OK after one that did not has made up for it: what the drive had in its cache is on the medium. */
static void a_flush_is_owed_until_it_is_done(void **state)
{
	(void)state;
	bool failed = true;
	for (long n = 0; failed; n++) {
		struct fs *fs = volume();
		disk_fail(n, 1);
		CHECK(fs_make_file(fs, "new") == OK || disk_failed());
		enum err e = write_file(fs, "new", 40), first = fs_sync_all(fs);
		failed = disk_failed();
		CHECK(failed == (e != OK || first != OK));
		CHECK(fs_sync_all(fs) == OK);
		bool told = e != OK || fs_fsync(fs, "new") != OK;
		fs_abandon(fs);
		disk_restart(never);
		CHECK((fs = fs_mount()));
		int now = content_of(fs, "new");
		CHECK(now == 40 || told, "%d, request %ld", now, n);
		CHECK(fs_unmount(fs) == OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_else_is_lost),
		cmocka_unit_test(only_the_page_is_lost),
		cmocka_unit_test(told_once),
		cmocka_unit_test(a_flush_is_owed_until_it_is_done),
	};
	int failed = RUN_TESTS(tests);
	disk_free();
	world_end();
	return failed;
}
