/* The state at the kernel's first instruction: a0 the hart, a1 the device tree, translation off, in S mode.
 *
 *	RAM	| 2 MiB, in which OpenSBI would lie | image ... | ... | device tree |
 *
 * Source: boot.rst of Linux' RISC-V documentation. */
#include "priv.h"

enum { IMAGE_AT = 2 << 20, TREE_BYTES = 8192, A0 = 10, A1 = 11 };

/* All but what the owner has set. */
static void clear(struct rv *m)
{
	uint64_t *const x = m->x;
	for (unsigned i = 0; i < 33; i++)
		x[i] = 0;
	m->mode = RV_S;
	m->waiting = false;
	m->end = RV_RUNNING;
	m->reserved = 1;
	m->icount = m->sstatus = m->sie = m->sip = m->stvec = m->scounteren = 0;
	m->sscratch = m->sepc = m->scause = m->stval = m->satp = m->fences = 0;
	m->deadline = UINT64_MAX;
	m->uart = (struct rv_uart){ .tx_count = 0 };
	m->plic = (struct rv_plic){ .enable = 0 };
	m->stats = (struct rv_stats){ 0 };
	for (unsigned i = 0; i < RV_DISKS_MAX; i++)
		m->disk[i] = (struct rv_disk){ .image = m->disk[i].image, .nbytes = m->disk[i].nbytes };
	for (unsigned i = 0; i < RV_CODE_PAGES; i++)
		m->code[i].ppn = 0;
	tlb_flush(m);
	view_changed(m);
}

bool rv_boot(struct rv *m, const void *image, size_t nbytes, const char *words)
{
	clear(m);
	if (m->ram_bytes < IMAGE_AT + TREE_BYTES || nbytes > m->ram_bytes - IMAGE_AT - TREE_BYTES)
		return false;
	uint64_t tree = m->ram_bytes - TREE_BYTES;
	__builtin_memcpy(m->ram + IMAGE_AT, image, nbytes);
	m->pc = RV_RAM_BASE + IMAGE_AT;
	m->x[A1] = RV_RAM_BASE + tree;
	return fdt_make(m, m->ram + tree, TREE_BYTES, words);
}
