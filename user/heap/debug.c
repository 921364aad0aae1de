/* The debugging heap, before any other: red zones around each object, fill bytes, a quarantine for freed ones, and who allocated and freed.
 *
 *	| ... | struct record | red zone (16) | object of n bytes | red zone (16 or more) |
 *
 * A fresh object is full of 0xaa, a freed one of 0xdd, red zones of 0xfb. A freed object waits in a queue, so that it is not given out
 * again at once; when it leaves, and whenever heap_check() is called, its bytes must be as they were left. realloc always moves.
 *
 * Sources: B. Perens, "Electric Fence", 1987; K. Serebryany et al., "AddressSanitizer", USENIX ATC 2012 (quarantine). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <lib/list.h>
#include "heap_priv.h"
#include "known.h"

enum { ZONE = 16, RED = 0xfb, FRESH = 0xaa, DEAD = 0xdd, QUARANTINE_MAX = 1024, QUARANTINE_BYTES = 1 << 20 };
#define LIVE 0x6c69766520626c6bull
#define FREED 0x6672656564626c6bull

struct record {
	uint64_t state;		/* LIVE or FREED, xored with the record's address */
	struct list all;	/* on live, or in quarantine */
	size_t nbytes, room;	/* asked for; and from the object to the end of what lies below */
	void *below;		/* what the heap behind gave */
	const void *by_alloc, *by_free;
};

static const struct heap_ops *behind;
static struct list live = LIST_INIT(live), quarantine = LIST_INIT(quarantine);
static size_t nquarantined, quarantined_bytes;

static bool debug_start(const char *options)
{
	const char *more = NULL;
	const struct heap_ops *h = options ? heap_by_name(options, &more) : &heap_chunk;
	if (!h || h == &heap_debug || (h->start ? !h->start(more) : more != NULL))
		return false;
	behind = h;
	return true;
}

static struct record *record_of(const void *p) { return (struct record *)((uintptr_t)p - ZONE - sizeof(struct record)); }
static char *object_of(const struct record *r) { return (char *)(uintptr_t)(r + 1) + ZONE; }

static _Noreturn void report(const char *what, const struct record *r, const void *now)
{
	char text[240];
	int n = snprintf(text, sizeof text, "heap: %s: %p, %zu bytes, allocated by %p, freed by %p; found by %p\n", what, (void *)object_of(r),
		r->nbytes, r->by_alloc, r->by_free, now);
	(void)!write(2, text, (size_t)n);
	abort();
}

static bool is_filled(const char *p, size_t n, unsigned char byte)
{
	for (; n; n--)
		if ((unsigned char)*p++ != byte)
			return false;
	return true;
}

static void check_zones(const struct record *r)
{
	char *p = object_of(r);
	if (!is_filled(p - ZONE, ZONE, RED))
		report("written to before its start", r, heap_caller);
	if (!is_filled(p + r->nbytes, r->room - r->nbytes, RED))
		report("written over its end", r, heap_caller);
}

static void check_freed(const struct record *r)
{
	check_zones(r);
	if (!is_filled(object_of(r), r->nbytes, DEAD))
		report("written to after it was freed", r, heap_caller);
}

static void *debug_alloc(size_t n, size_t align, size_t *have)
{
	size_t lead = heap_round(sizeof(struct record) + ZONE, align);
	if (n > PTRDIFF_MAX - lead - ZONE)
		return NULL;
	char *below = behind->alloc(lead + n + ZONE, align, have);
	if (!below)
		return NULL;
	struct record *r = record_of(below + lead);
	*r = (struct record){ .nbytes = n, .room = *have - lead, .below = below, .by_alloc = heap_caller };
	r->state = LIVE ^ (uintptr_t)r;
	if (r->room > n + HEAP_PAGE)
		r->room = n + HEAP_PAGE;	/* what lies further is not looked at each time */
	list_push_back(&live, &r->all);
	memset(below + lead - ZONE, RED, ZONE);
	memset(below + lead, FRESH, n);
	memset(below + lead + n, RED, r->room - n);
	*have = n;
	return below + lead;
}

static struct record *live_record(const void *p)
{
	struct record *r = record_of(p);
	if ((uintptr_t)p % HEAP_ALIGN || !heap_may_read(r) || ((r->state ^ (uintptr_t)r) != LIVE && (r->state ^ (uintptr_t)r) != FREED))
		heap_misuse("not an object of this heap", p, 0);
	if ((r->state ^ (uintptr_t)r) == FREED)
		report("freed twice", r, heap_caller);
	check_zones(r);
	return r;
}

/* The oldest goes where it came from. */
static void release_one(void)
{
	struct record *r = container_of(list_pop_front(&quarantine), struct record, all);
	check_freed(r);
	nquarantined--;
	quarantined_bytes -= r->nbytes;
	r->state = 0;
	behind->free(r->below);
}

static size_t debug_free(void *p)
{
	struct record *r = live_record(p);
	list_remove(&r->all);
	r->state = FREED ^ (uintptr_t)r;
	r->by_free = heap_caller;
	memset(p, DEAD, r->nbytes);
	list_push_back(&quarantine, &r->all);
	nquarantined++;
	quarantined_bytes += r->nbytes;
	size_t had = r->nbytes;
	while (nquarantined > QUARANTINE_MAX || quarantined_bytes > QUARANTINE_BYTES)
		release_one();
	return had;
}

static size_t debug_usable_size(const void *p) { return live_record(p)->nbytes; }

static const char *debug_check(void)
{
	struct record *r;
	list_for_each(r, &live, all)
		check_zones(r);
	list_for_each(r, &quarantine, all)
		check_freed(r);
	return behind->check ? behind->check() : NULL;
}

const struct heap_ops heap_debug = { .name = "debug", .start = debug_start, .alloc = debug_alloc, .free = debug_free,
	.usable_size = debug_usable_size, .check = debug_check };
