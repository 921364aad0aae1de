#pragma once
#include <stdbool.h>
#include <stdint.h>
/* The short operations of arch/cpu.h for AArch64. Source: Arm Architecture Reference Manual, DAIF, CNTVCT_EL0. */

struct cpu;

/* A frame record {fp, lr} lies where the frame pointer points. */
#define ARCH_FRAME_RECORD_OFFSET 0

/* Volatile: a thread that slept may wake up on another CPU, so each use reads the register anew. */
static inline struct cpu *cpu_this(void)
{
	struct cpu *c;
	__asm__ volatile("mrs %0, tpidr_el1" : "=r"(c));
	return c;
}

#define DAIF_I 0x80ul

static inline bool irq_are_on(void)
{
	uint64_t daif;
	__asm__ volatile("mrs %0, daif" : "=r"(daif));
	return !(daif & DAIF_I);
}
static inline void irq_off(void) { __asm__ volatile("msr daifset, #2" : : : "memory"); }
/* The barrier makes a pending interrupt come here, not a few instructions later. */
static inline void irq_on(void) { __asm__ volatile("msr daifclr, #2\n\tisb" : : : "memory"); }
static inline bool irq_save(void)
{
	bool were_on = irq_are_on();
	irq_off();
	return were_on;
}
static inline void irq_restore(bool were_on)
{
	if (were_on)
		irq_on();
}
static inline void cpu_wait(void) { __asm__ volatile("dsb sy\n\twfi" : : : "memory"); }
static inline void cpu_relax(void) { __asm__ volatile("yield" : : : "memory"); }
static inline uint64_t time_now(void)
{
	uint64_t t;
	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(t));
	return t;
}
