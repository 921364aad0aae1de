#pragma once
/* Serve all external interrupts that are pending. */
void plic_take(void);
