#pragma once
#include "../host/support.h"
#include <kernel/kmap.h>
#include "disk.h"
/* kernel/fs/ on the host: FAT, the page cache, inodes, names and write-back as they are in the kernel, over a disk in memory and the world of
 * tests/host/support.c. There is one world for all tests, since the caches of kernel/fs/ are made once. */

struct fs;
/* The first call makes the world. */
void fs_world(void);
/* Mount what the disk has. NULL: refused. */
struct fs *fs_mount(void);
/* Write all back, and forget it. ERR_IO: not all could be written; it is unmounted all the same. */
enum err fs_unmount(struct fs *fs);
/* The power went: forget it, whatever is still in memory. */
void fs_abandon(struct fs *fs);

/* By path from the root, without a slash before it. */
enum err fs_make_dir(struct fs *fs, const char *path);
enum err fs_make_file(struct fs *fs, const char *path);
/* Write n bytes at an offset; *done: how many were. */
enum err fs_write(struct fs *fs, const char *path, uint64_t at, const uint8_t *bytes, size_t n, size_t *done);
enum err fs_set_size(struct fs *fs, const char *path, uint64_t size);
/* Up to n bytes, from the beginning; *got: how many there are in all. */
enum err fs_read(struct fs *fs, const char *path, uint8_t *bytes, size_t n, uint64_t *got);
enum err fs_move(struct fs *fs, const char *from, const char *to);
enum err fs_remove(struct fs *fs, const char *path, bool dir);
/* Call see for each name in the directory. */
enum err fs_list(struct fs *fs, const char *path, void (*see)(void *ctx, const char *name, bool dir), void *ctx);
/* Everything that can be read, from the root: each file and directory, as deep as depth says. The number of names met. */
unsigned fs_walk(struct fs *fs, unsigned depth);
/* Whatever is clean and unused goes, so that what comes next needs memory again. */
void fs_drop_caches(void);
enum err fs_sync_all(struct fs *fs);
enum err fs_fsync(struct fs *fs, const char *path);
extern bool world_is_loud;		/* print what the kernel logs */
extern const char *world_listens_for;	/* count the lines of the log that have it */
extern unsigned long world_heard;
