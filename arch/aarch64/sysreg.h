#pragma once
#include <stdint.h>
/* System registers, by name or by number (S3_...). */
#define sysreg_read(reg) ({ uint64_t sr_v; __asm__ volatile("mrs %0, " #reg : "=r"(sr_v) : : "memory"); sr_v; })
#define sysreg_write(reg, v) __asm__ volatile("msr " #reg ", %x0" : : "rZ"((uint64_t)(v)) : "memory")
static inline void isb(void) { __asm__ volatile("isb" : : : "memory"); }
