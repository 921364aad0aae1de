#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <abi/stat.h>
#include <lib/err.h>
#include <lib/list.h>
#include <lib/lock.h>
#include <mm/space.h>
/* The virtual file system: inodes, open files, descriptor tables, path walking, mounts. kernel/fs/ implements it; the process code calls this part. */

struct inode;
struct file;
struct files;	/* a descriptor table, shared by the threads of a process */
struct path_at;	/* opaque */

enum { FD_MAX = 256, PATH_MAX_BYTES = 4096, NAME_MAX_BYTES = 255 };

/* ---- start-up ---- */
void vfs_init(void);			/* caches, tmpfs, devfs, procfs types */
/* Mount the root named like "/dev/vda1" (FAT32), then devfs on /dev if the folder is there. */
enum err vfs_mount_root(const char *device) MUST_CHECK;
void vfs_sync_all(void);		/* write everything back */
/* The last thing before power-off: the same, and the storage of files that are deleted but open is freed. */
void vfs_shutdown(void);

/* ---- file-system context of a process: current directory, umask ---- */
struct fs_context { struct inode *cwd; unsigned umask; };
enum err fs_context_init(struct fs_context *fs);	/* at the root */
void fs_context_copy(struct fs_context *to, const struct fs_context *from);
void fs_context_drop(struct fs_context *fs);

/* ---- descriptor tables ---- */
struct pool;
/* A table beyond 16 descriptors is charged to pool, which outlives it. */
struct files *files_create(struct pool *pool);		/* empty; NULL: no memory */
struct files *files_copy(struct files *from, struct pool *pool);	/* for fork; NULL: no memory */
void files_free(struct files *f);			/* closes all */
void files_close_on_exec(struct files *f);

/* ---- for execve ---- */
/* Open path for execution: a regular file with a reference; ERR_ACCESS otherwise. path is a kernel string, relative to fs->cwd. */
enum err exec_open(struct fs_context *fs, const char *path, struct inode **out) MUST_CHECK;
void inode_get(struct inode *i);
void inode_put(struct inode *i);
/* Read up to n bytes at off into kernel memory through the page cache; *done may be short at the end of the file. */
enum err inode_read(struct inode *i, uint64_t off, void *buf, size_t n, size_t *done) MUST_CHECK;
struct vm_object *inode_vm_object(struct inode *i);
uint64_t inode_size(struct inode *i);

/* ---- for mmap ---- */
/* Find the object behind fd for a mapping with req's prot and flags: req->object, with a reference (ops->get was called), and req->max_prot, for a
 * file that is not open for writing must not be written to through a shared mapping later either. ERR_BADF, ERR_ACCESS, ERR_NODEV. */
enum err file_mmap_object(struct files *f, int fd, struct map_req *req) MUST_CHECK;
/* A new object of npages zero pages, for MAP_SHARED|MAP_ANONYMOUS; one reference. */
enum err shared_object_create(uint64_t npages, struct vm_object **out) MUST_CHECK;

/* Open /dev/console as descriptors 0, 1, 2 of f. */
enum err files_open_console(struct files *f) MUST_CHECK;

/* The page cache's part of memck: its pages, each where it lies in its file. The lock that keeps mounts as they are is taken before the
 * other CPUs are held, and given up after. */
struct memck;
void vfs_memck_lock(void);
void vfs_memck(struct memck *m);
void vfs_memck_unlock(void);
/* Write everything back, then give up all that is only cached: file pages, block buffers, names that nobody uses. */
void vfs_drop_caches(void);
/* Of these: only the pages that are clean already; only the names and what the file systems keep of them. */
void vfs_drop_pages(void);
void vfs_drop_names(void);
/* Give back clean cached pages; true if any was freed. For port_reclaim(). */
bool pagecache_reclaim(void);
