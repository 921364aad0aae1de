/* cd, pwd and umask: where the shell is, and what files that are made there are like. $PWD is the way that was taken, links and all. */
#include <commands.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sh.h"

/* -L and -P, the last of which counts: argv moves behind them. False: another option. */
static bool take_options(char ***argv, bool *physical)
{
	for (; **argv && (**argv)[0] == '-' && (**argv)[1]; (*argv)++) {
		if (!strcmp(**argv, "--")) {
			(*argv)++;
			return true;
		}
		for (const char *c = **argv + 1; *c; c++) {
			if (*c != 'L' && *c != 'P')
				return false;
			*physical = *c == 'P';
		}
	}
	return true;
}

const char *folder_here(void)
{
	struct stat a, b;
	const char *pwd = var_get("PWD");
	bool same = pwd && *pwd == '/' && stat(pwd, &a) == 0 && stat(".", &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	return same ? pwd : NULL;
}

/* path, which begins with "/", without . and .. and double slashes, in place. */
static void simplify(char *path)
{
	char *to = path;
	for (char *p = path; *p;) {
		size_t n = strcspn(++p, "/");
		if (n == 2 && !strncmp(p, "..", 2)) {
			while (to > path && *--to != '/')
				;
		} else if (n && !(n == 1 && *p == '.')) {
			*to++ = '/';
			memmove(to, p, n);
			to += n;
		}
		p += n;
	}
	if (to == path)
		*to++ = '/';
	*to = 0;
}

/* Go to path; the links of the way stay in $PWD, so that .. leads back over them. -1 and errno: it cannot be. */
static int go(const char *path, bool physical)
{
	char way[PATH_MAX], old[PATH_MAX];
	const char *here = folder_here();
	strlcpy(old, here ? here : "", sizeof old);
	bool follow = !physical && *path && (*path == '/' || here);
	size_t n = follow ? (size_t)snprintf(way, sizeof way, "%s/%s", *path == '/' ? "" : here, path) : 0;
	follow &= n < sizeof way;
	if (follow)
		simplify(way);
	if (chdir(follow ? way : path) < 0)
		return -1;
	var_set("OLDPWD", old);
	if (follow || getcwd(way, sizeof way))
		var_set("PWD", way);
	return 0;
}

/* Along CDPATH, unless the name says where it begins. True: it is there, and not simply in this folder. */
static bool go_along_path(const char *to, bool physical)
{
	const char *p = var_get("CDPATH");
	bool searched = *to && *to != '/' && strcmp(to, ".") && strcmp(to, "..") && strncmp(to, "./", 2) && strncmp(to, "../", 3);
	while (searched && p && *p) {
		char path[PATH_MAX];
		size_t n = strcspn(p, ":");
		bool fits = n && (size_t)snprintf(path, sizeof path, "%.*s/%s", (int)n, p, to) < sizeof path;
		if (fits && go(path, physical) == 0)
			return true;
		p += n + (p[n] == ':');
	}
	return false;
}

/* cd [-L | -P] [FOLDER | -] */
int cd_builtin(char **argv)
{
	bool physical = false;
	argv++;
	if (!take_options(&argv, &physical)) {
		fprintf(stderr, "cd: %s: no such option\n", *argv);
		return 2;
	}
	bool back = *argv && !strcmp(*argv, "-");
	const char *to = back ? var_get("OLDPWD") : *argv ? *argv : var_get("HOME");
	if (!to || (back && !*to)) {
		fprintf(stderr, "cd: %s is not set\n", back ? "OLDPWD" : "HOME");
		return 1;
	}
	char *copy = sh_strdup(to);	/* it may be a variable that changes on the way */
	bool elsewhere = go_along_path(copy, physical), ok = elsewhere || go(copy, physical) == 0;
	if (!ok)
		fprintf(stderr, "cd: %s: %s\n", copy, strerror(errno));
	if (ok && (back || elsewhere))
		puts(var_get("PWD"));
	free(copy);
	return !ok;
}

/* pwd [-L | -P] */
int pwd_builtin(char **argv)
{
	char path[PATH_MAX];
	bool physical = false;
	argv++;
	if (!take_options(&argv, &physical)) {
		fprintf(stderr, "pwd: %s: no such option\n", *argv);
		return 2;
	}
	const char *here = physical ? NULL : folder_here();
	if (!here && !(here = getcwd(path, sizeof path))) {
		fprintf(stderr, "pwd: %s\n", strerror(errno));
		return 1;
	}
	puts(here);
	return 0;
}

static void print_mask(mode_t mask, bool symbolic)
{
	if (!symbolic) {
		printf("%04o\n", mask);
		return;
	}
	for (int i = 0; i < 3; i++) {
		mode_t allowed = ~mask >> (6 - 3 * i) & 7;
		printf("%s%c=%s%s%s", i ? "," : "", "ugo"[i], allowed & 4 ? "r" : "", allowed & 2 ? "w" : "", allowed & 1 ? "x" : "");
	}
	putchar('\n');
}

/* umask [-S] [MASK]: a mask is what is taken away, as a number; letters, as chmod has them, are what is left. */
int umask_builtin(char **argv)
{
	mode_t mask = umask(0), fresh;
	umask(mask);
	bool symbolic = argv[1] && !strcmp(argv[1], "-S");
	const char *wanted = argv[1 + symbolic];
	if (!wanted) {
		print_mask(mask, symbolic);
		return 0;
	}
	bool number = *wanted >= '0' && *wanted <= '7';
	if (!mode_parse(wanted, ~mask & 0777, 0, &fresh)) {
		fprintf(stderr, "umask: %s: not a mask\n", wanted);
		return 1;
	}
	umask(number ? fresh : ~fresh & 0777);
	return 0;
}
