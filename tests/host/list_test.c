/* Lists: every operation against an array of the order. */
#include "support.h"
#include <lib/list.h>

struct item { int value; struct list link; };

static void check_order(struct list *head, const int *want, int n)
{
	struct item *e;
	int i = 0;
	list_for_each(e, head, link) {
		CHECK(i < n && e->value == want[i]);
		CHECK(e->link.next->prev == &e->link && e->link.prev->next == &e->link);
		i++;
	}
	CHECK(i == n);
	CHECK(list_is_empty(head) == (n == 0));
}

static void push_and_remove(void **state)
{
	(void)state;
	struct list head = LIST_INIT(head);
	struct item a = { .value = 1 }, b = { .value = 2 }, c = { .value = 3 };
	check_order(&head, NULL, 0);
	CHECK(!list_first(&head) && !list_pop_front(&head));
	list_push_back(&head, &b.link);
	list_push_front(&head, &a.link);
	list_push_back(&head, &c.link);
	check_order(&head, (int[]){ 1, 2, 3 }, 3);
	list_remove(&b.link);
	check_order(&head, (int[]){ 1, 3 }, 2);
	list_remove(&b.link);
	CHECK(list_is_empty(&b.link), "removed twice");
	list_insert_after(&c.link, &b.link);
	check_order(&head, (int[]){ 1, 3, 2 }, 3);
	CHECK(list_first(&head) == &a.link);
	CHECK(list_pop_front(&head) == &a.link);
	check_order(&head, (int[]){ 3, 2 }, 2);
}

static void removal_while_walking(void **state)
{
	(void)state;
	struct list head = LIST_INIT(head);
	struct item items[10], *e, *next;
	for (int i = 0; i < 10; i++) {
		items[i].value = i;
		list_push_back(&head, &items[i].link);
	}
	list_for_each_safe(e, next, &head, link)
		if (e->value % 2)
			list_remove(&e->link);
	check_order(&head, (int[]){ 0, 2, 4, 6, 8 }, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(push_and_remove), cmocka_unit_test(removal_while_walking) };
	return RUN_TESTS(tests);
}
