/* Floating point to text and back, beside the host's: both are exact, so they agree to the last digit. */
#include "ours.h"
#include <errno.h>
#include <float.h>
#include <math.h>

/* Any bits at all, or a number of people's size, or one that is short in decimal, or a half that must be rounded to even. */
static double some_double(void)
{
	uint64_t bits = rnd_bits();
	double v;
	switch (rnd(5)) {
	case 0: return (double)(int64_t)rnd(2000000) / 1000.0 - 1000.0;
	case 1: return (double)(int64_t)rnd(100000) / 16.0;
	case 2: return ldexp((double)(rnd_bits() >> 11), (int)rnd(120) - 110);
	case 3: bits &= 0x800fffffffffffff; break;
	}
	memcpy(&v, &bits, sizeof v);
	return v;
}

static void some_format(char *out)
{
	*out++ = '%';
	for (const char *flag = "-0+ #"; *flag; flag++)
		if (rnd(4) == 0)
			*out++ = *flag;
	if (rnd(2))
		out += sprintf(out, "%d", (int)rnd(40));
	if (rnd(2))
		out += sprintf(out, ".%d", (int)rnd(rnd(10) ? 20 : 1200));
	*out++ = "fegFEG"[rnd(6)];
	*out = 0;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void printed(void **state)
{
	(void)state;
	static char ours[2000], host[2000];
	for (int step = 0; step < 60000; step++) {
		char fmt[32];
		some_format(fmt);
		double v = some_double();
		int n = our_snprintf(ours, sizeof ours, fmt, v), m = snprintf(host, sizeof host, fmt, v);
		CHECK(n == m && !strcmp(ours, host), "%s of %a: %d '%s', not %d '%s'", fmt, v, n, ours, m, host);
	}
}

static void printed_edges(void **state)
{
	(void)state;
	static const double values[] = { 0, -0.0, 0.5, 1.5, 2.5, 0.05, 0.06, 9.5, 9.995, 99999.5, 1e5, 1e6, 1e-4, 1e-5, 123456, 1234567, DBL_MAX,
		DBL_MIN, DBL_TRUE_MIN, INFINITY, -INFINITY, NAN, 1e15, 1e16, 1e17, 0.1, 1.0 / 3 };
	static const char *const formats[] = { "%f", "%.0f", "%#.0f", "%e", "%.0e", "%#.0e", "%g", "%.0g", "%#g", "%.17g", "%010.2f", "%-12g|", "%+G", "% E", "%.1f", "%08f" };
	static char ours[2000], host[2000];
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
			our_snprintf(ours, sizeof ours, formats[k], values[i]);
			snprintf(host, sizeof host, formats[k], values[i]);
			CHECK(!strcmp(ours, host), "%s of %a: '%s', not '%s'", formats[k], values[i], ours, host);
		}
	our_snprintf(ours, sizeof ours, "%d %.2f %s %*.*f %c", 1, 2.5, "three", 7, 1, 4.25, '5');
	CHECK(!strcmp(ours, "1 2.50 three     4.2 5"), "'%s'", ours);
}

/* ---- from text ---- */

static void check_read(const char *text)
{
	char *our_end, *host_end;
	our_errno = errno = 0;
	double ours = our_strtod(text, &our_end), host = strtod(text, &host_end);
	CHECK(!memcmp(&ours, &host, sizeof ours) || (isnan(ours) && isnan(host)), "'%s' is %a, not %a", text, ours, host);
	CHECK(our_end == host_end, "'%s': '%s' is left, not '%s'", text, our_end, host_end);
	if (isnormal(host) || host == 0 || isinf(host))
		CHECK(our_errno == errno, "'%s': errno %d, not %d", text, our_errno, errno);
	float our_f = our_strtof(text, NULL), host_f = strtof(text, NULL);
	CHECK(!memcmp(&our_f, &host_f, sizeof our_f) || isnan(host_f), "'%s' is %a, not %a", text, (double)our_f, (double)host_f);
}

static void read_back(void **state)
{
	(void)state;
	char text[1200];
	for (int step = 0; step < 3000; step++) {
		double v = some_double();
		snprintf(text, sizeof text, rnd(2) ? "%.*g" : "%.*e", rnd(2) ? (int)rnd(25) : 17, v);
		check_read(text);
	}
}

/* Exactly between two doubles, and a little beside. */
static void read_middles(void **state)
{
	(void)state;
	char text[1500];
	for (int step = 0; step < 600; step++) {
		double v = fabs(some_double());
		if (!isfinite(v) || v > DBL_MAX / 4)
			continue;
		long double middle = ((long double)v + (long double)nextafter(v, INFINITY)) / 2;
		int n = snprintf(text, sizeof text, "%.1100Lf", middle);
		check_read(text);
		text[n - 1] = '1';
		check_read(text);
	}
}

static void read_edges(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "x", ".", "-", "+.e1", "0", "-0", "0e5", "1e", "1e+", "1e5", "1.e5", ".5", "5.", "  12.5kg", "1..2", "1e5.5", "inf", "-INFINITY",
		"infinite", "nan", "NaNx", "in", "1e308", "1.8e308", "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "-1e400", "1e999999999999", "1e-999999999999",
		"0e999999999999", "2.2250738585072011e-308", "2.4703282292062327e-324", "2.4703282292062328e-324", "4.9e-324", "1e-400", "9007199254740993", "9007199254740992.9",
		"0.000000000000000000000000000000000000000001", "100000000000000000000000000000000000000000000", "16777217", "3.4028235e38", "3.4028236e38", "1e-46",
		"00000000000000000000000000000000000000000000000000000001.5", "1,5", "1e5e5", "--1", "+-1", "\t\n 7" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check_read(texts[i]);
	/* A digit far behind the middle between 1 and its neighbour decides. */
	static char text[3000];
	int n = snprintf(text, sizeof text, "1.00000000000000011102230246251565404236316680908203125");
	check_read(text);
	memset(text + n, '0', 2000);
	text[n + 2000] = '1';
	text[n + 2001] = 0;
	check_read(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(printed), cmocka_unit_test(printed_edges), cmocka_unit_test(read_back),
		cmocka_unit_test(read_middles), cmocka_unit_test(read_edges) };
	return RUN_TESTS(tests);
}
