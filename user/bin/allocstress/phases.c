/* Ways of living that objects have. In each phase every object's content is looked at when it goes, and at the end nothing is left. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../heap/heap.h"
#include "allocstress.h"

enum { LIVE = 200, BUFFERS = 8, THREADS_MAX = 32 };

static bool end_all(struct object *o, size_t n)
{
	bool good = true;
	for (size_t i = 0; i < n; i++)
		if (o[i].p)
			good &= object_end(&o[i]);
	return good;
}

/* At each step a place is picked: who lives there goes, or somebody of any size moves in. */
static bool churn(struct object *live, size_t steps, uint64_t *seed)
{
	bool good = true;
	for (size_t i = 0; i < steps && good; i++) {
		struct object *o = &live[rnd(seed, LIVE)];
		good = o->p ? object_end(o) : object_make(o, mixed_size(seed), seed);
	}
	return end_all(live, LIVE) && good;
}

static bool mixed(const struct options *o)
{
	static struct object live[LIVE];
	uint64_t seed = o->seed;
	return churn(live, o->steps, &seed);
}

/* The last to come is the first to go: up to LIVE, down to none, and again. */
static bool lifo(const struct options *o)
{
	static struct object live[LIVE];
	uint64_t seed = o->seed;
	bool good = true;
	for (size_t i = 0; i < o->steps && good; i++) {
		size_t at = i % (2 * LIVE);
		good = at < LIVE ? object_make(&live[at], mixed_size(&seed), &seed) : object_end(&live[2 * LIVE - 1 - at]);
	}
	return end_all(live, LIVE) && good;
}

/* The first to come is the first to go, when LIVE are there. */
static bool fifo(const struct options *o)
{
	static struct object live[LIVE];
	uint64_t seed = o->seed;
	bool good = true;
	for (size_t i = 0; i < o->steps && good; i++) {
		struct object *at = &live[i % LIVE];
		good = (!at->p || object_end(at)) && object_make(at, mixed_size(&seed), &seed);
	}
	return end_all(live, LIVE) && good;
}

/* LIVE at any time; whoever goes is picked blindly, and another of another size comes. */
static bool random_order(const struct options *o)
{
	static struct object live[LIVE];
	uint64_t seed = o->seed;
	bool good = true;
	for (size_t i = 0; i < o->steps && good; i++) {
		struct object *at = &live[rnd(&seed, LIVE)];
		good = (!at->p || object_end(at)) && object_make(at, mixed_size(&seed), &seed);
	}
	return end_all(live, LIVE) && good;
}

/* Buffers that grow by a half as they fill, side by side, to 256 KiB, and shrink to a quarter now and then. */
static bool growing(const struct options *o)
{
	static struct object buffer[BUFFERS];
	uint64_t seed = o->seed;
	bool good = true;
	for (size_t i = 0; i < o->steps && good; i++) {
		struct object *b = &buffer[rnd(&seed, BUFFERS)];
		if (!b->p)
			good = object_make(b, 16, &seed);
		else if (b->n > 256 * 1024)
			good = object_end(b);
		else
			good = object_resize(b, rnd(&seed, 16) ? b->n + b->n / 2 : 1 + b->n / 4);
	}
	return end_all(buffer, BUFFERS) && good;
}

/* ---- threads: each churns, and what one has made another ends ---- */

struct worker { pthread_t thread; size_t steps; uint64_t seed; bool good; struct object live[LIVE]; };

static struct { pthread_mutex_t lock; struct object o; } mailbox = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Leave an object, take the one that was there. */
static bool exchange(struct worker *w, size_t n)
{
	struct object mine, other;
	if (!object_make(&mine, n, &w->seed))
		return false;
	pthread_mutex_lock(&mailbox.lock);
	other = mailbox.o;
	mailbox.o = mine;
	pthread_mutex_unlock(&mailbox.lock);
	return !other.p || object_end(&other);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	for (size_t done = 0; done < w->steps && w->good; done += LIVE)
		w->good = churn(w->live, LIVE - 1, &w->seed) && exchange(w, mixed_size(&w->seed));
	return NULL;
}

static bool threads(const struct options *o)
{
	static struct worker w[THREADS_MAX];
	unsigned n = o->threads < THREADS_MAX ? o->threads : THREADS_MAX, made = 0;
	bool good = true;
	for (; made < n && good; made++) {
		w[made] = (struct worker){ .steps = o->steps / n, .seed = o->seed + made, .good = true };
		good = pthread_create(&w[made].thread, NULL, work, &w[made]) == 0;
		made -= !good;
	}
	for (unsigned i = 0; i < made; i++) {
		pthread_join(w[i].thread, NULL);
		good &= w[i].good;
	}
	if (made < n)
		printf("allocstress: only %u threads\n", made);
	return end_all(&mailbox.o, 1) && good;
}

const struct phase phases[] = {
	{ "mixed", mixed }, { "lifo", lifo }, { "fifo", fifo }, { "random", random_order }, { "realloc", growing }, { "threads", threads },
};
const size_t nphases = sizeof phases / sizeof *phases;

int run_phase(const struct phase *p, const struct options *o)
{
	cost_now();	/* so that what the looking itself maps is there */
	struct cost before = cost_now(), after;
	size_t live = memory_usage(), count = allocation_count();
	bool good = p->run(o);
	count = allocation_count() - count;
	if (memory_usage() != live) {
		printf("allocstress: %zu bytes are left over\n", memory_usage() - live);
		good = false;
	}
	printf("allocstress: %s: %zu steps, %zu allocations, %s\n", p->name, o->steps, count, good ? "every content right" : "FAILED");
	after = cost_now();
	print_cost(&before, &after);
	return !good;
}
