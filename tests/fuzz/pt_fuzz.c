/* Fuzz page tables, seen through the strict TLB. */
#include "../host/pt_test.c"
#include "fuzz.h"

static void fuzz_once(void) { random_operations(NULL); }
