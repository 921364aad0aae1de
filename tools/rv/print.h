#pragma once
#include "guest.h"
/* All that guest.h tells, as text on the standard output: zones and frames; each process, its tiles and its tables. */
void print_guest(const struct rv *m, const struct guest_layout *at);
