/* The formatting engine: see lib/fmt.h. */
#include <stdbool.h>
#include <stdint.h>
#include <lib/fmt.h>
#include <lib/string.h>

struct fmt_out { fmt_sink *sink; void *ctx; int len; };

enum { DIGITS_MAX = 24 };

void fmt_put(struct fmt_out *o, const char *s, size_t n)
{
	if (n)
		o->sink(o->ctx, s, n);
	o->len += (int)n;
}

void fmt_pad(struct fmt_out *o, char c, int n)
{
	static const char blanks[] = "                ", zeros[] = "0000000000000000";
	for (; n > 0; n -= 16)
		fmt_put(o, c == '0' ? zeros : blanks, n < 16 ? (size_t)n : 16);
}

/* prefix (a sign, 0x), then zeros, then text, within the width. */
static void put_field(struct fmt_out *o, const struct fmt_spec *f, const char *prefix, const char *text, int n, int zeros)
{
	int prefix_len = (int)strlen(prefix), fill = f->width - prefix_len - zeros - n;
	if (!f->left && !f->zero)
		fmt_pad(o, ' ', fill);
	fmt_put(o, prefix, (size_t)prefix_len);
	if (!f->left && f->zero)
		fmt_pad(o, '0', fill);
	fmt_pad(o, '0', zeros);
	fmt_put(o, text, (size_t)n);
	if (f->left)
		fmt_pad(o, ' ', fill);
}

static void put_number(struct fmt_out *o, struct fmt_spec *f, uint64_t v, unsigned base, const char *prefix)
{
	const char *digit = f->upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[DIGITS_MAX];
	int at = DIGITS_MAX;
	for (uint64_t rest = v; rest; rest /= base)
		text[--at] = digit[rest % base];
	int n = DIGITS_MAX - at, least = f->precision < 0 ? 1 : f->precision;
	if (base == 8 && f->alt && least <= n)
		least = n + 1;
	if (f->precision >= 0)
		f->zero = false;
	put_field(o, f, prefix, text + at, n, least > n ? least - n : 0);
}

static uint64_t get_unsigned(int size, va_list *ap)
{
	if (size == 8)
		return va_arg(*ap, uint64_t);
	uint64_t v = va_arg(*ap, unsigned);
	return size == 4 ? v : size == 2 ? (uint16_t)v : (uint8_t)v;
}

static int64_t get_signed(int size, va_list *ap)
{
	if (size == 8)
		return va_arg(*ap, int64_t);
	int v = va_arg(*ap, int);
	return size == 4 ? v : size == 2 ? (int16_t)v : (int8_t)v;
}

static void put_signed(struct fmt_out *o, struct fmt_spec *f, int64_t v)
{
	const char *sign = v < 0 ? "-" : f->plus ? "+" : f->space ? " " : "";
	put_number(o, f, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, sign);
}

static void put_string(struct fmt_out *o, struct fmt_spec *f, const char *s)
{
	if (!s)
		s = "(null)";
	f->zero = false;
	put_field(o, f, "", s, (int)(f->precision < 0 ? strlen(s) : strnlen(s, (size_t)f->precision)), 0);
}

static void put_char(struct fmt_out *o, struct fmt_spec *f, char c)
{
	f->zero = false;
	put_field(o, f, "", &c, 1, 0);
}

/* Convert by letter c. False: not known. */
static bool convert(struct fmt_out *o, struct fmt_spec *f, char c, va_list *ap)
{
	uint64_t v;
	switch (c) {
	case 'd': case 'i':
		put_signed(o, f, get_signed(f->size, ap));
		return true;
	case 'u':
		put_number(o, f, get_unsigned(f->size, ap), 10, "");
		return true;
	case 'o':
		put_number(o, f, get_unsigned(f->size, ap), 8, "");
		return true;
	case 'X': case 'x':
		f->upper = c == 'X';
		v = get_unsigned(f->size, ap);
		put_number(o, f, v, 16, !f->alt || !v ? "" : f->upper ? "0X" : "0x");
		return true;
	case 'p':
		put_number(o, f, (uintptr_t)va_arg(*ap, void *), 16, "0x");
		return true;
	case 'c':
		put_char(o, f, (char)va_arg(*ap, int));
		return true;
	case 's':
		put_string(o, f, va_arg(*ap, const char *));
		return true;
	case '%':
		fmt_put(o, "%", 1);
		return true;
	default:
		return false;
	}
}

static const char *parse_flags(const char *p, struct fmt_spec *f)
{
	for (;; p++) {
		switch (*p) {
		case '-': f->left = true; break;
		case '0': f->zero = true; break;
		case '+': f->plus = true; break;
		case ' ': f->space = true; break;
		case '#': f->alt = true; break;
		default: return p;
		}
	}
}

static const char *parse_int(const char *p, int *out, va_list *ap)
{
	if (*p == '*') {
		*out = va_arg(*ap, int);
		return p + 1;
	}
	for (*out = 0; *p >= '0' && *p <= '9'; p++)
		*out = *out < 100000 ? *out * 10 + (*p - '0') : *out;
	return p;
}

static const char *parse_size(const char *p, struct fmt_spec *f)
{
	f->size = 4;
	switch (*p) {
	case 'h':
		f->size = p[1] == 'h' ? 1 : 2;
		return p[1] == 'h' ? p + 2 : p + 1;
	case 'l':
		f->size = sizeof(long);
		if (p[1] == 'l')
			f->size = 8;
		return p[1] == 'l' ? p + 2 : p + 1;
	case 'z': case 't':
		f->size = sizeof(size_t);
		return p + 1;
	case 'j':
		f->size = 8;
		return p + 1;
	default:
		return p;
	}
}

static const char *parse_spec(const char *p, struct fmt_spec *f, va_list *ap)
{
	p = parse_flags(p, f);
	p = parse_int(p, &f->width, ap);
	if (f->width < 0) {
		f->left = true;
		f->width = -f->width;
	}
	f->precision = -1;
	if (*p == '.')
		p = parse_int(p + 1, &f->precision, ap);
	return parse_size(p, f);
}

int fmt_vformat_more(fmt_sink *sink, void *ctx, fmt_more *more, const char *fmt, va_list args)
{
	struct fmt_out o = { sink, ctx, 0 };
	va_list ap;
	va_copy(ap, args);
	while (*fmt) {
		size_t run = strcspn(fmt, "%");
		fmt_put(&o, fmt, run);
		fmt += run;
		if (!*fmt)
			break;
		struct fmt_spec f = { 0 };
		const char *end = parse_spec(fmt + 1, &f, &ap);
		if (*end && (convert(&o, &f, *end, &ap) || (more && more(&o, &f, *end, &ap))))
			end++;
		else
			fmt_put(&o, fmt, (size_t)(end - fmt));
		fmt = end;
	}
	va_end(ap);
	return o.len;
}

int fmt_vformat(fmt_sink *sink, void *ctx, const char *fmt, va_list ap) { return fmt_vformat_more(sink, ctx, NULL, fmt, ap); }

struct buffer { char *at; size_t room; };

static void to_buffer(void *ctx, const char *s, size_t n)
{
	struct buffer *b = ctx;
	size_t part = n < b->room ? n : b->room;
	if (!part)
		return;
	memcpy(b->at, s, part);
	b->at += part;
	b->room -= part;
}

int fmt_vsnprintf(char *buf, size_t n, fmt_more *more, const char *fmt, va_list ap)
{
	struct buffer b = { buf, n ? n - 1 : 0 };
	int len = fmt_vformat_more(to_buffer, &b, more, fmt, ap);
	if (n)
		*b.at = 0;
	return len;
}
