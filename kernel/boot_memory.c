/* Memory as the device tree tells it: /memory nodes, the reservation block, /reserved-memory. */
#include <lib/bits.h>
#include <lib/string.h>
#include <kernel/boot.h>
#include <mm/types.h>

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

static void read_ram(const struct fdt *fdt, struct boot_memory *m)
{
	uint64_t addr, size;
	for (int n = fdt_child(fdt, fdt_root(fdt)); n >= 0; n = fdt_sibling(fdt, n)) {
		const char *type = fdt_string(fdt, n, "device_type");
		if (!type || strcmp(type, "memory"))
			continue;
		for (unsigned i = 0; fdt_reg(fdt, n, i, &addr, &size); i++)
			add_sorted(m->mapped, &m->nmapped, align_up(addr, PAGE_SIZE), align_down(addr + size, PAGE_SIZE));
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
	for (unsigned i = 0; i < m->nmapped; i++) {
		struct mm_range r = m->mapped[i];
		if (r.end - r.start > limit)
			r.end = r.start + align_down(limit, PAGE_SIZE);
		limit -= r.end - r.start;
		add_sorted(m->ram, &m->nram, r.start, r.end);
	}
	return m->nram > 0;
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
		while (end >= nbytes && end - nbytes >= m->ram[i].start)
			if (!overlaps_reserved(m, end - nbytes, end, &end))
				return end - nbytes;
	}
	return 0;
}
