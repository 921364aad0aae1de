#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <lib/list.h>
/* Lock types, and the one lock order of the kernel. The kernel implements these in
 * kernel/lock.c; host and wasm builds give single-threaded ones that check the same rules.
 *
 * A lock may be taken only while every lock already held has a smaller rank. Debug builds assert it
 * on every acquisition, and that no spinlock is held across a sleep. So two locks
 * of one rank are never held together. */
enum lock_rank {
	/* sleeping locks, outermost first */
	LOCK_FILE = 1,		/* an open file's offset, a pipe's end; user memory may be copied under it */
	LOCK_SPACE,		/* an address space: its regions and tables */
	LOCK_MOUNT,		/* the list of mounted file systems */
	LOCK_INODE_DIR,		/* names: one directory operation at a time per file system */
	LOCK_INODE,		/* filling, extending and writing back one inode's pages */
	LOCK_SPARE,		/* the one page for reading when there is no other */
	LOCK_FS,		/* a file system's tables, directories and buffers */
	/* spinlocks, outermost first */
	LOCK_SPIN_FIRST,
	LOCK_EPOLL = LOCK_SPIN_FIRST,	/* epoll's sets; files are asked under it whether they are ready */
	LOCK_TTY,
	LOCK_PROC_TABLE,	/* process tree, ids */
	LOCK_FILES,		/* a descriptor table; reference counts of files */
	LOCK_SIGNAL,		/* a process's signal state */
	LOCK_CACHE_INDEX,	/* names, page trees, lists of pages, inodes and buffers */
	LOCK_PIPE,
	LOCK_FUTEX,
	LOCK_WAIT,		/* a sleeping lock's own fields */
	LOCK_RUNQUEUE,		/* threads' states, wait queues, timed sleeps */
	LOCK_VMALLOC,
	LOCK_POOL,
	LOCK_SLAB,
	LOCK_ZONE,
	LOCK_LOG
};

struct spinlock {
	volatile uint32_t held;
	uint16_t rank;
	uint16_t cpu;		/* holder + 1, for the assertions */
	const char *name;
};

#define SPINLOCK_INIT(rank_, name_) { 0, (rank_), 0, (name_) }

void spin_init(struct spinlock *l, enum lock_rank rank, const char *name);
/* Interrupts must be off, as they are everywhere in the kernel but idle and sched_point(). */
void spin_lock(struct spinlock *l);
void spin_unlock(struct spinlock *l);

/* A sleeping lock. Never taken under a spinlock or in an interrupt. Fair: first come, first served. */
struct mutex {
	struct spinlock guard;	/* of waiters */
	void *owner;		/* [a] the thread that holds it, or NULL; the kernel marks in bit 0 that others wait */
	struct list waiters;
	uint16_t rank;
	const char *name;
};

void mutex_init(struct mutex *m, enum lock_rank rank, const char *name);
void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);
bool mutex_is_held(const struct mutex *m);	/* by this thread */
