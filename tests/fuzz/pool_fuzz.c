/* Fuzz pools with a limit. */
#include "../host/pool_test.c"
#include "fuzz.h"

static void fuzz_once(void) { agrees_with_a_model(NULL); }
