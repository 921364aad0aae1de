/* Floating point in programs: printed and read to the last digit, and kept for each thread by the kernel. On RISC-V a program that uses it needs F and D. */
#include "check.h"
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define IS(text, ...) (snprintf(out, sizeof out, __VA_ARGS__), !strcmp(out, text))

static char out[400];

static const char *test_printing(void)
{
	WANT(IS("1.5 -0.333333 1e+10", "%g %f %g", 1.5, -1.0 / 3, 1e10));
	WANT(IS("0.1000000000000000055511151231257827", "%.34f", 0.1));
	WANT(IS("2 4 -0", "%.0f %.0f %.0f", 2.5, 3.5, -0.4));
	WANT(IS("[   3.14][3.14   ][0003.14][+3.14]", "[%7.2f][%-7.2f][%07.2f][%+.2f]", 3.14159, 3.14159, 3.14159, 3.14159));
	WANT(IS("1.797693e+308 4.94066E-324", "%e %G", 1.7976931348623157e308, 4.9e-324));
	double zero = 0;
	WANT(IS("inf -INF", "%f %F", 1 / zero, -1 / zero) && (snprintf(out, sizeof out, "%+f", zero / zero), strstr(out, "nan")));
	WANT(snprintf(out, sizeof out, "%f", 1.7976931348623157e308) == 316);
	return NULL;
}

static const char *test_reading(void)
{
	char *end;
	WANT(strtod("3.25kg", &end) == 3.25 && !strcmp(end, "kg") && atof("-1e3") == -1000 && strtof("0.1", NULL) == 0.1f);
	WANT(strtod("9007199254740993", NULL) == 9007199254740992.0 && strtod("9007199254740993.0000000001", NULL) == 9007199254740994.0);
	errno = 0;
	WANT(strtod("1e400", NULL) > 1.7e308 && errno == ERANGE);
	for (uint64_t bits = 0; bits < 0x7ff0000000000000; bits += 0x00123456789abcde) {
		double v, again;
		memcpy(&v, &bits, sizeof v);
		snprintf(out, sizeof out, "%.17g", v);
		again = strtod(out, NULL);
		WANT(!memcmp(&v, &again, sizeof v));
	}
	return NULL;
}

/* Many numbers at once, so that they fill registers; each step depends on all before. */
static double work(double start, int nsteps)
{
	double a = start, b = start / 3, c = start / 7, d = start / 11, e = 1, f = 2;
	for (int i = 0; i < nsteps; i++) {
		a = (a + b) / 2;
		b = (b + c) / 3;
		c = (c + d) / 5;
		d = (d + a) / 7;
		e = (e + a) / 2;
		f = (f + e) / 3;
		if (i % 512 == 0)
			sched_yield();
	}
	return a + b + c + d + e + f;
}

enum { THREADS = 4, STEPS = 100000 };

static void *run_work(void *arg)
{
	double *v = arg;
	*v = work(*v, STEPS);
	return NULL;
}

static const char *test_threads(void)
{
	pthread_t t[THREADS];
	double v[THREADS], want[THREADS];
	for (int i = 0; i < THREADS; i++)
		want[i] = work(v[i] = 1000.0 * (i + 1), STEPS);
	for (int i = 0; i < THREADS; i++)
		WANT(pthread_create(&t[i], NULL, run_work, &v[i]) == 0);
	for (int i = 0; i < THREADS; i++)
		WANT(pthread_join(t[i], NULL) == 0 && !memcmp(&v[i], &want[i], sizeof v[i]));
	return NULL;
}

/* A handler has registers of its own, however often it comes. */
static volatile int signals;
static volatile double trash;

static void on_alarm(int sig)
{
	(void)sig;
	trash = work(77, 10);
	signals++;
}

static const char *test_signals(void)
{
	double want = work(5, STEPS), got = want;
	struct itimerval each = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };
	signal(SIGALRM, on_alarm);
	WANT(setitimer(ITIMER_REAL, &each, NULL) == 0);
	while (signals < 20 && got == want)
		got = work(5, STEPS);
	WANT(setitimer(ITIMER_REAL, &never, NULL) == 0 && got == want);
	return NULL;
}

static const char *test_fork(void)
{
	int status;
	double before = work(9, 1000), third = before / 3;
	pid_t pid = fork();
	double after = third * 3;
	if (pid == 0)
		_exit(work(9, 1000) != before || after != third * 3);
	WANT(waitpid(pid, &status, 0) == pid && status == 0 && work(9, 1000) == before);
	return NULL;
}

static const char *test_mathematics(void)
{
	volatile double two = 2, half = 0.5, large = 4503599627370497.0;
	WANT(sqrt(two) == 1.4142135623730951 && isnan(sqrt(-two)) && sqrt(two * two) == two && fabs(-two) == two);
	WANT(floor(two + half) == 2 && floor(-half) == -1 && ceil(half) == 1 && ceil(-half) == 0 && signbit(ceil(-half)) && trunc(-two - half) == -2);
	WANT(round(half) == 1 && round(-half) == -1 && round(half - 0x1p-54) == 0 && round(two + 0.25) == 2);
	WANT(floor(large) == large && ceil(-large) == -large && isinf(floor(INFINITY)) && isnan(trunc(NAN)));
	WANT(fmin(two, half) == half && fmax(two, NAN) == two && fmax(NAN, two) == two && isfinite(two) && !isfinite(large * 1e300));
	return NULL;
}

/* What the book shows as a reader's first program. */
static const char *says(const char *command, const char *text)
{
	FILE *f = popen(command, "r");
	WANT(f && fgets(out, sizeof out, f));
	pclose(f);
	WANT(!strcmp(out, text));
	return NULL;
}

static const char *test_program(void)
{
	const char *why = says("echo 1 2 3.5 -.5 1e1 | /test/average", "5 numbers, mean 3.2, deviation 3.641\n");
	why = why ? why : says("echo 1 two | /test/average 2>&1", "average: word 2 is no number\n");
	why = why ? why : says("/test/average </dev/null 2>&1", "average: no numbers\n");
	return why ? why : says("/test/average /none 2>&1", "average: /none: No such file or directory\n");
}

static const struct check_case cases[] = {
	{ "printing", test_printing }, { "reading", test_reading }, { "threads", test_threads }, { "signals", test_signals }, { "fork", test_fork },
	{ "mathematics", test_mathematics }, { "a program", test_program },
};
CHECK_MAIN(cases)
