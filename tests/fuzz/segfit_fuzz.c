/* Fuzz segregated fit: blocks of all sizes and alignments come, change and go. */
#include "../host/segfit_test.c"
#include "fuzz.h"

static void fuzz_once(void) { random_operations(NULL); }
