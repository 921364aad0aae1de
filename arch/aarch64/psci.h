#pragma once
#include <stdbool.h>
#include <stdint.h>
struct fdt;
/* The firmware's power interface. Source: Arm Power State Coordination Interface, DEN0022. */

/* Learn from the device tree how to call it. May be called twice. */
void psci_init(const struct fdt *fdt);
/* Start the CPU with that MPIDR at physical address entry with x0 = arg. */
bool psci_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t arg);
