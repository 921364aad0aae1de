/* chmod MODE FILE ...: who may read, write and run a file: an octal number, or [ugoa][+-=][rwx], and more after commas. FAT keeps one bit of it: that
 * nobody may write. -R: folders with all that is in them. Links are followed. */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNOPSIS "[-R] MODE FILE ..."

/* What the letters at *s ask for, as one digit's bits. */
static mode_t take_bits(const char **s)
{
	mode_t bits = 0;
	for (;; (*s)++) {
		mode_t bit = **s == 'r' ? 4 : **s == 'w' ? 2 : **s == 'x' ? 1 : 0;
		if (!bit)
			return bits;
		bits |= bit;
	}
}

/* Whose they are: the lowest bit of each digit. Nobody named is everybody, but for what the umask takes. */
static mode_t take_who(const char **s)
{
	mode_t who = 0;
	for (;; (*s)++) {
		mode_t one = **s == 'u' ? 0100 : **s == 'g' ? 010 : **s == 'o' ? 1 : **s == 'a' ? 0111 : 0;
		if (!one)
			return who;
		who |= one;
	}
}

/* One part, up to a comma. False: that is no mode. */
static bool apply_part(const char **s, mode_t *mode)
{
	mode_t mask = umask(0), who = take_who(s), allowed = who ? 0777 : 0777 & ~mask;
	umask(mask);
	if (!who)
		who = 0111;
	do {
		char op = **s;
		if (!op || !strchr("+-=", op))
			return false;
		(*s)++;
		mode_t bits = take_bits(s) * who & allowed;
		*mode = op == '+' ? *mode | bits : op == '-' ? *mode & ~bits : (*mode & ~(7 * who)) | bits;
	} while (**s && **s != ',');
	return true;
}

static bool apply(const char *s, mode_t old, mode_t *mode)
{
	char *end;
	unsigned long n = strtoul(s, &end, 8);
	*mode = old;
	if (*s >= '0' && *s <= '7') {
		*mode = (mode_t)n;
		return !*end && n <= 0777;
	}
	while (apply_part(&s, mode)) {
		if (!*s)
			return true;
		s++;
	}
	return false;
}

static bool change(const char *path, const char *what, bool deep);

static bool change_inside(const char *folder, const char *what)
{
	bool ok = true;
	char path[PATH_MAX];
	DIR *d = opendir(folder);
	if (!d) {
		warn("%s", folder);
		return false;
	}
	for (struct dirent *e; (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		bool fits = (size_t)snprintf(path, sizeof path, "%s/%s", folder, e->d_name) < sizeof path;
		ok &= fits && change(path, what, true);
	}
	closedir(d);
	return ok;
}

static bool change(const char *path, const char *what, bool deep)
{
	struct stat st;
	mode_t mode;
	if (stat(path, &st) < 0) {
		warn("%s", path);
		return false;
	}
	if (!apply(what, st.st_mode & 0777, &mode))
		errx(1, "%s: not a mode", what);
	if (chmod(path, mode) < 0) {
		warn("%s", path);
		return false;
	}
	return !deep || !S_ISDIR(st.st_mode) || change_inside(path, what);
}

int main(int argc, char **argv)
{
	bool deep = argc > 1 && !strcmp(argv[1], "-R"), ok = true;
	int at = 1 + deep + (argc > 1 + deep && !strcmp(argv[1 + deep], "--"));
	if (argc - at < 2)
		usage(SYNOPSIS);
	for (int i = at + 1; i < argc; i++)
		ok &= change(argv[i], argv[at], deep);
	return !ok;
}
