/* What the tests of the C library have in common. */
#include "ours.h"

unsigned long nchecks;
static uint64_t seed = 1;

/* splitmix64 */
uint64_t rnd_bits(void)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t rnd(uint64_t n) { return rnd_bits() % n; }

void check_failed(const char *file, int line, const char *what, const char *fmt, ...)
{
	va_list ap;
	printf("%s:%d: %s: ", file, line, what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	_fail(file, line);
	abort();
}

int test_all(const char *name, const struct CMUnitTest *tests, size_t n)
{
	int failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
	printf("%s: %zu tests, %lu checks, %d failed\n", name, n, nchecks, failed);
	return failed;
}
