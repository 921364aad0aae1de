/* Reading a flattened device tree: see kernel/fdt.h. Offsets of nodes are relative to the structure block. */
#include <lib/string.h>
#include <kernel/fdt.h>

enum { FDT_MAGIC = 0xd00dfeed, BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };
enum { DEPTH_MAX = 16 };

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool fdt_open(struct fdt *fdt, const void *blob, size_t max)
{
	const uint8_t *b = blob;
	if (be32(b) != FDT_MAGIC)
		return false;
	*fdt = (struct fdt){
		.blob = b, .size = be32(b + 4), .structs = be32(b + 8), .strings = be32(b + 12), .rsvmap = be32(b + 16),
		.strings_size = be32(b + 32), .structs_size = be32(b + 36),
	};
	return be32(b + 20) >= 16 && fdt->size <= max && fdt->structs <= fdt->size && fdt->strings <= fdt->size
		&& fdt->structs_size <= fdt->size - fdt->structs && fdt->strings_size <= fdt->size - fdt->strings
		&& fdt->rsvmap < fdt->size && fdt->structs % 4 == 0;
}

/* The word at offset at of the structure block; END when at lies outside. */
static uint32_t word(const struct fdt *fdt, uint32_t at)
{
	if (fdt->structs_size < 4 || at > fdt->structs_size - 4)
		return END;
	return be32(fdt->blob + fdt->structs + at);
}

/* The length of the string at p, or -1 if it does not end before room bytes. */
static int64_t bounded_len(const uint8_t *p, uint32_t room)
{
	for (uint32_t i = 0; i < room; i++)
		if (!p[i])
			return i;
	return -1;
}

/* The offset after the token at at; 0 if the tree is damaged there, or at its end. */
static uint32_t skip(const struct fdt *fdt, uint32_t at)
{
	switch (word(fdt, at)) {
	case BEGIN_NODE: {
		int64_t len = bounded_len(fdt->blob + fdt->structs + at + 4, fdt->structs_size - at - 4);
		return len < 0 ? 0 : (at + 4 + (uint32_t)len + 1 + 3) & ~3u;
	}
	case PROP: {
		uint32_t len = word(fdt, at + 4);
		return len > fdt->structs_size - at ? 0 : (at + 12 + len + 3) & ~3u;
	}
	case END_NODE: case NOP:
		return at + 4;
	default:
		return 0;
	}
}

int fdt_root(const struct fdt *fdt)
{
	uint32_t at = 0;
	while (word(fdt, at) == NOP)
		at += 4;
	return word(fdt, at) == BEGIN_NODE ? (int)at : -1;
}

int fdt_child(const struct fdt *fdt, int node)
{
	uint32_t at = node < 0 ? 0 : skip(fdt, (uint32_t)node);
	while (at && (word(fdt, at) == PROP || word(fdt, at) == NOP))
		at = skip(fdt, at);
	return at && word(fdt, at) == BEGIN_NODE ? (int)at : -1;
}

int fdt_sibling(const struct fdt *fdt, int node)
{
	uint32_t at = (uint32_t)node;
	int depth = 0;
	if (node < 0)
		return -1;
	do {
		depth += word(fdt, at) == BEGIN_NODE ? 1 : word(fdt, at) == END_NODE ? -1 : 0;
		at = skip(fdt, at);
	} while (at && depth > 0);
	while (at && word(fdt, at) == NOP)
		at += 4;
	return at && word(fdt, at) == BEGIN_NODE ? (int)at : -1;
}

const char *fdt_name(const struct fdt *fdt, int node)
{
	return node < 0 ? "" : (const char *)fdt->blob + fdt->structs + node + 4;
}

const void *fdt_prop(const struct fdt *fdt, int node, const char *name, unsigned *len)
{
	uint32_t at = node < 0 ? 0 : skip(fdt, (uint32_t)node);
	for (; at && (word(fdt, at) == PROP || word(fdt, at) == NOP); at = skip(fdt, at)) {
		if (word(fdt, at) != PROP || !skip(fdt, at))
			continue;
		uint32_t name_at = word(fdt, at + 8);
		if (name_at >= fdt->strings_size
		    || bounded_len(fdt->blob + fdt->strings + name_at, fdt->strings_size - name_at) < 0
		    || strcmp((const char *)fdt->blob + fdt->strings + name_at, name))
			continue;
		*len = word(fdt, at + 4);
		return fdt->blob + fdt->structs + at + 12;
	}
	return NULL;
}

uint32_t fdt_cell(const struct fdt *fdt, int node, const char *name, unsigned index, uint32_t dflt)
{
	unsigned len;
	const uint8_t *p = fdt_prop(fdt, node, name, &len);
	return p && index < len / 4 ? be32(p + 4 * (size_t)index) : dflt;
}

const char *fdt_string(const struct fdt *fdt, int node, const char *name)
{
	unsigned len;
	const char *p = fdt_prop(fdt, node, name, &len);
	return p && len && bounded_len((const uint8_t *)p, len) >= 0 ? p : NULL;
}

int fdt_parent(const struct fdt *fdt, int node)
{
	int stack[DEPTH_MAX], depth = 0;
	uint32_t at = 0;
	if (node < 0)
		return -1;
	do {
		if (word(fdt, at) == BEGIN_NODE) {
			if ((int)at == node)
				return depth ? stack[depth - 1] : -1;
			if (depth == DEPTH_MAX)
				return -1;
			stack[depth++] = (int)at;
		} else if (word(fdt, at) == END_NODE && depth) {
			depth--;
		}
		at = skip(fdt, at);
	} while (at);
	return -1;
}

bool fdt_reg(const struct fdt *fdt, int node, unsigned index, uint64_t *addr, uint64_t *size)
{
	unsigned len;
	const uint8_t *p = fdt_prop(fdt, node, "reg", &len);
	int parent = fdt_parent(fdt, node);
	uint32_t na = fdt_cell(fdt, parent, "#address-cells", 0, 2), ns = fdt_cell(fdt, parent, "#size-cells", 0, 1);
	if (!p || na < 1 || na > 2 || ns > 2 || index >= len / 4 / (na + ns))
		return false;
	p += 4 * (size_t)index * (na + ns);
	uint64_t v[2] = { 0, 0 };
	for (uint32_t i = 0; i < na + ns; i++)
		v[i >= na] = v[i >= na] << 32 | be32(p + 4 * (size_t)i);
	*addr = v[0];
	*size = v[1];
	return true;
}

bool fdt_is_compatible(const struct fdt *fdt, int node, const char *compat)
{
	unsigned len;
	const uint8_t *p = fdt_prop(fdt, node, "compatible", &len);
	for (unsigned at = 0; p && at < len;) {
		int64_t n = bounded_len(p + at, len - at);
		if (n < 0)
			return false;
		if (!strcmp((const char *)p + at, compat))
			return true;
		at += (unsigned)n + 1;
	}
	return false;
}

int fdt_find_compatible(const struct fdt *fdt, int after, const char *compat)
{
	uint32_t at = after < 0 ? 0 : skip(fdt, (uint32_t)after);
	if (after >= 0 && !at)
		return -1;
	do {
		if (word(fdt, at) == BEGIN_NODE && fdt_is_compatible(fdt, (int)at, compat)) {
			const char *status = fdt_string(fdt, (int)at, "status");
			if (!status || strcmp(status, "disabled"))
				return (int)at;
		}
		at = skip(fdt, at);
	} while (at);
	return -1;
}

/* The child of node whose name is the first len bytes of name, with or without a unit address. */
static int find_child(const struct fdt *fdt, int node, const char *name, size_t len)
{
	for (int n = fdt_child(fdt, node); n >= 0; n = fdt_sibling(fdt, n)) {
		const char *s = fdt_name(fdt, n);
		if (!strncmp(s, name, len) && (!s[len] || s[len] == '@'))
			return n;
	}
	return -1;
}

int fdt_find_path(const struct fdt *fdt, const char *path)
{
	int node = fdt_root(fdt);
	while (node >= 0 && *path == '/') {
		const char *end = strchr(++path, '/');
		size_t len = end ? (size_t)(end - path) : strlen(path);
		if (len)
			node = find_child(fdt, node, path, len);
		path += len;
	}
	return node;
}

int fdt_find_phandle(const struct fdt *fdt, uint32_t phandle)
{
	uint32_t at = 0;
	do {
		if (word(fdt, at) == BEGIN_NODE && fdt_cell(fdt, (int)at, "phandle", 0, 0) == phandle)
			return (int)at;
		at = skip(fdt, at);
	} while (at);
	return -1;
}

bool fdt_reservation(const struct fdt *fdt, unsigned i, uint64_t *addr, uint64_t *size)
{
	uint64_t at = fdt->rsvmap + 16 * (uint64_t)i;
	if (at + 16 > fdt->size)
		return false;
	const uint8_t *p = fdt->blob + at;
	*addr = (uint64_t)be32(p) << 32 | be32(p + 4);
	*size = (uint64_t)be32(p + 8) << 32 | be32(p + 12);
	return *size != 0;
}
