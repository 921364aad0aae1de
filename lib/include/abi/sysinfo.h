#pragma once
#include <stdint.h>
/* sysinfo(2) */
struct sysinfo {
	long uptime;
	unsigned long loads[3];
	unsigned long totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	uint16_t procs, abi_pad;
	unsigned long totalhigh, freehigh;
	uint32_t mem_unit;
};
