/* sscanf: see stdio.h. */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct conversion { bool dropped; int width, size; char letter; };	/* width 0: none given; size: bytes of what it is stored in */

static const char *parse(const char *f, struct conversion *c)
{
	*c = (struct conversion){ .size = sizeof(int) };
	c->dropped = *f == '*';
	f += c->dropped;
	while (isdigit(*f))
		c->width = c->width * 10 + *f++ - '0';
	if (*f == 'z')
		c->size = sizeof(size_t), f++;
	for (; *f == 'h'; f++)
		c->size /= 2;
	for (; *f == 'l'; f++)
		c->size = f[1] == 'l' ? (int)sizeof(long long) : c->size == sizeof(int) ? (int)sizeof(long) : c->size;
	c->letter = *f;
	return *f ? f + 1 : f;
}

static void store(const struct conversion *c, long long v, va_list *ap)
{
	if (c->dropped)
		return;
	void *p = va_arg(*ap, void *);
	switch (c->size) {
	case 1: *(int8_t *)p = (int8_t)v; break;
	case 2: *(int16_t *)p = (int16_t)v; break;
	case 4: *(int32_t *)p = (int32_t)v; break;
	default: *(int64_t *)p = v; break;
	}
}

/* The end of the number at s; NULL: there is none. */
static const char *scan_number(const struct conversion *c, const char *s, va_list *ap)
{
	char digits[72], *end;
	int base = c->letter == 'd' || c->letter == 'u' ? 10 : c->letter == 'x' ? 16 : c->letter == 'o' ? 8 : 0;
	size_t most = c->width && (size_t)c->width < sizeof digits ? (size_t)c->width : sizeof digits - 1;
	strlcpy(digits, s, most + 1);
	long long v = *digits == '-' ? strtoll(digits, &end, base) : (long long)strtoull(digits, &end, base);
	if (end == digits)
		return NULL;
	store(c, v, ap);
	return s + (end - digits);
}

/* %s: up to a blank; %c: so many bytes, blanks too. */
static const char *scan_bytes(const struct conversion *c, const char *s, va_list *ap)
{
	size_t n = c->letter == 's' ? strcspn(s, " \t\n\v\f\r") : c->width ? (size_t)c->width : 1;
	if (c->letter == 's' && c->width && n > (size_t)c->width)
		n = (size_t)c->width;
	if (!n || strnlen(s, n) < n)
		return NULL;
	if (!c->dropped) {
		char *out = va_arg(*ap, char *);
		memcpy(out, s, n);
		if (c->letter == 's')
			out[n] = 0;
	}
	return s + n;
}

static const char *skip_blanks(const char *s)
{
	while (isspace(*s))
		s++;
	return s;
}

int vsscanf(const char *start, const char *f, va_list args)
{
	const char *s = start;
	int kept = 0;
	va_list ap;
	va_copy(ap, args);
	while (s && *f) {
		struct conversion c;
		if (isspace(*f)) {
			s = skip_blanks(s);
			f++;
			continue;
		}
		if (*f != '%' || f[1] == '%') {
			f += *f == '%';
			if (*s != *f)
				break;
			s++, f++;
			continue;
		}
		f = parse(f + 1, &c);
		if (c.letter == 'n') {
			store(&c, s - start, &ap);
			continue;
		}
		s = c.letter == 'c' ? s : skip_blanks(s);
		bool ended = !*s;
		s = strchr("diuxo", c.letter) ? scan_number(&c, s, &ap) : strchr("sc", c.letter) ? scan_bytes(&c, s, &ap) : NULL;
		kept += s && !c.dropped;
		if (!s && ended && !kept)
			kept = EOF;
	}
	va_end(ap);
	return kept;
}

int sscanf(const char *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsscanf(s, fmt, ap);
	va_end(ap);
	return n;
}
