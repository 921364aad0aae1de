/* What the pools tell: log lines, the trace ring, figures, and whether the books are right. */
#include <stdarg.h>
#include <stdio.h>
#include "segpool_priv.h"

void say(struct segpool *sp, const char *fmt, ...)
{
	char line[128];
	va_list ap;
	if (!sp->config.log)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	sp->config.log(sp->config.log_ctx, line);
}

void raise_peak(_Atomic size_t *peak, size_t value)
{
	size_t seen = atomic_load(peak);
	while (seen < value && !atomic_compare_exchange_weak(peak, &seen, value))
		;
}

/* ---- the ring ----
 * An entry is written with sequence number 0 in it, and gets its own last; who reads checks the number before and after. Two writers a
 * whole round apart may meet in one entry: its number is then right, and what it says is of one of them. */

void trace(struct segpool *sp, enum segpool_event e, unsigned pool, uint32_t region)
{
	uint64_t seq = atomic_fetch_add(&sp->ring_at, 1) + 1;
	struct ring_entry *r = &sp->ring[seq % RING];
	atomic_store(&r->seq, 0);
	atomic_store(&r->what, (uint64_t)region << 32 | (uint64_t)pool << 8 | (uint64_t)e);
	atomic_store(&r->seq, seq);
}

size_t segpool_trace(struct segpool *sp, struct segpool_trace *out, size_t max)
{
	uint64_t end = atomic_load(&sp->ring_at), n = end < RING ? end : RING;
	size_t got = 0;
	for (uint64_t seq = end - (n < max ? n : max) + 1; seq <= end; seq++) {
		struct ring_entry *r = &sp->ring[seq % RING];
		uint64_t before = atomic_load(&r->seq), what = atomic_load(&r->what);
		if (before == seq && atomic_load(&r->seq) == seq)
			out[got++] = (struct segpool_trace){ seq, (enum segpool_event)(what & 255), (uint32_t)(what >> 8 & 255), (uint32_t)(what >> 32) };
	}
	return got;
}

const char *segpool_event_name(enum segpool_event e)
{
	static const char *const names[] = {
		[SEGPOOL_EV_MAP] = "map", [SEGPOOL_EV_REUSE] = "reuse", [SEGPOOL_EV_MOVE] = "move", [SEGPOOL_EV_FREE] = "free",
		[SEGPOOL_EV_PRESSURE] = "pressure", [SEGPOOL_EV_WAIT] = "wait", [SEGPOOL_EV_REFUSE] = "refuse", [SEGPOOL_EV_REJECT] = "reject",
		[SEGPOOL_EV_DISCARD_FAILED] = "discard-failed", [SEGPOOL_EV_NO_FRAMES] = "no-frames",
	};
	const char *name = (size_t)e < sizeof names / sizeof *names ? names[e] : NULL;
	return name ? name : "?";
}

/* ---- figures ---- */

void segpool_stats(struct segpool *sp, struct segpool_stats *out)
{
	*out = (struct segpool_stats){
		.virtual_bytes = sp->virtual_bytes, .physical_bytes = sp->physical_bytes, .virtual_peak = sp->virtual_peak,
		.physical_peak = sp->physical_peak, .virtual_budget = sp->config.virtual_budget, .regions = sp->nregions, .maps = sp->maps,
		.reuses = sp->reuses, .moves = sp->moves, .frees = sp->frees, .pressures = sp->pressures, .waits = sp->waits,
		.refusals = sp->refusals, .map_failures = sp->map_failures, .discard_failures = sp->discard_failures,
		.populate_failures = sp->populate_failures, .rejected = sp->rejected,
	};
	for (size_t r = 0; r < out->regions; r++) {
		uint64_t w = atomic_load(&sp->region[r].word);
		unsigned pool = word_pool(w);
		out->active[pool] += word_state(w) == ACTIVE || word_state(w) == FREEING;
		out->freed[pool] += word_state(w) == FREED;
		out->in_use[pool] += word_used(w);
	}
}

static size_t sum(const size_t *n)
{
	size_t all = 0;
	for (int i = 0; i < SEGPOOL_POOLS; i++)
		all += n[i];
	return all;
}

size_t segpool_active(const struct segpool_stats *st) { return sum(st->active); }
size_t segpool_freed(const struct segpool_stats *st) { return sum(st->freed); }

/* ---- the books ---- */

static const char *check_region(struct segpool *sp, uint32_t r)
{
	uint64_t w = atomic_load(&sp->region[r].word);
	unsigned bits = 0, used = 0, state = word_state(w);
	if (!sp->region[r].base || word_pool(w) >= SEGPOOL_POOLS || (state != ACTIVE && state != FREED))
		return "a region in no state";
	if (state == FREED && word_used(w))
		return "a freed region in use";
	for (size_t i = 0; i < sp->region_bits; i++)
		for (uint64_t b = sp->bits[r * sp->region_bits + i]; b; b &= b - 1)
			bits++;
	for (size_t i = 0; i < sp->region_segments; i++)
		used += (sp->segment[r * sp->region_segments + i] & SEG_USED) != 0;
	if (bits != word_used(w) || used != word_used(w))
		return "a region's count, bits and segments differ";
	bool room = state == ACTIVE && word_used(w) < segments_in(sp, word_pool(w));
	bool named = sp->room[word_pool(w) * sp->room_words + r / 64] >> r % 64 & 1;
	return room && !named ? "a region with room that nobody would find" : NULL;
}

static const char *check_queue(struct segpool *sp, unsigned pool, size_t freed)
{
	size_t n = 0;
	for (uint32_t at = (uint32_t)sp->freed[pool]; at != NONE; at = sp->region[at - 1].next, n++) {
		uint64_t w = sp->region[at - 1].word;
		if (n == freed || word_state(w) != FREED || word_pool(w) != pool)
			return "a queue holds what it should not";
	}
	return n == freed ? NULL : "a freed region is in no queue";
}

const char *segpool_check(struct segpool *sp)
{
	struct segpool_stats st;
	const char *wrong = NULL;
	segpool_stats(sp, &st);
	if (st.virtual_bytes != st.regions * sp->region_bytes || st.virtual_bytes > st.virtual_budget)
		return "virtual bytes are not those of the regions, or above the budget";
	if (st.physical_bytes != segpool_active(&st) * sp->region_bytes)
		return "physical bytes are not those of the active regions";
	if (sp->transit || sp->sleepers)
		return "somebody is still at it";
	for (uint32_t r = 0; r < st.regions && !wrong; r++)
		wrong = check_region(sp, r);
	for (unsigned p = 0; p < SEGPOOL_POOLS && !wrong; p++)
		wrong = check_queue(sp, p, st.freed[p]);
	return wrong;
}
