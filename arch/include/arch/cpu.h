#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <arch/cpu_inline.h>
/* This CPU: identity, interrupts, waiting, time, power. arch/cpu_inline.h gives the
 * short ones as static inline functions:
 *
 *   struct cpu *cpu_this(void);         this CPU's record (tp on RISC-V, tpidr_el1 on AArch64)
 *   bool irq_save(void);                turn interrupts off; were they on?
 *   void irq_restore(bool were_on);
 *   void irq_on(void);  void irq_off(void);  bool irq_are_on(void);
 *   void cpu_wait(void);                sleep until an interrupt is pending (wfi); call with
 *                                       interrupts off; returns with them off, the interrupt still pending
 *   void cpu_relax(void);               a hint in a spin loop
 *   uint64_t time_now(void);            ticks of the machine's counter (rdtime, cntvct_el0)
 *
 * The kernel runs with interrupts off but for the idle loop and sched_point(). */

struct cpu;
struct fdt;

enum { CPUS_MAX = 8 };

/* Make c this CPU's record. First thing on each CPU. */
void cpu_set_this(struct cpu *c);

/* Ticks of time_now() per second. Constant after arch_timer_init(). */
uint64_t time_frequency(void);

/* Read the timer's parameters from the device tree (boot CPU, once). */
void arch_timer_init(const struct fdt *fdt);

/* Raise a timer interrupt on this CPU when time_now() >= deadline. A new call
 * replaces the deadline, which also clears the pending interrupt. */
void arch_timer_set(uint64_t deadline);

/* Start the CPU with hardware id hwid (hart id, MPIDR): it comes up in the entry code,
 * takes translation of kernel_root and calls cpu_secondary_main(c) on the stack whose
 * top is stack_top. False if firmware refuses (SBI HSM, PSCI). */
bool arch_cpu_start(uint64_t hwid, struct cpu *c, uintptr_t stack_top);

/* Read what arch_cpu_start needs (PSCI method) from the device tree. */
void arch_smp_init(const struct fdt *fdt);

/* Interrupt other CPU c, to make it look at its need_resched. */
void arch_cpu_kick(const struct cpu *c);

/* Turn the machine off, or reset it: SBI SRST, PSCI. */
_Noreturn void arch_poweroff(void);
_Noreturn void arch_reboot(void);

/* Print a line that says the machine's name for this CPU, for the boot log: "rv64imafdc sstc",
 * "Cortex-A72 r0p3". Writes at most n bytes with the 0. */
void arch_cpu_describe(char *buf, unsigned n);

/* Print a character before there is a console: by firmware where it can, else not at all. */
void arch_early_putc(char c);
