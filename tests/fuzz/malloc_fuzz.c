/* Fuzz the heap of programs: objects of all sizes and alignments come, change and go. */
#include "../host/malloc_test.c"
#include "fuzz.h"

static void fuzz_once(void) { work(); }
