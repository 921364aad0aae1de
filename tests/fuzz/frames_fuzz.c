/* Fuzz the zones and the buddy allocator: blocks of all orders come and go. */
#include "../host/buddy_test.c"
#include "fuzz.h"

static void fuzz_once(void) { random_operations(NULL); }
