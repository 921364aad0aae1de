#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mm/mm.h>
#include <mm/page.h>
#include <mm/port.h>
#include <arch/mmu.h>
/* The world that mm/ runs in on the host: RAM is one malloc()ed block at a made-up physical address, locks check their order,
 * memory can be made to run out at any allocation, and a strict TLB remembers every translation until told to forget. */

#define RAM_BASE 0x80000000ull

/* Count a check, and fail the test with a message if it does not hold. */
#define CHECK(e, ...) (support_checks++, (e) ? (void)0 : support_fail(__FILE__, __LINE__, #e, "" __VA_ARGS__))
extern unsigned long support_checks;
_Noreturn void support_fail(const char *file, int line, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A world with npages of RAM from RAM_BASE on, less reserved ranges (NULL, 0: none) and what mm itself takes. */
struct mm *world_make(uint64_t npages, const struct mm_range *reserved, unsigned nreserved);
/* The same with gaps in RAM. */
struct mm *world_make_ram(const struct mm_range *ram, unsigned nram, const struct mm_range *reserved, unsigned nreserved);
extern const char *support_slab_debug;	/* mm_boot.slab_debug of worlds made from now on */
/* If not NULL: what worlds made from now on have besides RAM and reserved ranges (nodes, distances). */
extern const struct mm_boot *support_boot;
/* If not 0: only so many pages of RAM are in the direct map of worlds made from now on; the rest is High, and to touch it without
 * frame_map() is a fault. */
extern uint64_t support_direct_pages;
/* RAM as the test sees it, High or not. */
void *ram_at(paddr_t pa);
extern size_t support_cpu;		/* what port_cpu() says; each world starts on CPU 0 */
unsigned locks_taken(void);		/* how many spinlocks have been taken so far */
extern struct mm *support_mm;		/* the last one made */
/* Free it. Nothing is checked. */
void world_end(void);

/* ---- fault injection ---- */

/* Let the n-th allocation from now on (0: the next one) fail, once. -1: none. */
void inject_failure(long n);
/* Whether the failure asked for has happened. */
bool injected(void);
/* Run op(ctx) with its 1st, 2nd, 3rd ... allocation failing, until none does; op returns whether it succeeded. After each failure
 * mm_fingerprint() and same(ctx) (a digest of what else must not change; may be NULL) are what they were. Returns the number of failures. */
unsigned sweep_failures(struct mm *mm, bool (*op)(void *ctx), uint64_t (*same)(void *ctx), void *ctx);
/* The frames that port_reclaim() gives back when memory runs out, and how often it was asked. */
extern struct page *support_reclaimable[64];
extern unsigned support_nreclaimable, support_reclaims;

/* ---- log and panics ---- */

extern char support_log[4096];		/* lines logged since the last log_clear() */
void log_clear(void);
/* Run the statement, which must end in an ASSERT of the code under test. */
#define CHECK_PANICS(statement) do { \
	support_expect_panic = 1; \
	if (!setjmp(support_panic_jump)) { \
		statement; \
		support_expect_panic = 0; \
		support_fail(__FILE__, __LINE__, #statement, "no assertion failed"); \
	} \
	support_expect_panic = 0; \
	locks_forget(); \
	support_checks++; \
} while (0)
extern int support_expect_panic;
extern jmp_buf support_panic_jump;
void locks_forget(void);

/* ---- the strict TLB ---- */

/* Access va as a program would in the address space (root, asid): from the TLB if it knows the page, else by walking the tables,
 * and then the TLB keeps what it met on the way. True and *pa if the access is permitted. */
bool tlb_access(paddr_t root, asid_t asid, vaddr_t va, prot_t access, paddr_t *pa);
/* Whatever the TLB remembers of (root, asid) is still so, or permits less than the tables do; what it remembers of a table is exact. */
void tlb_check(paddr_t root, asid_t asid);
extern unsigned long tlb_flushes;
void tlb_clear(void);
extern unsigned support_asids;		/* what arch_asid_count() says; 64 */

/* ---- random numbers: splitmix64, the same on every run ---- */
extern uint64_t support_seed;
uint64_t rnd(uint64_t n);		/* 0 .. n-1 */
/* For fuzzing: rnd() takes what it says from these bytes until they are used up, and a failed CHECK ends the program. */
void rnd_from(const uint8_t *bytes, size_t nbytes);
bool fuzzing(void);
/* Whether a random test takes another step: nsteps of them, or, when fuzzing, as long as there are bytes. */
bool goes_on(unsigned step, unsigned nsteps);
/* Whether a costly check is due at this step: each n-th; when fuzzing, where steps are few, each. */
bool now_and_then(unsigned step, unsigned n);

/* The main of a test: runs the group, prints how many checks ran. */
#define RUN_TESTS(tests) support_run(__FILE__, tests, sizeof(tests) / sizeof((tests)[0]))
int support_run(const char *name, const struct CMUnitTest *tests, size_t n);
