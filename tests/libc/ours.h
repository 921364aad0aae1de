#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
/* Our C library beside the host's: its functions have "our_" before their names. */
#define OUR(type, name, ...) type our_##name(__VA_ARGS__)

extern __thread int our_errno;
OUR(int, snprintf, char *buf, size_t n, const char *fmt, ...);
OUR(int, vsnprintf, char *buf, size_t n, const char *fmt, va_list ap);
OUR(double, strtod, const char *s, char **end);
OUR(float, strtof, const char *s, char **end);

/* Count a check, and fail the test with a message if it does not hold. */
#define CHECK(e, ...) ((e) ? (void)nchecks++ : check_failed(__FILE__, __LINE__, #e, "" __VA_ARGS__))
extern unsigned long nchecks;
_Noreturn void check_failed(const char *file, int line, const char *what, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
uint64_t rnd(uint64_t n);	/* 0 .. n-1, the same on every run */
uint64_t rnd_bits(void);
#define RUN_TESTS(tests) test_all(__FILE__, tests, sizeof(tests) / sizeof((tests)[0]))
int test_all(const char *name, const struct CMUnitTest *tests, size_t n);
