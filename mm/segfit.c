/* Segregated fit: see segfit.h for the buckets, block.h for what is in them. */
#include <mm/segfit.h>
#include <mm/port.h>
#include <lib/bits.h>

/* A free block keeps its links in its own bytes; a large one has room for a tree node. */
struct free_block {
	struct block_head head;
	union {
		struct list link;
		struct rb_node by_size;
	};
};

_Static_assert(sizeof(struct free_block) <= SEGFIT_LARGE, "a large block holds its node");
_Static_assert(SEGFIT_BUCKETS == 7 + (64 << 10) / 4096, "steps end where the tree starts");

static struct block_head *from_list(const struct list *l) { return &container_of(l, struct free_block, link)->head; }
static struct block_head *from_rb(const struct rb_node *n) { return n ? &container_of(n, struct free_block, by_size)->head : NULL; }
static struct list *link_of(struct block_head *b) { return &((struct free_block *)(void *)b)->link; }
static struct rb_node *node_of(struct block_head *b) { return &((struct free_block *)(void *)b)->by_size; }

/* The bucket that a block of this capacity (16 or more) is filed under. */
static unsigned bucket_of(size_t capacity)
{
	return capacity < 4096 ? bit_highest(capacity) - 4 : 7 + (unsigned)(capacity >> 12);
}

/* The first bucket whose blocks all have nbytes; SEGFIT_BUCKETS or more: the tree alone can tell. */
static unsigned bucket_for(size_t nbytes)
{
	if (nbytes <= BLOCK_UNIT)
		return 0;
	return nbytes <= 4096 ? log2_up(nbytes) - 4 : nbytes < SEGFIT_LARGE ? 7 + (unsigned)((nbytes + 4095) >> 12) : SEGFIT_BUCKETS;
}

/* Order of the tree: by capacity, then by address. */
static bool less(const struct block_head *a, const struct block_head *b)
{
	return a->size != b->size ? a->size < b->size : (uintptr_t)a < (uintptr_t)b;
}

static void file_large(struct segfit *s, struct block_head *b)
{
	struct rb_node **link = &s->large.root, *parent = NULL;
	while (*link) {
		parent = *link;
		s->blocks.steps++;
		link = less(b, from_rb(parent)) ? &parent->left : &parent->right;
	}
	rb_insert(&s->large, parent, link, node_of(b));
}

static void file(struct segfit *s, struct block_head *b)
{
	if (block_capacity(b) >= SEGFIT_LARGE) {
		file_large(s, b);
		return;
	}
	unsigned i = bucket_of(block_capacity(b));
	list_push_front(&s->bucket[i], link_of(b));
	s->filled |= 1u << i;
}

/* Links lie in freed memory: a program that still writes there is stopped here rather than led astray. */
static void unfile(struct segfit *s, struct block_head *b)
{
	if (block_capacity(b) >= SEGFIT_LARGE) {
		rb_remove(&s->large, node_of(b));
		return;
	}
	struct list *l = link_of(b);
	ASSERT(l->next->prev == l && l->prev->next == l);
	list_remove(l);
	unsigned i = bucket_of(block_capacity(b));
	if (list_is_empty(&s->bucket[i]))
		s->filled &= ~(1u << i);
}

void segfit_init(struct segfit *s)
{
	blocks_init(&s->blocks);
	s->filled = 0;
	s->large = (struct rb_tree){ NULL, NULL };
	for (unsigned i = 0; i < SEGFIT_BUCKETS; i++)
		list_init(&s->bucket[i]);
}

bool segfit_add(struct segfit *s, void *mem, size_t nbytes)
{
	s->blocks.steps = 0;
	struct block_head *b = blocks_add(&s->blocks, mem, nbytes);
	if (b)
		file(s, b);
	return b;
}

void *segfit_take_idle(struct segfit *s, size_t *nbytes, size_t keep)
{
	s->blocks.steps = 0;
	struct block_head *b = blocks_idle(&s->blocks, keep);
	if (!b)
		return NULL;
	unfile(s, b);
	return blocks_remove(&s->blocks, b, nbytes);
}

/* The smallest large block of at least nbytes, or NULL. */
static struct block_head *best_large(struct segfit *s, size_t nbytes)
{
	const struct rb_node *n = s->large.root, *best = NULL;
	while (n) {
		s->blocks.steps++;
		if (block_capacity(from_rb(n)) >= nbytes)
			best = n;
		n = best == n ? n->left : n->right;
	}
	return from_rb(best);
}

/* A block of the size that nbytes rounds down to, if one of the first few fits. */
static struct block_head *try_exact(struct segfit *s, size_t nbytes, size_t align)
{
	if (nbytes >= SEGFIT_LARGE) {
		struct block_head *b = best_large(s, nbytes);
		return b && block_fits(b, nbytes, align) ? b : NULL;
	}
	const struct list *head = &s->bucket[bucket_of(nbytes < BLOCK_UNIT ? BLOCK_UNIT : nbytes)];
	unsigned tries = SEGFIT_TRIES;
	for (const struct list *l = head->next; l != head && tries; l = l->next, tries--) {
		s->blocks.steps++;
		if (block_fits(from_list(l), nbytes, align))
			return from_list(l);
	}
	return NULL;
}

/* A block that is large enough by where it is filed. */
static struct block_head *take_sure(struct segfit *s, size_t nbytes)
{
	unsigned i = bucket_for(nbytes);
	uint32_t larger = i < SEGFIT_BUCKETS ? s->filled >> i << i : 0;
	if (!larger)
		return best_large(s, nbytes);
	s->blocks.steps++;
	return from_list(s->bucket[bit_lowest(larger)].next);
}

/* Wherever a block starts, aligning within it costs less than align and a unit more. */
static struct block_head *find_free(struct segfit *s, size_t nbytes, size_t align)
{
	struct block_head *b = try_exact(s, nbytes, align);
	return b ? b : take_sure(s, align > BLOCK_UNIT ? nbytes + align + BLOCK_UNIT : nbytes);
}

void *segfit_alloc(struct segfit *s, size_t nbytes, size_t align)
{
	if (align == 0)
		align = BLOCK_UNIT;
	ASSERT(align >= BLOCK_UNIT && is_power_of_2(align));
	s->blocks.steps = 0;
	if (nbytes == 0 || nbytes > BLOCKS_MAX || align > BLOCKS_MAX)
		return NULL;
	struct block_head *b = find_free(s, nbytes, align), *cut[2];
	if (!b)
		return NULL;
	unfile(s, b);
	b = blocks_take(&s->blocks, b, nbytes, align, cut);
	for (unsigned i = 0; i < 2; i++)
		if (cut[i])
			file(s, cut[i]);
	return block_data(b);
}

static void unfile_if_free(struct segfit *s, struct block_head *b)
{
	if (b && b->state == BLOCK_FREE)
		unfile(s, b);
}

enum block_fault segfit_free(struct segfit *s, void *p)
{
	struct block_head *b;
	s->blocks.steps = 0;
	enum block_fault fault = blocks_find(&s->blocks, p, &b);
	if (fault != BLOCK_OK)
		return fault;
	unfile_if_free(s, block_prev(b));
	unfile_if_free(s, block_next(b));
	file(s, blocks_release(&s->blocks, b));
	return BLOCK_OK;
}

enum block_fault segfit_find(struct segfit *s, const void *p, size_t *nbytes)
{
	struct block_head *b;
	s->blocks.steps = 0;
	enum block_fault fault = blocks_find(&s->blocks, p, &b);
	if (fault == BLOCK_OK)
		*nbytes = block_asked(b);
	return fault;
}

bool segfit_resize(struct segfit *s, void *p, size_t nbytes)
{
	struct block_head *b = NULL;
	s->blocks.steps = 0;
	enum block_fault fault = blocks_find(&s->blocks, p, &b);
	ASSERT(fault == BLOCK_OK);
	if (!blocks_can_resize(b, nbytes))
		return false;
	unfile_if_free(s, block_next(b));
	struct block_head *rest = blocks_resize(&s->blocks, b, nbytes);
	if (rest)
		file(s, rest);
	return true;
}

static size_t largest_free(const struct segfit *s)
{
	const struct rb_node *last = rb_last(&s->large);
	if (last)
		return block_capacity(from_rb(last));
	if (!s->filled)
		return 0;
	const struct list *head = &s->bucket[bit_highest(s->filled)];
	size_t largest = 0;
	for (const struct list *l = head->next; l != head; l = l->next)
		if (block_capacity(from_list(l)) > largest)
			largest = block_capacity(from_list(l));
	return largest;
}

void segfit_stats(const struct segfit *s, struct segfit_stats *out)
{
	const struct blocks *bs = &s->blocks;
	*out = (struct segfit_stats){
		.total = bs->total, .used = bs->used, .asked = bs->asked, .free = bs->free, .largest_free = largest_free(s),
		.blocks = bs->nlive, .free_blocks = bs->nfree, .arenas = bs->narenas, .steps = bs->steps,
	};
}

static bool is_free(const struct segfit *s, const struct block_head *b)
{
	return blocks_is_block(&s->blocks, b) && b->state == BLOCK_FREE;
}

/* Count the blocks of bucket i into *n. */
static const char *check_bucket(const struct segfit *s, unsigned i, size_t *n)
{
	const struct list *head = &s->bucket[i];
	if (list_is_empty(head) == !!(s->filled >> i & 1))
		return "the bitmap is wrong about a bucket";
	const struct list *before = head;
	for (const struct list *l = head->next; l != head; before = l, l = l->next) {
		if (!is_free(s, from_list(l)) || bucket_of(block_capacity(from_list(l))) != i)
			return "something in a bucket does not belong there";
		if (l->prev != before || ++*n > s->blocks.nfree)
			return "a bucket's list is broken";
	}
	return head->prev == before ? NULL : "a bucket's list is broken";
}

static const char *check_large(const struct segfit *s, size_t *n)
{
	const struct block_head *before = NULL;
	if (!rb_check(&s->large))
		return "the tree of large blocks is broken";
	for (const struct rb_node *node = rb_first(&s->large); node; node = rb_next(node), ++*n) {
		const struct block_head *b = from_rb(node);
		if (!is_free(s, b) || block_capacity(b) < SEGFIT_LARGE || (before && !less(before, b)))
			return "something in the tree of large blocks does not belong there";
		before = b;
	}
	return NULL;
}

const char *segfit_check(const struct segfit *s)
{
	size_t n = 0;
	const char *fault = blocks_check(&s->blocks);
	for (unsigned i = 0; i < SEGFIT_BUCKETS && !fault; i++)
		fault = check_bucket(s, i, &n);
	if (!fault)
		fault = check_large(s, &n);
	return fault ? fault : n == s->blocks.nfree ? NULL : "a free block is in no bucket";
}
