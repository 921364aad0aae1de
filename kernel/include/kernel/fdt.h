#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* Reading a flattened device tree in place (Devicetree Specification 0.4, chapter 5). Nothing here allocates or
 * writes. Every offset in the blob is checked against its size: a damaged tree yields "not found". A node is the offset
 * of its FDT_BEGIN_NODE token; the root is fdt_root(). -1: none. */
struct fdt { const uint8_t *blob; uint32_t size; uint32_t structs, structs_size, strings, strings_size, rsvmap; };

/* False if blob is no device tree that we can read (magic, version 16+, sizes; at most max bytes). */
bool fdt_open(struct fdt *fdt, const void *blob, size_t max);
int fdt_root(const struct fdt *fdt);
/* First child, next sibling; -1. */
int fdt_child(const struct fdt *fdt, int node);
int fdt_sibling(const struct fdt *fdt, int node);
/* The bytes of a property, or NULL; *len in bytes. */
const void *fdt_prop(const struct fdt *fdt, int node, const char *name, unsigned *len);
/* A 32-bit cell of a property; dflt if it is not there or too short. */
uint32_t fdt_cell(const struct fdt *fdt, int node, const char *name, unsigned index, uint32_t dflt);
const char *fdt_string(const struct fdt *fdt, int node, const char *name);	/* NULL if absent or not terminated */
/* Entry index of "reg", by the parent's #address-cells and #size-cells. */
bool fdt_reg(const struct fdt *fdt, int node, unsigned index, uint64_t *addr, uint64_t *size);
bool fdt_is_compatible(const struct fdt *fdt, int node, const char *compat);
/* The first node after `after` (-1: from the start), in tree order, that is compatible; -1 at the end. Skips status = "disabled". */
int fdt_find_compatible(const struct fdt *fdt, int after, const char *compat);
int fdt_find_path(const struct fdt *fdt, const char *path);
int fdt_find_phandle(const struct fdt *fdt, uint32_t phandle);
int fdt_parent(const struct fdt *fdt, int node);
/* Entry i of the memory reservation block; false at its end. */
bool fdt_reservation(const struct fdt *fdt, unsigned i, uint64_t *addr, uint64_t *size);
/* Bytes of the blob that hold something: firmware may have padded it. */
static inline uint64_t fdt_used_bytes(const struct fdt *fdt)
{
	uint64_t a = (uint64_t)fdt->structs + fdt->structs_size, b = (uint64_t)fdt->strings + fdt->strings_size;
	return a > b ? a : b;
}
