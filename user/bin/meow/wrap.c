/* See wrap.h. */
#include "wrap.h"
#include <stdint.h>
#include <utf8.h>

size_t wrap_row(const char *s, size_t n, unsigned cols, size_t *next)
{
	size_t blank = 0, len;
	unsigned used = 0;
	for (size_t at = 0; at < n; at += len) {
		uint32_t cp = utf8_decode(s + at, n - at, &len);
		if (cp == '\n') {
			*next = at + 1;
			return at;
		}
		if (cp == ' ')
			blank = at;
		used += (unsigned)utf8_width(cp);
		if (used <= cols)
			continue;
		*next = blank ? blank + 1 : at;
		return blank ? blank : at;
	}
	*next = n;
	return n;
}
