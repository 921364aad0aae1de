/* Which heap is in force, what it has done, and what a program hears when that was wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cache.h"
#include "heap_priv.h"
#include "known.h"
#include "report.h"

static size_t allocated, freed, allocations;	/* besides what caches counted */

void heap_note_alloc(size_t nbytes)
{
	allocated += nbytes;
	allocations++;
}

void heap_note_free(size_t nbytes) { freed += nbytes; }

void heap_note_resize(size_t from, size_t to)
{
	if (to > from)
		allocated += to - from;
	else
		freed += from - to;
}

/* ---- the choice ---- */

const struct heap_ops *heap_by_name(const char *name, const char **options)
{
	static const struct heap_ops *const heaps[] = { &heap_page, &heap_chunk, &heap_buddy, &heap_debug };
	size_t n = strcspn(name, ":");
	*options = name[n] ? name + n + 1 : NULL;
	for (size_t i = 0; i < sizeof heaps / sizeof *heaps; i++)
		if (strlen(heaps[i]->name) == n && !strncmp(heaps[i]->name, name, n))
			return heaps[i];
	return NULL;
}

static bool start(const struct heap_ops *h, const char *options)
{
	return h->start ? h->start(options) : !options;
}

void heap_choose(void)
{
	static const char refusal[] = "malloc: MALLOC is none of page, chunk[:SIZE], buddy, debug:HEAP: the default is used\n";
	const char *name = getenv("MALLOC"), *options;
	heap_forget(NULL, HEAP_PAGE);	/* a table of zeroes knows page 0 */
	const struct heap_ops *h = name ? heap_by_name(name, &options) : NULL;
	if (h && start(h, options)) {
		heap_in_force = h;
		return;
	}
	if (name)
		(void)!write(2, refusal, sizeof refusal - 1);
	start(heap_default, NULL);
	heap_in_force = heap_default;
}

/* ---- figures ---- */

struct sum { size_t allocated, freed, allocations; };

static struct sum sum(void)
{
	struct sum s;
	lock(&heap_lock);
	cache_sum(&s.allocations, &s.allocated, &s.freed);
	s.allocated += allocated;
	s.freed += freed;
	s.allocations += allocations;
	unlock(&heap_lock);
	return s;
}

size_t memory_usage(void)
{
	struct sum s = sum();
	return s.allocated - s.freed;
}

size_t total_allocated(void) { return sum().allocated; }
size_t total_freed(void) { return sum().freed; }
size_t allocation_count(void) { return sum().allocations; }

void heap_system(struct heap_system *out)
{
	lock(&heap_lock);
	*out = heap_os;
	unlock(&heap_lock);
}

void print_allocator_info(void)
{
	const char *name = heap_name();
	struct sum s = sum();
	struct heap_system k;
	heap_system(&k);
	size_t calls = k.maps + k.unmaps + k.remaps + k.asks, milli = s.allocations ? calls * 1000000 / s.allocations : 0;
	printf("heap %s: %zu bytes live, %zu allocated, %zu freed, %zu allocations\n", name, s.allocated - s.freed, s.allocated, s.freed,
		s.allocations);
	printf("heap %s: %zu mmap, %zu munmap, %zu mremap, %zu mincore: %zu.%03zu system calls per 1000 allocations; %zu KiB mapped, %zu at most\n", name,
		k.maps, k.unmaps, k.remaps, k.asks, milli / 1000, milli % 1000, k.mapped / 1024, k.peak / 1024);
}

/* ---- last words: from a buffer on the stack, for there is no memory, and no lock, for it may be held ---- */

_Noreturn void heap_out_of_memory(size_t wanted)
{
	char text[256];
	struct sum s = sum();
	int n = snprintf(text, sizeof text, "OUT OF MEMORY!\n  requested: %zu bytes\n  net: %zu bytes\n  total allocated: %zu bytes\n"
		"  total freed: %zu bytes\n  allocation count: %zu\n", wanted, s.allocated - s.freed, s.allocated, s.freed, s.allocations);
	fflush(stdout);
	(void)!write(2, text, (size_t)n);
	abort();
}

_Noreturn void heap_misuse(const char *what, const void *p, size_t nbytes)
{
	char text[160];
	int n = snprintf(text, sizeof text, nbytes ? "heap: %s: %p, %zu bytes\n" : "heap: %s: %p\n", what, p, nbytes);
	(void)!write(2, text, (size_t)n);
	abort();
}
