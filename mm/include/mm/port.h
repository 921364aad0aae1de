#pragma once
#include <mm/types.h>
#include <lib/err.h>
#include <lib/lock.h>
/* Everything that mm/ needs from its surroundings, besides arch/mmu.h and lib/. The kernel
 * implements it in kernel/port.c, the host tests in tests/host/support.c. */

/* Where the kernel (or the test) sees physical address pa: the direct map. It is linear: all of RAM at one
 * distance from its physical address. */
void *port_ptr(paddr_t pa);
/* Map frame pa, which is beyond mm_boot.direct_end, into window slot (0..FRAME_SLOTS-1) of this CPU, and take it out again. Cannot fail. The
 * caller does not sleep in between. */
void *port_map_frame(paddr_t pa, unsigned slot);
void port_unmap_frame(unsigned slot);
/* The inverse of port_ptr(): the physical address of a pointer into the direct map. */
paddr_t port_pa(const void *p);
/* A line for the log. No newline at the end. */
void port_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
enum { PORT_CPUS = 8 };
/* Number of this CPU, 0..PORT_CPUS-1, for per-CPU lists; it cannot change while the caller runs with interrupts off and does not
 * sleep. Every allocation asks: in the kernel it is a load. */
#ifdef CONFIG_HOST
size_t port_cpu(void);
#else
#include <arch/percpu.h>
static inline size_t port_cpu(void) { return arch_cpu_id(); }
#endif
/* May the next allocation go ahead? Fault injection says no. Asked only between mm_set_injection(mm, true) and (mm, false). */
bool port_may_allocate(void);
/* Memory has run out in every zone: give back what is only cached (clean file pages). True
 * if something was freed and a retry makes sense. Called with no spinlock held, maybe under a map lock. */
bool port_reclaim(void);
/* Write the name of a place in the code into buf of n bytes, for the log: "fork+0x1c", or the bare address. NULL is "nobody". Returns buf. */
const char *port_where(const void *pc, char *buf, size_t n);
enum { PORT_WHERE_MAX = 64 };
/* An ASSERT has failed: say where, and stop. */
_Noreturn void port_panic(const char *file, int line, const char *what);

/* A caller's mistake: evaluated in every build, O(1). */
#define ASSERT(e) ((e) ? (void)0 : port_panic(__FILE__, __LINE__, #e))
