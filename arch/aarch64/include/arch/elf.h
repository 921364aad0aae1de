#pragma once
/* What an ELF file for this machine says in e_machine, and what AT_HWCAP tells programs. */
#define ARCH_ELF_MACHINE	183	/* EM_AARCH64 */
#define ARCH_ELF_HWCAP		3	/* FP, ASIMD */
