/* Fuzz address spaces: processes that map, fork, fault, move and unmap. */
#include "../host/space_test.c"
#include "fuzz.h"

static void fuzz_once(void) { random_operations((enum vmap_policy)rnd(3)); }
