/* See keys.h. A state machine that is fed byte by byte, so that a sequence may come in pieces. */
#include "keys.h"
#include <utf8.h>

static uint32_t plain(struct keys *k, unsigned char c)
{
	switch (c) {
	case 27: k->state = KEYS_ESCAPE; return KEY_NONE;
	case '\r': return KEY_ENTER;
	case '\n': return KEY_NEWLINE;
	case 127: case '\b': return KEY_BACKSPACE;
	default: break;
	}
	if (c < 0x80)
		return c;
	k->bytes[0] = (char)c;
	k->have = 1;
	k->want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	k->state = c >= 0xc2 && c < 0xf5 ? KEYS_UTF8 : KEYS_PLAIN;
	return k->state == KEYS_UTF8 ? KEY_NONE : UTF8_BAD;
}

/* A byte that does not go on is the start of something else: nothing typed is lost. */
static uint32_t in_utf8(struct keys *k, unsigned char c)
{
	size_t len;
	if ((c & 0xc0) != 0x80) {
		k->state = KEYS_PLAIN;
		return plain(k, c);
	}
	k->bytes[k->have++] = (char)c;
	if (k->have < k->want)
		return KEY_NONE;
	k->state = KEYS_PLAIN;
	return utf8_decode(k->bytes, k->have, &len);
}

static uint32_t after_escape(struct keys *k, unsigned char c)
{
	k->state = KEYS_PLAIN;
	switch (c) {
	case '[': k->state = KEYS_CSI; k->nparams = k->param[0] = k->param[1] = 0; return KEY_NONE;
	case 'O': k->state = KEYS_SS3; return KEY_NONE;
	case 27: k->state = KEYS_ESCAPE; return KEY_ESC;
	case 'b': return KEY_WORD_LEFT;
	case 'f': return KEY_WORD_RIGHT;
	case '\r': case '\n': return KEY_NEWLINE;
	case 127: return CTRL('W');
	default: return KEY_NONE;
	}
}

static uint32_t arrow(const struct keys *k, unsigned char c)
{
	bool by_word = k->nparams && k->param[1] >= 3;	/* with Alt or Ctrl */
	switch (c) {
	case 'A': return KEY_UP;
	case 'B': return KEY_DOWN;
	case 'C': return by_word ? KEY_WORD_RIGHT : KEY_RIGHT;
	case 'D': return by_word ? KEY_WORD_LEFT : KEY_LEFT;
	case 'H': return KEY_HOME;
	case 'F': return KEY_END;
	default: return KEY_NONE;
	}
}

static uint32_t numbered(unsigned n)
{
	switch (n) {
	case 1: case 7: return KEY_HOME;
	case 4: case 8: return KEY_END;
	case 3: return KEY_DELETE;
	case 5: return KEY_PAGE_UP;
	case 6: return KEY_PAGE_DOWN;
	default: return KEY_NONE;
	}
}

static uint32_t in_csi(struct keys *k, unsigned char c)
{
	if (c >= '0' && c <= '9') {
		unsigned *p = &k->param[k->nparams];
		*p = *p < 10000 ? *p * 10 + (c - '0') : *p;
		return KEY_NONE;
	}
	if (c == ';') {
		if (k->nparams < 3)
			k->param[++k->nparams] = 0;
		return KEY_NONE;
	}
	if (c >= 0x20 && c < 0x40)
		return KEY_NONE;
	k->state = KEYS_PLAIN;
	if (c < 0x20)		/* the sequence was cut off */
		return plain(k, c);
	return c == 'R' && k->nparams == 1 ? KEY_REPORT : c == '~' ? numbered(k->param[0]) : arrow(k, c);
}

uint32_t keys_feed(struct keys *k, unsigned char c)
{
	switch (k->state) {
	case KEYS_UTF8: return in_utf8(k, c);
	case KEYS_ESCAPE: return after_escape(k, c);
	case KEYS_CSI: return in_csi(k, c);
	case KEYS_SS3: k->state = KEYS_PLAIN; k->nparams = 0; return arrow(k, c);
	default: return plain(k, c);
	}
}

uint32_t keys_idle(struct keys *k)
{
	bool alone = k->state == KEYS_ESCAPE;
	if (alone)
		k->state = KEYS_PLAIN;
	return alone ? KEY_ESC : KEY_NONE;
}
