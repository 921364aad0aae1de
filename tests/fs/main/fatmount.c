/* fatmount IMAGE: mount a volume as the kernel does, do what the input says, and unmount it. The kernel's log goes to
 * the output. A line of the input has words with tabs between them:
 *
 *   put PATH FILE | get PATH FILE | mkdir PATH | rm PATH | rmdir PATH | mv PATH PATH | ls PATH | sync
 *
 * where FILE is the host's. What fails says so by its number in lib/err.h; all that follows is done. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../world.h"

enum { WORDS = 3, FILE_MAX = 8 << 20 };
static uint8_t bytes[FILE_MAX];

static enum err put(struct fs *fs, const char *path, const char *name)
{
	FILE *f = fopen(name, "rb");
	CHECK(f, "%s", name);
	size_t n = fread(bytes, 1, sizeof bytes, f), done;
	fclose(f);
	enum err e = fs_make_file(fs, path);
	return e != OK || !n ? e : fs_write(fs, path, 0, bytes, n, &done) != OK || done < n ? ERR_NOSPC : OK;
}

static enum err get(struct fs *fs, const char *path, const char *name)
{
	uint64_t n;
	enum err e = fs_read(fs, path, bytes, sizeof bytes, &n);
	if (e != OK)
		return e;
	FILE *f = fopen(name, "wb");
	CHECK(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0, "%s", name);
	return OK;
}

static void show(void *ctx, const char *name, bool dir)
{
	(void)ctx;
	printf("  %c %s\n", dir ? 'd' : '-', name);
}

static enum err obey(struct fs *fs, char *const w[WORDS])
{
	if (!strcmp(w[0], "put"))
		return put(fs, w[1], w[2]);
	if (!strcmp(w[0], "get"))
		return get(fs, w[1], w[2]);
	if (!strcmp(w[0], "mv"))
		return fs_move(fs, w[1], w[2]);
	if (!strcmp(w[0], "mkdir"))
		return fs_make_dir(fs, w[1]);
	if (!strcmp(w[0], "rm") || !strcmp(w[0], "rmdir"))
		return fs_remove(fs, w[1], w[0][2]);
	if (!strcmp(w[0], "ls"))
		return fs_list(fs, w[1], show, NULL);
	CHECK(!strcmp(w[0], "sync"), "%s", w[0]);
	return fs_sync_all(fs);
}

static void obey_all(struct fs *fs)
{
	char line[4096];
	while (fgets(line, sizeof line, stdin)) {
		char *w[WORDS] = { "", "", "" }, *rest = line;
		line[strcspn(line, "\n")] = 0;
		for (unsigned k = 0; k < WORDS && rest; k++)
			w[k] = strsep(&rest, "\t");
		enum err e = obey(fs, w);
		if (e != OK)
			printf("%s %s: error %d\n", w[0], w[1], (int)e);
		fs_drop_caches();	/* nobody else gives memory back here */
	}
}

int main(int argc, char **argv)
{
	struct stat st;
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
	if (fd < 0 || fstat(fd, &st) < 0)
		return 2;
	uint8_t *all = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);	/* holes stay */
	if (all == MAP_FAILED)
		return 2;
	world_is_loud = true;
	fs_world();
	disk_use(all, (uint64_t)st.st_size / DISK_SECTOR);
	struct fs *fs = fs_mount();
	if (fs)
		obey_all(fs);
	bool ok = fs && fs_unmount(fs) == OK;
	disk_free();
	world_end();
	return ok ? 0 : 1;
}
