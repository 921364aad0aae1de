#pragma once
#include <lib/fmt.h>
/* The conversions of printf that the kernel's has not: %f %e %g, and in capitals. */
fmt_more print_more;
