/* Fuzz kmalloc in one of its modes, or changing between them. */
#include "../host/kmalloc_test.c"
#include "fuzz.h"

static void fuzz_once(void) { work((enum kmalloc_mode)rnd(KMALLOC_MODES + 1)); }
