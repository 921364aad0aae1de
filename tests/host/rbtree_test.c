/* Red-black trees: random insertions and removals against an array, colours and summaries checked after each. */
#include "support.h"
#include <lib/rbtree.h>

enum { N = 400 };
struct item { struct rb_node node; unsigned key, weight, max; bool in; };
static struct item items[N];

static struct item *item_of(struct rb_node *n) { return n ? container_of(n, struct item, node) : NULL; }
static unsigned max_of(struct rb_node *n) { return n ? item_of(n)->max : 0; }

static bool update(struct rb_node *n)
{
	struct item *i = item_of(n);
	unsigned max = i->weight, l = max_of(n->left), r = max_of(n->right);
	max = l > max ? l : max;
	max = r > max ? r : max;
	bool changed = max != i->max;
	i->max = max;
	return changed;
}

static void insert(struct rb_tree *t, struct item *i)
{
	struct rb_node **link = &t->root, *parent = NULL;
	while (*link) {
		parent = *link;
		link = i->key < item_of(parent)->key ? &parent->left : &parent->right;
	}
	rb_insert(t, parent, link, &i->node);
	i->in = true;
}

static void check_summaries(struct rb_node *n)
{
	if (!n)
		return;
	unsigned max = item_of(n)->max;
	CHECK(!update(n), "summary %u should be %u", max, item_of(n)->max);
	check_summaries(n->left);
	check_summaries(n->right);
}

static void check(struct rb_tree *t)
{
	unsigned k = 0;
	struct rb_node *last = NULL;
	CHECK(rb_check(t));
	for (struct rb_node *n = rb_first(t); n; n = rb_next(n)) {
		while (k < N && !items[k].in)
			k++;
		CHECK(k < N && item_of(n) == &items[k], "order");
		CHECK(rb_prev(n) == last);
		last = n;
		k++;
	}
	while (k < N && !items[k].in)
		k++;
	CHECK(k == N, "element %u is lost", k);
	CHECK(rb_last(t) == last);
	check_summaries(t->root);
}

static void random_operations(void **state)
{
	(void)state;
	struct rb_tree t = { .update = update };
	for (unsigned i = 0; i < N; i++)
		items[i] = (struct item){ .key = i };
	for (int step = 0; step < 6000; step++) {
		struct item *i = &items[rnd(N)];
		unsigned fill = step / 1000 % 2 ? 3 : 7;	/* grow, then shrink */
		if (i->in && rnd(10) >= fill) {
			rb_remove(&t, &i->node);
			i->in = false;
		} else if (!i->in && rnd(10) < fill) {
			i->weight = (unsigned)rnd(1000);
			insert(&t, i);
		} else if (i->in) {
			i->weight = (unsigned)rnd(1000);
			rb_refresh(&t, &i->node);
		}
		check(&t);
	}
}

static void in_order_and_out(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct rb_tree t = { .update = NULL };
		for (unsigned i = 0; i < N; i++)
			items[i] = (struct item){ .key = i };
		for (unsigned i = 0; i < N; i++)
			insert(&t, &items[backwards ? N - 1 - i : i]);
		CHECK(rb_check(&t));
		for (unsigned i = 0; i < N; i++) {
			rb_remove(&t, &items[i].node);
			CHECK(rb_check(&t));
		}
		CHECK(!t.root && !rb_first(&t) && !rb_last(&t));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_operations), cmocka_unit_test(in_order_and_out) };
	return RUN_TESTS(tests);
}
