/* command and type: what a name stands for. */
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

/* brief: as command -v says it. False: nothing has that name. */
static bool describe(const char *name, bool brief)
{
	bool keyword = is_keyword(name), function = function_find(name), builtin = find_builtin(name) >= 0;
	if (keyword || function || builtin) {
		const char *what = keyword ? "a word of the shell" : function ? "a function" : "done by the shell";
		printf(brief ? "%s\n" : "%s is %s\n", name, what);
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

/* command [-v] NAME [ARGUMENT ...]: not the function of that name. */
int command_builtin(char **argv)
{
	bool verbose = argv[1] && (!strcmp(argv[1], "-v") || !strcmp(argv[1], "-V"));
	argv += argv[1] && !strcmp(argv[1], "--") ? 2 : 1;
	if (!*argv)
		return 0;
	if (verbose)
		return argv[1] && describe(argv[1], argv[0][1] == 'v') ? 0 : 127;
	int builtin = find_builtin(*argv);
	return builtin >= 0 ? run_builtin(builtin, argv) : run_argv(argv);
}
