#pragma once
#include <stdbool.h>
#include <stdint.h>
/* The short operations of arch/cpu.h for RISC-V. Source: The RISC-V Instruction Set Manual, Volume II, supervisor CSRs. */

struct cpu;

/* A frame record {fp, return address} lies this far below where the frame pointer points. */
#define ARCH_FRAME_RECORD_OFFSET 16

/* tp holds this CPU's record in the kernel. As a register variable, so that each use reads it anew: a thread
 * that slept may wake up on another CPU. */
register struct cpu *cpu_in_tp __asm__("tp");
static inline struct cpu *cpu_this(void) { return cpu_in_tp; }

#define SSTATUS_SIE 2ul

static inline bool irq_save(void)
{
	unsigned long was;
	__asm__ volatile("csrrci %0, sstatus, 2" : "=r"(was) : : "memory");
	return was & SSTATUS_SIE;
}
static inline void irq_on(void) { __asm__ volatile("csrsi sstatus, 2" : : : "memory"); }
static inline void irq_off(void) { __asm__ volatile("csrci sstatus, 2" : : : "memory"); }
static inline void irq_restore(bool were_on)
{
	if (were_on)
		irq_on();
}
static inline bool irq_are_on(void)
{
	unsigned long s;
	__asm__ volatile("csrr %0, sstatus" : "=r"(s));
	return s & SSTATUS_SIE;
}
static inline void cpu_wait(void) { __asm__ volatile("wfi" : : : "memory"); }
/* Zihintpause; a plain fence where it is not known. */
static inline void cpu_relax(void) { __asm__ volatile(".4byte 0x0100000f" : : : "memory"); }
static inline uint64_t time_now(void)
{
	uint64_t t;
	__asm__ volatile("rdtime %0" : "=r"(t));
	return t;
}
