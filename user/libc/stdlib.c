/* Whole numbers, sorting, the environment. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *reallocarray(void *p, size_t n, size_t size)
{
	size_t nbytes;
	if (__builtin_mul_overflow(n, size, &nbytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, nbytes);
}

static int digit_of(char c)
{
	return isdigit(c) ? c - '0' : isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

/* The digits at *p in base; moves *p. Too large: ULLONG_MAX and ERANGE. */
static unsigned long long parse_digits(const char **p, int base)
{
	unsigned long long v = 0;
	int overflow = 0;
	for (; digit_of(**p) < base; ++*p) {
		unsigned d = (unsigned)digit_of(**p);
		if (v > (ULLONG_MAX - d) / (unsigned)base)
			overflow = 1;
		v = v * (unsigned)base + d;
	}
	if (overflow)
		errno = ERANGE;
	return overflow ? ULLONG_MAX : v;
}

/* Blanks, sign and prefix; moves *p to the digits. */
static int parse_prefix(const char **p, int base, int *negative)
{
	const char *s = *p;
	while (isspace(*s))
		s++;
	*negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	if ((base == 0 || base == 16) && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit_of(s[2]) < 16) {
		s += 2;
		base = 16;
	} else if (base == 0) {
		base = *s == '0' ? 8 : 10;
	}
	*p = s;
	return base;
}

static unsigned long long parse(const char *s, char **end, int base, int *negative)
{
	const char *p = s;
	if (base < 0 || base == 1 || base > 36) {
		errno = EINVAL;
		*negative = 0;
		if (end)
			*end = (char *)(uintptr_t)s;
		return 0;
	}
	base = parse_prefix(&p, base, negative);
	const char *digits = p;
	unsigned long long v = parse_digits(&p, base);
	if (end)
		*end = (char *)(uintptr_t)(p == digits ? s : p);
	return v;
}

/* Of a negative number the other one, as C has it; what is too large stays the largest. */
unsigned long long strtoull(const char *s, char **end, int base)
{
	int negative, before = errno;
	errno = 0;
	unsigned long long v = parse(s, end, base, &negative);
	int overflow = errno == ERANGE;
	errno = errno ? errno : before;
	return negative && !overflow ? -v : v;
}

long long strtoll(const char *s, char **end, int base)
{
	int negative;
	unsigned long long v = parse(s, end, base, &negative);
	if (v > (unsigned long long)LLONG_MAX + (unsigned)negative) {
		errno = ERANGE;
		return negative ? LLONG_MIN : LLONG_MAX;
	}
	return negative ? (long long)-v : (long long)v;
}

unsigned long strtoul(const char *s, char **end, int base) { return (unsigned long)strtoull(s, end, base); }
long strtol(const char *s, char **end, int base) { return (long)strtoll(s, end, base); }
int atoi(const char *s) { return (int)strtol(s, NULL, 10); }
long atol(const char *s) { return strtol(s, NULL, 10); }
long long atoll(const char *s) { return strtoll(s, NULL, 10); }

/* ---- heap sort: in place, never quadratic ---- */

static void swap(char *a, char *b, size_t size)
{
	for (; size--; a++, b++) {
		char c = *a;
		*a = *b;
		*b = c;
	}
}

struct sort { char *base; size_t size; int (*cmp)(const void *, const void *); };

static void sift_down(const struct sort *s, size_t root, size_t n)
{
	for (size_t child; (child = 2 * root + 1) < n; root = child) {
		char *c = s->base + child * s->size, *r = s->base + root * s->size;
		if (child + 1 < n && s->cmp(c, c + s->size) < 0) {
			child++;
			c += s->size;
		}
		if (s->cmp(r, c) >= 0)
			return;
		swap(r, c, s->size);
	}
}

void qsort(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	struct sort s = { base, size, cmp };
	for (size_t i = n / 2; i-- > 0;)
		sift_down(&s, i, n);
	for (size_t end = n; end-- > 1;) {
		swap(s.base, s.base + end * size, size);
		sift_down(&s, 0, end);
	}
}

void *bsearch(const void *key, const void *base, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	const char *first = base;
	while (n) {
		const char *middle = first + n / 2 * size;
		int order = cmp(key, middle);
		if (!order)
			return (void *)(uintptr_t)middle;
		if (order > 0)
			first = middle + size;
		n = order > 0 ? n - n / 2 - 1 : n / 2;
	}
	return NULL;
}

static unsigned rand_state = 1;
void srand(unsigned seed) { rand_state = seed; }

int rand_r(unsigned *state)
{
	*state = *state * 1103515245 + 12345;
	return (int)(*state >> 1 & 0x7fffffff);
}

int rand(void) { return rand_r(&rand_state); }

/* ---- the environment ---- */

static char **own_environ;	/* environ once it has been changed: ours to grow */
static size_t own_room;

static char **find(const char *name)
{
	size_t n = strcspn(name, "=");
	for (char **e = environ; *e; e++)
		if (!strncmp(*e, name, n) && (*e)[n] == '=')
			return e;
	return NULL;
}

char *getenv(const char *name)
{
	char **e = find(name);
	return e ? *e + strlen(name) + 1 : NULL;
}

static int make_room(size_t used)
{
	if (own_environ && environ == own_environ && used + 2 <= own_room)
		return 0;
	size_t room = used + 16;
	char **e = malloc(room * sizeof *e);
	if (!e)
		return -1;
	memcpy(e, environ, (used + 1) * sizeof *e);
	free(own_environ);
	environ = own_environ = e;
	own_room = room;
	return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
	if (!*name || strchr(name, '=')) {
		errno = EINVAL;
		return -1;
	}
	char **e = find(name);
	if (e && !overwrite)
		return 0;
	size_t n = strlen(name) + strlen(value) + 2, used = 0;
	char *s = malloc(n);
	while (environ[used])
		used++;
	if (!s || (!e && make_room(used) < 0)) {
		free(s);
		errno = ENOMEM;
		return -1;
	}
	strlcpy(s, name, n);
	strlcat(s, "=", n);
	strlcat(s, value, n);
	if (e) {
		*e = s;	/* the old string may still be in use: getenv's callers keep pointers */
	} else {
		environ[used] = s;
		environ[used + 1] = NULL;
	}
	return 0;
}

int unsetenv(const char *name)
{
	char **e = find(name);
	for (; e && *e; e++)
		*e = e[1];
	return 0;
}
