/* Pools: a block's tag, finding the block of an address, copying in and out within its bounds. */
#include "pool_priv.h"
#include <lib/string.h>

enum { PADDING = 0xb5 };

static uint16_t check_of(const struct pool_tag *tag)
{
	uint64_t h = (uintptr_t)tag ^ tag->site * 0x9e3779b97f4a7c15 ^ ((uint64_t)tag->prot << 32 | tag->nbytes);
	h *= 0xff51afd7ed558ccd;
	return (uint16_t)(h >> 48);
}

/* Where the tag of a block is whose engine was asked for that much. */
static struct pool_tag *tag_at(const void *p, size_t asked) { return (void *)((char *)(uintptr_t)p + asked - POOL_TAG); }

void pool_tag_block(void *p, size_t nbytes, const void *site)
{
	struct pool_tag *tag = tag_at(p, pool_block_bytes(nbytes));
	for (uint8_t *c = (uint8_t *)p + nbytes; c < (uint8_t *)tag; c++)
		*c = PADDING;
	*tag = (struct pool_tag){ .site = (uintptr_t)site, .nbytes = (uint32_t)nbytes, .prot = P_READ | P_WRITE };
	tag->check = check_of(tag);
}

/* Whether the tag is one, of this block, and nothing was written between the block's bytes and it. */
static bool is_sound(const void *p, size_t asked, const struct pool_tag *tag)
{
	if (tag->check != check_of(tag) || pool_block_bytes(tag->nbytes) != asked)
		return false;
	for (const uint8_t *c = (const uint8_t *)p + tag->nbytes; c < (const uint8_t *)tag; c++)
		if (*c != PADDING)
			return false;
	return true;
}

/* Who freed p last, or 0. */
static uint64_t freed_by(const struct pool *pool, const void *p)
{
	for (uint64_t i = pool->nfreed; i > 0 && i + POOL_FREED_KEPT > pool->nfreed; i--)
		if (pool->freed[(i - 1) % POOL_FREED_KEPT].p == p)
			return (uintptr_t)pool->freed[(i - 1) % POOL_FREED_KEPT].site;
	return 0;
}

/* Where p may have been a block, the engine cannot tell an overwritten header from bytes that never were one: the rest of the pool tells. */
static struct mm_error fault_of(struct pool *pool, const void *p, enum block_fault fault)
{
	struct mm_error e = { .kind = MM_INVALID_ADDRESS, .detail = block_fault_text(fault) };
	e.earlier_site = freed_by(pool, p);
	if (e.earlier_site)
		e.detail = "double free";
	else if (fault == BLOCK_CORRUPT && segfit_check(&pool->fit))
		e.kind = MM_CORRUPTION_DETECTED;
	else if (fault == BLOCK_CORRUPT)
		e.detail = "not the start of a block";
	return e;
}

struct mm_error pool_find(struct pool *pool, const void *p, struct pool_tag **tag)
{
	size_t asked;
	struct mm_error e = { .address = (uintptr_t)p };
	enum block_fault fault = segfit_find(&pool->fit, p, &asked);
	if (fault != BLOCK_OK) {
		e = fault_of(pool, p, fault);
		e.address = (uintptr_t)p;
		return e;
	}
	*tag = tag_at(p, asked);
	if (!is_sound(p, asked, *tag)) {
		e.kind = MM_CORRUPTION_DETECTED;
		e.detail = "written past its end";
	}
	return e;
}

enum err pool_complain(struct pool *pool, struct mm_error *why, struct mm_error e, const void *site)
{
	char text[160];
	e.site = (uintptr_t)site;
	mm_error_text(&e, text, sizeof text);
	port_log("[pool] %s", text);
	return mm_raise(pool->mm, why, e);
}

/* ---- access ---- */

struct access { const void *p; size_t offset, nbytes; prot_t prot; void *dst; const void *src; };

/* What forbids the access, or a kind of MM_NO_ERROR. */
static struct mm_error find_for_access(struct pool *pool, const struct access *a)
{
	struct pool_tag *tag;
	struct mm_error e = pool_find(pool, a->p, &tag);
	if (e.kind != MM_NO_ERROR)
		return e;
	if (a->offset > tag->nbytes || a->nbytes > tag->nbytes - a->offset) {
		e.kind = MM_INVALID_ADDRESS;
		e.detail = "past the end of its block";
		e.requested = a->nbytes;
		e.address = (uintptr_t)a->p + a->offset;
		e.available = a->offset < tag->nbytes ? tag->nbytes - a->offset : 0;
	} else if (a->prot & ~(prot_t)tag->prot) {
		e.kind = MM_PROTECTION_VIOLATION;
		e.detail = a->prot & P_WRITE ? "may not be written" : "may not be read";
		e.address = (uintptr_t)a->p + a->offset;
	}
	return e;
}

static enum err access(struct pool *pool, const struct access *a, const void *site, struct mm_error *why)
{
	spin_lock(&pool->lock);
	struct mm_error e = find_for_access(pool, a);
	if (e.kind == MM_NO_ERROR && a->prot & P_WRITE)
		memcpy((char *)(uintptr_t)a->p + a->offset, a->src, a->nbytes);
	else if (e.kind == MM_NO_ERROR)
		memcpy(a->dst, (const char *)a->p + a->offset, a->nbytes);
	spin_unlock(&pool->lock);
	return e.kind == MM_NO_ERROR ? OK : pool_complain(pool, why, e, site);
}

enum err pool_read(struct pool *pool, const void *p, size_t offset, void *dst, size_t nbytes, struct mm_error *why)
{
	struct access a = { .p = p, .offset = offset, .nbytes = nbytes, .prot = P_READ, .dst = dst };
	return access(pool, &a, RETURN_ADDRESS, why);
}

enum err pool_write(struct pool *pool, void *p, size_t offset, const void *src, size_t nbytes, struct mm_error *why)
{
	struct access a = { .p = p, .offset = offset, .nbytes = nbytes, .prot = P_WRITE, .src = src };
	return access(pool, &a, RETURN_ADDRESS, why);
}

enum err pool_protect(struct pool *pool, void *p, prot_t prot, struct mm_error *why)
{
	struct pool_tag *tag;
	ASSERT(!(prot & ~(prot_t)(P_READ | P_WRITE)));
	spin_lock(&pool->lock);
	struct mm_error e = pool_find(pool, p, &tag);
	if (e.kind == MM_NO_ERROR) {
		tag->prot = (uint16_t)prot;
		tag->check = check_of(tag);
	}
	spin_unlock(&pool->lock);
	return e.kind == MM_NO_ERROR ? OK : pool_complain(pool, why, e, RETURN_ADDRESS);
}

/* ---- all blocks ---- */

struct walk {
	bool (*fn)(const struct pool_block *b, void *ctx);
	void *ctx;
	uint64_t count, cost;
	bool sound;
};

static bool visit(void *p, size_t asked, void *ctx)
{
	struct walk *w = ctx;
	const struct pool_tag *tag = tag_at(p, asked);
	struct pool_block b = { p, tag->nbytes, tag->prot, (const void *)(uintptr_t)tag->site };
	w->sound = w->sound && is_sound(p, asked, tag);
	w->count++;
	w->cost += pool_cost(tag->nbytes);
	return !w->fn || w->fn(&b, w->ctx);
}

bool pool_for_each(struct pool *pool, bool (*fn)(const struct pool_block *b, void *ctx), void *ctx)
{
	struct walk w = { .fn = fn, .ctx = ctx };
	spin_lock(&pool->lock);
	bool sound = !segfit_check(&pool->fit);
	if (sound)
		segfit_for_each(&pool->fit, visit, &w);
	spin_unlock(&pool->lock);
	return sound;
}

/* The first fault in words, or NULL. */
static const char *fault_in(struct pool *pool)
{
	struct walk w = { .sound = true };
	const char *fault = segfit_check(&pool->fit);
	if (fault)
		return fault;
	segfit_for_each(&pool->fit, visit, &w);
	if (!w.sound)
		return "a block was written past its end";
	if (w.count != pool->st.count || w.cost != pool->st.current)
		return "blocks and counts differ";
	return pool->st.peak < pool->st.current ? "the peak was passed" : NULL;
}

bool pool_check(struct pool *pool)
{
	spin_lock(&pool->lock);
	const char *fault = fault_in(pool);
	spin_unlock(&pool->lock);
	if (fault)
		port_log("[memck] pool %p: %s", (void *)pool, fault);
	return !fault;
}
