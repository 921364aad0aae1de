#pragma once
#include <stddef.h>
/* What user/bin needs of our C library and the host's has not, so that the same sources run on the host, under sanitizers. */
size_t strlcpy(char *dst, const char *src, size_t n);
size_t strlcat(char *dst, const char *src, size_t n);
_Noreturn void usage(const char *synopsis);
const char *getprogname(void);
