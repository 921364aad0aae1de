#pragma once
#include <mm/types.h>
#include <lib/list.h>
#include <lib/lock.h>
#include <mm/port.h>
/* The parts of a slab cache. For the files of mm/ alone. See slab.c for the picture. */

/* What a slab's word says of an object. On the list of free ones, it is the next one's number, counted from 1. */
enum {
	SLAB_TAKEN = 0,		/* allocated */
	SLAB_NONE = -1,		/* the last of the list */
	SLAB_CACHED = -2,	/* in a CPU's magazine */
};

enum {
	SLAB_OBJECTS_MAX = 512,
	SLAB_OUTSIDE = 1024,	/* objects this large have their slab's bookkeeping elsewhere */
	SLAB_CPUS = 8,
	MAGAZINE_SLOTS = 13,
	MAGAZINE_BATCH = 8,	/* objects that move between a magazine and the slabs at a time */
};

/* A free object, and the word of its slab that says so. */
struct slab_slot { void *obj; int16_t *state; };

/* What a CPU keeps of a cache. No lock: that CPU alone looks at it, with interrupts off. */
struct magazine {
	struct slab_slot *top;		/* the object to be given out next */
	struct slab_slot *end;		/* top when the magazine is full; slots if it is turned off */
	uint64_t allocs, refills;	/* served from here, and times that it was filled, since boot */
	struct slab_slot slots[1 + MAGAZINE_SLOTS];	/* the first holds no object, and so marks the bottom */
};

/* Locks: [c] the cache's lock; [I] constant after init. */
struct slab_cache {
	const char *name;		/* [I] */
	uint32_t size;			/* [I] from one object to the next: rounded up to its alignment, with red zones if it has any */
	uint16_t per_slab;		/* [I] */
	uint8_t order;			/* [I] of a slab's block of frames */
	bool outside;			/* [I] struct slab is kmalloc()ed, not in the block */
	uint32_t first;			/* [I] offset of object 0 in the block */
	uint32_t object_size;		/* [I] bytes that belong to the caller */
	bool hardened;			/* [I] red zones, poison and call sites: slab_debug.c */
	struct list link;		/* in mm->caches */
	struct spinlock lock;
	struct list partial, full, empty;	/* [c] slabs */
	uint32_t nslabs, nempty;		/* [c] */
	uint64_t nobjects;			/* [c] allocated ones, those in magazines included */
	struct magazine magazine[SLAB_CPUS];
};

struct slab {
	struct list link;		/* [c] on one of the cache's lists */
	struct slab_cache *cache;	/* [I] */
	char *objects;			/* [I] address of object 0 */
	int16_t free;			/* [c] number of the first free object, or SLAB_NONE */
	uint16_t inuse;			/* [c] objects not on that list */
	int16_t next[];			/* [c] a word for each object, see above */
};

/* ---- slab.c: under the magazines ---- */

/* Up to n objects, made SLAB_CACHED, into out; how many came. 0: no memory. */
unsigned slab_take(struct mm *mm, struct slab_cache *c, struct slab_slot *out, unsigned n);
/* n objects of c, SLAB_CACHED, back to their slabs. */
void slab_put(struct mm *mm, struct slab_cache *c, const struct slab_slot *from, size_t n);
/* The slab that obj lies in, or NULL. */
struct slab *slab_of(struct mm *mm, const void *obj);

/* ---- magazine.c ---- */

/* Empty magazines for a new cache. */
void magazine_init(struct slab_cache *c, bool serving);
/* Turn the magazines off, so that each allocation and free goes to the slabs, or on again. What they hold goes back first, this CPU's at least. */
void magazine_serve(struct mm *mm, struct slab_cache *c, bool serving);
/* When the magazine cannot serve: as slab_alloc(), for a caller at site (see CALL_SITE). */
void *slab_alloc_slowly(struct mm *mm, struct slab_cache *c, const void *site);
/* Free obj of slab s, of whatever cache. Returns why it is no allocated object, or NULL. */
const char *slab_free_slowly(struct mm *mm, struct slab *s, void *obj, const void *site);
/* Give back what this CPU's magazine of c holds. */
void magazine_drain(struct mm *mm, struct slab_cache *c);
/* How many objects the magazines of all CPUs hold. */
uint64_t magazine_objects(const struct slab_cache *c);

static inline struct magazine *magazine_here(struct slab_cache *c) { return &c->magazine[port_cpu()]; }
static inline size_t magazine_count(const struct magazine *m) { return (size_t)(m->top - m->slots); }

/* The last object, or NULL. */
static inline void *magazine_pop(struct magazine *m)
{
	struct slab_slot *slot = m->top;
	void *obj = slot->obj;
	if (!obj)
		return NULL;
	*slot->state = SLAB_TAKEN;
	m->top = slot - 1;
	m->allocs++;
	return obj;
}

/* The compiler would rather compute this address twice. */
static inline int16_t *computed_once(int16_t *state)
{
	__asm__("" : "+r"(state));
	return state;
}

/* Put obj of slab s into this CPU's magazine. False if it is no allocated object, or there is no room: nothing has happened. */
static inline bool magazine_push(struct slab *s, void *obj)
{
	struct slab_cache *c = s->cache;
	size_t offset = (size_t)((char *)obj - s->objects), i = offset / c->size;
	if (i >= c->per_slab || i * c->size != offset)
		return false;
	struct magazine *m = magazine_here(c);
	struct slab_slot *top = m->top;
	int16_t *state = computed_once(&s->next[i]);
	if (*state != SLAB_TAKEN || top >= m->end)	/* above it: turned off while it held some */
		return false;
	*state = SLAB_CACHED;
	top[1] = (struct slab_slot){ obj, state };
	m->top = top + 1;
	return true;
}

/* ---- slab_debug.c: hardened caches ---- */

/* Behind each object. */
struct slab_sites { const void *allocated, *freed; };

/* Whether the list of names asks for this cache to be hardened. */
bool slab_debug_wants(const char *names, const char *cache);
/* How an object of nbytes lies in its stride: bytes before it; the stride is the result. */
size_t slab_debug_layout(size_t nbytes, size_t align, uint32_t *before);
/* A fresh slab: all objects are free. */
void slab_debug_fill(const struct slab *s);
/* An object leaves its slab, or comes back. Reports what has been overwritten meanwhile, and mends it. */
void slab_debug_alloc(struct mm *mm, const struct slab_cache *c, void *obj, const void *site);
void slab_debug_free(struct mm *mm, const struct slab_cache *c, void *obj, const void *site);
/* A log line: who allocated obj last, and who freed it. */
void slab_debug_say_sites(const struct slab_cache *c, const void *obj);
/* Whether a free (live) object's red zones (and poison) are whole; else reports. For memck. */
bool slab_debug_check(struct mm *mm, const struct slab_cache *c, const void *obj, bool live);
