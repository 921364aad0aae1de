/* Formatting into memory, without floating point: the kernel's. The C library has its own, which knows more. */
#include <lib/fmt.h>

int vsnprintf(char *buf, size_t n, const char *fmt, va_list ap) { return fmt_vsnprintf(buf, n, NULL, fmt, ap); }

int snprintf(char *buf, size_t n, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int len = vsnprintf(buf, n, fmt, ap);
	va_end(ap);
	return len;
}
