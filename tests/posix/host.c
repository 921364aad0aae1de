#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host.h"

size_t strlcpy(char *dst, const char *src, size_t n)
{
	size_t len = strlen(src), part = len < n ? len : n - 1;
	if (n) {
		memcpy(dst, src, part);
		dst[part] = 0;
	}
	return len;
}

size_t strlcat(char *dst, const char *src, size_t n)
{
	size_t have = strnlen(dst, n);
	return have + (have < n ? strlcpy(dst + have, src, n - have) : strlen(src));
}

_Noreturn void usage(const char *synopsis)
{
	fprintf(stderr, "usage: %s %s\n", program_invocation_short_name, synopsis);
	exit(2);
}

const char *getprogname(void) { return program_invocation_short_name; }
