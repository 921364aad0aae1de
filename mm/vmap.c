/* Who has which virtual addresses: nodes in order, and the hole before each. See vmap.h for the picture. */
#include <mm/vmap.h>
#include <mm/port.h>

static struct vmap_node *from_addr(const struct rb_node *n)
{
	return n ? container_of(n, struct vmap_node, by_addr) : NULL;
}

static struct vmap_node *from_size(const struct rb_node *n)
{
	return n ? container_of(n, struct vmap_node, by_size) : NULL;
}

static uint64_t size_of(struct vrange r) { return r.end - r.start; }
static uint64_t max_hole_of(const struct rb_node *n) { return n ? from_addr(n)->max_hole : 0; }

/* The summary of the address tree: the largest hole of a subtree. */
static bool update_max_hole(struct rb_node *rb)
{
	struct vmap_node *n = from_addr(rb);
	uint64_t max = size_of(n->hole), l = max_hole_of(rb->left), r = max_hole_of(rb->right);
	max = l > max ? l : max;
	max = r > max ? r : max;
	if (n->max_hole == max)
		return false;
	n->max_hole = max;
	return true;
}

/* Order of the size tree: by size, then by address. */
static bool hole_less(const struct vmap_node *a, const struct vmap_node *b)
{
	uint64_t x = size_of(a->hole), y = size_of(b->hole);
	return x != y ? x < y : a->hole.start < b->hole.start;
}

static void link_hole(struct vmap *vm, struct vmap_node *n)
{
	struct rb_node **link = &vm->by_size.root, *parent = NULL;
	while (*link) {
		parent = *link;
		link = hole_less(n, from_size(parent)) ? &parent->left : &parent->right;
	}
	rb_insert(&vm->by_size, parent, link, &n->by_size);
}

/* What of [lo, hi) the policy may use: its part inside the window. */
static struct vrange in_window(const struct vmap *vm, vaddr_t lo, vaddr_t hi)
{
	lo = lo < vm->window.start ? vm->window.start : lo;
	hi = hi > vm->window.end ? vm->window.end : hi;
	return lo < hi ? (struct vrange){ lo, hi } : (struct vrange){ 0, 0 };
}

/* The hole that belongs between neighbours prev (NULL: the span's start) and n. Pads may reach past each other or below 0. */
static struct vrange hole_between(const struct vmap *vm, const struct vmap_node *prev, const struct vmap_node *n)
{
	vaddr_t lo = prev ? prev->range.end + prev->pad_after * PAGE_SIZE : vm->span.start;
	vaddr_t pad = n->pad_before * PAGE_SIZE;
	return in_window(vm, lo, n->range.start > pad ? n->range.start - pad : 0);
}

/* Whether n, whose hole was changed, is still in its place in the size tree. It mostly is: the one large hole stays the largest. */
static bool size_order_holds(const struct vmap_node *n)
{
	const struct vmap_node *smaller = from_size(rb_prev(&n->by_size)), *larger = from_size(rb_next(&n->by_size));
	return (!smaller || hole_less(smaller, n)) && (!larger || hole_less(n, larger));
}

static void change_hole_by_size(struct vmap *vm, struct vmap_node *n, struct vrange hole)
{
	bool had = size_of(n->hole) > 0, has = size_of(hole) > 0;
	n->hole = hole;
	if (had && has && size_order_holds(n))
		return;
	if (had)
		rb_remove(&vm->by_size, &n->by_size);
	if (has)
		link_hole(vm, n);
}

static void set_hole(struct vmap *vm, struct vmap_node *n, struct vrange hole)
{
	if (hole.start == n->hole.start && hole.end == n->hole.end)
		return;
	vm->hole_bytes += size_of(hole) - size_of(n->hole);
	if (vm->policy == VMAP_BESTFIT)
		change_hole_by_size(vm, n, hole);
	else
		n->hole = hole;
	rb_refresh(&vm->by_addr, &n->by_addr);
}

/* Redraw the hole between two neighbours. */
static void refresh_hole(struct vmap *vm, const struct vmap_node *prev, struct vmap_node *n)
{
	set_hole(vm, n, hole_between(vm, prev, n));
}

static struct vmap_node *next_or_end(const struct vmap_node *n) { return from_addr(rb_next(&n->by_addr)); }

static void link_node(struct vmap *vm, struct vmap_node *n)
{
	struct rb_node **link = &vm->by_addr.root, *parent = NULL;
	while (*link) {
		parent = *link;
		link = n->range.start < from_addr(parent)->range.start ? &parent->left : &parent->right;
	}
	n->hole = (struct vrange){ 0, 0 };
	n->max_hole = 0;
	rb_insert(&vm->by_addr, parent, link, &n->by_addr);
}

void vmap_init(struct vmap *vm, struct vrange span, struct vrange window, enum vmap_policy policy)
{
	ASSERT(span.start <= window.start && window.start < window.end && window.end <= span.end);
	*vm = (struct vmap){ .span = span, .window = window, .policy = policy, .bump = window.start };
	vm->by_addr.update = update_max_hole;
	vm->end.range = (struct vrange){ span.end, span.end };
	link_node(vm, &vm->end);
	refresh_hole(vm, NULL, &vm->end);
}

struct vmap_node *vmap_find_from(const struct vmap *vm, vaddr_t va)
{
	struct vmap_node *best = NULL;
	for (const struct rb_node *rb = vm->by_addr.root; rb;) {
		struct vmap_node *n = from_addr(rb);
		if (n->range.end > va) {
			best = n;
			rb = rb->left;
		} else {
			rb = rb->right;
		}
	}
	return best == &vm->end ? NULL : best;
}

struct vmap_node *vmap_find(const struct vmap *vm, vaddr_t va)
{
	for (const struct rb_node *rb = vm->by_addr.root; rb;) {
		struct vmap_node *n = from_addr(rb);
		if (va < n->range.start)
			rb = rb->left;
		else if (va >= n->range.end)
			rb = rb->right;
		else
			return n;
	}
	return NULL;
}

void vmap_find_around(const struct vmap *vm, vaddr_t va, struct vmap_node **below, struct vmap_node **above)
{
	*below = *above = NULL;
	for (const struct rb_node *rb = vm->by_addr.root; rb;) {
		struct vmap_node *n = from_addr(rb);
		if (n->range.start > va) {
			*above = n;
			rb = rb->left;
		} else {
			*below = n;
			rb = rb->right;
		}
	}
	if (*above == &vm->end)
		*above = NULL;
}

bool vmap_is_free(const struct vmap *vm, struct vrange r)
{
	const struct vmap_node *n = vmap_find_from(vm, r.start);
	return !n || n->range.start >= r.end;
}

struct vmap_node *vmap_next(const struct vmap *vm, const struct vmap_node *n)
{
	struct vmap_node *next = next_or_end(n);
	return next == &vm->end ? NULL : next;
}

struct vmap_node *vmap_prev(const struct vmap *vm, const struct vmap_node *n)
{
	(void)vm;
	return from_addr(rb_prev(&n->by_addr));
}

struct vmap_node *vmap_first(const struct vmap *vm)
{
	struct vmap_node *n = from_addr(rb_first(&vm->by_addr));
	return n == &vm->end ? NULL : n;
}

void vmap_insert(struct vmap *vm, struct vmap_node *n)
{
	ASSERT(vm->span.start <= n->range.start && n->range.start < n->range.end && n->range.end <= vm->span.end);
	link_node(vm, n);
	const struct vmap_node *prev = vmap_prev(vm, n);
	struct vmap_node *next = next_or_end(n);
	ASSERT(n->range.end <= next->range.start && (!prev || prev->range.end <= n->range.start));
	vm->nnodes++;
	vm->node_bytes += size_of(n->range);
	refresh_hole(vm, n, next);
	refresh_hole(vm, prev, n);
}

void vmap_remove(struct vmap *vm, struct vmap_node *n)
{
	const struct vmap_node *prev = vmap_prev(vm, n);
	struct vmap_node *next = next_or_end(n);
	set_hole(vm, n, (struct vrange){ 0, 0 });
	rb_remove(&vm->by_addr, &n->by_addr);
	vm->nnodes--;
	vm->node_bytes -= size_of(n->range);
	refresh_hole(vm, prev, next);
}

void vmap_resize(struct vmap *vm, struct vmap_node *n, struct vrange to)
{
	const struct vmap_node *prev = vmap_prev(vm, n);
	struct vmap_node *next = next_or_end(n);
	ASSERT(to.start < to.end && to.end <= next->range.start);
	ASSERT(to.start >= (prev ? prev->range.end : vm->span.start));
	vm->node_bytes += size_of(to) - size_of(n->range);
	n->range = to;
	refresh_hole(vm, prev, n);
	refresh_hole(vm, n, next);
}

void vmap_split(struct vmap *vm, struct vmap_node *n, vaddr_t at, struct vmap_node *upper)
{
	ASSERT(n->range.start < at && at < n->range.end);
	upper->range = (struct vrange){ at, n->range.end };
	upper->pad_before = 0;
	upper->pad_after = n->pad_after;
	n->range.end = at;
	n->pad_after = 0;
	link_node(vm, upper);
	vm->nnodes++;
}

uint64_t vmap_largest_hole(const struct vmap *vm) { return max_hole_of(vm->by_addr.root); }

/* ---- Policies ---- */

/* The lowest hole of at least nbytes. A subtree without one is never entered. */
static const struct vmap_node *first_fit(const struct vmap *vm, uint64_t nbytes)
{
	const struct rb_node *rb = vm->by_addr.root;
	if (max_hole_of(rb) < nbytes)
		return NULL;
	while (max_hole_of(rb->left) >= nbytes || size_of(from_addr(rb)->hole) < nbytes)
		rb = max_hole_of(rb->left) >= nbytes ? rb->left : rb->right;
	return from_addr(rb);
}

/* The smallest hole of at least nbytes. */
static const struct vmap_node *best_fit(const struct vmap *vm, uint64_t nbytes)
{
	const struct vmap_node *best = NULL;
	for (const struct rb_node *rb = vm->by_size.root; rb;) {
		const struct vmap_node *n = from_size(rb);
		if (size_of(n->hole) >= nbytes) {
			best = n;
			rb = rb->left;
		} else {
			rb = rb->right;
		}
	}
	return best;
}

/* The first free place at or above the bump pointer. Only what was put there by address can be in the way. */
static bool bump_up(const struct vmap *vm, uint64_t nbytes, vaddr_t *out)
{
	vaddr_t at = vm->bump;
	while (at < vm->window.end && vm->window.end - at >= nbytes) {
		const struct vmap_node *n = vmap_find_from(vm, at);
		if (!n || n->range.start >= at + nbytes + n->pad_before * PAGE_SIZE) {
			*out = at;
			return true;
		}
		at = n->range.end + n->pad_after * PAGE_SIZE;
	}
	return false;
}

bool vmap_find_hole(const struct vmap *vm, uint64_t npages, uint32_t pad, struct vrange *out)
{
	uint64_t limit = size_of(vm->window) >> PAGE_SHIFT;
	if (npages > limit || npages + 2ull * pad > limit)
		return false;
	uint64_t nbytes = (npages + 2ull * pad) * PAGE_SIZE;
	vaddr_t at;
	if (vm->policy == VMAP_BUMP) {
		if (!bump_up(vm, nbytes, &at))
			return false;
	} else {
		const struct vmap_node *n = vm->policy == VMAP_FIRSTFIT ? first_fit(vm, nbytes) : best_fit(vm, nbytes);
		if (!n)
			return false;
		at = n->hole.start;
	}
	at += pad * PAGE_SIZE;
	*out = (struct vrange){ at, at + npages * PAGE_SIZE };
	return true;
}

void vmap_took(struct vmap *vm, struct vrange r)
{
	if (vm->policy == VMAP_BUMP && vm->bump < r.end)
		vm->bump = r.end;
}

/* ---- Check ---- */

static uint64_t check_hole(const struct vmap *vm, const struct vmap_node *n)
{
	struct vrange want = hole_between(vm, vmap_prev(vm, n), n);
	ASSERT(n->hole.start == want.start && n->hole.end == want.end);
	uint64_t max = size_of(n->hole), l = max_hole_of(n->by_addr.left), r = max_hole_of(n->by_addr.right);
	ASSERT(n->max_hole >= max && n->max_hole >= l && n->max_hole >= r);
	ASSERT(n->max_hole == max || n->max_hole == l || n->max_hole == r);
	return max;
}

void vmap_check(const struct vmap *vm)
{
	uint64_t nnodes = 0, nholes = 0, bytes = 0, holes = 0;
	vaddr_t at = vm->span.start;
	ASSERT(rb_check(&vm->by_addr) && rb_check(&vm->by_size));
	for (const struct vmap_node *n = from_addr(rb_first(&vm->by_addr)); n; n = next_or_end(n)) {
		ASSERT(n->range.start >= at && (n->range.start < n->range.end || n == &vm->end));
		at = n->range.end;
		uint64_t hole = check_hole(vm, n);
		holes += hole;
		nholes += hole > 0;
		bytes += size_of(n->range);
		nnodes++;
	}
	ASSERT(at == vm->span.end && rb_last(&vm->by_addr) == &vm->end.by_addr);
	ASSERT(nnodes == vm->nnodes + 1 && bytes == vm->node_bytes && holes == vm->hole_bytes);
	const struct vmap_node *last = NULL;
	for (const struct vmap_node *n = from_size(rb_first(&vm->by_size)); n; n = from_size(rb_next(&n->by_size))) {
		ASSERT(size_of(n->hole) > 0 && (!last || hole_less(last, n)));
		last = n;
		nholes--;
	}
	ASSERT(vm->policy != VMAP_BESTFIT || nholes == 0);
}
