#pragma once
#include <signal.h>
/* Out of many calls at once. setjmp() returns 0, and again, with value (1 for 0), when longjmp() is called: as long as the function that called setjmp() has not
 * returned. Its variables that were changed in between are what they were or what they became, but those that are volatile. */
typedef struct { unsigned long kept[22]; int has_mask; sigset_t mask; } jmp_buf[1];
typedef jmp_buf sigjmp_buf;
int setjmp(jmp_buf to) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf to, int value);
/* The same, with mask the signals that are blocked too: what a handler needs that does not return. */
int sigsetjmp(sigjmp_buf to, int mask) __attribute__((returns_twice));
_Noreturn void siglongjmp(sigjmp_buf to, int value);
