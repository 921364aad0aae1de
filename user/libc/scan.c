/* scanf, from a string or from a file: see stdio.h. One byte is looked at before it is taken, and that is all that can be given back to a file: a number that
 * stops being one, such as "0x" or "1e", is taken and lost, as C says. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "file.h"

struct source { const char *s; FILE *f; int taken; };	/* f NULL: s */
/* width: most bytes; size: bytes of what it is stored in. */
struct conversion { bool dropped; int width, size; char letter; const char *set, *set_end; };

static int look(const struct source *in)
{
	if (!in->f)
		return *in->s ? (unsigned char)*in->s : EOF;
	int c = getc_unlocked(in->f);
	if (c != EOF)
		ungetc(c, in->f);
	return c;
}

static void take(struct source *in)
{
	in->taken++;
	if (in->f)
		getc_unlocked(in->f);
	else
		in->s++;
}

static void skip_blanks(struct source *in)
{
	while (isspace(look(in)))
		take(in);
}

/* ---- the format ---- */

/* Behind the "[": the end of the set. A "]" that comes first is in it. */
static const char *parse_set(const char *f, struct conversion *c)
{
	c->set = f;
	f += *f == '^';
	f += *f == ']';
	f += strcspn(f, "]");
	c->set_end = f;
	return *f ? f + 1 : f;
}

static const char *parse_size(const char *f, struct conversion *c)
{
	c->size = sizeof(int);
	if (*f == 'z' || *f == 't' || *f == 'j')
		c->size = sizeof(int64_t), f++;
	for (; *f == 'h'; f++)
		c->size /= 2;
	for (; *f == 'l'; f++)
		c->size = sizeof(int64_t);
	return f;
}

static const char *parse(const char *f, struct conversion *c)
{
	*c = (struct conversion){ .dropped = *f == '*' };
	f += c->dropped;
	for (; isdigit(*f); f++)
		if (c->width < 100000)
			c->width = c->width * 10 + *f - '0';
	f = parse_size(f, c);
	c->letter = *f;
	if (*f == 'c' && !c->width)
		c->width = 1;
	else if (!c->width)
		c->width = INT32_MAX;
	if (*f == '[')
		return parse_set(f + 1, c);
	return *f ? f + 1 : f;
}

static bool in_set(const struct conversion *c, char b)
{
	const char *s = c->set + (*c->set == '^');
	bool hit = false;
	for (; s < c->set_end; s++)
		if (s[1] == '-' && s + 2 < c->set_end) {
			hit |= (unsigned char)b >= (unsigned char)s[0] && (unsigned char)b <= (unsigned char)s[2];
			s += 2;
		} else {
			hit |= b == *s;
		}
	return hit != (*c->set == '^');
}

/* ---- numbers: as much as may begin one is taken, then it is converted ---- */

struct digits { char text[512]; int n, room; };

static bool take_if(struct source *in, struct digits *d, const char *these)
{
	int c = look(in);
	if (c == EOF || !c || d->n >= d->room || !strchr(these, c))
		return false;
	d->text[d->n++] = (char)c;
	d->text[d->n] = 0;
	take(in);
	return true;
}

static void take_all(struct source *in, struct digits *d, const char *these)
{
	while (take_if(in, d, these))
		;
}

static struct digits no_digits(const struct conversion *c)
{
	struct digits d;
	d.n = 0;
	d.text[0] = 0;
	d.room = c->width < (int)sizeof d.text - 1 ? c->width : (int)sizeof d.text - 1;
	return d;
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

static bool scan_whole(struct source *in, struct conversion *c, va_list *ap)
{
	int base = c->letter == 'd' || c->letter == 'u' ? 10 : c->letter == 'o' ? 8 : c->letter == 'i' ? 0 : 16;
	struct digits d = no_digits(c);
	char *end;
	take_if(in, &d, "+-");
	if ((base == 0 || base == 16) && take_if(in, &d, "0")) {
		if (take_if(in, &d, "xX"))
			base = 16;
		else if (!base)
			base = 8;
	}
	take_all(in, &d, base == 16 ? "0123456789abcdefABCDEF" : base == 8 ? "01234567" : "0123456789");
	if (c->letter == 'p')
		c->size = sizeof(void *);
	long long v = c->letter == 'd' || c->letter == 'i' ? strtoll(d.text, &end, base) : (long long)strtoull(d.text, &end, base);
	if (!d.n || *end)
		return false;
	store(c, v, ap);
	return true;
}

static bool take_word(struct source *in, struct digits *d, const char *word)
{
	while (*word && take_if(in, d, (char[]){ *word, (char)toupper(*word), 0 }))
		word++;
	return !*word;
}

static void take_float(struct source *in, struct digits *d)
{
	int c = look(in);
	if (c == 'i' || c == 'I' || c == 'n' || c == 'N') {
		if (take_word(in, d, tolower(c) == 'i' ? "inf" : "nan") && tolower(c) == 'i')
			take_word(in, d, "inity");
		return;
	}
	take_all(in, d, "0123456789");
	if (take_if(in, d, "."))
		take_all(in, d, "0123456789");
	if (d->n && take_if(in, d, "eE")) {
		take_if(in, d, "+-");
		take_all(in, d, "0123456789");
	}
}

static bool scan_float(struct source *in, struct conversion *c, va_list *ap)
{
	struct digits d = no_digits(c);
	char *end;
	take_if(in, &d, "+-");
	take_float(in, &d);
	double v = strtod(d.text, &end);
	if (!d.n || *end)
		return false;
	if (c->dropped)
		return true;
	void *p = va_arg(*ap, void *);
	if (c->size == sizeof(double))
		memcpy(p, &v, sizeof v);
	else
		memcpy(p, &(float){ strtof(d.text, NULL) }, sizeof(float));
	return true;
}

/* ---- bytes: %s up to a blank, %[ ] as long as they are in the set, %c so many ---- */

static bool scan_bytes(struct source *in, struct conversion *c, va_list *ap)
{
	char *out = c->dropped ? NULL : va_arg(*ap, char *);
	int n = 0, b;
	for (; n < c->width && (b = look(in)) != EOF; n++) {
		if ((c->letter == 's' && isspace(b)) || (c->letter == '[' && !in_set(c, (char)b)))
			break;
		if (out)
			*out++ = (char)b;
		take(in);
	}
	if (out && c->letter != 'c')
		*out = 0;
	return c->letter == 'c' ? n == c->width : n > 0;
}

/* A byte that must be there. */
static bool matches(struct source *in, char c)
{
	if (look(in) != (unsigned char)c)
		return false;
	take(in);
	return true;
}

static bool scan_one(struct source *in, struct conversion *c, va_list *ap)
{
	switch (c->letter) {
	case 'd': case 'i': case 'u': case 'x': case 'X': case 'o': case 'p': return scan_whole(in, c, ap);
	case 'f': case 'F': case 'e': case 'E': case 'g': case 'G': return scan_float(in, c, ap);
	case 's': case 'c': case '[': return scan_bytes(in, c, ap);
	case 'n': store(c, in->taken, ap); return true;
	case '%': return matches(in, '%');
	default: return false;
	}
}

static bool skips_blanks(char letter) { return letter != 'c' && letter != '[' && letter != 'n'; }
static bool is_kept(const struct conversion *c) { return !c->dropped && c->letter != 'n' && c->letter != '%'; }

static int scan(struct source *in, const char *f, va_list *ap)
{
	int kept = 0;
	while (*f) {
		struct conversion c = { .letter = *f };
		if (isspace(*f)) {
			skip_blanks(in);
			f++;
			continue;
		}
		bool plain = *f != '%';
		f = plain ? f + 1 : parse(f + 1, &c);
		if (!plain && skips_blanks(c.letter))
			skip_blanks(in);
		bool ended = c.letter != 'n' && look(in) == EOF;
		if (!(plain ? matches(in, c.letter) : scan_one(in, &c, ap)))
			return ended && !kept ? EOF : kept;
		kept += !plain && is_kept(&c);
	}
	return kept;
}

int vsscanf(const char *s, const char *fmt, va_list args)
{
	struct source in = { s, NULL, 0 };
	va_list ap;
	va_copy(ap, args);
	int kept = scan(&in, fmt, &ap);
	va_end(ap);
	return kept;
}

int vfscanf(FILE *f, const char *fmt, va_list args)
{
	HOLD(f);
	struct source in = { NULL, f, 0 };
	va_list ap;
	va_copy(ap, args);
	int kept = scan(&in, fmt, &ap);
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

int fscanf(FILE *f, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vfscanf(f, fmt, ap);
	va_end(ap);
	return n;
}

int scanf(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vfscanf(stdin, fmt, ap);
	va_end(ap);
	return n;
}
