/* Who may read, write and run a file, as chmod and umask are told: an octal number, or [ugoa][+-=][rwx], and more after commas. */
#include <commands.h>
#include <stdlib.h>
#include <string.h>

/* What the letters at *s ask for, as one digit's bits. */
static mode_t take_bits(const char **s)
{
	mode_t bits = 0;
	for (;; (*s)++) {
		mode_t bit = **s == 'r' ? 4 : **s == 'w' ? 2 : **s == 'x' ? 1 : 0;
		if (!bit)
			return bits;
		bits |= bit;
	}
}

/* Whose they are: the lowest bit of each digit. Nobody named is everybody, but for what the mask takes. */
static mode_t take_who(const char **s)
{
	mode_t who = 0;
	for (;; (*s)++) {
		mode_t one = **s == 'u' ? 0100 : **s == 'g' ? 010 : **s == 'o' ? 1 : **s == 'a' ? 0111 : 0;
		if (!one)
			return who;
		who |= one;
	}
}

/* One part, up to a comma. False: that is no mode. */
static bool apply_part(const char **s, mode_t mask, mode_t *mode)
{
	mode_t who = take_who(s), allowed = who ? 0777 : 0777 & ~mask;
	if (!who)
		who = 0111;
	do {
		char op = **s;
		if (!op || !strchr("+-=", op))
			return false;
		(*s)++;
		mode_t bits = take_bits(s) * who & allowed;
		*mode = op == '+' ? *mode | bits : op == '-' ? *mode & ~bits : (*mode & ~(7 * who)) | bits;
	} while (**s && **s != ',');
	return true;
}

bool mode_parse(const char *s, mode_t old, mode_t mask, mode_t *mode)
{
	char *end;
	unsigned long n = strtoul(s, &end, 8);
	*mode = old;
	if (*s >= '0' && *s <= '7') {
		*mode = (mode_t)n;
		return !*end && n <= 0777;
	}
	while (apply_part(&s, mask, mode)) {
		if (!*s)
			return true;
		s++;
	}
	return false;
}
