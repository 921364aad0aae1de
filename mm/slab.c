/* Slabs: objects of one size, cut from blocks of frames.
 *
 *   block of 2^order frames                     a slab's list of free objects is kept apart
 *   | struct slab | next[] | 0 | 1 | 2 | ... |  from them: next[i] names the free object after
 *                                                i, or says that i is taken
 *
 * So a stray store into a freed object cannot mislead the allocator, and a second free of an object is seen at once.
 * Objects of SLAB_OUTSIDE bytes or more have the struct slab in a kmalloc()ed object, so that it costs
 * no room for one of them. page->owner of the block's head leads to the struct slab.
 *
 * A cache's slabs are on three lists: partial ones serve first, then empty ones; full ones are only
 * remembered. One empty slab is kept, further ones go back to the buddy allocator. Locking: the cache's lock; frames
 * are fetched and returned without it. In front of the slabs lies a magazine for each CPU: magazine.c.
 *
 * Source: J. Bonwick, "The Slab Allocator: An Object-Caching Kernel Memory Allocator", USENIX 1994. */
#include "mm_priv.h"
#include <lib/bits.h>
#include <lib/string.h>

enum { EMPTY_KEPT = 1, OBJECTS_WANTED = 4, ORDER_MAX = 3 };

static size_t bookkeeping(size_t nobjects) { return sizeof(struct slab) + nobjects * sizeof(int16_t); }

/* How many objects a block of this order can hold beside their bookkeeping. */
static size_t fit_objects(const struct slab_cache *c, size_t align, unsigned order)
{
	size_t bytes = (size_t)PAGE_SIZE << order, n = bytes / c->size;
	if (!c->outside)
		while (n > 0 && align_up(bookkeeping(n), align) + n * c->size > bytes)
			n--;
	return n < SLAB_OBJECTS_MAX ? n : SLAB_OBJECTS_MAX;
}

static void lay_out(struct slab_cache *c, size_t size, size_t align)
{
	uint32_t before = 0;
	size_t stride = c->hardened ? slab_debug_layout(size, align, &before) : align_up(size, align);
	c->object_size = (uint32_t)align_up(size, 8);
	c->size = (uint32_t)stride;
	c->outside = c->size >= SLAB_OUTSIDE;
	while (c->order < ORDER_MAX && fit_objects(c, align, c->order) < OBJECTS_WANTED)
		c->order++;
	c->per_slab = (uint16_t)fit_objects(c, align, c->order);
	c->first = before + (c->outside ? 0 : (uint32_t)align_up(bookkeeping(c->per_slab), align));
}

void slab_cache_init(struct mm *mm, struct slab_cache *c, const char *name, size_t size, size_t align)
{
	ASSERT(size >= 1 && size <= 4096);
	if (align == 0)
		align = size >= 16 ? 16 : 8;
	ASSERT(is_power_of_2(align) && align <= 4096);
	memset(c, 0, sizeof *c);
	c->name = name;
	c->hardened = slab_debug_wants(mm->slab_debug, name);
	magazine_init(c, !c->hardened && !mm->injecting);
	lay_out(c, size, align);
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
	s->free = 1;
	for (unsigned i = 0; i < c->per_slab; i++)
		s->next[i] = (int16_t)(i + 2);
	s->next[c->per_slab - 1] = SLAB_NONE;
	if (c->hardened)
		slab_debug_fill(s);
	return s;
}

/* s is on no list and has no objects. */
static void slab_destroy(struct mm *mm, struct slab *s)
{
	struct page *page = mm_page(mm, mm_pa(mm, s->objects));
	struct slab_cache *c = s->cache;
	page = page_head(mm, page);
	page->state = PAGE_USED;
	frame_free(mm, page);
	if (c->outside)
		kfree(mm, s);
}

struct slab *slab_of(struct mm *mm, const void *obj)
{
	struct page *page = mm_page(mm, mm_pa(mm, obj));
	if (page)
		page = page_head(mm, page);
	return page && page->state == PAGE_SLAB ? page->owner : NULL;
}

/* A slab with a free object, or NULL. The cache's lock is held. */
static struct slab *usable_slab(struct slab_cache *c)
{
	REQUIRES(&c->lock);
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

static struct slab_slot take_object(struct slab_cache *c, struct slab *s)
{
	int i = s->free - 1;
	ASSERT(i >= 0 && i < c->per_slab);
	s->free = s->next[i];
	s->next[i] = SLAB_CACHED;
	c->nobjects++;
	if (++s->inuse == c->per_slab) {
		list_remove(&s->link);
		list_push_front(&c->full, &s->link);
	}
	return (struct slab_slot){ s->objects + (size_t)i * c->size, &s->next[i] };
}

/* Up to n objects of the slabs that there are. */
static unsigned take_present(struct slab_cache *c, struct slab_slot *out, unsigned n)
{
	unsigned k = 0;
	struct slab *s;
	spin_lock(&c->lock);
	while (k < n && (s = usable_slab(c)))
		out[k++] = take_object(c, s);
	spin_unlock(&c->lock);
	return k;
}

static bool add_slab(struct mm *mm, struct slab_cache *c)
{
	struct slab *s = slab_create(mm, c);
	if (!s)
		return false;
	spin_lock(&c->lock);
	c->nslabs++;
	c->nempty++;
	list_push_front(&c->empty, &s->link);
	spin_unlock(&c->lock);
	return true;
}

/* Another CPU may empty the new slab before this one comes back to it: then ask for one more. */
unsigned slab_take(struct mm *mm, struct slab_cache *c, struct slab_slot *out, unsigned n)
{
	unsigned k;
	while (!(k = take_present(c, out, n)))
		if (!add_slab(mm, c))
			return 0;
	return k;
}

/* An object has become free; returns its slab if that has to be destroyed. The cache's lock is held. */
static struct slab *put_object(struct slab_cache *c, struct slab *s, unsigned i)
{
	REQUIRES(&c->lock);
	s->next[i] = s->free;
	s->free = (int16_t)(i + 1);
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

void slab_put(struct mm *mm, struct slab_cache *c, const struct slab_slot *from, size_t n)
{
	struct list dead;
	list_init(&dead);
	spin_lock(&c->lock);
	for (size_t k = 0; k < n; k++) {
		struct slab *s = slab_of(mm, from[k].obj);
		struct slab *gone = put_object(c, s, (unsigned)(from[k].state - s->next));
		if (gone)
			list_push_front(&dead, &gone->link);
	}
	spin_unlock(&c->lock);
	for (struct list *l; (l = list_pop_front(&dead));)
		slab_destroy(mm, container_of(l, struct slab, link));
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
	magazine_drain(mm, c);
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
	for (unsigned i = 0; i < SLAB_CPUS; i++) {
		struct magazine *m = &c->magazine[i];
		slab_put(mm, c, m->slots + 1, magazine_count(m));
		m->top = m->slots;
	}
	ASSERT(c->nobjects == 0);
	shrink_cache(mm, c);
	spin_lock(&mm->caches_lock);
	list_remove(&c->link);
	spin_unlock(&mm->caches_lock);
	kfree(mm, c);
}
