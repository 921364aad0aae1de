#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
/* find: parse.c makes a tree of the expression, main.c walks, test.c decides. */

enum test_type { TEST_AND, TEST_OR, TEST_NOT, TEST_NAME, TEST_PATH, TEST_TYPE, TEST_SIZE, TEST_NEWER, TEST_EMPTY, TEST_AGE, TEST_PRUNE, TEST_TRUE,
	DO_PRINT, DO_PRINT0, DO_DELETE, DO_QUIT, DO_EXEC, DO_EXEC_MANY };

struct test {
	enum test_type type;
	struct test *left, *right;
	const char *text;		/* a pattern */
	bool any_case;
	char letter, sign;		/* -type, and the unit of -size; + - or 0 */
	long number;
	struct timespec time;		/* of -newer's file */
	char **argv;			/* of -exec, NULL at the end */
	char **many;			/* files for -exec {} + */
	size_t nmany;
};

struct options { int most, least; bool depth_first; };
struct file { const char *path, *name; struct stat st; bool pruned; };

struct test *parse_expression(char **argv, struct options *o);
bool run_test(struct test *t, struct file *f);
void run_pending(struct test *t);		/* what -exec {} + still holds */
extern int find_status;
