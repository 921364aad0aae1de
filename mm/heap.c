/* The simple heap. See heap.h. */
#include <mm/heap.h>
#include <mm/port.h>
#include <lib/bits.h>

void heap_init(struct heap *h) { blocks_init(&h->blocks); }

bool heap_add(struct heap *h, void *mem, size_t nbytes) { return blocks_add(&h->blocks, mem, nbytes); }

void *heap_take_idle(struct heap *h, size_t *nbytes, size_t keep)
{
	struct block_head *b = blocks_idle(&h->blocks, keep);
	return b ? blocks_remove(&h->blocks, b, nbytes) : NULL;
}

static struct block_head *first_fit(struct blocks *bs, size_t nbytes, size_t align)
{
	for (struct block_head *b = blocks_first(bs); b; b = blocks_after(bs, b)) {
		bs->steps++;
		if (b->state == BLOCK_FREE && block_fits(b, nbytes, align))
			return b;
	}
	return NULL;
}

/* What is cut off before and behind the block is free, and in its place on the list already. */
void *heap_alloc(struct heap *h, size_t nbytes, size_t align)
{
	if (align == 0)
		align = BLOCK_UNIT;
	ASSERT(align >= BLOCK_UNIT && is_power_of_2(align));
	h->blocks.steps = 0;
	if (nbytes == 0 || nbytes > BLOCKS_MAX || align > BLOCKS_MAX)
		return NULL;
	struct block_head *b = first_fit(&h->blocks, nbytes, align), *cut[2];
	return b ? block_data(blocks_take(&h->blocks, b, nbytes, align, cut)) : NULL;
}

enum block_fault heap_free(struct heap *h, void *p)
{
	struct block_head *b;
	h->blocks.steps = 0;
	enum block_fault fault = blocks_find(&h->blocks, p, &b);
	if (fault == BLOCK_OK)
		blocks_release(&h->blocks, b);
	return fault;
}

enum block_fault heap_find(struct heap *h, const void *p, size_t *nbytes)
{
	struct block_head *b;
	h->blocks.steps = 0;
	enum block_fault fault = blocks_find(&h->blocks, p, &b);
	if (fault == BLOCK_OK)
		*nbytes = block_asked(b);
	return fault;
}

bool heap_resize(struct heap *h, void *p, size_t nbytes)
{
	struct block_head *b = NULL;
	h->blocks.steps = 0;
	enum block_fault fault = blocks_find(&h->blocks, p, &b);
	ASSERT(fault == BLOCK_OK);
	if (!blocks_can_resize(b, nbytes))
		return false;
	blocks_resize(&h->blocks, b, nbytes);
	return true;
}
