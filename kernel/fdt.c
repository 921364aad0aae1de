/* Reading a flattened device tree. The structure block is a stream of 32-bit big-endian tokens:
 *
 *	BEGIN_NODE name... { PROP length name-offset value... } { child nodes } END_NODE ... END
 *
 * all padded to four bytes. A walk is a struct cursor that steps over tokens; every step is checked against the block's end, so a
 * damaged tree ends the walk. */
#include <lib/string.h>
#include <kernel/fdt.h>

enum { FDT_BEGIN_NODE = 1, FDT_END_NODE, FDT_PROP, FDT_NOP, FDT_END = 9 };
enum { HEADER_BYTES = 40, MAGIC = (int)0xd00dfeed, DEPTH_MAX = 32 };

static uint32_t load32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Is [at, at+n) inside the blob? */
static bool is_inside(const struct fdt *fdt, uint64_t at, uint64_t n)
{
	return at <= fdt->size && n <= fdt->size - at;
}

bool fdt_open(struct fdt *fdt, const void *blob, size_t max)
{
	const uint8_t *b = blob;
	if (max < HEADER_BYTES || (uintptr_t)b % 4 || load32(b) != (uint32_t)MAGIC)
		return false;
	*fdt = (struct fdt){
		.blob = b, .size = load32(b + 4), .structs = load32(b + 8), .strings = load32(b + 12),
		.rsvmap = load32(b + 16), .strings_size = load32(b + 32), .structs_size = load32(b + 36),
	};
	uint32_t version = load32(b + 20), readable_by = load32(b + 24);
	return fdt->size <= max && fdt->size >= HEADER_BYTES && version >= 17 && readable_by <= 17 && fdt->structs % 4 == 0
		&& is_inside(fdt, fdt->structs, fdt->structs_size) && is_inside(fdt, fdt->strings, fdt->strings_size)
		&& fdt->structs_size >= 8 && fdt->structs_size <= INT32_MAX;
}

/* ---- tokens ---- */

/* The 32-bit word at offset at of the structure block; FDT_END outside it. */
static uint32_t word(const struct fdt *fdt, uint32_t at)
{
	return at <= fdt->structs_size - 4 ? load32(fdt->blob + fdt->structs + at) : FDT_END;
}

static const char *text(const struct fdt *fdt, uint32_t at) { return (const char *)fdt->blob + fdt->structs + at; }

/* The offset behind the name that begins at at, padded; past the block if it has no end. */
static uint32_t after_name(const struct fdt *fdt, uint32_t at)
{
	while (at < fdt->structs_size && *text(fdt, at))
		at++;
	return at < fdt->structs_size ? (at + 4) & ~3u : fdt->structs_size;
}

/* The offset of the token behind the one at at. The end of the block if there is none. */
static uint32_t next_token(const struct fdt *fdt, uint32_t at)
{
	uint32_t len;
	switch (word(fdt, at)) {
	case FDT_BEGIN_NODE:
		return after_name(fdt, at + 4);
	case FDT_PROP:
		len = word(fdt, at + 4);
		if (at + 12 > fdt->structs_size || len > fdt->structs_size - at - 12)
			return fdt->structs_size;
		return (at + 12 + len + 3) & ~3u;
	case FDT_END_NODE:
	case FDT_NOP:
		return at + 4;
	default:
		return fdt->structs_size;
	}
}

/* ---- nodes ---- */

/* The next BEGIN_NODE or END_NODE at or after at; -1 at the end. */
static int next_edge(const struct fdt *fdt, uint32_t at)
{
	for (; at < fdt->structs_size; at = next_token(fdt, at)) {
		uint32_t t = word(fdt, at);
		if (t == FDT_BEGIN_NODE || t == FDT_END_NODE)
			return (int)at;
	}
	return -1;
}

static bool begins(const struct fdt *fdt, int edge) { return word(fdt, (uint32_t)edge) == FDT_BEGIN_NODE; }

int fdt_root(const struct fdt *fdt)
{
	int edge = next_edge(fdt, 0);
	return edge >= 0 && begins(fdt, edge) ? edge : -1;
}

int fdt_child(const struct fdt *fdt, int node)
{
	int edge = next_edge(fdt, next_token(fdt, (uint32_t)node));
	return edge >= 0 && begins(fdt, edge) ? edge : -1;
}

int fdt_sibling(const struct fdt *fdt, int node)
{
	int depth = 0, edge = node;
	do {
		depth += begins(fdt, edge) ? 1 : -1;
		edge = next_edge(fdt, next_token(fdt, (uint32_t)edge));
	} while (edge >= 0 && depth > 0);
	return edge >= 0 && depth == 0 && begins(fdt, edge) ? edge : -1;
}

/* The node after node in tree order: its first child, or else what begins next. */
static int next_node(const struct fdt *fdt, int node)
{
	int edge = node;
	do {
		edge = next_edge(fdt, next_token(fdt, (uint32_t)edge));
	} while (edge >= 0 && !begins(fdt, edge));
	return edge;
}

int fdt_parent(const struct fdt *fdt, int node)
{
	int open[DEPTH_MAX], depth = 0;
	for (int edge = next_edge(fdt, 0); edge >= 0; edge = next_edge(fdt, next_token(fdt, (uint32_t)edge))) {
		if (edge == node)
			return depth ? open[depth - 1] : -1;
		if (!begins(fdt, edge)) {
			if (depth == 0)
				return -1;
			depth--;
		} else if (depth < DEPTH_MAX) {
			open[depth++] = edge;
		} else {
			return -1;
		}
	}
	return -1;
}

static const char *name_of(const struct fdt *fdt, int node)
{
	uint32_t at = (uint32_t)node + 4;
	return after_name(fdt, at) < fdt->structs_size ? text(fdt, at) : "";
}

/* ---- properties ---- */

static bool name_is(const struct fdt *fdt, uint32_t name_at, const char *name)
{
	const char *s = (const char *)fdt->blob + fdt->strings;
	for (uint32_t i = name_at; i < fdt->strings_size; i++, name++) {
		if (s[i] != *name)
			return false;
		if (!*name)
			return true;
	}
	return false;
}

const void *fdt_prop(const struct fdt *fdt, int node, const char *name, unsigned *len)
{
	uint32_t at = next_token(fdt, (uint32_t)node);
	for (; word(fdt, at) == FDT_PROP || word(fdt, at) == FDT_NOP; at = next_token(fdt, at)) {
		if (word(fdt, at) == FDT_NOP || next_token(fdt, at) >= fdt->structs_size)
			continue;
		if (name_is(fdt, word(fdt, at + 8), name)) {
			*len = word(fdt, at + 4);
			return text(fdt, at + 12);
		}
	}
	return NULL;
}

uint32_t fdt_cell(const struct fdt *fdt, int node, const char *name, unsigned index, uint32_t dflt)
{
	unsigned len;
	const uint8_t *p = fdt_prop(fdt, node, name, &len);
	return p && index < len / 4 ? load32(p + 4 * index) : dflt;
}

const char *fdt_string(const struct fdt *fdt, int node, const char *name)
{
	unsigned len;
	const char *s = fdt_prop(fdt, node, name, &len);
	return s && len && !s[len - 1] ? s : NULL;
}

static uint64_t load_cells(const uint8_t *p, unsigned ncells)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < ncells; i++)
		v = v << 32 | load32(p + 4 * i);
	return v;
}

bool fdt_reg(const struct fdt *fdt, int node, unsigned index, uint64_t *addr, uint64_t *size)
{
	unsigned len;
	int parent = fdt_parent(fdt, node);
	const uint8_t *p = fdt_prop(fdt, node, "reg", &len);
	if (parent < 0 || !p)
		return false;
	uint32_t na = fdt_cell(fdt, parent, "#address-cells", 0, 2), ns = fdt_cell(fdt, parent, "#size-cells", 0, 1);
	if (na > 4 || ns > 4 || na + ns == 0 || index >= len / (4 * (na + ns)))
		return false;
	p += 4 * (na + ns) * index;
	*addr = load_cells(p, na);
	*size = load_cells(p + 4 * na, ns);
	return true;
}

/* ---- searches ---- */

bool fdt_is_compatible(const struct fdt *fdt, int node, const char *compat)
{
	unsigned len;
	const char *s = fdt_prop(fdt, node, "compatible", &len);
	if (!s || !len || s[len - 1])
		return false;
	for (const char *end = s + len; s < end; s += strlen(s) + 1)
		if (!strcmp(s, compat))
			return true;
	return false;
}

static bool is_disabled(const struct fdt *fdt, int node)
{
	const char *status = fdt_string(fdt, node, "status");
	return status && !strcmp(status, "disabled");
}

int fdt_find_compatible(const struct fdt *fdt, int after, const char *compat)
{
	int node = after < 0 ? fdt_root(fdt) : next_node(fdt, after);
	while (node >= 0 && (!fdt_is_compatible(fdt, node, compat) || is_disabled(fdt, node)))
		node = next_node(fdt, node);
	return node;
}

/* Does node's name match a path's component of n bytes? "memory" matches "memory@80000000" as well. */
static bool name_matches(const char *name, const char *want, size_t n)
{
	return !strncmp(name, want, n) && (!name[n] || name[n] == '@');
}

int fdt_find_path(const struct fdt *fdt, const char *path)
{
	int node = fdt_root(fdt);
	while (node >= 0 && *path) {
		size_t n = 0;
		while (*path == '/')
			path++;
		while (path[n] && path[n] != '/')
			n++;
		if (!n)
			break;
		node = fdt_child(fdt, node);
		while (node >= 0 && !name_matches(name_of(fdt, node), path, n))
			node = fdt_sibling(fdt, node);
		path += n;
	}
	return node;
}

int fdt_find_phandle(const struct fdt *fdt, uint32_t phandle)
{
	int node = fdt_root(fdt);
	while (node >= 0 && fdt_cell(fdt, node, "phandle", 0, 0) != phandle)
		node = next_node(fdt, node);
	return node;
}

bool fdt_reservation(const struct fdt *fdt, unsigned i, uint64_t *addr, uint64_t *size)
{
	uint64_t at = (uint64_t)fdt->rsvmap + 16ull * i;
	if (!is_inside(fdt, at, 16))
		return false;
	*addr = load_cells(fdt->blob + at, 2);
	*size = load_cells(fdt->blob + at + 8, 2);
	return *addr || *size;
}
