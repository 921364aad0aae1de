/* The default of programs that do not say: linked only if HEAP_DEFAULT does not stand in the program. */
#include "heap.h"
HEAP_DEFAULT(chunk);
