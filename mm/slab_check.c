/* The slabs' part of memck. */
#include "mm_priv.h"

/* How many objects of s are free by its list; -1 if the list is broken. */
static int count_free(const struct slab *s)
{
	int n = 0;
	for (int i = s->free; i != SLAB_NONE; i = s->next[i - 1])
		if (i < 1 || i > s->cache->per_slab || ++n > s->cache->per_slab)
			return -1;
	return n;
}

/* Objects of s that its list does not have: allocated ones, and those in magazines, which are counted in *cached. A hardened
 * cache's must be whole. */
static bool check_objects(struct mm *mm, const struct slab *s, uint64_t *cached)
{
	const struct slab_cache *c = s->cache;
	bool ok = true;
	for (unsigned i = 0; i < c->per_slab; i++) {
		*cached += s->next[i] == SLAB_CACHED;
		if (c->hardened && !slab_debug_check(mm, c, s->objects + (size_t)i * c->size, s->next[i] == SLAB_TAKEN))
			ok = false;
	}
	return ok;
}

static bool check_slab(struct mm *mm, struct slab_cache *c, struct slab *s)
{
	struct page *page = mm_page(mm, mm_pa(mm, s->objects));
	page = page ? page_head(mm, page) : NULL;
	const char *fault = NULL;
	if (s->cache != c)
		fault = "belongs to another cache";
	else if (!page || page->state != PAGE_SLAB || page->owner != s || page->order != c->order)
		fault = "does not own its frames";
	else if (count_free(s) != c->per_slab - s->inuse)
		fault = "has a broken list of free objects";
	if (fault)
		port_log("[memck] cache %s: slab at %p %s", c->name, (void *)s->objects, fault);
	return !fault;
}

struct tally { uint64_t slabs, objects, cached; };

/* Slabs on this list have between least and most objects. */
static bool check_list(struct mm *mm, struct slab_cache *c, struct list *head, const unsigned bounds[2], struct tally *sum)
{
	struct slab *s;
	list_for_each(s, head, link) {
		if (!check_slab(mm, c, s) || !check_objects(mm, s, &sum->cached))
			return false;
		if (s->inuse < bounds[0] || s->inuse > bounds[1]) {
			port_log("[memck] cache %s: slab at %p with %u objects is on the wrong list", c->name, (void *)s->objects, s->inuse);
			return false;
		}
		sum->slabs++;
		sum->objects += s->inuse;
	}
	return true;
}

static bool check_cache(struct mm *mm, struct slab_cache *c)
{
	struct tally sum = { 0, 0, 0 };
	uint64_t cached = magazine_objects(c);
	unsigned most = c->per_slab;
	bool ok = (most == 1 || check_list(mm, c, &c->partial, (unsigned[]){ 1, most - 1 }, &sum))
		&& check_list(mm, c, &c->full, (unsigned[]){ most, most }, &sum)
		&& check_list(mm, c, &c->empty, (unsigned[]){ 0, 0 }, &sum);
	if (ok && (sum.slabs != c->nslabs || sum.objects != c->nobjects)) {
		port_log("[memck] cache %s: counts %u slabs and %llu objects, has %llu and %llu", c->name, c->nslabs,
			(unsigned long long)c->nobjects, (unsigned long long)sum.slabs, (unsigned long long)sum.objects);
		ok = false;
	}
	if (ok && cached != sum.cached) {
		port_log("[memck] cache %s: magazines hold %llu objects, the slabs say %llu", c->name, (unsigned long long)cached,
			(unsigned long long)sum.cached);
		ok = false;
	}
	return ok;
}

bool slab_check(struct mm *mm)
{
	bool ok = true;
	struct slab_cache *c;
	list_for_each(c, &mm->caches, link) {
		spin_lock(&c->lock);
		ok = ok && check_cache(mm, c);
		spin_unlock(&c->lock);
	}
	return ok;
}
