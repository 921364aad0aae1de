#pragma once
#include <abi/syscall.h>
/* The raw call, and its result turned into -1 and errno. */
long syscall_raw(long nr, long a, long b, long c, long d, long e, long f);
long result_of(long r);
#define CALL6(nr, a, b, c, d, e, f) result_of(syscall_raw(SYS_##nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f)))
#define CALL5(nr, a, b, c, d, e) CALL6(nr, a, b, c, d, e, 0)
#define CALL4(nr, a, b, c, d) CALL6(nr, a, b, c, d, 0, 0)
#define CALL3(nr, a, b, c) CALL6(nr, a, b, c, 0, 0, 0)
#define CALL2(nr, a, b) CALL6(nr, a, b, 0, 0, 0, 0)
#define CALL1(nr, a) CALL6(nr, a, 0, 0, 0, 0, 0)
#define CALL0(nr) CALL6(nr, 0, 0, 0, 0, 0, 0)
int stdio_flush_all(void);	/* as fflush(NULL) */
/* Set up the first thread's thread-local variables, errno among them. */
void tls_start(const unsigned long *auxv);
/* The forking thread is the child's only one. */
void threads_after_fork(void);
/* The locks that a fork must find free, so that the child does. */
void stdio_hold(void);
void stdio_release(void);
void malloc_hold(void);
void malloc_release(void);
/* In the child: the other threads' caches are nobody's. In a thread that ends: its cache goes back. */
void malloc_after_fork(void);
void malloc_thread_end(void);
extern const char *program_name;	/* argv[0] */
