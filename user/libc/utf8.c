/* UTF-8 and the columns of a terminal: see utf8.h. */
#include <utf8.h>

/* How many bytes follow a lead byte, and the least code point that may be written so; 0: not a lead byte. */
static unsigned tail_of(unsigned char lead, uint32_t *least)
{
	*least = lead < 0xe0 ? 0x80 : lead < 0xf0 ? 0x800 : 0x10000;
	return lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
}

uint32_t utf8_decode(const char *s, size_t n, size_t *len)
{
	unsigned char lead = (unsigned char)*s;
	uint32_t least, cp;
	*len = 1;
	if (lead < 0x80)
		return lead;
	unsigned tail = tail_of(lead, &least);
	if (!tail || tail >= n)
		return UTF8_BAD;
	cp = lead & (0x3fu >> tail);
	for (unsigned i = 1; i <= tail; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return UTF8_BAD;
		cp = cp << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (cp < least || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return UTF8_BAD;
	*len = 1 + tail;
	return cp;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		cp = UTF8_BAD;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t tail = cp < 0x800 ? 1 : cp < 0x10000 ? 2 : 3;
	for (size_t i = tail; i; i--, cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)(0xff00u >> (tail + 1) | cp);
	return tail + 1;
}

struct span { uint32_t first, last; };

/* The blocks that matter, from Unicode's EastAsianWidth.txt and emoji-data.txt; not every stray character. */
static const struct span wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xa000, 0xa4cf },
	{ 0xa960, 0xa97f }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};
static const struct span marks[] = {
	{ 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x200b, 0x200f }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0x1f3fb, 0x1f3ff }, { 0xe0100, 0xe01ef },
};

static int is_in(const struct span *spans, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n && spans[i].first <= cp; i++)
		if (cp <= spans[i].last)
			return 1;
	return 0;
}

int utf8_width(uint32_t cp)
{
	if (cp < 0x300)
		return cp >= 0x20 && cp != 0x7f && (cp < 0x80 || cp >= 0xa0);
	if (cp >= 0x2400 && cp < 0x2600)	/* boxes and bars, of which a screen is full */
		return 1;
	if (is_in(marks, sizeof marks / sizeof *marks, cp))
		return 0;
	return 1 + is_in(wide, sizeof wide / sizeof *wide, cp);
}

static int is_mark(const char *s, size_t n, size_t *len)
{
	uint32_t cp = utf8_decode(s, n, len);
	return cp >= 0x300 && utf8_width(cp) == 0;
}

size_t utf8_next(const char *s, size_t n, size_t at)
{
	size_t len;
	if (at >= n)
		return n;
	utf8_decode(s + at, n - at, &len);
	do {
		at += len;
	} while (at < n && is_mark(s + at, n - at, &len));
	return at;
}

/* The start of the code point that ends at `at`. */
static size_t code_point_before(const char *s, size_t at)
{
	size_t len;
	for (size_t back = 2; back <= 4 && back <= at; back++) {
		utf8_decode(s + at - back, back, &len);
		if (len == back)
			return at - back;
	}
	return at - 1;
}

size_t utf8_prev(const char *s, size_t at)
{
	size_t end, len;
	while (at) {
		end = at;
		at = code_point_before(s, at);
		if (!is_mark(s + at, end - at, &len))
			break;
	}
	return at;
}

size_t utf8_columns(const char *s, size_t n)
{
	size_t columns = 0, len;
	for (size_t at = 0; at < n; at += len)
		columns += (size_t)utf8_width(utf8_decode(s + at, n - at, &len));
	return columns;
}
