#pragma once
#include <stdbool.h>
struct fdt;
/* The interrupt controller: PLIC on RISC-V, GICv2 or GICv3 on AArch64. Interrupt
 * numbers are those of the controller (PLIC source, and which PLIC; GIC INTID). */

/* Find the controller in the device tree. False, with a line in the log, if there is none that is known. */
bool arch_irq_init(const struct fdt *fdt);
/* The same for each CPU, itself included. */
void arch_irq_init_cpu(void);
/* Let irq reach a CPU: the boot CPU, or, where its controller does not serve that one, one that it serves. */
void arch_irq_enable(unsigned irq);
/* The interrupt number of device-tree node's first "interrupts" entry; 0 if none. */
unsigned arch_irq_of_node(const struct fdt *fdt, int node);
