/* Fuzz slabs and kmalloc: objects of all sizes come and go. */
#include "../host/slab_test.c"
#include "fuzz.h"

static void fuzz_once(void) { random_operations(NULL); }
