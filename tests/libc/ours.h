#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <setjmp.h>
#include <cmocka.h>
/* Our C library beside the host's: its functions have "our_" before their names. */
#define OUR(type, name, ...) type our_##name(__VA_ARGS__)

extern __thread int our_errno;
OUR(int, snprintf, char *buf, size_t n, const char *fmt, ...);
OUR(int, vsnprintf, char *buf, size_t n, const char *fmt, va_list ap);
typedef struct our_file OUR_FILE;
extern OUR_FILE *const our_stdin, *const our_stdout;
OUR(OUR_FILE *, fopen, const char *path, const char *mode);
OUR(OUR_FILE *, fdopen, int fd, const char *mode);
OUR(OUR_FILE *, freopen, const char *path, const char *mode, OUR_FILE *f);
OUR(OUR_FILE *, fmemopen, void *buf, size_t n, const char *mode);
OUR(OUR_FILE *, open_memstream, char **out, size_t *n);
OUR(int, fclose, OUR_FILE *f);
OUR(int, fflush, OUR_FILE *f);
OUR(int, feof, OUR_FILE *f);
OUR(int, ferror, OUR_FILE *f);
OUR(void, clearerr, OUR_FILE *f);
OUR(int, fileno, OUR_FILE *f);
OUR(int, setvbuf, OUR_FILE *f, char *buf, int mode, size_t n);
OUR(size_t, fread, void *buf, size_t size, size_t n, OUR_FILE *f);
OUR(size_t, fwrite, const void *buf, size_t size, size_t n, OUR_FILE *f);
OUR(int, fgetc, OUR_FILE *f);
OUR(int, ungetc, int c, OUR_FILE *f);
OUR(int, fputc, int c, OUR_FILE *f);
OUR(char *, fgets, char *buf, int n, OUR_FILE *f);
OUR(int, fputs, const char *s, OUR_FILE *f);
OUR(ssize_t, getdelim, char **line, size_t *room, int end, OUR_FILE *f);
OUR(int, fprintf, OUR_FILE *f, const char *fmt, ...);
OUR(int, dprintf, int fd, const char *fmt, ...);
OUR(int, fseek, OUR_FILE *f, long offset, int whence);
OUR(long, ftell, OUR_FILE *f);
OUR(void, rewind, OUR_FILE *f);
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
