/* mm/ in a browser's machine: 32-bit pointers, one thread, no sanitizers. RAM is an array; what the host tests check at length is looked at
 * once. self_test() returns 0, or the line of the check that failed; log_text() is what was logged. run.mjs calls them. */
#include <lib/fmt.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <mm/space.h>
#include "../port/port.h"

enum { RAM_PAGES = 2048 };

static char ram[RAM_PAGES * 4096] __attribute__((aligned(4096)));
static char text[4096];
static size_t text_used;

#define CHECK(e) do { if (!(e)) return __LINE__; } while (0)

int self_test(void);
const char *log_text(void);
const char *log_text(void) { return text; }

void port_log(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	if (text_used + 256 < sizeof text)
		text_used += (size_t)vsnprintf(text + text_used, 200, fmt, ap);
	va_end(ap);
}

_Noreturn void port_panic(const char *file, int line, const char *what)
{
	port_log("%s:%d: %s", file, line, what);
	__builtin_trap();
}

/* ---- the test ---- */

static int blocks_and_objects(struct mm *mm)
{
	uint64_t before = mm_fingerprint(mm);
	struct page *block = frame_alloc(mm, 5, FRAME_NORMAL);
	char *small = kmalloc(mm, 100), *large = kzalloc(mm, 20000);
	CHECK(block && small && large && !large[19999] && !kmalloc(mm, SIZE_MAX) && !kmalloc(mm, 0));
	memset(small, 1, 100);
	CHECK(mm_check(mm));
	kfree(mm, small);
	kfree(mm, large);
	frame_free(mm, block);
	CHECK(mm_check(mm) && mm_fingerprint(mm) == before && !text_used);
	kfree(mm, small);
	CHECK(text_used);
	return 0;
}

/* Addresses beyond 4 GiB, which no pointer here can hold. */
static int address_spaces(struct mm *mm)
{
	const struct space_config cfg = { .window = { 0x1000000000, 0x3000000000 }, .policy = VMAP_BESTFIT };
	struct map_req req = { .npages = 100000, .prot = P_READ | P_WRITE };
	uint64_t before = mm_fingerprint(mm), value = 42, got = 0;
	struct space *s = space_create(mm, &cfg), *child;
	vaddr_t va;
	CHECK(s && space_map(s, &req, &va) == OK && va == 0x1000000000);
	va += 99999 * PAGE_SIZE;
	CHECK(space_fault(s, va, P_WRITE) == FAULT_OK && space_write(s, va, &value, 8) == OK);
	CHECK(space_fork(s, &child) == OK);
	value = 43;
	CHECK(space_write(s, va, &value, 8) == OK && space_read(child, va, &got, 8) == OK && got == 42);
	CHECK(space_read(s, va, &got, 8) == OK && got == 43);
	space_check(s);
	space_check(child);
	space_put(s);
	space_put(child);
	CHECK(mm_check(mm) && mm_fingerprint(mm) == before);
	return 0;
}

int self_test(void)
{
	const struct mm_range all = { RAM_BASE, RAM_BASE + sizeof ram };
	struct mm_boot boot = { .ram = &all, .nram = 1 };
	port_ram = ram;
	struct mm *mm = mm_init(&boot, RAM_BASE);
	int line = address_spaces(mm);
	return line ? line : blocks_and_objects(mm);
}
