#pragma once
/* What the machine's parts say to each other. */
#include "rv.h"

enum op {
	OP_NONE,	/* not decoded yet */
#define ALU(name, value) OP_##name,
#define LOAD(name, type) OP_##name,
#define STORE(name, type) OP_##name,
#define BRANCH(name, taken) OP_##name,
#define OTHER(name) OP_##name,
#include "ops.def"
#undef ALU
#undef LOAD
#undef STORE
#undef BRANCH
#undef OTHER
};

enum cause {
	CAUSE_FETCH_ACCESS = 1, CAUSE_ILLEGAL = 2, CAUSE_BREAKPOINT = 3, CAUSE_LOAD_MISALIGNED = 4, CAUSE_LOAD_ACCESS = 5,
	CAUSE_STORE_MISALIGNED = 6, CAUSE_STORE_ACCESS = 7, CAUSE_USER_CALL = 8,
	CAUSE_FETCH_PAGE = 12, CAUSE_LOAD_PAGE = 13, CAUSE_STORE_PAGE = 15,
};
#define CAUSE_INTERRUPT (1ull << 63)
enum { IRQ_SOFTWARE = 1, IRQ_TIMER = 5, IRQ_EXTERNAL = 9 };
#define SSTATUS_SIE (1ull << 1)
#define SSTATUS_SPIE (1ull << 5)
#define SSTATUS_SPP (1ull << 8)
#define SSTATUS_SUM (1ull << 18)
#define SSTATUS_MXR (1ull << 19)

/* What these 32 bits say; if they begin with a compressed instruction, the first 16 alone. */
struct rv_insn decode(uint32_t bits);
uint32_t rvc_expand(uint32_t bits);	/* to 32 bits; 0: there is no such instruction */

/* The code that pc lies in; NULL: a trap was taken. */
struct rv_code *code_page(struct rv *m, uint64_t pc);
/* Decode the instruction at pc, which lies in c. One that goes on in the next page is put into *across, and decoded anew each
 * time. NULL: a trap was taken. */
const struct rv_insn *code_decode(struct rv *m, struct rv_code *c, uint64_t pc, struct rv_insn *across);

void tlb_flush(struct rv *m);
void tlb_flush_page(struct rv *m, uint64_t va);	/* or all of the large page that va lies in */
void view_changed(struct rv *m);	/* mode or SUM were written */
/* Where the byte at va lies in RAM; NULL: a trap was taken, at m->pc. */
uint8_t *translate(struct rv *m, uint64_t va, enum rv_access access);
bool load_slowly(struct rv *m, uint64_t va, unsigned n, uint64_t *v);
bool store_slowly(struct rv *m, uint64_t va, unsigned n, uint64_t v);
/* RAM at a physical address, n bytes of it; NULL: not RAM. */
uint8_t *ram_at(const struct rv *m, uint64_t pa, uint64_t n);

/* Enter the kernel's trap handler from m->pc. Always false, for `return trap(...)`. */
bool trap(struct rv *m, uint64_t cause, uint64_t value);
void take_interrupt(struct rv *m);	/* if one is due */
bool csr_read(struct rv *m, unsigned n, uint64_t *v);	/* false: there is none, or not for this mode */
bool csr_write(struct rv *m, unsigned n, uint64_t v);
void trap_return(struct rv *m);
uint64_t time_now(const struct rv *m);

bool sbi_call(struct rv *m);		/* false: it waits for room in the console, and is to be made again */

/* Device registers. False: nothing answers. */
bool bus_read(struct rv *m, uint64_t pa, unsigned n, uint64_t *v);
bool bus_write(struct rv *m, uint64_t pa, unsigned n, uint64_t v);

enum { PLIC_DISK = 1, PLIC_UART = 10 };	/* the disks are 1 and 2 */
uint32_t plic_read(struct rv *m, uint64_t at);
void plic_write(struct rv *m, uint64_t at, uint32_t v);
void plic_level(struct rv *m, unsigned source, bool on);
void plic_update(struct rv *m);		/* tell the hart */

uint8_t uart_read(struct rv *m, unsigned reg);
void uart_write(struct rv *m, unsigned reg, uint8_t v);
bool uart_put(struct rv *m, uint8_t c);	/* output, from the register or through the firmware; false: there is no room */
int uart_get(struct rv *m);		/* -1: no key */
void uart_update(struct rv *m);		/* tell the PLIC */

uint32_t disk_read(const struct rv_disk *d, unsigned at);
void disk_write(struct rv *m, unsigned i, unsigned at, uint32_t v);

/* Write the device tree; its size, or 0 if it does not fit into n bytes. */
size_t fdt_make(const struct rv *m, uint8_t *buf, size_t n, const char *words);

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* A load or store that hits the TLB and stays in its page; the rest goes the slow way. n is a constant where these are used. */
ALWAYS_INLINE bool load(struct rv *m, uint64_t va, unsigned n, uint64_t *v)
{
	const struct rv_tlb *e = &m->tlb[RV_LOAD][m->view][va / RV_PAGE % RV_TLB];
	if (__builtin_expect(e->va != (va & ~(uint64_t)(RV_PAGE - 1)) || va % RV_PAGE > RV_PAGE - n, 0))
		return load_slowly(m, va, n, v);
	uint64_t got = 0;
	__builtin_memcpy(&got, e->host + va % RV_PAGE, n);
	*v = got;
	return true;
}

ALWAYS_INLINE bool store(struct rv *m, uint64_t va, unsigned n, uint64_t v)
{
	const struct rv_tlb *e = &m->tlb[RV_STORE][m->view][va / RV_PAGE % RV_TLB];
	if (__builtin_expect(e->va != (va & ~(uint64_t)(RV_PAGE - 1)) || va % RV_PAGE > RV_PAGE - n, 0))
		return store_slowly(m, va, n, v);
	__builtin_memcpy(e->host + va % RV_PAGE, &v, n);
	return true;
}
