/* The battery-backed clock: goldfish-rtc (two halves of nanoseconds, low first) on RISC-V's virt machine, PL031 (a word
 * of seconds, ARM DDI 0224) on AArch64's. Read once. */
#include <kernel/fdt.h>
#include <kernel/kmap.h>
#include <kernel/time.h>

static volatile uint32_t *registers_of(const struct fdt *fdt, const char *compatible)
{
	uint64_t addr, size;
	int node = fdt_find_compatible(fdt, -1, compatible);
	if (node < 0 || !fdt_reg(fdt, node, 0, &addr, &size))
		return NULL;
	return kmap_device(addr, 16);
}

void rtc_init(const struct fdt *fdt)
{
	volatile uint32_t *r = registers_of(fdt, "google,goldfish-rtc");
	if (r) {
		uint64_t low = r[0];
		time_set_wall((uint64_t)r[1] << 32 | low);
		return;
	}
	r = registers_of(fdt, "arm,pl031");
	if (r)
		time_set_wall((uint64_t)r[0] * 1000000000);
}
