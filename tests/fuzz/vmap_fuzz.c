/* Fuzz address maps, under one of the three policies. */
#include "../host/vmap_test.c"
#include "fuzz.h"

static void fuzz_once(void) { random_operations(policies[rnd(3)]); }
