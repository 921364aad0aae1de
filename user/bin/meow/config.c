/* See config.h. */
#include "config.h"
#include <stdio.h>
#include <string.h>

enum { NUMBER_MAX = 100000 };
static const char *const providers[] = { [PROVIDER_TUTOR] = "tutor", [PROVIDER_ECHO] = "echo" };

void config_defaults(struct config *c) { *c = (struct config){ PROVIDER_TUTOR, "pressure", 40, 16, true }; }

const char *config_provider_name(enum provider p) { return providers[p]; }

static bool take_number(const char *s, unsigned *out)
{
	unsigned n = 0;
	size_t digits = strspn(s, "0123456789");
	for (size_t i = 0; i < digits && n <= NUMBER_MAX; i++)
		n = n * 10 + (unsigned)(s[i] - '0');
	if (!digits || s[digits] || n > NUMBER_MAX)
		return false;
	*out = n;
	return true;
}

static bool take_provider(const char *s, enum provider *out)
{
	for (unsigned i = 0; i < sizeof providers / sizeof *providers; i++)
		if (!strcmp(s, providers[i])) {
			*out = (enum provider)i;
			return true;
		}
	return false;
}

static bool take_watch(const char *s, char (*out)[32])
{
	if (!*s || strlen(s) >= sizeof *out)
		return false;
	strcpy(*out, s);
	return true;
}

static bool take_yes(const char *s, bool *out)
{
	bool yes = !strcmp(s, "yes");
	if (!yes && strcmp(s, "no"))
		return false;
	*out = yes;
	return true;
}

static bool set(struct config *c, const char *key, const char *value, struct config_error *why)
{
	bool good;
	if (!strcmp(key, "provider"))
		good = take_provider(value, &c->provider);
	else if (!strcmp(key, "watch"))
		good = take_watch(value, &c->watch);
	else if (!strcmp(key, "pace"))
		good = take_number(value, &c->pace);
	else if (!strcmp(key, "limit"))
		good = take_number(value, &c->limit);
	else if (!strcmp(key, "color"))
		good = take_yes(value, &c->color);
	else {
		snprintf(why->text, sizeof why->text, "no such key: %s", key);
		return false;
	}
	if (!good)
		snprintf(why->text, sizeof why->text, "%s: not a value for it: %s", key, *value ? value : "(nothing)");
	return good;
}

/* Without the blanks at its ends. */
static void trim(const char **s, size_t *n)
{
	for (; *n && (**s == ' ' || **s == '\t'); ++*s)
		--*n;
	while (*n && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t' || (*s)[*n - 1] == '\r'))
		--*n;
}

/* Lines may hold anything, and what is wrong with one is printed. */
static void make_printable(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 127)
			*s = '?';
}

static bool take_line(struct config *c, const char *line, size_t n, struct config_error *why)
{
	char text[64];
	trim(&line, &n);
	if (!n || *line == '#')
		return true;
	const char *equals = memchr(line, '=', n);
	if (!equals || n >= sizeof text || memchr(line, 0, n)) {
		snprintf(why->text, sizeof why->text, equals ? "the line is too long" : "not of the form key=value: %.*s", n < 40 ? (int)n : 40, line);
		return false;
	}
	const char *key = line, *value = equals + 1;
	size_t nkey = (size_t)(equals - line), nvalue = n - nkey - 1;
	trim(&key, &nkey);
	trim(&value, &nvalue);
	memcpy(text, key, nkey);
	text[nkey] = 0;
	memcpy(text + nkey + 1, value, nvalue);
	text[nkey + 1 + nvalue] = 0;
	return set(c, text, text + nkey + 1, why);
}

bool config_line(struct config *c, const char *line, size_t n, struct config_error *why)
{
	bool good = take_line(c, line, n, why);
	if (!good)
		make_printable(why->text);
	return good;
}
