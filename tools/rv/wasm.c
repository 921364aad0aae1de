/* The machine as a module of WebAssembly: what its page calls. There is one machine to an instance; a page that wants it switched off
 * and on again takes a new instance, whose memory is zero.
 *
 * Numbers that need more than 32 bits cross as doubles. Pointers are places in the instance's memory, which grows only in page_grab(). */
#include "rv.h"

#define PAGE_EXPORT __attribute__((visibility("default"))) extern
enum { WASM_PAGE = 65536 };

static struct rv machine;
static uint8_t output[sizeof machine.uart.tx];

void *memset(void *to, int v, size_t n);
void *memcpy(void *to, const void *from, size_t n);

/* The compiler calls these two. */
void *memset(void *to, int v, size_t n)
{
	return __builtin_memset(to, v, n);	/* an instruction, with bulk memory */
}

void *memcpy(void *to, const void *from, size_t n)
{
	return __builtin_memcpy(to, from, n);
}

/* n zero bytes for good; NULL: the browser has no more. */
PAGE_EXPORT uint8_t *page_grab(uint32_t nbytes);
uint8_t *page_grab(uint32_t nbytes)
{
	size_t first = __builtin_wasm_memory_grow(0, (nbytes + WASM_PAGE - 1) / WASM_PAGE);
	return first == SIZE_MAX ? NULL : (uint8_t *)(first * WASM_PAGE);
}

/* The machine, for page_look(). */
PAGE_EXPORT const struct rv *page_machine(void);
const struct rv *page_machine(void) { return &machine; }

/* RAM and the disk, from page_grab(). */
PAGE_EXPORT void page_set_up(uint8_t *ram, uint32_t mib, uint8_t *disk, uint32_t disk_bytes, double wall_seconds);
void page_set_up(uint8_t *ram, uint32_t mib, uint8_t *disk, uint32_t disk_bytes, double wall_seconds)
{
	machine.ram = ram;
	machine.ram_bytes = (uint64_t)mib << 20;
	machine.disk[0].image = disk;
	machine.disk[0].nbytes = disk_bytes;
	machine.wall_ns = (uint64_t)wall_seconds * 1000000000;
}

PAGE_EXPORT int page_boot(const uint8_t *image, uint32_t nbytes, const char *words);
int page_boot(const uint8_t *image, uint32_t nbytes, const char *words) { return rv_boot(&machine, image, nbytes, words); }

PAGE_EXPORT uint32_t page_run(uint32_t n);
uint32_t page_run(uint32_t n) { return (uint32_t)rv_run(&machine, n); }

PAGE_EXPORT int page_sleep(uint32_t max_us);
int page_sleep(uint32_t max_us) { return rv_sleep(&machine, max_us); }

PAGE_EXPORT int page_end(void);	/* enum rv_end */
int page_end(void) { return (int)machine.end; }

PAGE_EXPORT void page_key(uint32_t c);
void page_key(uint32_t c) { rv_key(&machine, (uint8_t)c); }

/* What was printed since the last time: so many bytes, at page_output(). */
PAGE_EXPORT uint8_t *page_output(void);
uint8_t *page_output(void) { return output; }
PAGE_EXPORT uint32_t page_take_output(void);
uint32_t page_take_output(void) { return (uint32_t)rv_output(&machine, output, sizeof output); }

/* The k-th of struct rv_stats. */
PAGE_EXPORT double page_stat(uint32_t k);
double page_stat(uint32_t k)
{
	const uint64_t *all = &machine.stats.instructions;
	return k < sizeof machine.stats / sizeof *all ? (double)all[k] : 0;
}
