#pragma once
#include <kernel/vfs.h>
/* What a loaded ELF file says: run-time addresses. */
struct elf_image {
	vaddr_t base;		/* what was added to the file's addresses: pie_base, or 0 if they are fixed */
	vaddr_t entry;
	vaddr_t phdr;		/* of the program headers in memory, 0 if no segment holds them */
	uint64_t phnum;
	vaddr_t end;		/* first page after the last segment: where the heap starts */
};
/* Map the segments of a static ELF64 executable (fixed, or position independent without an interpreter, then from pie_base on) into the empty space s.
 * ERR_NOEXEC if the file is not one for this machine, is truncated or has overlapping or wild segments; ERR_NOMEM, ERR_IO. On failure s may hold some
 * mappings: drop it. */
enum err elf_load(struct space *s, struct inode *file, vaddr_t pie_base, struct elf_image *out) MUST_CHECK;
