/* What answers at which physical address: the map of QEMU's "virt". */
#include "priv.h"

enum { TEST_AT = 0x100000, RTC_AT = 0x101000, PLIC_AT = 0xc000000, UART_AT = 0x10000000, DISK_AT = 0x10001000, DEVICE_BYTES = 0x1000,
	PLIC_BYTES = 0x4000000, UART_BYTES = 0x100 };

/* The test device takes a word: how the machine is to end. */
static void test_write(struct rv *m, uint32_t v)
{
	enum { PASS = 0x5555, RESET = 0x7777 };
	m->end = (v & 0xffff) == RESET ? RV_RESET : (v & 0xffff) == PASS ? RV_OFF : m->end;
}

/* The clock: nanoseconds, the low word first. */
static uint64_t rtc_read(const struct rv *m, uint64_t at)
{
	uint64_t ns = m->wall_ns + time_now(m) * 100;
	return at == 0 ? (uint32_t)ns : at == 4 ? ns >> 32 : 0;
}

/* The configuration, from 0x100 on, may be read in any width. */
static uint64_t disk_read_any(const struct rv_disk *d, uint64_t at, unsigned n)
{
	uint64_t word = disk_read(d, (unsigned)at & ~3u) | (uint64_t)disk_read(d, ((unsigned)at & ~3u) + 4) << 32;
	return n == 8 ? word : word >> at % 4 * 8 & ((1ull << 8 * n) - 1);
}

bool bus_read(struct rv *m, uint64_t pa, unsigned n, uint64_t *v)
{
	if (pa - UART_AT < UART_BYTES)
		*v = uart_read(m, pa & 7);
	else if (pa - PLIC_AT < PLIC_BYTES && n == 4)
		*v = plic_read(m, pa - PLIC_AT);
	else if (pa - DISK_AT < RV_DISKS_MAX * DEVICE_BYTES)
		*v = disk_read_any(&m->disk[(pa - DISK_AT) / DEVICE_BYTES], pa % DEVICE_BYTES, n);
	else if (pa - RTC_AT < DEVICE_BYTES)
		*v = rtc_read(m, pa - RTC_AT);
	else
		return false;
	plic_update(m);
	return true;
}

bool bus_write(struct rv *m, uint64_t pa, unsigned n, uint64_t v)
{
	if (pa - UART_AT < UART_BYTES)
		uart_write(m, pa & 7, (uint8_t)v);
	else if (pa - PLIC_AT < PLIC_BYTES && n == 4)
		plic_write(m, pa - PLIC_AT, (uint32_t)v);
	else if (pa - DISK_AT < RV_DISKS_MAX * DEVICE_BYTES && n == 4)
		disk_write(m, (unsigned)((pa - DISK_AT) / DEVICE_BYTES), pa % DEVICE_BYTES, (uint32_t)v);
	else if (pa == TEST_AT)
		test_write(m, (uint32_t)v);
	else
		return pa - RTC_AT < DEVICE_BYTES;
	plic_update(m);
	return true;
}
