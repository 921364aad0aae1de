#pragma once
#include <stdbool.h>
#include <stdint.h>
/* Calls to the firmware in M-mode. Source: RISC-V Supervisor Binary Interface Specification 1.0. */

enum sbi_extension {
	SBI_LEGACY_PUTCHAR = 1,
	SBI_TIME = 0x54494d45,
	SBI_IPI = 0x735049,
	SBI_RFENCE = 0x52464e43,
	SBI_HSM = 0x48534d,
	SBI_SRST = 0x53525354,
};

struct sbi_args { uint64_t a[5]; };

/* Call function fn of an extension. Returns SBI's error code, 0 for success. */
int64_t sbi_call(enum sbi_extension ext, unsigned fn, struct sbi_args args);

/* What a set of CPUs (bit per cpus[] index) is asked to do. */
enum sbi_request { SBI_SEND_IPI, SBI_FENCE_I, SBI_SFENCE_VMA, SBI_SFENCE_ASID };
/* Ask them; asid counts for SBI_SFENCE_ASID only. When a fence returns it has happened. */
void sbi_ask_cpus(enum sbi_request what, uint32_t cpu_set, uint64_t asid);
