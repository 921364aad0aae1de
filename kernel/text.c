/* See kernel/text.h. */
#include <lib/fmt.h>
#include <kernel/text.h>

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	size_t at = t->len < t->cap ? t->len : t->cap;
	t->len += (size_t)vsnprintf(t->buf + at, t->cap - at, fmt, ap);
	va_end(ap);
}
