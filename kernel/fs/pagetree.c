/* Page trees: a radix tree from page number to page, 64 slots a node, as deep as the largest number needs.
 *
 *   height 0: root is the page 0 (files up to 4 KiB need no node)
 *   height h: root is a node of 64 slots, each a tree of height h-1
 *
 * Nodes are freed with the whole tree only, so that a slot found once stays until then. */
#include "vfs_priv.h"
#include <lib/string.h>

struct pnode { void *slot[PTREE_SLOTS]; };

static struct slab_cache *node_cache;

bool ptree_init_caches(void)
{
	node_cache = slab_cache_create(kernel_mm, "pnode", sizeof(struct pnode), 0);
	return node_cache;
}

static struct pnode *node_new(void) { return slab_zalloc(kernel_mm, node_cache); }

static bool fits(const struct ptree *t, uint64_t index)
{
	return t->height >= 11 || index >> (PTREE_SHIFT * t->height) == 0;
}

static unsigned slot_of(uint64_t index, unsigned level)
{
	return (unsigned)(index >> (PTREE_SHIFT * level)) & (PTREE_SLOTS - 1);
}

struct page **ptree_slot(struct ptree *t, uint64_t index)
{
	void **at = &t->root;
	if (!fits(t, index))
		return NULL;
	for (unsigned level = t->height; level-- > 0;) {
		if (!*at)
			return NULL;
		at = &((struct pnode *)*at)->slot[slot_of(index, level)];
	}
	return (struct page **)(void *)at;
}

struct page *ptree_get(const struct ptree *t, uint64_t index)
{
	void *at = t->root;
	if (!fits(t, index))
		return NULL;
	for (unsigned level = t->height; level-- > 0 && at;)
		at = ((struct pnode *)at)->slot[slot_of(index, level)];
	return at;
}

/* One more level on top. */
static enum err grow(struct ptree *t)
{
	struct pnode *n = node_new();
	if (!n)
		return ERR_NOMEM;
	spin_lock(&vfs_lock);
	n->slot[0] = t->root;
	t->root = n;
	t->height++;
	spin_unlock(&vfs_lock);
	return OK;
}

enum err ptree_prepare(struct ptree *t, uint64_t index)
{
	while (!fits(t, index)) {
		enum err e = grow(t);
		if (e != OK)
			return e;
	}
	void **at = &t->root;
	for (unsigned level = t->height; level-- > 0;) {
		if (!*at) {
			struct pnode *n = node_new();
			if (!n)
				return ERR_NOMEM;
			spin_lock(&vfs_lock);
			*at = n;
			spin_unlock(&vfs_lock);
		}
		at = &((struct pnode *)*at)->slot[slot_of(index, level)];
	}
	return OK;
}

static struct page *next_in(void *at, unsigned height, uint64_t *index)
{
	if (!at || !height)
		return at;
	unsigned shift = PTREE_SHIFT * (height - 1);
	for (unsigned s = slot_of(*index, height - 1); s < PTREE_SLOTS; s++) {
		uint64_t here = *index;
		struct page *p = next_in(((struct pnode *)at)->slot[s], height - 1, index);
		if (p)
			return p;
		*index = ((here >> shift) + 1) << shift;
	}
	return NULL;
}

struct page *ptree_next(const struct ptree *t, uint64_t *index)
{
	return fits(t, *index) ? next_in(t->root, t->height, index) : NULL;
}

static void free_nodes(void *at, unsigned height)
{
	if (!at || !height)
		return;
	for (unsigned s = 0; height > 1 && s < PTREE_SLOTS; s++)
		free_nodes(((struct pnode *)at)->slot[s], height - 1);
	slab_free(kernel_mm, node_cache, at);
}

void ptree_destroy(struct ptree *t)
{
	free_nodes(t->root, t->height);
	t->root = NULL;
	t->height = 0;
}
