#pragma once
#include <stdbool.h>
#include <stddef.h>
/* A circular doubly linked list, linked through a member of its elements. The
 * head is a node that belongs to no element. Callers hold whatever lock guards
 * the list. */
struct list {
	struct list *next, *prev;
};

#define LIST_INIT(head) { &(head), &(head) }

/* The element that holds this node as its member. */
#define container_of(node, type, member) \
	((type *)(void *)((char *)(node) - offsetof(type, member)))

static inline void list_init(struct list *l) { l->next = l->prev = l; }
static inline bool list_is_empty(const struct list *l) { return l->next == l; }

static inline void list_insert_after(struct list *at, struct list *n)
{
	n->prev = at;
	n->next = at->next;
	at->next->prev = n;
	at->next = n;
}

static inline void list_push_front(struct list *head, struct list *n) { list_insert_after(head, n); }
static inline void list_push_back(struct list *head, struct list *n) { list_insert_after(head->prev, n); }

/* Take n out of the list that it is on. It is left an empty list of its own, so
 * removing twice is harmless and list_is_empty(n) says "on no list". */
static inline void list_remove(struct list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

/* The first node, or NULL of an empty list; it stays on the list. */
static inline struct list *list_first(const struct list *head)
{
	return list_is_empty(head) ? NULL : head->next;
}

/* Take the first node off, or NULL. */
static inline struct list *list_pop_front(struct list *head)
{
	struct list *n = list_first(head);
	if (n)
		list_remove(n);
	return n;
}

/* Walk the elements; the body must not remove e. */
#define list_for_each(e, head, member) \
	for (e = container_of((head)->next, __typeof__(*e), member); \
	     &e->member != (head); \
	     e = container_of(e->member.next, __typeof__(*e), member))

/* Walk the elements; the body may remove e, but not next. */
#define list_for_each_safe(e, nxt, head, member) \
	for (e = container_of((head)->next, __typeof__(*e), member), \
	     nxt = container_of(e->member.next, __typeof__(*e), member); \
	     &e->member != (head); \
	     e = nxt, nxt = container_of(e->member.next, __typeof__(*e), member))
