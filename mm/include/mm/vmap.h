#pragma once
#include <mm/types.h>
#include <lib/rbtree.h>
/* Who has which virtual addresses. Regions (here: nodes, embedded in what the owner keeps of a region) and the holes between
 * them tile a span of addresses:
 *
 *       hole      node A      hole    node B  node C        hole        end
 *   |- - - - - -|=========|- - - - -|=======|=======|- - - - - - - - - -|
 *   span.start                                                     span.end
 *
 * A node keeps the hole *before* it, and a sentinel node at span.end keeps the last one, so a hole needs no record of
 * its own, and neighbouring holes cannot help being one: coalescing is a matter of drawing, not of work.
 * Holes are counted only inside the window, the part of the span where the policy may place things.
 *
 * Two trees: by address, augmented with the largest hole of each subtree (first fit in O(log n)); and, under best
 * fit, the holes by size. Nothing here allocates or fails. Locking: the owner's lock. vmap_check() checks. */

enum vmap_policy {
	VMAP_BUMP,	/* the historical flaw: hand out ever higher addresses, reuse none */
	VMAP_FIRSTFIT,	/* the lowest hole that is large enough */
	VMAP_BESTFIT,	/* the smallest hole that is large enough; the lowest of several */
};

struct vmap_node {
	struct rb_node by_addr;
	struct rb_node by_size;		/* linked while hole is not empty (best fit only) */
	struct vrange range;
	struct vrange hole;		/* free addresses of the window before range; start == end: none */
	uint64_t max_hole;		/* bytes of the largest hole in this subtree */
	/* Pages next to range that the policy keeps free, to be set before the node is inserted. They are in no hole, but an owner may
	 * still put a node there. */
	uint32_t pad_before, pad_after;
};

struct vmap {
	struct rb_tree by_addr, by_size;
	struct vmap_node end;		/* the sentinel */
	struct vrange span, window;
	enum vmap_policy policy;
	vaddr_t bump;			/* VMAP_BUMP: everything below was handed out once */
	uint64_t nnodes;
	uint64_t node_bytes;		/* sum of the nodes' ranges */
	uint64_t hole_bytes;		/* sum of the holes */
};

/* An empty map in place (it must not move: it holds a node). The window is inside span. */
void vmap_init(struct vmap *vm, struct vrange span, struct vrange window, enum vmap_policy policy);

/* Where the policy would put npages > 0 with pad pages free on each side. False: no hole is that large. Changes nothing. O(log n); bump: O(1) on
 * average. */
bool vmap_find_hole(const struct vmap *vm, uint64_t npages, uint32_t pad, struct vrange *out);
/* Tell the policy that r, which it chose, is now taken: bump never comes back. */
void vmap_took(struct vmap *vm, struct vrange r);

/* The node that contains va, or NULL. */
struct vmap_node *vmap_find(const struct vmap *vm, vaddr_t va);
/* The first node that ends after va, or NULL. */
struct vmap_node *vmap_find_from(const struct vmap *vm, vaddr_t va);
/* Whether no node overlaps r (pads do not count). */
bool vmap_is_free(const struct vmap *vm, struct vrange r);
/* The nodes below and above free address va; NULL at either end. One walk down the tree. */
void vmap_find_around(const struct vmap *vm, vaddr_t va, struct vmap_node **below, struct vmap_node **above);
/* The neighbours; NULL at either end. */
struct vmap_node *vmap_first(const struct vmap *vm);
struct vmap_node *vmap_next(const struct vmap *vm, const struct vmap_node *n);
struct vmap_node *vmap_prev(const struct vmap *vm, const struct vmap_node *n);

/* Add n with its range (inside span) and pads set; the range is free (ASSERT). */
void vmap_insert(struct vmap *vm, struct vmap_node *n);
void vmap_remove(struct vmap *vm, struct vmap_node *n);
/* Change n's range without passing a neighbour (ASSERT). */
void vmap_resize(struct vmap *vm, struct vmap_node *n, struct vrange to);
/* Cut n at address at, inside it: n keeps [start, at), upper, a fresh node, becomes [at, end). */
void vmap_split(struct vmap *vm, struct vmap_node *n, vaddr_t at, struct vmap_node *upper);

/* Bytes of the largest hole. O(1). */
uint64_t vmap_largest_hole(const struct vmap *vm);
/* PANICs through ASSERT unless nodes are sorted and disjoint, holes are exactly what lies between them, and the trees agree. O(n). */
void vmap_check(const struct vmap *vm);
