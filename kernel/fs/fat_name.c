/* FAT's two kinds of names, and its time stamps: conversions only, nothing here touches a disk. */
#include "fat.h"
#include <lib/string.h>

/* ---- UTF-8 and UTF-16 ---- */

/* One code point from s (n bytes left); its length in bytes, 0: not UTF-8. */
static unsigned utf8_get(const char *str, unsigned n, uint32_t *c)
{
	const uint8_t *s = (const uint8_t *)str;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned len = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
	if (!len || len > n)
		return 0;
	*c = len == 1 ? s[0] : s[0] & (0xffu >> (len + 1));
	for (unsigned k = 1; k < len; k++) {
		if ((s[k] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[k] & 0x3f);
	}
	return *c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : len;
}

/* What each ASCII character may be in. */
enum { NOT_LONG = 1, NOT_SHORT = 2, LOWER = 4, UPPER = 8, NEITHER = NOT_LONG | NOT_SHORT };
static const uint8_t ascii[128] = {
	[0 ... 31] = NEITHER, [' '] = NOT_SHORT, ['"'] = NEITHER, ['*'] = NEITHER, ['+'] = NOT_SHORT, [','] = NOT_SHORT, ['.'] = NOT_SHORT,
	['/'] = NEITHER, [':'] = NEITHER, [';'] = NOT_SHORT, ['<'] = NEITHER, ['='] = NOT_SHORT, ['>'] = NEITHER, ['?'] = NEITHER,
	['A' ... 'Z'] = UPPER, ['['] = NOT_SHORT, ['\\'] = NEITHER, [']'] = NOT_SHORT, ['a' ... 'z'] = LOWER, ['|'] = NEITHER,
	[127] = NEITHER,
};

static enum err decode(const struct name *n, uint16_t *out, unsigned *len)
{
	size_t k = 0;
	for (size_t at = 0; at < n->len;) {
		uint32_t c = (uint8_t)n->s[at];
		if (c < 128 && !(ascii[c] & NOT_LONG) && k < FAT_LONG_MAX) {
			out[k++] = (uint16_t)c;
			at++;
			continue;
		}
		unsigned got = c < 128 && ascii[c] & NOT_LONG ? 0 : utf8_get(n->s + at, (unsigned)(n->len - at), &c);
		if (!got)
			return ERR_INVAL;
		at += got;
		if (k + (c > 0xffff ? 2u : 1u) > FAT_LONG_MAX)
			return ERR_NAMETOOLONG;
		if (c > 0xffff) {
			out[k++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + (c & 0x3ff);
		}
		out[k++] = (uint16_t)c;
	}
	if (out[k - 1] == '.' || out[k - 1] == ' ')	/* Windows drops them: such a name could not be found again there */
		return ERR_INVAL;
	*len = (unsigned)k;
	return OK;
}

static unsigned utf8_put(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	unsigned n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (unsigned k = n - 1; k > 0; k--, c >>= 6)
		out[k] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
	return n;
}

unsigned fat_name_encode(const uint16_t *s, unsigned len, char *out, unsigned max)
{
	unsigned n = 0;
	for (unsigned k = 0; k < len; k++) {
		uint32_t c = s[k];
		char b[4];
		if (c >= 0xd800 && c < 0xdc00 && k + 1 < len && s[k + 1] >= 0xdc00 && s[k + 1] < 0xe000)
			c = 0x10000 + ((c - 0xd800) << 10) + (s[++k] - 0xdc00u);
		else if ((c >= 0xd800 && c < 0xe000) || c == '/' || !c)
			c = '?';
		unsigned got = utf8_put(c, b);
		if (n + got > max)
			break;
		memcpy(out + n, b, got);
		n += got;
	}
	return n;
}

/* Upper case of the scripts that Europe writes; others are taken as they are. */
static uint16_t upper(uint16_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7) || (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) ||
	    (c >= 0x430 && c <= 0x44f))
		return (uint16_t)(c - 32);
	if (c >= 0x450 && c <= 0x45f)
		return (uint16_t)(c - 80);
	if (((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177)) && c != 0x131)
		return (uint16_t)(c & ~1);
	return c;
}

bool fat_name_equal(const uint16_t *a, unsigned alen, const uint16_t *b, unsigned blen)
{
	if (alen != blen)
		return false;
	for (unsigned k = 0; k < alen; k++)
		if (a[k] != b[k] && upper(a[k]) != upper(b[k]))
			return false;
	return true;
}

/* ---- 8.3 ---- */

uint8_t fat_short_checksum(const uint8_t *s)
{
	uint8_t sum = 0;
	for (unsigned k = 0; k < 11; k++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + s[k]);
	return sum;
}

/* Bytes from 0x80 on are characters of the code page that the writer had, which nobody wrote down: it was mostly 437, the first PC's. */
static const uint16_t page_437[128] = {
	0xc7, 0xfc, 0xe9, 0xe2, 0xe4, 0xe0, 0xe5, 0xe7, 0xea, 0xeb, 0xe8, 0xef, 0xee, 0xec, 0xc4, 0xc5,
	0xc9, 0xe6, 0xc6, 0xf4, 0xf6, 0xf2, 0xfb, 0xf9, 0xff, 0xd6, 0xdc, 0xa2, 0xa3, 0xa5, 0x20a7, 0x192,
	0xe1, 0xed, 0xf3, 0xfa, 0xf1, 0xd1, 0xaa, 0xba, 0xbf, 0x2310, 0xac, 0xbd, 0xbc, 0xa1, 0xab, 0xbb,
	0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510,
	0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567,
	0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
	0x3b1, 0xdf, 0x393, 0x3c0, 0x3a3, 0x3c3, 0xb5, 0x3c4, 0x3a6, 0x398, 0x3a9, 0x3b4, 0x221e, 0x3c6, 0x3b5, 0x2229,
	0x2261, 0xb1, 0x2265, 0x2264, 0x2320, 0x2321, 0xf7, 0x2248, 0xb0, 0x2219, 0xb7, 0x221a, 0x207f, 0xb2, 0x25a0, 0xa0,
};

static unsigned put_part(const uint8_t *s, unsigned n, bool lower, uint16_t *out)
{
	while (n && s[n - 1] == ' ')
		n--;
	for (unsigned k = 0; k < n; k++)
		out[k] = s[k] >= 128 ? page_437[s[k] - 128] : lower && s[k] >= 'A' && s[k] <= 'Z' ? (uint16_t)(s[k] + 32) : s[k];
	return n;
}

unsigned fat_short_to_long(const uint8_t *raw, uint16_t *out)
{
	uint8_t s[11];
	memcpy(s, raw, 11);
	if (s[0] == 5)		/* stands for 0xe5, which would say "deleted" */
		s[0] = 0xe5;
	unsigned n = put_part(s, 8, raw[DE_CASE] & CASE_BASE, out);
	if (s[8] == ' ')
		return n;
	out[n++] = '.';
	return n + put_part(s + 8, 3, raw[DE_CASE] & CASE_EXT, out + n);
}

/* Put the characters of one part into room places; false if they do not all fit as they are, but for case. *cases: LOWER and
 * UPPER seen. */
static bool fill_part(const uint16_t *s, size_t n, uint8_t *out, size_t room, unsigned *cases)
{
	size_t k = 0;
	unsigned seen = 0;
	bool whole = true;
	for (size_t at = 0; at < n; at++) {
		unsigned c = s[at];
		unsigned kind = c < 128 ? ascii[c] : (unsigned)NOT_SHORT;
		if (c == ' ' || c == '.' || k == room) {
			whole = false;
			continue;
		}
		seen |= kind;
		out[k++] = kind & NOT_SHORT ? '_' : (uint8_t)(kind & LOWER ? c - 32 : c);
	}
	*cases = seen & (LOWER | UPPER);
	return whole && !(seen & NOT_SHORT);
}

static void make_short(const uint16_t *name, unsigned len, struct fat_short *out)
{
	unsigned dot = len, cases, ext_cases = 0;
	for (unsigned k = len; k-- > 1;)
		if (name[k] == '.') {
			dot = k;
			break;
		}
	memset(out->s11, ' ', 11);
	bool whole = fill_part(name, dot, out->s11, 8, &cases);
	if (dot < len)
		whole &= fill_part(name + dot + 1, len - dot - 1, out->s11 + 8, 3, &ext_cases) && dot + 1 < len;
	if (out->s11[0] == ' ') {	/* nothing but dots and blanks before the last dot */
		out->s11[0] = '_';
		whole = false;
	}
	out->case_flags = (uint8_t)((cases == LOWER ? CASE_BASE : 0) | (ext_cases == LOWER ? CASE_EXT : 0));
	out->whole = whole;
	out->exact = whole && cases != (LOWER | UPPER) && ext_cases != (LOWER | UPPER);
}

enum err fat_name_make(struct fat_name *out, const struct name *n)
{
	if (out->of.len == n->len && out->of.hash == n->hash && !memcmp(out->utf8, n->s, n->len))
		return OK;
	out->of.len = 0;
	enum err e = decode(n, out->s, &out->len);
	if (e != OK)
		return e;
	make_short(out->s, out->len, &out->sh);
	memcpy(out->utf8, n->s, n->len);
	out->of = *n;
	return OK;
}

static unsigned base_length(const uint8_t *s11)
{
	unsigned n = 8;
	while (n && s11[n - 1] == ' ')
		n--;
	return n;
}

static unsigned digits(unsigned n) { return n < 10 ? 1 : n < 100 ? 2 : n < 1000 ? 3 : 4; }

unsigned fat_short_tail(const uint8_t *s11, const struct fat_short *base)
{
	unsigned len = base_length(s11), at = len, n = 0;
	while (at > 0 && s11[at] != '~')	/* the last one: the name itself may have some */
		at--;
	if (at == len || at + 1 >= len || s11[at] != '~' || memcmp(s11 + 8, base->s11 + 8, 3) || memcmp(s11, base->s11, at))
		return 0;
	for (unsigned k = at + 1; k < len; k++) {
		if (s11[k] < '0' || s11[k] > '9')
			return 0;
		n = n * 10 + (s11[k] - '0');
	}
	unsigned full = base_length(base->s11), room = 7 - digits(n);
	return at == (full < room ? full : room) ? n : 0;
}

void fat_short_set_tail(struct fat_short *s, unsigned n)
{
	unsigned d = digits(n), at = base_length(s->s11);
	at = at < 7 - d ? at : 7 - d;
	memset(s->s11 + at, ' ', 8 - at);
	s->s11[at] = '~';
	for (unsigned k = d; k > 0; k--, n /= 10)
		s->s11[at + k] = (uint8_t)('0' + n % 10);
	s->case_flags = 0;
}

/* ---- time: days since 1980, and two-second steps ---- */

enum { DAYS_1980 = 3652, YEAR_MAX = 127 };	/* from 1970; 2107 is the last year that FAT knows */

/* Days from the start of a year to the first of month 0..11. */
static const uint16_t month_start[2][13] = {
	{ 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 }, { 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366 },
};

/* y counts from 1980; 2100 is no leap year. */
static bool is_leap(unsigned y) { return y % 4 == 0 && y != 120; }
static unsigned year_start(unsigned y) { return y * 365 + (y + 3) / 4 - (y > 120); }

uint64_t fat_time_decode(unsigned date, unsigned time)
{
	unsigned year = date >> 9, month = date >> 5 & 15, day = date & 31;
	month = month < 1 ? 0 : month > 12 ? 11 : month - 1;
	uint64_t days = DAYS_1980 + year_start(year) + month_start[is_leap(year)][month] + (day ? day - 1 : 0);
	return ((days * 24 + (time >> 11)) * 3600 + (time >> 5 & 63) * 60 + (time & 31) * 2) * 1000000000ull;
}

void fat_time_encode(uint64_t ns, uint32_t *date, uint32_t *time)
{
	uint64_t s = ns / 1000000000, days = s / 86400;
	unsigned sec = (unsigned)(s % 86400), month = 0;
	unsigned d = days < DAYS_1980 ? 0 : days - DAYS_1980 < year_start(YEAR_MAX + 1) ? (unsigned)(days - DAYS_1980) : year_start(YEAR_MAX + 1) - 1;
	unsigned year = d / 366;
	while (year_start(year + 1) <= d)
		year++;
	d -= year_start(year);
	while (month_start[is_leap(year)][month + 1] <= d)
		month++;
	*date = year << 9 | (month + 1) << 5 | (d - month_start[is_leap(year)][month] + 1);
	*time = sec / 3600 << 11 | sec / 60 % 60 << 5 | sec % 60 / 2;
}
