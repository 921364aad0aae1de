#pragma once
#include "proc.h"
/* What walks over a process's address space add up. */

/* Addresses are in pages, as are frames; pss in 4096ths of a page: a frame that n entries lead to counts 1 / n for each. */
struct space_sums {
	uint64_t data, stack, code;	/* addresses: private and writable; of stacks; of files and executable */
	uint64_t rss;			/* frames, those of the next three: */
	uint64_t anon, file, shmem;	/* the process's own, of files on disks, of memory that has no other home */
	uint64_t zero;			/* entries that lead to the page of zeros, which is nobody's and in no other sum */
	uint64_t shared[2], private[2];	/* frames by how many entries lead to them; [1]: dirty, their contents are nowhere else */
	uint64_t pss, pss_dirty;
};
void sums_add_page(struct space_sums *sums, const struct space_page *p);
/* All of a space. NULL: all 0. */
void sums_of_space(struct space *s, struct space_sums *out);

/* The file that a region maps, or NULL. */
struct inode *region_file(const struct region *r);
