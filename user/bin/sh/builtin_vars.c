/* Builtins about variables and the shell's own options: set export readonly unset local shift. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

bool options[OPTIONS];

static const struct { char letter; const char *name; } known[OPTIONS] = {
	[OPT_ALLEXPORT] = { 'a', "allexport" }, [OPT_NOCLOBBER] = { 'C', "noclobber" }, [OPT_ERREXIT] = { 'e', "errexit" }, [OPT_NOGLOB] = { 'f', "noglob" },
	[OPT_NOEXEC] = { 'n', "noexec" }, [OPT_NOUNSET] = { 'u', "nounset" }, [OPT_VERBOSE] = { 'v', "verbose" }, [OPT_XTRACE] = { 'x', "xtrace" },
	[OPT_PIPEFAIL] = { 0, "pipefail" },
};

void options_letters(char *out)
{
	for (int i = 0; i < OPTIONS; i++)
		if (options[i] && known[i].letter)
			*out++ = known[i].letter;
	if (interactive)
		*out++ = 'i';
	*out = 0;
}

static bool set_letter(char c, bool on)
{
	for (int i = 0; i < OPTIONS; i++)
		if (known[i].letter == c) {
			options[i] = on;
			return true;
		}
	fprintf(stderr, "sh: -%c: no such option\n", c);
	return false;
}

static bool set_name(const char *name, bool on)
{
	for (int i = 0; name && i < OPTIONS; i++)
		if (!strcmp(known[i].name, name)) {
			options[i] = on;
			return true;
		}
	fprintf(stderr, "sh: -o %s: no such option\n", name ? name : "");
	return false;
}

int options_parse(char **argv)
{
	int n = 0;
	for (; argv[n] && (argv[n][0] == '-' || argv[n][0] == '+') && argv[n][1] && strcmp(argv[n], "--"); n++) {
		bool on = argv[n][0] == '-';
		for (const char *letters = argv[n] + 1; *letters; letters++) {
			bool named = *letters == 'o' && !letters[1];
			if (named ? !set_name(argv[++n], on) : !set_letter(*letters, on))
				return -1;
			if (named)
				break;
		}
	}
	return n;
}

/* For a reader, or as the commands that set them so. */
static int print_options(bool as_commands)
{
	for (int i = 0; i < OPTIONS; i++)
		if (as_commands)
			printf("set %co %s\n", options[i] ? '-' : '+', known[i].name);
		else
			printf("%-12s%s\n", known[i].name, options[i] ? "on" : "off");
	return 0;
}

/* set; set -eux; set -o NAME; set [--] A B ...: the new $1 $2 ... */
int set_builtin(char **argv)
{
	if (!argv[1]) {
		vars_print("", false, false);
		return 0;
	}
	if ((!strcmp(argv[1], "-o") || !strcmp(argv[1], "+o")) && !argv[2])
		return print_options(argv[1][0] == '+');
	int n = options_parse(argv + 1);
	if (n < 0)
		return special_failed(2);
	char **rest = argv + 1 + n;
	if (!*rest)
		return 0;
	char **old = positional;
	positional_set(rest + !strcmp(*rest, "--"));
	words_free(old);
	return 0;
}

int shift_builtin(char **argv)
{
	char *end = NULL;
	size_t n = argv[1] ? (size_t)strtoul(argv[1], &end, 10) : 1, have = positional_count();
	bool number = !argv[1] || (*argv[1] >= '0' && *argv[1] <= '9' && !*end);
	if (!number || n > have) {
		fprintf(stderr, number ? "shift: there are only %zu\n" : "shift: not a number: there are %zu\n", have);
		return special_failed(1);
	}
	char **old = positional;
	positional_set(positional + 1 + n);
	words_free(old);
	return 0;
}

/* Split NAME=VALUE in place; the value, or NULL. *ok: it is a name. */
static const char *split(char *word, bool *ok)
{
	size_t n = name_length(word);
	*ok = n && (!word[n] || word[n] == '=');
	if (!*ok)
		fprintf(stderr, "sh: %s: not a name\n", word);
	if (!*ok || !word[n])
		return NULL;
	word[n] = 0;
	return word + n + 1;
}

static int mark_each(char **argv, void (*mark)(const char *name))
{
	int status = 0;
	for (; *argv; argv++) {
		bool ok;
		const char *value = split(*argv, &ok);
		ok = ok && (!value || var_set(*argv, value));
		if (ok)
			mark(*argv);
		status |= !ok;
	}
	return status ? special_failed(status) : 0;
}

int export_builtin(char **argv)
{
	bool print = !argv[1] || !strcmp(argv[1], "-p");
	if (print)
		vars_print("export ", true, false);
	return print ? 0 : mark_each(argv + 1, var_export);
}

int readonly_builtin(char **argv)
{
	bool print = !argv[1] || !strcmp(argv[1], "-p");
	if (print)
		vars_print("readonly ", false, true);
	return print ? 0 : mark_each(argv + 1, var_readonly);
}

int local_builtin(char **argv)
{
	int status = 0;
	if (!in_function()) {
		fprintf(stderr, "local: only in a function\n");
		return special_failed(1);
	}
	for (argv++; *argv; argv++) {
		bool ok;
		const char *value = split(*argv, &ok);
		if (ok)
			var_save(*argv);
		if (ok && value)
			ok = var_set(*argv, value);
		status |= !ok;
	}
	return status;
}

static bool unset_variable(const char *name)
{
	size_t n = name_length(name);
	bool ok = n && !name[n];
	if (!ok)
		fprintf(stderr, "sh: %s: not a name\n", name);
	return ok && var_unset(name);
}

int unset_builtin(char **argv)
{
	int status = 0;
	bool functions = argv[1] && !strcmp(argv[1], "-f"), option = functions || (argv[1] && !strcmp(argv[1], "-v"));
	for (argv += 1 + option; *argv; argv++)
		if (functions)
			function_unset(*argv);
		else
			status |= !unset_variable(*argv);
	return status ? special_failed(status) : 0;
}
