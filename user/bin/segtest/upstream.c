/* The allocator of the story, as it was: a queue of segments, a list of regions, a count of mapped bytes. Two of its mistakes are kept with
 * care. First (physical, without reuse): the count falls with each madvise, and the budget is checked against it, so it bounds nothing.
 * Second (with reuse): a freed region's segments stay in the queue; they are handed out although their region is freed, and when the
 * region is used again all its segments are put into the queue once more: one segment, two owners. */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "segtest.h"

enum { SEGMENT = SEGPOOL_LARGEST, PER_REGION = REGION / SEGMENT, MAX_REGIONS = 1024, QUEUE = MAX_REGIONS * PER_REGION * 4 };

struct region { char *base; int used; bool freed; };

struct upstream {
	struct upstream_config config;
	pthread_mutex_t lock;		/* for all of it: its mistakes are not those of its queues */
	struct region region[MAX_REGIONS];
	size_t nregions, virtual_bytes, physical_bytes;
	char *queue[QUEUE];		/* segments that are free, it is believed */
	size_t head, tail;
};

static struct region *region_of(struct upstream *u, const void *p)
{
	for (size_t i = 0; i < u->nregions; i++)
		if ((const char *)p >= u->region[i].base && (const char *)p < u->region[i].base + REGION)
			return &u->region[i];
	return NULL;
}

static void slice(struct upstream *u, struct region *r)
{
	for (int i = 0; i < PER_REGION; i++)
		u->queue[u->tail++ % QUEUE] = r->base + (size_t)i * SEGMENT;
	u->physical_bytes += REGION;
}

static struct region *reuse(struct upstream *u)
{
	for (size_t i = 0; u->config.reuse && i < u->nregions; i++)
		if (u->region[i].freed) {
			u->region[i].freed = false;
			return &u->region[i];
		}
	return NULL;
}

static struct region *map(struct upstream *u)
{
	size_t counted = u->config.physical ? u->physical_bytes : u->virtual_bytes;
	if (counted + REGION > u->config.budget || u->nregions == MAX_REGIONS)
		return NULL;
	void *p = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	u->virtual_bytes += REGION;
	u->region[u->nregions].base = p;
	return &u->region[u->nregions++];
}

static bool alloc(void *self, size_t nbytes, struct segment *out)
{
	struct upstream *u = self;
	pthread_mutex_lock(&u->lock);
	if (u->head == u->tail) {
		struct region *r = reuse(u);
		if (r || (r = map(u)))
			slice(u, r);
	}
	bool any = u->head != u->tail && nbytes <= SEGMENT;
	if (any) {
		*out = (struct segment){ .base = u->queue[u->head++ % QUEUE], .nbytes = SEGMENT };
		region_of(u, out->base)->used++;
	}
	pthread_mutex_unlock(&u->lock);
	return any;
}

static void release(void *self, struct segment *s)
{
	struct upstream *u = self;
	pthread_mutex_lock(&u->lock);
	region_of(u, s->base)->used--;
	u->queue[u->tail++ % QUEUE] = s->base;
	pthread_mutex_unlock(&u->lock);
}

/* Without reuse the region's segments are dropped, and its addresses with them; with it they stay where they are. */
static void drop_segments(struct upstream *u, const struct region *r)
{
	size_t n = u->tail - u->head;
	for (size_t i = 0; i < n; i++) {
		char *s = u->queue[u->head++ % QUEUE];
		if (s < r->base || s >= r->base + REGION)
			u->queue[u->tail++ % QUEUE] = s;
	}
}

static size_t free_idle(void *self, size_t max)
{
	struct upstream *u = self;
	size_t done = 0;
	pthread_mutex_lock(&u->lock);
	for (size_t i = 0; i < u->nregions && done < max; i++) {
		struct region *r = &u->region[i];
		if (r->used || r->freed)
			continue;
		madvise(r->base, REGION, MADV_DONTNEED);
		r->freed = true;
		u->physical_bytes -= REGION;
		if (!u->config.reuse)
			drop_segments(u, r);
		done++;
	}
	pthread_mutex_unlock(&u->lock);
	return done;
}

static size_t virtual_bytes(void *self) { return ((struct upstream *)self)->virtual_bytes; }
static size_t physical_bytes(void *self) { return ((struct upstream *)self)->physical_bytes; }

struct allocator make_upstream(const struct upstream_config *config)
{
	struct upstream *u = calloc(1, sizeof *u);
	if (!u)
		errx(1, "no memory");
	u->config = *config;
	return (struct allocator){ "upstream", alloc, release, NULL, free_idle, virtual_bytes, physical_bytes, u };
}
