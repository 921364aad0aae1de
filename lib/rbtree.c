/* Red-black trees. Each node is red or black; the rules that keep the tree within twice
 * the least height:
 *   1. the root is black;
 *   2. a red node has no red child;
 *   3. every path from a node down to a missing child meets the same number of black nodes.
 * Insertion may break rule 2, removal rule 3; each is mended on the way up with recolouring
 * and at most two or three rotations. rb_check() checks. */
#include <lib/rbtree.h>

static bool is_red(const struct rb_node *n) { return n && n->red; }

static void update(struct rb_tree *t, struct rb_node *n)
{
	if (t->update)
		t->update(n);
}

static void update_path(struct rb_tree *t, struct rb_node *n)
{
	if (t->update)
		for (; n; n = n->parent)
			t->update(n);
}

void rb_refresh(struct rb_tree *t, struct rb_node *n)
{
	while (n && t->update && t->update(n))
		n = n->parent;
}

/* The pointer that leads to n: its parent's, or the root. */
static struct rb_node **link_to(struct rb_tree *t, struct rb_node *n)
{
	if (!n->parent)
		return &t->root;
	return n->parent->left == n ? &n->parent->left : &n->parent->right;
}

/*     n              r
 *    / \            / \
 *   a   r    ->    n   c
 *      / \        / \
 *     b   c      a   b      */
static void rotate_left(struct rb_tree *t, struct rb_node *n)
{
	struct rb_node *r = n->right;
	*link_to(t, n) = r;
	r->parent = n->parent;
	n->right = r->left;
	if (n->right)
		n->right->parent = n;
	r->left = n;
	n->parent = r;
	update(t, n);
	update(t, r);
}

static void rotate_right(struct rb_tree *t, struct rb_node *n)
{
	struct rb_node *l = n->left;
	*link_to(t, n) = l;
	l->parent = n->parent;
	n->left = l->right;
	if (n->left)
		n->left->parent = n;
	l->right = n;
	n->parent = l;
	update(t, n);
	update(t, l);
}

static void rotate_towards(struct rb_tree *t, struct rb_node *n, bool left)
{
	if (left)
		rotate_left(t, n);
	else
		rotate_right(t, n);
}

/* n is red and its parent may be too. A red parent is no root, so there is a grandparent. */
static void mend_red(struct rb_tree *t, struct rb_node *n)
{
	while (is_red(n->parent)) {
		struct rb_node *p = n->parent, *g = p->parent;
		bool p_left = g->left == p;
		struct rb_node *uncle = p_left ? g->right : g->left;
		if (is_red(uncle)) {
			p->red = uncle->red = false;
			g->red = true;
			n = g;
			continue;
		}
		if ((p->left == n) != p_left) {
			rotate_towards(t, p, p_left);
			p = n;
		}
		p->red = false;
		g->red = true;
		rotate_towards(t, g, !p_left);
		break;
	}
	t->root->red = false;
}

void rb_insert(struct rb_tree *t, struct rb_node *parent, struct rb_node **link, struct rb_node *n)
{
	n->parent = parent;
	n->left = n->right = NULL;
	n->red = true;
	*link = n;
	if (t->update) {
		t->update(n);
		rb_refresh(t, parent);
	}
	mend_red(t, n);
}

/* Paths through p's child on the left (or right) meet one black node too few. */
static void mend_black(struct rb_tree *t, struct rb_node *p, bool left)
{
	while (p) {
		struct rb_node *s = left ? p->right : p->left;
		if (s->red) {
			s->red = false;
			p->red = true;
			rotate_towards(t, p, left);
			s = left ? p->right : p->left;
		}
		struct rb_node *near = left ? s->left : s->right, *far = left ? s->right : s->left;
		if (is_red(near) || is_red(far)) {
			if (!is_red(far)) {
				rotate_towards(t, s, !left);
				far = s;
				s = near;
			}
			s->red = p->red;
			p->red = far->red = false;
			rotate_towards(t, p, left);
			return;
		}
		s->red = true;
		if (p->red) {
			p->red = false;
			return;
		}
		struct rb_node *up = p->parent;
		left = up && up->left == p;
		p = up;
	}
}

static void adopt(struct rb_node *parent, struct rb_node *child)
{
	if (child)
		child->parent = parent;
}

/* Exchange the places of n, which has two children, and its successor, which has no left one. The
 * elements stay where they are in memory: others point to them. */
static void swap_with_next(struct rb_tree *t, struct rb_node *n)
{
	struct rb_node *s = n->right;
	while (s->left)
		s = s->left;
	struct rb_node was = *n, next = *s;
	*link_to(t, n) = s;
	if (s == was.right) {
		s->right = n;
	} else {
		next.parent->left = n;
		s->right = was.right;
	}
	s->parent = was.parent;
	s->left = was.left;
	s->red = was.red;
	n->parent = s == was.right ? s : next.parent;
	n->left = NULL;
	n->right = next.right;
	n->red = next.red;
	adopt(s, s->left);
	adopt(s, s->right);
	adopt(n, n->right);
}

void rb_remove(struct rb_tree *t, struct rb_node *n)
{
	if (n->left && n->right)
		swap_with_next(t, n);
	struct rb_node *child = n->left ? n->left : n->right, *parent = n->parent;
	bool left = parent && parent->left == n;
	*link_to(t, n) = child;
	adopt(parent, child);
	update_path(t, parent);
	if (child)
		child->red = false;	/* an only child is red, and n was black */
	else if (!n->red)
		mend_black(t, parent, left);
	n->parent = n->left = n->right = NULL;
}

struct rb_node *rb_first(const struct rb_tree *t)
{
	struct rb_node *n = t->root;
	while (n && n->left)
		n = n->left;
	return n;
}

struct rb_node *rb_last(const struct rb_tree *t)
{
	struct rb_node *n = t->root;
	while (n && n->right)
		n = n->right;
	return n;
}

struct rb_node *rb_next(const struct rb_node *n)
{
	if (n->right) {
		n = n->right;
		while (n->left)
			n = n->left;
		return (struct rb_node *)n;
	}
	while (n->parent && n->parent->right == n)
		n = n->parent;
	return n->parent;
}

struct rb_node *rb_prev(const struct rb_node *n)
{
	if (n->left) {
		n = n->left;
		while (n->right)
			n = n->right;
		return (struct rb_node *)n;
	}
	while (n->parent && n->parent->left == n)
		n = n->parent;
	return n->parent;
}

/* The number of black nodes on each path down from n, or -1. */
static int black_height(const struct rb_node *n)
{
	if (!n)
		return 1;
	if ((n->left && n->left->parent != n) || (n->right && n->right->parent != n))
		return -1;
	if (n->red && (is_red(n->left) || is_red(n->right)))
		return -1;
	int l = black_height(n->left), r = black_height(n->right);
	return l < 0 || l != r ? -1 : l + !n->red;
}

bool rb_check(const struct rb_tree *t)
{
	return !is_red(t->root) && !(t->root && t->root->parent) && black_height(t->root) > 0;
}
