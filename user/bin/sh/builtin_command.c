/* command, type and hash: what a name stands for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

static bool is_keyword(const char *name)
{
	static const char *const words[] = { "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "{", "}",
		"!", "time" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i], name))
			return true;
	return false;
}

/* The file that name runs, along PATH; NULL: there is none. To be freed. */
static char *find_program(const char *name)
{
	const char *path = var_get("PATH");
	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? sh_strdup(name) : NULL;
	for (const char *p = path ? path : "/bin"; *p;) {
		size_t n = strcspn(p, ":");
		char *full = sh_alloc(n + strlen(name) + 2);
		snprintf(full, n + strlen(name) + 2, "%.*s/%s", (int)n, p, name);
		if (access(full, X_OK) == 0)
			return full;
		free(full);
		p += n + (p[n] == ':');
	}
	return NULL;
}

static bool describe_alias(const char *name, bool brief)
{
	const char *value = alias_find(name);
	if (!value)
		return false;
	printf(brief ? "alias %s=" : "%s is an alias for ", name);
	if (brief)
		print_quoted(value);
	else
		fputs(value, stdout);
	putchar('\n');
	return true;
}

/* brief: as command -v says it. False: nothing has that name. */
static bool describe(const char *name, bool brief)
{
	int builtin = find_builtin(name);
	bool keyword = is_keyword(name), function = function_find(name);
	if (!keyword && describe_alias(name, brief))
		return true;
	if (keyword || function || builtin >= 0) {
		const char *what = keyword ? "shell keyword" : function ? "shell function" : builtin_is_special(builtin) ? "special shell builtin" : "shell builtin";
		printf(brief ? "%s\n" : "%s is a %s\n", name, what);
		return true;
	}
	char *program = find_program(name);
	if (program)
		printf(brief ? "%s\n" : "%s is %s\n", brief ? program : name, program);
	free(program);
	return program;
}

int type_builtin(char **argv)
{
	int status = 0;
	for (argv++; *argv; argv++)
		if (!describe(*argv, false)) {
			printf("%s: not found\n", *argv);
			status = 127;
		}
	return status;
}

/* hash [-r] [NAME ...]: no table of programs is kept, for PATH is searched each time: only whether they are there. */
int hash_builtin(char **argv)
{
	int status = 0;
	for (argv++; *argv; argv++) {
		char *program = !strcmp(*argv, "-r") || find_builtin(*argv) >= 0 || function_find(*argv) ? sh_strdup("") : find_program(*argv);
		if (!program) {
			fprintf(stderr, "hash: %s: not found\n", *argv);
			status = 1;
		}
		free(program);
	}
	return status;
}

static int commanded;	/* builtins that command runs */

int special_failed(int status)
{
	if (!interactive && !commanded)
		shell_exit(2);
	return status;
}

/* command [-p] [-v | -V] NAME [ARGUMENT ...]: not the function of that name. */
int command_builtin(char **argv)
{
	if (argv[1] && !strcmp(argv[1], "-p"))
		argv++;
	bool verbose = argv[1] && (!strcmp(argv[1], "-v") || !strcmp(argv[1], "-V"));
	argv += argv[1] && !strcmp(argv[1], "--") ? 2 : 1;
	if (!*argv)
		return 0;
	if (verbose)
		return !argv[1] || describe(argv[1], argv[0][1] == 'v') ? 0 : 127;
	int builtin = find_builtin(*argv);
	if (builtin < 0)
		return run_argv(argv);
	commanded++;
	int status = run_builtin(builtin, argv);
	commanded--;
	return status;
}
