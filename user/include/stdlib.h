#pragma once
#include <stddef.h>
#include <stdint.h>
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t n);
void *reallocarray(void *p, size_t n, size_t size);	/* n * size bytes; NULL too if that is too large a number */
void free(void *p);
void *aligned_alloc(size_t align, size_t n);
int posix_memalign(void **out, size_t align, size_t n);
size_t malloc_usable_size(void *p);
int atexit(void (*fn)(void));
_Noreturn void exit(int status);
_Noreturn void _Exit(int status);	/* at once: nothing is flushed, no atexit() */
_Noreturn void abort(void);
char *getenv(const char *name);
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);
extern char **environ;
int atoi(const char *s);
long atol(const char *s);
long long atoll(const char *s);
/* base 0: as the prefix says, 0x or 0; EINVAL: none of 0, 2 to 36. ERANGE: too large for the type, whose nearest number is given. */
long strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);
long long strtoll(const char *s, char **end, int base);
unsigned long long strtoull(const char *s, char **end, int base);
/* The double, or float, nearest to the decimal number at s (or "inf", "nan"), of two as near the even one; *end is behind it, or s if there is none.
 * ERANGE: too large, infinity; or closer to 0 than what has all its digits. Hexadecimal is not known. */
double strtod(const char *s, char **end);
float strtof(const char *s, char **end);
double atof(const char *s);
/* In place, and n log n comparisons whatever the order was; which of equal objects comes first is not said. */
void qsort(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *));
/* The object that cmp finds equal to key, of n in order; NULL: there is none. */
void *bsearch(const void *key, const void *base, size_t n, size_t size, int (*cmp)(const void *key, const void *object));
/* The absolute name of what path leads to, without links, in out of PATH_MAX bytes, or, NULL, in memory of its own. NULL with errno: it leads nowhere. */
char *realpath(const char *path, char *out);
/* Make a file (and open it), or a folder, with a name that nobody has: letters take the place of the XXXXXX that name ends in. */
int mkstemp(char *name);
char *mkdtemp(char *name);
#define RAND_MAX 0x7fffffff
int rand(void);		/* good for games; see <sys/random.h> */
int rand_r(unsigned *state);
void srand(unsigned seed);
int system(const char *command);	/* waitpid()'s status of sh -c command; NULL: whether there is a shell */
static inline int abs(int n) { return n < 0 ? -n : n; }
static inline long labs(long n) { return n < 0 ? -n : n; }
static inline long long llabs(long long n) { return n < 0 ? -n : n; }
typedef struct { int quot, rem; } div_t;
typedef struct { long quot, rem; } ldiv_t;
static inline div_t div(int n, int by) { return (div_t){ n / by, n % by }; }
static inline ldiv_t ldiv(long n, long by) { return (ldiv_t){ n / by, n % by }; }
