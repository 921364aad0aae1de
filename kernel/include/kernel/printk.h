#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* The kernel log: a ring of bytes that dmesg reads, copied to the console as it grows (but with
 * "quiet"). Lines begin with "[tag] ". Any context; takes LOCK_LOG. */
void printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void vprintk(const char *fmt, va_list ap);
/* The console works from here on: what was logged before is printed. quiet: only warnings of panic appear. */
void log_console_ready(bool quiet);
/* A panic is to be printed, console or not: on RISC-V the firmware prints what comes before there is one. */
void log_for_panic(void);
/* Copy the newest n bytes of the log, oldest first. Returns the number copied. */
size_t log_read(char *buf, size_t n);
/* Bytes in the log, at most its capacity. */
size_t log_size(void);
size_t log_capacity(void);
/* Forget what is in the log (dmesg -c). */
void log_clear(void);

/* Print with a symbolised backtrace of the caller, stop the other CPUs, and halt, or power off with
 * panic=poweroff on the command line. Takes no lock. */
_Noreturn void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same for a trap: the backtrace starts at pc with frame pointer fp. */
_Noreturn void panic_at(uint64_t pc, uint64_t fp, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* For the other CPUs: has one panicked? Then they stop here. */
bool panic_in_progress(void);
_Noreturn void panic_halt(void);
/* panic=poweroff */
void panic_set_poweroff(bool on);

/* The function that addr lies in, and the offset in it; "?" if none. */
const char *ksym_find(uint64_t addr, uint64_t *offset);

#define KASSERT(e) ((e) ? (void)0 : panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #e))
