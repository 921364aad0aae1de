#pragma once
/* External interrupts: drivers say which function serves a number. */
typedef void irq_handler_fn(void *arg);
/* Serve irq by fn(arg), called with interrupts off on the CPU that took it; enables it at the controller. At most 64 in all (ASSERT). */
void irq_register(unsigned irq, irq_handler_fn *fn, void *arg);
