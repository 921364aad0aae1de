/* kmalloc: power-of-two caches up to 4096 bytes, whole blocks of frames above; or the simple heap, or that as a last resort: see kmalloc.h. */
#include "mm_priv.h"
#include <lib/bits.h>
#include <lib/string.h>

static const char *const class_names[KMALLOC_CLASSES] = {
	"kmalloc-8", "kmalloc-16", "kmalloc-32", "kmalloc-64", "kmalloc-128",
	"kmalloc-256", "kmalloc-512", "kmalloc-1024", "kmalloc-2048", "kmalloc-4096",
};

void kmalloc_init(struct mm *mm)
{
	for (unsigned i = 0; i < KMALLOC_CLASSES; i++)
		slab_cache_init(mm, &mm->classes[i], class_names[i], 8ull << i, 0);
	for (unsigned i = 0; i < KMALLOC_SMALL / 8; i++)
		mm->class_of[i] = (uint8_t)(log2_up((i + 1) * 8) - 3);
	mm->kmalloc_mode = KMALLOC_TWO_TIER;
}

static const char *const mode_names[KMALLOC_MODES] = {
	[KMALLOC_SIMPLE] = "simple", [KMALLOC_TWO_TIER] = "twotier", [KMALLOC_HYBRID] = "hybrid",
};

const char *kmalloc_mode_name(enum kmalloc_mode mode)
{
	ASSERT(mode < KMALLOC_MODES);
	return mode_names[mode];
}

bool kmalloc_mode_parse(const char *name, enum kmalloc_mode *out)
{
	for (enum kmalloc_mode mode = 0; mode < KMALLOC_MODES; mode++)
		if (!strcmp(name, mode_names[mode])) {
			*out = mode;
			return true;
		}
	return false;
}

enum kmalloc_mode kmalloc_mode(const struct mm *mm) { return __atomic_load_n(&mm->kmalloc_mode, __ATOMIC_RELAXED); }

bool kmalloc_may_serve(const struct mm *mm, const struct slab_cache *c)
{
	bool is_class = c >= mm->classes && c < mm->classes + KMALLOC_CLASSES;
	return !c->hardened && !mm->injecting && !(is_class && kmalloc_mode(mm) == KMALLOC_SIMPLE);
}

/* kmalloc() asks magazines first and the mode second, so that the common case need not look at it. */
void kmalloc_set_mode(struct mm *mm, enum kmalloc_mode mode)
{
	ASSERT(mode < KMALLOC_MODES);
	__atomic_store_n(&mm->kmalloc_mode, (uint8_t)mode, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < KMALLOC_CLASSES; i++)
		magazine_serve(mm, &mm->classes[i], kmalloc_may_serve(mm, &mm->classes[i]));
}

static void *alloc_block(struct mm *mm, size_t nbytes)
{
	if (nbytes - 1 >= PAGE_SIZE << (FRAME_ORDERS - 1))
		return NULL;
	struct page *page = frame_alloc(mm, log2_up((nbytes + PAGE_SIZE - 1) >> PAGE_SHIFT), FRAME_NORMAL);
	if (!page)
		return NULL;
	page->state = PAGE_KMALLOC;
	return mm_page_ptr(mm, page);
}

/* The cache for nbytes, or NULL: a block. */
static inline struct slab_cache *class_for(struct mm *mm, size_t nbytes)
{
	if (nbytes - 1 < KMALLOC_SMALL)		/* 0 wraps round */
		return &mm->classes[mm->class_of[(nbytes - 1) / 8]];
	if (nbytes - 1 < 4096)
		return &mm->classes[nbytes <= 2048 ? 8 : 9];
	return NULL;
}

/* Whatever a magazine does not serve: c is the cache for nbytes, or NULL. */
static __attribute__((noinline)) void *alloc_slowly(struct mm *mm, struct slab_cache *c, size_t nbytes, const void *caller)
{
	const void *site = caller ? caller : RETURN_ADDRESS;
	enum kmalloc_mode mode = kmalloc_mode(mm);
	void *p = NULL;
	if (mode != KMALLOC_SIMPLE)
		p = c ? slab_alloc_slowly(mm, c, site) : alloc_block(mm, nbytes);
	return p || mode == KMALLOC_TWO_TIER ? p : kheap_alloc(mm, nbytes);
}

static inline void *alloc_from(struct mm *mm, size_t nbytes, const void *site)
{
	struct slab_cache *c = class_for(mm, nbytes);
	void *obj = c ? magazine_pop(magazine_here(c)) : NULL;
	return obj ? obj : alloc_slowly(mm, c, nbytes, site);
}

void *kmalloc(struct mm *mm, size_t nbytes) { return alloc_from(mm, nbytes, CALL_SITE); }

void *kzalloc(struct mm *mm, size_t nbytes)
{
	void *p = alloc_from(mm, nbytes, RETURN_ADDRESS);
	if (p)
		memset(p, 0, nbytes);
	return p;
}

/* Free p, whose frame's block starts at head. Returns why it cannot be freed, or NULL. */
static const char *free_in(struct mm *mm, struct page *head, void *p, const void *site)
{
	if (head->state == PAGE_SLAB)
		return slab_free_slowly(mm, head->owner, p, site);
	if (head->state == PAGE_HEAP)
		return kheap_free(mm, p);
	if (head->state != PAGE_KMALLOC)
		return "not allocated by kmalloc";
	if (mm_page_ptr(mm, head) != p)
		return "not the start of a block";
	head->state = PAGE_USED;
	frame_free(mm, head);
	return NULL;
}

static __attribute__((noinline)) void free_slowly(struct mm *mm, void *p, const void *caller)
{
	const void *site = caller ? caller : RETURN_ADDRESS;
	if (!p)
		return;
	struct page *page = mm_page(mm, mm_pa(mm, p));
	const char *why = page ? free_in(mm, page_head(mm, page), p, site) : "not a pointer into memory";
	if (why)
		mm_bad_free(mm, p, why, site);
}

/* The common case is an object in the first frame of a slab. */
void kfree(struct mm *mm, void *p)
{
	struct slab *s;
	if (!slab_in_first_frame(mm, p, &s) || !magazine_push(s, p))
		free_slowly(mm, p, CALL_SITE);
}
