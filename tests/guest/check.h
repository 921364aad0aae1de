#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
/* In-guest tests: a line for each test, a count at the end. They run the same on Linux. */

static int check_run, check_failed;

struct check_case { const char *name; const char *(*run)(void); };

/* In a test function: give up with why unless cond. */
#define WANT(cond) do { if (!(cond)) return check_why(#cond, __LINE__); } while (0)
/* expr fails with errno e. */
#define WANT_ERRNO(expr, e) do { errno = 0; if ((long)(expr) != -1 || errno != (e)) return check_errno(#expr, errno, __LINE__); } while (0)

static inline const char *check_why(const char *what, int line)
{
	static char why[160];
	snprintf(why, sizeof why, "line %d: %s (errno %d)", line, what, errno);
	return why;
}

static inline const char *check_errno(const char *what, int got, int line)
{
	static char why[160];
	snprintf(why, sizeof why, "line %d: %s gave errno %d", line, what, got);
	return why;
}

static inline int check_all(const struct check_case *cases, int n)
{
	for (int i = 0; i < n; i++) {
		const char *why = cases[i].run();
		check_run++;
		if (why)
			check_failed++;
		printf(why ? "[KO] %s: %s\n" : "[OK] %s\n", cases[i].name, why);
		fflush(stdout);
	}
	printf("[%s] %d/%d\n", check_failed ? "FAILURE" : "SUCCESS", check_run - check_failed, check_run);
	return check_failed != 0;
}

#define CHECK_MAIN(cases) int main(void) { return check_all(cases, (int)(sizeof(cases) / sizeof *(cases))); }
