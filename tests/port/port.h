#pragma once
#include <mm/mm.h>
#include <mm/port.h>
/* What mm/ needs, for a program of one thread with no machine under it (port.c). The program itself has port_log() and port_panic(). */

#define RAM_BASE 0x80000000ull

/* Where physical address RAM_BASE lies. Set it before mm_init(). */
extern char *port_ram;
