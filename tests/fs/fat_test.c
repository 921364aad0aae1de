/* FAT32 on the host: files and directories against a model, with memory that runs out and the power going at any write. */
#include <stdio.h>
#include "model.h"
#include "volume.h"

enum { SECTORS = 1000 };
static struct model model;

static struct fs *start(unsigned cluster_sectors)
{
	fs_world();
	disk_format(SECTORS, cluster_sectors);
	model_init(&model);
	struct fs *fs = fs_mount();
	CHECK(fs);
	return fs;
}

static void random_operations(unsigned rounds, unsigned cluster_sectors, bool memory_fails)
{
	struct fs *fs = start(cluster_sectors);
	uint64_t clean = 0;
	for (unsigned round = 0; round < rounds; round++) {
		for (unsigned k = 0; k < 60; k++)
			model_step(&model, fs, memory_fails);
		model_compare(&model, fs);
		CHECK(fs_unmount(fs) == OK);
		CHECK(!clean || mm_fingerprint(kernel_mm) == clean, "something is left");
		clean = mm_fingerprint(kernel_mm);
		volume_is_sound();
		CHECK((fs = fs_mount()));
		model_compare(&model, fs);
	}
	CHECK(fs_unmount(fs) == OK);
	model_drop(&model);
	printf("%lu operations, %lu without memory, %lu renames\n", model.ops, model.failed, model.renames);
}

static void as_the_model(void **state)
{
	(void)state;
	random_operations(20, 1, false);
	random_operations(10, 4, false);
}

static void without_memory(void **state)
{
	(void)state;
	random_operations(20, 1, true);
	CHECK(model.failed > 100);
}

/* The slots of a long name stand together: with deleted ones between them it is none, however well they would fit. */
static void a_gap_in_a_long_name(void **state)
{
	enum { SLOT = 32, SLOTS = 4 * DISK_SECTOR / SLOT, DELETED = 0xe5 };
	static uint8_t name[3 * SLOT];
	(void)state;
	struct fs *fs = start(4);
	CHECK(fs_make_file(fs, "a long name.txt") == OK && fs_unmount(fs) == OK);
	uint8_t *root = disk;
	while (memcmp(root + 2 * SLOT, "ALONGN~1TXT", 11))
		root += SLOT;
	memcpy(name, root, sizeof name);
	memset(name + SLOT + 28, 0, 2);		/* the name ends in its first slot */
	memset(root, DELETED, SLOTS * SLOT);
	memcpy(root, name, SLOT);
	memcpy(root + (SLOTS - 2) * SLOT, name + SLOT, 2 * SLOT);
	CHECK((fs = fs_mount()));
	CHECK(fs_remove(fs, "a long name", false) == ERR_NOENT && fs_remove(fs, "ALONGN~1.TXT", false) == OK);
	CHECK(fs_unmount(fs) == OK);
	model_drop(&model);
}

/* Some operations after a sync, with the power going before the n-th sector is written. */
static void cut_once(unsigned long n)
{
	struct fs *fs = start(1);
	for (unsigned k = 0; k < 40; k++)
		model_step(&model, fs, false);
	CHECK(fs_sync_all(fs) == OK);
	model_synced(&model);
	disk_cut((long)n);
	for (unsigned k = 0; k < 6 && model_step(&model, fs, false); k++)
		if (rnd(4) == 0 && fs_sync_all(fs) == OK && !disk_is_cut())
			model_synced(&model);
	fs_abandon(fs);
	disk_restart(rnd(2) ? rnd : NULL);
	bool look = rnd(8) == 0;	/* it costs a process */
	if (look)
		volume_is_harmless();
	CHECK((fs = fs_mount()), "after %lu writes", n);
	model_compare_synced(&model, fs);
	CHECK(fs_unmount(fs) == OK);
	if (look)
		volume_is_harmless();
	model_drop(&model);
}

static void the_power_goes(void **state)
{
	(void)state;
	unsigned long renames = 0;
	world_listens_for = "is undone";
	for (unsigned k = 0; k < 1200; k++) {
		cut_once(rnd(rnd(2) ? 12 : 80));
		renames += model.renames;
	}
	printf("%lu renames, %lu undone at the next mount\n", renames, world_heard);
	CHECK(world_heard > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_model),
		cmocka_unit_test(a_gap_in_a_long_name),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(the_power_goes),
	};
	int failed = RUN_TESTS(tests);
	disk_free();
	world_end();
	return failed;
}
