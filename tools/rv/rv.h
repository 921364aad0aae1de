#pragma once
/* A small RISC-V machine: what `make run` has QEMU for, in a form that also fits into a page of the book.
 *
 * One hart, RV64IMAC with Zicsr and Zifencei, S and U mode, Sv39; the firmware's calls (SBI 1.0) are built in. The devices are
 * those of QEMU's "virt" at the same addresses: PLIC, 16550A, up to two virtio-blk, goldfish-rtc. The device tree is made here.
 *
 * Time is counted in instructions, ten to a tick of 10 MHz: a run can be repeated to the last digit. Freestanding C: native
 * for tests, wasm32 for pages. All state is in struct rv; who embeds the machine owns it, and the RAM and the disks.
 *
 *	ops.def			every instruction: its name and what it does
 *	decode.c rvc.c		from 32 and from 16 bits to struct insn
 *	code.c			decoded instructions, a page at a time
 *	cpu.c			runs them
 *	mmu.c			translation, loads and stores
 *	csr.c			status registers, traps, interrupts
 *	sbi.c			the firmware
 *	bus.c uart.c plic.c virtio.c	devices
 *	fdt.c boot.c		the device tree, and the state at the kernel's first instruction
 *
 * Sources: RISC-V Unprivileged ISA 20191213; Privileged 20211203; SBI 1.0; PLIC 1.0; virtio 1.1. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RV_PAGE 4096u
#define RV_RAM_BASE 0x80000000ull
enum { RV_DISKS_MAX = 2, RV_TLB = 256, RV_CODE_PAGES = 256 };

/* A decoded instruction. rd is 32 where the program says x0: that register is written and never read. */
struct rv_insn {
	int32_t imm;	/* or the number of a CSR; or, of what is not an instruction, its bits */
	uint8_t op;	/* enum op: 0 is "not decoded yet" */
	uint8_t nbytes;
	uint8_t rd, rs1, rs2;
};

/* A page of code: a direct-mapped cache by physical page. After fence.i a page is compared with what it was. */
struct rv_code {
	uint64_t ppn;			/* 0: none, for no RAM lies there */
	uint64_t checked;		/* the fence.i up to which it is right */
	uint64_t source[RV_PAGE / 8];
	struct rv_insn insn[RV_PAGE / 2];
};

struct rv_tlb { uint64_t va; uint8_t *host; };	/* both of a page's start; va 1: none */
enum rv_access { RV_FETCH, RV_LOAD, RV_STORE };
enum rv_mode { RV_U, RV_S };

struct rv_uart {
	uint8_t rx[4096], tx[4096];
	uint32_t rx_head, rx_tail, tx_count;
	uint8_t ier, lcr, mcr, scratch;
	bool tx_was_empty;		/* an interrupt not told yet */
};

struct rv_plic { uint32_t priority[32], pending, enable, threshold, claimed; };

struct rv_disk {
	uint8_t *image;			/* NULL: an empty slot */
	uint64_t nbytes;
	uint32_t features_page, status, irq_status, queue_size, queue_ready;
	uint64_t desc, avail, used;
	uint16_t next;			/* the next entry of the ring avail */
};

struct rv_stats { uint64_t instructions, traps, walks, faults, ticks, calls, blocks; };
enum rv_end { RV_RUNNING, RV_OFF, RV_RESET };

struct rv {
	uint64_t x[33], pc;
	uint64_t icount;		/* instructions, and the time slept */
	enum rv_mode mode;
	unsigned view;			/* which third of the TLB: U, S, or S that may touch user pages */
	bool waiting;			/* in wfi */
	enum rv_end end;
	uint64_t reserved;		/* physical address of lr's word, or 1 */
	uint64_t sstatus, sie, sip, stvec, scounteren, sscratch, sepc, scause, stval, satp;
	uint64_t deadline;		/* of the timer */
	uint64_t fences;		/* fence.i so far */
	struct rv_tlb tlb[3][3][RV_TLB];
	uint64_t large_low, large_high;	/* the TLB's pages that are part of large ones lie in here */
	struct rv_code code[RV_CODE_PAGES];
	uint8_t *ram;
	uint64_t ram_bytes;
	uint64_t wall_ns;		/* the battery-backed clock */
	struct rv_uart uart;
	struct rv_plic plic;
	struct rv_disk disk[RV_DISKS_MAX];
	struct rv_stats stats;
};

/* Switch on: the machine's state is made anew, but for what the owner has set: ram, ram_bytes (whole MiB), wall_ns and each
 * disk's image and nbytes. Image and command line are copied into RAM, which must be zero. False: they do not fit. */
bool rv_boot(struct rv *m, const void *image, size_t nbytes, const char *words);

/* Run up to n instructions; fewer when it ends, or waits for an interrupt. Returns those run. */
uint64_t rv_run(struct rv *m, uint64_t n);
/* If it waits: let the time pass up to its timer, but not more than so much. False: it does not wait. */
bool rv_sleep(struct rv *m, uint64_t max_us);

/* The console. A key that finds the buffer full is lost. Output: at most n bytes, of which it returns the number. */
void rv_key(struct rv *m, uint8_t c);
size_t rv_output(struct rv *m, uint8_t *buf, size_t n);

/* Where a virtual address lies now, for who looks on from outside: in the table whose root page is at root; NULL: nowhere in RAM. */
const uint8_t *rv_look(const struct rv *m, uint64_t root, uint64_t va);
