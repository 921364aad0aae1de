/* FAT32 on the host: one rename, with the power going at every write of it, and the note that it leaves. */
#include <stdio.h>
#include "volume.h"

enum { SECTORS = 1000 };

static const struct { const char *from, *to; bool over, dir; } renames[] = {
	{ "file number 3 of the root", "one/a new name in another directory", false, false },
	{ "file number 4 of the root", "the name that it gets lies far behind, in another sector of the root, and has slots in two", false, false },
	{ "file number 5 of the root", "two/target", true, false },
	{ "one/sub", "two/sub in another directory", false, true },
	{ "one/sub", "one/a new name in the same directory, which is long enough to need another sector than the old one had", false, true },
	{ "last of the root", "from the last slots of its directory into a sector behind it, which only a long name can do", false, false },
	{ "file number 10 of the root", "short", false, false },
};
enum { RENAMES = sizeof renames / sizeof *renames, ROOT_FILES = 40, CONTENT = 1500 };

static void put_file(struct fs *fs, const char *path, uint8_t with)
{
	uint8_t bytes[CONTENT];
	size_t done;
	memset(bytes, with, sizeof bytes);
	CHECK(fs_make_file(fs, path) == OK && fs_write(fs, path, 0, bytes, sizeof bytes, &done) == OK && done == sizeof bytes);
}

/* What fills the file, 0: there is none. */
static int content_of(struct fs *fs, const char *path)
{
	uint8_t bytes[CONTENT];
	uint64_t got;
	enum err e = fs_read(fs, path, bytes, sizeof bytes, &got);
	CHECK(e == ERR_NOENT || (e == OK && got == CONTENT && !memcmp(bytes, bytes + 1, CONTENT - 1)), "%s: %d", path, (int)e);
	return e == OK ? bytes[0] : 0;
}

/* A volume with all that the renames need; whoever gets it frees it. */
static uint8_t *make_volume(void)
{
	fs_world();
	disk_format(SECTORS, 1);
	struct fs *fs = fs_mount();
	CHECK(fs);
	for (unsigned k = 0; k < ROOT_FILES; k++) {
		char name[40];
		snprintf(name, sizeof name, "file number %u of the root", k);
		put_file(fs, name, 1);
	}
	CHECK(fs_make_dir(fs, "one") == OK && fs_make_dir(fs, "two") == OK && fs_make_dir(fs, "one/sub") == OK);
	put_file(fs, "one/sub/inner", 1);
	put_file(fs, "two/target", 2);
	put_file(fs, "last of the root", 1);
	CHECK(fs_unmount(fs) == OK);
	uint8_t *copy = malloc(SECTORS * DISK_SECTOR);
	memcpy(copy, disk, SECTORS * DISK_SECTOR);
	return copy;
}

static void look_for_it(struct fs *fs, unsigned k)
{
	char from[200], to[200];
	snprintf(from, sizeof from, "%s%s", renames[k].from, renames[k].dir ? "/inner" : "");
	snprintf(to, sizeof to, "%s%s", renames[k].to, renames[k].dir ? "/inner" : "");
	int old = content_of(fs, from), now = content_of(fs, to);
	if (renames[k].over)
		CHECK(now == (old ? 2 : 1) && (old == 0 || old == 1), "%s: %d and %d", to, old, now);
	else
		CHECK(old + now == 1, "%s: %d and %d", to, old, now);
	CHECK(content_of(fs, "file number 7 of the root") == 1);
}

/* Whether the power went before the n-th write. */
static bool cut_rename(unsigned k, long n, const uint8_t *volume, bool choose)
{
	disk_make(volume, SECTORS);
	struct fs *fs = fs_mount();
	CHECK(fs);
	disk_cut(n);
	CHECK(fs_move(fs, renames[k].from, renames[k].to) == OK);
	CHECK(fs_sync_all(fs) == OK);
	bool was_cut = disk_is_cut();
	fs_abandon(fs);
	disk_restart(choose ? rnd : NULL);
	if (!choose)
		only_lost_clusters();
	CHECK((fs = fs_mount()), "rename %u, write %ld", k, n);
	look_for_it(fs, k);
	CHECK(fs_unmount(fs) == OK);
	if (!choose)
		only_lost_clusters();
	return was_cut;
}

static void a_rename_is_never_lost(void **state)
{
	(void)state;
	uint8_t *volume = make_volume();
	unsigned long cuts = 0;
	world_heard = 0;
	world_listens_for = "a rename was cut off";
	for (unsigned k = 0; k < RENAMES; k++)
		for (long n = 0; cut_rename(k, n, volume, false); n++, cuts++)
			for (unsigned choice = 0; choice < 8; choice++)
				cut_rename(k, n, volume, true);
	printf("%lu cuts, 9 times each; %lu times a note was found\n", cuts, world_heard);
	CHECK(cuts > 4 * RENAMES && world_heard > cuts);
	free(volume);
}

/* ---- what comes after a rename ---- */

/* A cut while the note may still be there, although the new name is gone and others have its clusters. */
static bool cut_what_follows(unsigned k, long n, const uint8_t *volume, bool choose)
{
	disk_make(volume, SECTORS);
	struct fs *fs = fs_mount();
	CHECK(fs);
	CHECK(fs_move(fs, renames[k].from, renames[k].to) == OK);
	disk_cut(n);
	CHECK(fs_remove(fs, renames[k].to, false) == OK || disk_is_cut());
	CHECK(fs_sync_all(fs) == OK);
	if (!disk_is_cut())
		put_file(fs, "two/what came after", 3);
	CHECK(fs_sync_all(fs) == OK);
	bool was_cut = disk_is_cut();
	fs_abandon(fs);
	disk_restart(choose ? rnd : NULL);
	CHECK((fs = fs_mount()));
	int old = content_of(fs, renames[k].from), now = content_of(fs, renames[k].to);
	CHECK(!old && (now == 0 || now == 1), "%s: %d, %s: %d", renames[k].from, old, renames[k].to, now);
	CHECK(fs_unmount(fs) == OK);
	if (!choose)
		only_lost_clusters();
	return was_cut;
}

static void a_note_goes_in_time(void **state)
{
	(void)state;
	uint8_t *volume = make_volume();
	unsigned long cuts = 0;
	for (unsigned k = 0; k < RENAMES; k++)
		for (long n = 0; !renames[k].dir && cut_what_follows(k, n, volume, false); n++, cuts++)
			for (unsigned choice = 0; choice < 8; choice++)
				cut_what_follows(k, n, volume, true);
	CHECK(cuts > 3 * 8);
	free(volume);
}

/* ---- notes that must not be obeyed ---- */

/* Where things are in FSInfo, which is sector 1, and in the note. */
enum { NOTE = 4, COUNT = 488, HINT = 492, NOTE_SUM = 8, NOTE_HINT = 12, NOTE_OLD = 16, NOTE_SECTOR = 80, NOTE_NOW = 92, NOTE_OFFSET = 96,
	NOTE_FIRST = 98, NOTE_NSLOTS = 99, NOTE_END = 104, FAT_AT = 8 * DISK_SECTOR };

static void put_number(uint8_t *p, uint32_t v, unsigned n)
{
	for (; n > 0; n--, v >>= 8)
		*p++ = (uint8_t)v;
}

static void sum_again(uint8_t *note)
{
	uint32_t sum = 2166136261u;
	for (unsigned k = NOTE_HINT; k < NOTE_END; k++)
		sum = (sum ^ note[k]) * 16777619u;
	put_number(note + NOTE_SUM, sum, 4);
}

/* What fsck.fat does with a chain that nobody has. */
static void free_its_cluster(const uint8_t *note)
{
	uint32_t c = note[NOTE_OLD + 26] | (uint32_t)note[NOTE_OLD + 27] << 8, fat_sectors = disk[36];
	put_number(disk + FAT_AT + 4 * c, 0, 4);
	put_number(disk + FAT_AT + fat_sectors * DISK_SECTOR + 4 * c, 0, 4);
}

/* Spoil note number kind; false: there are no more kinds. */
static bool spoil(unsigned kind)
{
	static const struct { unsigned at, n; uint32_t v; } kinds[] = {
		{ NOTE + NOTE_OLD + 3, 1, 'Q' }, { COUNT, 4, 100 }, { HINT, 4, 77 }, { NOTE + NOTE_SECTOR, 4, 0 }, { NOTE + NOTE_SECTOR, 4, UINT32_MAX },
		{ NOTE + NOTE_SECTOR, 4, 2 * SECTORS }, { NOTE + NOTE_NOW, 4, UINT32_MAX }, { NOTE + NOTE_NOW, 4, 1 }, { NOTE + NOTE_OFFSET, 2, 0xffe0 },
		{ NOTE + NOTE_OFFSET, 2, 7 }, { NOTE + NOTE_FIRST, 1, 255 }, { NOTE + NOTE_NSLOTS, 1, 0 }, { NOTE + NOTE_NSLOTS, 1, 255 },
	};
	uint8_t *info = disk + DISK_SECTOR;
	if (kind < sizeof kinds / sizeof *kinds)
		put_number(info + kinds[kind].at, kinds[kind].v, kinds[kind].n);
	else
		free_its_cluster(info + NOTE);
	if (kind > 0)	/* the first one is a note that was torn */
		sum_again(info + NOTE);
	return kind < sizeof kinds / sizeof *kinds;
}

/* The volume as a cut leaves it, with a note and no name; whoever gets it frees it. */
static uint8_t *cut_between_names(const uint8_t *volume)
{
	for (long n = 0; n < 40; n++) {
		disk_make(volume, SECTORS);
		struct fs *fs = fs_mount();
		CHECK(fs);
		disk_cut(n);
		CHECK(fs_move(fs, renames[0].from, renames[0].to) == OK);
		fs_abandon(fs);
		disk_restart(NULL);
		uint8_t *copy = malloc(SECTORS * DISK_SECTOR);
		memcpy(copy, disk, SECTORS * DISK_SECTOR);
		put_number(disk + DISK_SECTOR + NOTE, 0, 4);	/* without its note, is it lost? */
		CHECK((fs = fs_mount()));
		bool lost = !content_of(fs, renames[0].from) && !content_of(fs, renames[0].to);
		CHECK(fs_unmount(fs) == OK);
		if (lost)
			return copy;
		free(copy);
	}
	support_fail(__FILE__, __LINE__, "lost", "the name is always somewhere");
}

static void a_note_is_not_believed(void **state)
{
	(void)state;
	uint8_t *volume = make_volume(), *cut = cut_between_names(volume);
	bool more = true;
	world_listens_for = "fits no more";
	for (unsigned kind = 0; more; kind++) {
		disk_make(cut, SECTORS);
		more = spoil(kind);
		world_heard = 0;
		struct fs *fs = fs_mount();
		CHECK(fs && world_heard == 1, "kind %u", kind);
		CHECK(!content_of(fs, renames[0].from) && !content_of(fs, renames[0].to), "kind %u", kind);
		CHECK(fs_unmount(fs) == OK);
		only_lost_clusters();
		CHECK((fs = fs_mount()) && world_heard == 1);	/* it is gone */
		CHECK(fs_unmount(fs) == OK);
	}
	free(cut);
	free(volume);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rename_is_never_lost),
		cmocka_unit_test(a_note_goes_in_time),
		cmocka_unit_test(a_note_is_not_believed),
	};
	int failed = RUN_TESTS(tests);
	disk_free();
	world_end();
	return failed;
}
