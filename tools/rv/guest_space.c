/* The processes of the kernel inside, and the regions and holes of an address space: mm/include/mm/vmap.h draws them. See guest.h. */
#include <mm/space.h>
#include "guest.h"

uint32_t guest_procs(struct guest *g, struct guest_proc *procs, uint32_t max)
{
	enum { MOST = 4096 };
	uint64_t link = g->at->procs;
	uint32_t n = 0;
	for (unsigned i = 0; i < MOST && n < max; i++) {
		link = guest_word(g, link);
		if (!link || link == g->at->procs)
			break;
		uint64_t proc = link - g->at->proc_link, space = guest_word(g, proc + g->at->proc_space);
		if (!space)
			continue;	/* a zombie */
		procs[n] = (struct guest_proc){ .pid = guest_half(g, proc + g->at->proc_pid), .space = space };
		guest_text(g, proc + g->at->proc_name, procs[n].name, sizeof procs[n].name);
		n++;
	}
	return n;
}

static struct vrange range_at(struct guest *g, uint64_t va)
{
	return (struct vrange){ guest_word(g, va), guest_word(g, va + 8) };
}

static void name_region(struct guest *g, uint64_t region, struct guest_tile *t)
{
	uint64_t name = guest_word(g, region + g->at->region_name), object = guest_word(g, region + g->at->region_object);
	if (!name && !object && t->flags & MAPF_STACK)
		__builtin_memcpy(t->name, "[stack]", 8);
	else if (!name && object)
		name = guest_word(g, object - g->at->inode_object + g->at->inode_name);
	if (name)
		guest_text(g, name, t->name, sizeof t->name);
}

static struct guest_tile region_tile(struct guest *g, uint64_t node, uint64_t root)
{
	uint64_t region = node - g->at->region_node;
	struct vrange r = range_at(g, node + g->at->node_range);
	struct guest_tile t = { .start = r.start, .end = r.end, .kind = GUEST_REGION };
	t.prot = guest_half(g, region + g->at->region_prot);
	t.flags = guest_half(g, region + g->at->region_flags);
	t.frames = guest_count(g, root, r.start, r.end);
	name_region(g, region, &t);
	return t;
}

/* Down one side of the tree: the last node there. */
static uint64_t descend(struct guest *g, uint64_t node, uint64_t side)
{
	enum { DEPTH = 64 };
	uint64_t child;
	for (unsigned i = 0; i < DEPTH && (child = guest_word(g, node + side)); i++)
		node = child;
	return node;
}

static uint64_t next_node(struct guest *g, uint64_t node)
{
	enum { DEPTH = 64 };
	uint64_t right = guest_word(g, node + g->at->node_right), parent;
	if (right)
		return descend(g, right, g->at->node_left);
	for (unsigned i = 0; i < DEPTH && (parent = guest_word(g, node + g->at->node_parent)); i++) {
		if (guest_word(g, parent + g->at->node_left) == node)
			return parent;
		node = parent;
	}
	return 0;
}

uint32_t guest_tiles(struct guest *g, uint64_t space, struct guest_tile *tiles, uint32_t max)
{
	uint64_t root = guest_word(g, space + g->at->space_root), end = space + g->at->space_end;
	uint64_t node = guest_word(g, space + g->at->space_tree);
	uint32_t n = 0;
	node = node ? descend(g, node, g->at->node_left) : 0;
	for (; node && n < max; node = next_node(g, node)) {
		struct vrange hole = range_at(g, node + g->at->node_hole);
		if (hole.start < hole.end)
			tiles[n++] = (struct guest_tile){ .start = hole.start, .end = hole.end, .kind = GUEST_HOLE };
		if (node == end || n == max)
			break;
		tiles[n++] = region_tile(g, node, root);
	}
	return n;
}
