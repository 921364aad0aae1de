#pragma once
/* Control and status registers, by name or number. */
#define csr_read(csr) ({ unsigned long csr_v; __asm__ volatile("csrr %0, " #csr : "=r"(csr_v) : : "memory"); csr_v; })
#define csr_write(csr, v) __asm__ volatile("csrw " #csr ", %0" : : "rK"(v) : "memory")
#define csr_set(csr, v) __asm__ volatile("csrs " #csr ", %0" : : "rK"(v) : "memory")
#define csr_clear(csr, v) __asm__ volatile("csrc " #csr ", %0" : : "rK"(v) : "memory")
