#pragma once
#include <stddef.h>
/* Text that is written piece by piece into a buffer: what a file of /proc shows. */
struct text { char *buf; size_t len, cap; };	/* len goes on counting past cap */
/* Append; what does not fit is cut off, and seen by len >= cap. */
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
