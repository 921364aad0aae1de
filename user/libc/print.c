/* printf into memory, and its floating point: %f %e %g and their capitals. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "decimal.h"
#include "print.h"

/* A number on its way out: digits [from, point) stand before the point, [point, end) behind it, then comes the exponent. Where the number has
 * no digit there is a 0. */
struct layout { const struct decimal *d; int from, point, end; bool show_point; char exponent[8]; };

static void put_digits(struct fmt_out *o, const struct decimal *d, int from, int end)
{
	int zeros = (end < 0 ? end : 0) - from;
	fmt_pad(o, '0', zeros);
	from += zeros > 0 ? zeros : 0;
	for (; from < end && from < d->n; from++)
		fmt_put(o, (char[]){ (char)('0' + d->digit[from]) }, 1);
	fmt_pad(o, '0', end - from);
}

static void put_layout(struct fmt_out *o, const struct fmt_spec *f, const char *sign, const struct layout *l)
{
	size_t nsign = strlen(sign), nexponent = strlen(l->exponent);
	int fill = f->width - (int)(nsign + nexponent) - (l->end - l->from) - l->show_point;
	if (!f->left && !f->zero)
		fmt_pad(o, ' ', fill);
	fmt_put(o, sign, nsign);
	if (!f->left && f->zero)
		fmt_pad(o, '0', fill);
	put_digits(o, l->d, l->from, l->point);
	if (l->show_point)
		fmt_put(o, ".", 1);
	put_digits(o, l->d, l->point, l->end);
	fmt_put(o, l->exponent, nexponent);
	if (f->left)
		fmt_pad(o, ' ', fill);
}

/* "e+05": at least two digits. */
static void write_exponent(char *out, char letter, int exponent)
{
	unsigned v = (unsigned)(exponent < 0 ? -exponent : exponent);
	*out++ = letter;
	*out++ = exponent < 0 ? '-' : '+';
	if (v >= 100)
		*out++ = (char)('0' + v / 100);
	*out++ = (char)('0' + v / 10 % 10);
	*out++ = (char)('0' + v % 10);
	*out = 0;
}

static void lay_out_plain(struct layout *l, struct decimal *d, int behind)
{
	if (!d->n)
		d->point = 1;
	decimal_round(d, d->point + behind);
	*l = (struct layout){ .d = d, .from = d->point < 1 ? d->point - 1 : 0, .point = d->point, .end = d->point + behind };
}

static void lay_out_exponent(struct layout *l, struct decimal *d, int behind, char letter)
{
	if (!d->n)
		d->point = 1;
	decimal_round(d, behind + 1);
	*l = (struct layout){ .d = d, .from = 0, .point = 1, .end = 1 + behind };
	write_exponent(l->exponent, letter, d->point - 1);
}

/* %g: so many digits that count, as plain as it goes, without the zeros behind them. */
static void lay_out_short(struct layout *l, struct decimal *d, const struct fmt_spec *f)
{
	int ndigits = f->precision ? f->precision : 1;
	decimal_round(d, ndigits);
	if (!d->n)
		d->point = 1;
	if (d->point - 1 < -4 || d->point > ndigits)
		lay_out_exponent(l, d, ndigits - 1, f->upper ? 'E' : 'e');
	else
		lay_out_plain(l, d, ndigits - d->point);
	if (!f->alt && l->end > d->n)
		l->end = d->n > l->point ? d->n : l->point;
}

static void put_special(struct fmt_out *o, const struct fmt_spec *f, const char *sign, bool infinite)
{
	const char *text = f->upper ? infinite ? "INF" : "NAN" : infinite ? "inf" : "nan";
	int fill = f->width - 3 - (int)strlen(sign);
	if (!f->left)
		fmt_pad(o, ' ', fill);
	fmt_put(o, sign, strlen(sign));
	fmt_put(o, text, 3);
	if (f->left)
		fmt_pad(o, ' ', fill);
}

/* The compiler may keep a double where it likes; the bits are all that is used of it. */
static uint64_t bits_of(double v)
{
	uint64_t bits;
	memcpy(&bits, &v, sizeof bits);
	return bits;
}

bool print_more(struct fmt_out *o, struct fmt_spec *f, char letter, va_list *ap)
{
	f->upper = letter < 'a';
	char kind = (char)(letter | 32);
	if (kind != 'f' && kind != 'e' && kind != 'g')
		return false;
	uint64_t bits = bits_of(va_arg(*ap, double)), size = bits & INT64_MAX, m;
	const char *sign = bits != size ? "-" : f->plus ? "+" : f->space ? " " : "";
	struct decimal d;
	struct layout l;
	int e;
	if (size >= float_infinity(&float_double)) {
		put_special(o, f, sign, size == float_infinity(&float_double));
		return true;
	}
	float_take_apart(&float_double, size, &m, &e);
	decimal_make(&d, m, e);
	if (f->precision < 0)
		f->precision = 6;
	if (kind == 'f')
		lay_out_plain(&l, &d, f->precision);
	else if (kind == 'e')
		lay_out_exponent(&l, &d, f->precision, letter);
	else
		lay_out_short(&l, &d, f);
	l.show_point = l.end > l.point || f->alt;
	put_layout(o, f, sign, &l);
	return true;
}

/* ---- into memory ---- */

int vsnprintf(char *buf, size_t n, const char *fmt, va_list ap) { return fmt_vsnprintf(buf, n, print_more, fmt, ap); }
int vsprintf(char *buf, const char *fmt, va_list ap) { return vsnprintf(buf, INT_MAX, fmt, ap); }

int snprintf(char *buf, size_t n, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int len = vsnprintf(buf, n, fmt, ap);
	va_end(ap);
	return len;
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int len = vsprintf(buf, fmt, ap);
	va_end(ap);
	return len;
}

int vasprintf(char **out, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	char *text = malloc((size_t)len + 1);
	if (!text)
		return -1;
	*out = text;
	return vsnprintf(text, (size_t)len + 1, fmt, ap);
}

int asprintf(char **out, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int len = vasprintf(out, fmt, ap);
	va_end(ap);
	return len;
}
