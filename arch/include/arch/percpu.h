#pragma once
#include <stddef.h>
#include <stdint.h>
#include <arch/cpu_inline.h>
#include <arch/offsets.h>
/* The number of this CPU, for code that may not see struct cpu: a load, no call. arch/<a>/state.c checks CPU_ID. */
static inline size_t arch_cpu_id(void)
{
	return *(const uint32_t *)((uintptr_t)cpu_this() + CPU_ID);
}
