#pragma once
#include <stdbool.h>
#include <stddef.h>
struct fdt;
/* The serial console: ns16550a or PL011, whichever /chosen/stdout-path (or the first compatible node) names. Output is polled
 * and synchronous. */

/* Find and set up the UART, map its registers (kmap_device). False if there is none. */
bool console_init(const struct fdt *fdt);
/* Let received characters interrupt; they go to tty_input(). After the interrupt controller is up. */
void console_enable_input(void);
/* Write bytes as they are. Before console_init() they are dropped (arch_early_putc on RISC-V goes to SBI). Takes no lock: the caller serialises. */
void console_write(const char *s, size_t n);
/* In kernel/fs/tty_line.c: a received character; called in interrupt context. */
void tty_input(char c);
