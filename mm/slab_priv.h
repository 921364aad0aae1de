#pragma once
#include <mm/types.h>
#include <lib/list.h>
#include <lib/lock.h>
/* The parts of a slab cache. For the files of mm/ alone. See slab.c for the picture. */

enum {
	SLAB_NONE = 0xffff,	/* end of a slab's list of free objects */
	SLAB_TAKEN = 0xfffe,	/* the object is allocated */
	SLAB_OBJECTS_MAX = 512,
	SLAB_OUTSIDE = 1024,	/* objects this large have their slab's bookkeeping elsewhere */
};

/* Locks: [c] the cache's lock; [I] constant after init. */
struct slab_cache {
	const char *name;		/* [I] */
	uint32_t size;			/* [I] of an object, rounded up to its alignment */
	uint16_t per_slab;		/* [I] */
	uint8_t order;			/* [I] of a slab's block of frames */
	bool outside;			/* [I] struct slab is kmalloc()ed, not in the block */
	uint32_t first;			/* [I] offset of object 0 in the block */
	struct list link;		/* in mm->caches */
	struct spinlock lock;
	struct list partial, full, empty;	/* [c] slabs */
	uint32_t nslabs, nempty;		/* [c] */
	uint64_t nobjects;			/* [c] allocated ones */
};

struct slab {
	struct list link;		/* [c] on one of the cache's lists */
	struct slab_cache *cache;	/* [I] */
	char *objects;			/* [I] address of object 0 */
	uint16_t free;			/* [c] first free object, or SLAB_NONE */
	uint16_t inuse;			/* [c] */
	uint16_t next[];		/* [c] for each object: the next free one, SLAB_NONE, or SLAB_TAKEN */
};
