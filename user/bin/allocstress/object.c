/* Objects that know what they hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "allocstress.h"

/* xorshift64* (S. Vigna, 2016). */
uint64_t rnd(uint64_t *seed, uint64_t n)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (*seed * 2685821657736338717ull >> 32) % n;
}

size_t mixed_size(uint64_t *seed)
{
	size_t most = (size_t)1 << rnd(seed, 17);
	return 1 + rnd(seed, most);
}

static bool no_memory(size_t n)
{
	printf("allocstress: no memory for %zu bytes\n", n);
	return false;
}

bool object_make(struct object *o, size_t n, uint64_t *seed)
{
	unsigned char *p = malloc(n);
	if (!p)
		return no_memory(n);
	*o = (struct object){ p, n, (unsigned char)(1 + rnd(seed, 255)) };
	memset(p, o->tag, n);
	return true;
}

/* The first of n bytes that is not the tag; n: none. Eight at a time, as there are many. */
static size_t first_wrong(const struct object *o, size_t n)
{
	const uint64_t *word = (const uint64_t *)(void *)o->p;	/* malloc's blocks are aligned to 16 */
	size_t i = 0;
	while (i + 8 <= n && word[i / 8] == o->tag * 0x0101010101010101ull)
		i += 8;
	while (i < n && o->p[i] == o->tag)
		i++;
	return i;
}

static bool holds(const struct object *o, size_t n)
{
	size_t i = first_wrong(o, n);
	if (i < n)
		printf("allocstress: byte %zu of %zu at %p is %02x, not %02x\n", i, o->n, (void *)o->p, o->p[i], o->tag);
	return i == n;
}


bool object_end(struct object *o)
{
	bool good = holds(o, o->n);
	free(o->p);
	o->p = NULL;
	return good;
}

bool object_resize(struct object *o, size_t n)
{
	unsigned char *p = realloc(o->p, n);
	size_t kept = n < o->n ? n : o->n;
	if (!p)
		return no_memory(n);
	o->p = p;
	o->n = n;
	bool good = holds(o, kept);
	memset(p + kept, o->tag, n - kept);
	return good;
}
