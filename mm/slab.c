/* Slabs: objects of one size, cut from blocks of frames.
 *
 *   block of 2^order frames                     a slab's list of free objects is kept apart
 *   | struct slab | next[] | 0 | 1 | 2 | ... |  from them: next[i] is the free object after i,
 *                                                or says that i is taken
 *
 * So a stray store into a freed object cannot mislead the allocator, and a second free of an object is seen at once.
 * Objects of SLAB_OUTSIDE bytes or more have the struct slab in a kmalloc()ed object, so that it costs
 * no room for one of them. page->owner of the block's head leads to the struct slab.
 *
 * A cache's slabs are on three lists: partial ones serve first, then empty ones; full ones are only
 * remembered. One empty slab is kept, further ones go back to the buddy allocator. Locking: the cache's lock; frames
 * are fetched and returned without it.
 *
 * Source: J. Bonwick, "The Slab Allocator: An Object-Caching Kernel Memory Allocator", USENIX 1994. */
#include "mm_priv.h"
#include <lib/bits.h>
#include <lib/string.h>

enum { EMPTY_KEPT = 1, OBJECTS_WANTED = 4, ORDER_MAX = 3 };

static size_t bookkeeping(size_t nobjects) { return sizeof(struct slab) + nobjects * sizeof(uint16_t); }

/* How many objects a block of this order can hold beside their bookkeeping. */
static size_t fit_objects(const struct slab_cache *c, size_t align, unsigned order)
{
	size_t bytes = (size_t)PAGE_SIZE << order, n = bytes / c->size;
	if (!c->outside)
		while (n > 0 && align_up(bookkeeping(n), align) + n * c->size > bytes)
			n--;
	return n < SLAB_OBJECTS_MAX ? n : SLAB_OBJECTS_MAX;
}

void slab_cache_init(struct mm *mm, struct slab_cache *c, const char *name, size_t size, size_t align)
{
	ASSERT(size >= 1 && size <= 4096);
	if (align == 0)
		align = size >= 16 ? 16 : 8;
	ASSERT(is_power_of_2(align) && align <= 4096);
	memset(c, 0, sizeof *c);
	c->name = name;
	c->size = (uint32_t)align_up(size, align);
	c->outside = c->size >= SLAB_OUTSIDE;
	while (c->order < ORDER_MAX && fit_objects(c, align, c->order) < OBJECTS_WANTED)
		c->order++;
	c->per_slab = (uint16_t)fit_objects(c, align, c->order);
	c->first = c->outside ? 0 : (uint32_t)align_up(bookkeeping(c->per_slab), align);
	spin_init(&c->lock, LOCK_SLAB, name);
	list_init(&c->partial);
	list_init(&c->full);
	list_init(&c->empty);
	spin_lock(&mm->caches_lock);
	list_push_back(&mm->caches, &c->link);
	spin_unlock(&mm->caches_lock);
}

struct slab_cache *slab_cache_create(struct mm *mm, const char *name, size_t size, size_t align)
{
	struct slab_cache *c = kmalloc(mm, sizeof *c);
	if (c)
		slab_cache_init(mm, c, name, size, align);
	return c;
}

/* A fresh slab on no list, or NULL. */
static struct slab *slab_create(struct mm *mm, struct slab_cache *c)
{
	struct page *page = frame_alloc(mm, c->order, FRAME_NORMAL);
	if (!page)
		return NULL;
	char *block = mm_page_ptr(mm, page);
	struct slab *s = c->outside ? kmalloc(mm, bookkeeping(c->per_slab)) : (void *)block;
	if (!s) {
		frame_free(mm, page);
		return NULL;
	}
	page->state = PAGE_SLAB;
	page->owner = s;
	s->cache = c;
	s->objects = block + c->first;
	s->inuse = 0;
	s->free = 0;
	for (unsigned i = 0; i < c->per_slab; i++)
		s->next[i] = (uint16_t)(i + 1);
	s->next[c->per_slab - 1] = SLAB_NONE;
	return s;
}

/* s is on no list and has no objects. */
static void slab_destroy(struct mm *mm, struct slab *s)
{
	struct page *page = mm_page(mm, mm_pa(mm, s->objects));
	struct slab_cache *c = s->cache;
	page->state = PAGE_USED;
	frame_free(mm, page);
	if (c->outside)
		kfree(mm, s);
}

/* A slab with a free object, or NULL. The cache's lock is held. */
static struct slab *usable_slab(struct slab_cache *c)
{
	if (!list_is_empty(&c->partial))
		return container_of(c->partial.next, struct slab, link);
	if (list_is_empty(&c->empty))
		return NULL;
	struct slab *s = container_of(c->empty.next, struct slab, link);
	c->nempty--;
	list_remove(&s->link);
	list_push_front(&c->partial, &s->link);
	return s;
}

static void *take_object(struct slab_cache *c, struct slab *s)
{
	unsigned i = s->free;
	s->free = s->next[i];
	s->next[i] = SLAB_TAKEN;
	c->nobjects++;
	if (++s->inuse == c->per_slab) {
		list_remove(&s->link);
		list_push_front(&c->full, &s->link);
	}
	return s->objects + (size_t)i * c->size;
}

static void *alloc_from_new_slab(struct mm *mm, struct slab_cache *c)
{
	struct slab *s = slab_create(mm, c);
	if (!s)
		return NULL;
	spin_lock(&c->lock);
	c->nslabs++;
	list_push_front(&c->partial, &s->link);
	void *obj = take_object(c, s);
	spin_unlock(&c->lock);
	return obj;
}

void *slab_alloc(struct mm *mm, struct slab_cache *c)
{
	if (!mm_may_allocate(mm_cpu(mm)))
		return NULL;
	spin_lock(&c->lock);
	struct slab *s = usable_slab(c);
	void *obj = s ? take_object(c, s) : NULL;
	spin_unlock(&c->lock);
	return obj ? obj : alloc_from_new_slab(mm, c);
}

/* Object i of s has become free; returns s if it has to be destroyed. The cache's lock is held. */
static struct slab *put_object(struct slab_cache *c, struct slab *s, unsigned i)
{
	s->next[i] = s->free;
	s->free = (uint16_t)i;
	c->nobjects--;
	bool was_full = s->inuse-- == c->per_slab;
	if (s->inuse > 0 && !was_full)
		return NULL;
	list_remove(&s->link);
	if (s->inuse > 0) {
		list_push_front(&c->partial, &s->link);
		return NULL;
	}
	if (c->nempty >= EMPTY_KEPT) {
		c->nslabs--;
		return s;
	}
	c->nempty++;
	list_push_front(&c->empty, &s->link);
	return NULL;
}

/* Free an object of any cache, given its slab. Returns why it is not one, or NULL. */
static const char *free_object(struct mm *mm, struct slab *s, const void *obj)
{
	struct slab_cache *c = s->cache;
	size_t offset = (size_t)((const char *)obj - s->objects);
	size_t i = offset / c->size;
	if (i >= c->per_slab || i * c->size != offset)
		return "not the start of an object";
	struct slab *dead = NULL;
	spin_lock(&c->lock);
	bool taken = s->next[i] == SLAB_TAKEN;
	if (taken)
		dead = put_object(c, s, (unsigned)i);
	spin_unlock(&c->lock);
	if (dead)
		slab_destroy(mm, dead);
	return taken ? NULL : "double free";
}

/* The slab that obj lies in, or NULL. */
static struct slab *slab_of(struct mm *mm, const void *obj)
{
	struct page *page = mm_page(mm, mm_pa(mm, obj));
	if (page)
		page = page_head(mm, page);
	return page && page->state == PAGE_SLAB ? page->owner : NULL;
}

void slab_free(struct mm *mm, struct slab_cache *c, void *obj)
{
	if (!obj)
		return;
	struct slab *s = slab_of(mm, obj);
	const char *why = !s || s->cache != c ? "not of this cache" : free_object(mm, s, obj);
	if (why)
		mm_bad_free(mm, obj, why, __builtin_return_address(0));
}

const char *slab_free_any(struct mm *mm, struct page *page, void *obj)
{
	return free_object(mm, page->owner, obj);
}

/* Take one empty slab off a cache, or NULL. */
static struct slab *pop_empty(struct slab_cache *c)
{
	spin_lock(&c->lock);
	struct list *l = list_pop_front(&c->empty);
	if (l) {
		c->nempty--;
		c->nslabs--;
	}
	spin_unlock(&c->lock);
	return l ? container_of(l, struct slab, link) : NULL;
}

static size_t shrink_cache(struct mm *mm, struct slab_cache *c)
{
	size_t nframes = 0;
	struct slab *s;
	while ((s = pop_empty(c))) {
		slab_destroy(mm, s);
		nframes += 1ull << c->order;
	}
	return nframes;
}

/* The list of caches only loses members in slab_cache_destroy(), whose caller sees to it
 * that nobody shrinks meanwhile. A slab's bookkeeping may be the last object of another: go round until nothing comes. */
size_t slab_shrink(struct mm *mm)
{
	size_t sum = 0, n;
	do {
		struct slab_cache *c;
		n = 0;
		list_for_each(c, &mm->caches, link)
			n += shrink_cache(mm, c);
		sum += n;
	} while (n);
	return sum;
}

void slab_cache_destroy(struct mm *mm, struct slab_cache *c)
{
	ASSERT(c->nobjects == 0);
	shrink_cache(mm, c);
	spin_lock(&mm->caches_lock);
	list_remove(&c->link);
	spin_unlock(&mm->caches_lock);
	kfree(mm, c);
}
