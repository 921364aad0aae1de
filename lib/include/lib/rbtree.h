#pragma once
#include <stdbool.h>
#include <stddef.h>
/* A red-black tree, linked through a member of its elements. The tree knows no keys: the
 * owner walks from root down to find the place of a new node, then calls rb_insert(). Callers
 * hold whatever lock guards the tree. No function fails or allocates.
 *
 * Source: Guibas and Sedgewick, "A dichromatic framework for balanced trees", 1978;
 * Cormen et al., "Introduction to Algorithms", chapter 13. */
struct rb_node {
	struct rb_node *parent, *left, *right;
	bool red;
};

/* An augmented tree keeps in each element a summary of its subtree (the largest hole in it, say). update
 * recomputes n's summary from n's own data and its children's, and returns whether it changed. */
struct rb_tree {
	struct rb_node *root;
	bool (*update)(struct rb_node *n);	/* NULL: not augmented */
};

/* Link n at *link, which is a NULL child pointer of parent (or root, with parent NULL). */
void rb_insert(struct rb_tree *t, struct rb_node *parent, struct rb_node **link, struct rb_node *n);
void rb_remove(struct rb_tree *t, struct rb_node *n);
/* n's own data changed in a way that matters to summaries, but not to the order. */
void rb_refresh(struct rb_tree *t, struct rb_node *n);

/* In order; NULL at the end. A walk over the whole tree costs O(1) a step on average. */
struct rb_node *rb_first(const struct rb_tree *t);
struct rb_node *rb_last(const struct rb_tree *t);
struct rb_node *rb_next(const struct rb_node *n);
struct rb_node *rb_prev(const struct rb_node *n);

/* Whether the colours and links obey the rules: no red node has a red child, and
 * each path down meets the same number of black nodes. O(n). */
bool rb_check(const struct rb_tree *t);
