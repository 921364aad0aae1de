/* mm/'s only bridge to the kernel: mm/port.h. */
#include <arch/layout.h>
#include <lib/fmt.h>
#include <mm/port.h>
#include <kernel/cpu.h>
#include <kernel/inject.h>
#include <kernel/printk.h>
#include <kernel/vfs.h>

_Static_assert((int)CPUS_MAX == (int)PORT_CPUS, "each CPU has its lists in mm/");

void *port_ptr(paddr_t pa)
{
	return (void *)(uintptr_t)(DIRECT_BASE + pa);
}

paddr_t port_pa(const void *p)
{
	return (uintptr_t)p - DIRECT_BASE;
}

void port_log(const char *fmt, ...)
{
	char line[160];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	printk("%s\n", line);
}

bool port_may_allocate(void)
{
	return inject_may_allocate();
}

/* Nothing can be given back by a caller that holds a spinlock: that needs sleeping locks. */
bool port_reclaim(void)
{
	return !cpu_this()->spin_depth && cpu_this()->current && pagecache_reclaim();
}

const char *port_where(const void *pc, char *buf, size_t n)
{
	uint64_t offset;
	if (!pc)
		return "nobody";
	const char *name = ksym_find((uintptr_t)pc, &offset);
	snprintf(buf, n, "%s+0x%lx", name, (unsigned long)offset);
	return buf;
}

_Noreturn void port_panic(const char *file, int line, const char *what)
{
	panic("%s:%d: assertion failed: %s", file, line, what);
}
