#pragma once
/* What an ELF file for this machine says in e_machine, and what AT_HWCAP tells programs. */
#define ARCH_ELF_MACHINE	243	/* EM_RISCV */
#define ARCH_ELF_HWCAP		0x112d	/* bit per letter: IMAFDC */
