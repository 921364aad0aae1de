/* Fuzz the simple heap: exactly first fit. */
#include "../host/heap_test.c"
#include "fuzz.h"

static void fuzz_once(void) { random_operations(NULL); }
