/* Hardened caches: what a program does to memory that is not its own is noticed, and said with names.
 *
 *   | red zone | object              | red zone | who allocated, who freed |     one stride of the slab
 *     16 bytes   object_size           8 bytes
 *
 * The red zones hold RED_LIVE while the object is allocated, RED_FREE while it is free; a free object is filled with POISON_FREE, a
 * fresh one with POISON_NEW, so that neither is taken for zeros. Whatever is found overwritten is reported once, with both call sites, and
 * mended: the kernel goes on. Caches are hardened by name (slab.debug=), when they are made.
 *
 * The patterns are those of Linux's SLUB (Documentation/mm/slub.rst), so that a dump looks familiar. */
#include "mm_priv.h"
#include <lib/bits.h>
#include <lib/string.h>

enum { RED_LEFT = 16, RED_RIGHT = 8 };
enum { RED_FREE = 0xbb, RED_LIVE = 0xcc, POISON_NEW = 0x5a, POISON_FREE = 0x6b };

bool slab_debug_wants(const char *names, const char *cache)
{
	size_t n = strlen(cache);
	while (names && *names) {
		size_t len = strcspn(names, ",");
		if ((len == n && !strncmp(names, cache, n)) || (len == 3 && !strncmp(names, "all", 3)))
			return true;
		names += len + (names[len] == ',');
	}
	return false;
}

size_t slab_debug_layout(size_t nbytes, size_t align, uint32_t *before)
{
	*before = (uint32_t)align_up(RED_LEFT, align);
	return align_up(*before + align_up(nbytes, 8) + RED_RIGHT + sizeof(struct slab_sites), align);
}

static unsigned char *right_zone(const struct slab_cache *c, const void *obj) { return (unsigned char *)obj + c->object_size; }
static unsigned char *left_zone(const void *obj) { return (unsigned char *)obj - RED_LEFT; }

static struct slab_sites *sites(const struct slab_cache *c, const void *obj)
{
	return (void *)(right_zone(c, obj) + RED_RIGHT);
}

static void paint(const struct slab_cache *c, void *obj, int red, int poison)
{
	memset(left_zone(obj), red, RED_LEFT);
	memset(obj, poison, c->object_size);
	memset(right_zone(c, obj), red, RED_RIGHT);
}

void slab_debug_fill(const struct slab *s)
{
	const struct slab_cache *c = s->cache;
	for (unsigned i = 0; i < c->per_slab; i++) {
		char *obj = s->objects + (size_t)i * c->size;
		paint(c, obj, RED_FREE, POISON_FREE);
		*sites(c, obj) = (struct slab_sites){ NULL, NULL };
	}
}

void slab_debug_say_sites(const struct slab_cache *c, const void *obj)
{
	char allocated[PORT_WHERE_MAX], freed[PORT_WHERE_MAX];
	const struct slab_sites *at = sites(c, obj);
	port_log("[slab] %s: object %p: allocated by %s, freed by %s", c->name, obj,
		port_where(at->allocated, allocated, sizeof allocated), port_where(at->freed, freed, sizeof freed));
}

/* The first of n bytes that is not what, or n. */
static size_t first_other(const unsigned char *p, size_t n, int what)
{
	size_t i = 0;
	while (i < n && p[i] == what)
		i++;
	return i;
}

/* Whether n bytes from p are all what; else says so. */
static bool is_whole(struct mm *mm, const struct slab_cache *c, const void *obj, const unsigned char *p, size_t n, int what)
{
	size_t i = first_other(p, n, what);
	if (i == n)
		return true;
	mm_cpu(mm)->corruptions++;
	port_log("[slab] %s: object %p: overwritten at %+ld: 0x%02x where 0x%02x was", c->name, obj,
		(long)(p + i - (const unsigned char *)obj), p[i], (unsigned)what);
	slab_debug_say_sites(c, obj);
	return false;
}

bool slab_debug_check(struct mm *mm, const struct slab_cache *c, const void *obj, bool live)
{
	int red = live ? RED_LIVE : RED_FREE;
	return is_whole(mm, c, obj, left_zone(obj), RED_LEFT, red) && is_whole(mm, c, obj, right_zone(c, obj), RED_RIGHT, red)
		&& (live || is_whole(mm, c, obj, obj, c->object_size, POISON_FREE));
}

void slab_debug_alloc(struct mm *mm, const struct slab_cache *c, void *obj, const void *site)
{
	(void)slab_debug_check(mm, c, obj, false);
	paint(c, obj, RED_LIVE, POISON_NEW);
	*sites(c, obj) = (struct slab_sites){ site, NULL };
}

void slab_debug_free(struct mm *mm, const struct slab_cache *c, void *obj, const void *site)
{
	sites(c, obj)->freed = site;
	(void)slab_debug_check(mm, c, obj, true);
	paint(c, obj, RED_FREE, POISON_FREE);
}
