#pragma once
#include <stdbool.h>
#include <stdint.h>
/* The short operations of arch/cpu.h where there is no machine: kernel/fs/ on the host needs their names alone. */
struct cpu;
static inline struct cpu *cpu_this(void) { return 0; }
static inline bool irq_save(void) { return false; }
static inline void irq_on(void) {}
static inline void irq_off(void) {}
static inline void irq_restore(bool were_on) { (void)were_on; }
static inline bool irq_are_on(void) { return false; }
static inline void cpu_wait(void) {}
static inline void cpu_relax(void) {}
static inline uint64_t time_now(void) { return 0; }
