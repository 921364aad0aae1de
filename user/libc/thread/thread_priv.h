#pragma once
#include <pthread.h>
#include "../lock.h"
#include "../priv.h"
/* A thread's mapping:
 *
 *	| guard page | stack ... grows down | struct pthread | TCB | thread-local variables |
 *	                                                     ^ the thread pointer
 *
 * "Variant I" of U. Drepper, "ELF Handling for Thread-Local Storage", on both machines: the variables lie above the thread pointer, on
 * aarch64 behind a TCB of 16 bytes, on riscv64 (whose psABI has the TCB below) at once. Ours lies below on both. */

enum { JOINABLE, DETACHED, ENDED };

struct pthread {
	int tid;			/* the kernel sets it to 0, and wakes who waits for it, when the thread is gone */
	int state;			/* [a] JOINABLE to one of the others */
	void *(*fn)(void *);
	void *arg, *result;
	char *map;			/* NULL: the first thread, whose stack is the kernel's */
	size_t map_bytes;
	struct { const void *value; unsigned era; } key[PTHREAD_KEYS_MAX];
} __attribute__((aligned(16)));

/* What a descriptor and the thread-local variables of this program need, in bytes. */
size_t tls_room(void);
/* Lay them out below top, in zeroed memory. */
struct pthread *tls_place(char *top);
static inline void *tls_pointer(struct pthread *t) { return t + 1; }

/* Make the values of t's keys NULL, calling destructors. */
void keys_end(struct pthread *t);

/* In crt: clone with the kernel's five arguments; the new thread calls entry(arg). The tid, or -errno. */
long thread_clone(unsigned long flags, void *stack, int *parent_tid, void *tls, int *child_tid, void (*entry)(void *), void *arg);
/* Unmap the stack one stands on, and end. */
_Noreturn void thread_unmap_exit(void *map, size_t nbytes);
void thread_set_pointer(void *tp);
