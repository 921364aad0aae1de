/* Memory as the device tree tells it: /memory nodes, the reservation block, /reserved-memory, /distance-map. And how much of it the kernel has at
 * hand: highmem=SIZE makes what lies beyond High, as on a machine with more RAM than kernel addresses. */
#include <lib/bits.h>
#include <lib/string.h>
#include <kernel/boot.h>
#include <mm/types.h>

static paddr_t max(paddr_t a, paddr_t b) { return a > b ? a : b; }

static void add_sorted(struct mm_range *list, unsigned *n, paddr_t start, paddr_t end)
{
	unsigned i = *n;
	if (start >= end || *n == BOOT_RANGES)
		return;
	for (; i > 0 && list[i - 1].start > start; i--)
		list[i] = list[i - 1];
	list[i] = (struct mm_range){ start, end };
	++*n;
}

/* Take [start, end) out of every range of a list. */
static void cut(struct mm_range *list, unsigned *n, paddr_t start, paddr_t end)
{
	struct mm_range old[BOOT_RANGES];
	unsigned nold = *n;
	memcpy(old, list, sizeof old);
	*n = 0;
	for (unsigned i = 0; i < nold; i++) {
		add_sorted(list, n, old[i].start, old[i].end < start ? old[i].end : start > old[i].start ? start : old[i].start);
		add_sorted(list, n, old[i].start > end ? old[i].start : end < old[i].end ? end : old[i].end, old[i].end);
	}
}

void boot_memory_reserve(struct boot_memory *m, paddr_t start, paddr_t end)
{
	add_sorted(m->reserved, &m->nreserved, align_down(start, PAGE_SIZE), align_up(end, PAGE_SIZE));
}

unsigned boot_node_id(const struct fdt *fdt, int node)
{
	uint32_t id = fdt_cell(fdt, node, "numa-node-id", 0, 0);
	return id < MM_NODES ? id : 0;
}

static void add_node_range(struct boot_memory *m, struct mm_range r, unsigned node)
{
	if (node && m->nnode_ranges < BOOT_RANGES)	/* the rest is node 0's anyway */
		m->node_ranges[m->nnode_ranges++] = (struct mm_node_range){ r, node };
}

static void read_ram(const struct fdt *fdt, struct boot_memory *m)
{
	uint64_t addr, size;
	for (int n = fdt_child(fdt, fdt_root(fdt)); n >= 0; n = fdt_sibling(fdt, n)) {
		const char *type = fdt_string(fdt, n, "device_type");
		if (!type || strcmp(type, "memory"))
			continue;
		for (unsigned i = 0; fdt_reg(fdt, n, i, &addr, &size); i++) {
			add_sorted(m->mapped, &m->nmapped, align_up(addr, PAGE_SIZE), align_down(addr + size, PAGE_SIZE));
			add_node_range(m, (struct mm_range){ addr, addr + size }, boot_node_id(fdt, n));
		}
	}
}

/* Triples: from, to, distance. Who gives only one direction means both. */
static void read_distances(const struct fdt *fdt, struct boot_memory *m)
{
	int map = fdt_find_compatible(fdt, -1, "numa-distance-map-v1");
	for (unsigned i = 0; map >= 0; i += 3) {
		uint32_t from = fdt_cell(fdt, map, "distance-matrix", i, MM_NODES), to = fdt_cell(fdt, map, "distance-matrix", i + 1, MM_NODES);
		uint32_t far = fdt_cell(fdt, map, "distance-matrix", i + 2, 0);
		if (!far)
			return;
		if (from >= MM_NODES || to >= MM_NODES || far > UINT8_MAX)
			continue;
		m->distance[from][to] = (uint8_t)far;
		if (!m->distance[to][from])
			m->distance[to][from] = (uint8_t)far;
	}
}

static void read_reserved(const struct fdt *fdt, struct boot_memory *m)
{
	uint64_t addr, size;
	unsigned len;
	for (unsigned i = 0; fdt_reservation(fdt, i, &addr, &size); i++)
		boot_memory_reserve(m, addr, addr + size);
	int node = fdt_find_path(fdt, "/reserved-memory");
	for (int n = node >= 0 ? fdt_child(fdt, node) : -1; n >= 0; n = fdt_sibling(fdt, n))
		for (unsigned i = 0; fdt_reg(fdt, n, i, &addr, &size); i++) {
			paddr_t start = align_down(addr, PAGE_SIZE), end = align_up(addr + size, PAGE_SIZE);
			if (fdt_prop(fdt, n, "no-map", &len))
				cut(m->mapped, &m->nmapped, start, end);
			else
				boot_memory_reserve(m, start, end);
		}
}

bool boot_memory_read(const struct fdt *fdt, uint64_t limit, struct boot_memory *m)
{
	memset(m, 0, sizeof *m);
	read_ram(fdt, m);
	read_reserved(fdt, m);
	read_distances(fdt, m);
	for (unsigned i = 0; i < m->nmapped; i++) {
		struct mm_range r = m->mapped[i];
		if (r.end - r.start > limit)
			r.end = r.start + align_down(limit, PAGE_SIZE);
		limit -= r.end - r.start;
		add_sorted(m->ram, &m->nram, r.start, r.end);
	}
	return m->nram > 0;
}

/* Where the first n bytes of RAM end; 0 if there are no more. */
static paddr_t end_of_first(const struct boot_memory *m, uint64_t n)
{
	for (unsigned i = 0; i < m->nram; i++) {
		uint64_t size = m->ram[i].end - m->ram[i].start;
		if (n < size)
			return m->ram[i].start + align_up(n, PAGE_SIZE);
		n -= size;
	}
	return 0;
}

/* What is reserved was put there by someone who may look at it: the device tree, the kernel itself. It stays mapped. */
void boot_memory_split(struct boot_memory *m, uint64_t nbytes)
{
	struct mm_range all[BOOT_RANGES];
	unsigned nall = m->nmapped;
	m->direct_end = end_of_first(m, nbytes);
	if (!m->direct_end)
		return;
	memcpy(all, m->mapped, sizeof all);
	cut(m->mapped, &m->nmapped, m->direct_end, UINT64_MAX);
	for (unsigned i = 0; i < m->nreserved; i++)
		for (unsigned k = 0; k < nall; k++) {
			paddr_t start = max(m->direct_end, max(m->reserved[i].start, all[k].start));
			paddr_t end = m->reserved[i].end < all[k].end ? m->reserved[i].end : all[k].end;
			if (start >= end)
				continue;
			cut(m->mapped, &m->nmapped, start, end);
			add_sorted(m->mapped, &m->nmapped, start, end);
		}
}

static bool overlaps_reserved(const struct boot_memory *m, paddr_t start, paddr_t end, paddr_t *below)
{
	for (unsigned i = 0; i < m->nreserved; i++)
		if (start < m->reserved[i].end && m->reserved[i].start < end) {
			*below = m->reserved[i].start;
			return true;
		}
	return false;
}

paddr_t boot_memory_place(const struct boot_memory *m, uint64_t nbytes)
{
	nbytes = align_up(nbytes, PAGE_SIZE);
	for (unsigned i = m->nram; i-- > 0;) {
		paddr_t end = m->ram[i].end;
		if (m->direct_end && end > m->direct_end)
			end = m->direct_end;
		while (end >= nbytes && end - nbytes >= m->ram[i].start)
			if (!overlaps_reserved(m, end - nbytes, end, &end))
				return end - nbytes;
	}
	return 0;
}
