/* ls [-alR] [PATH...]: list folders, by name. */
#include <dirent.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

static struct options opt;

static void print_mode(unsigned m)
{
	static const char letters[] = "rwxrwxrwx";
	char s[11] = "----------";
	s[0] = S_ISDIR(m) ? 'd' : S_ISCHR(m) ? 'c' : S_ISBLK(m) ? 'b' : S_ISLNK(m) ? 'l' : S_ISFIFO(m) ? 'p' : '-';
	for (int i = 0; i < 9; i++)
		if (m >> (8 - i) & 1)
			s[1 + i] = letters[i];
	printf("%s", s);
}

static int print_entry(const char *path, const char *name)
{
	struct stat st;
	if (!opt.seen['l']) {
		puts(name);
		return 0;
	}
	if (lstat(path, &st) < 0)
		return complain("ls", path);
	print_mode(st.st_mode);
	struct tm *t = gmtime(&st.st_mtime);
	printf(" %2u %8ld %04d-%02d-%02d %02d:%02d %s\n", st.st_nlink, st.st_size, t->tm_year + 1900, t->tm_mon + 1, t->tm_mday,
		t->tm_hour, t->tm_min, name);
	return 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The names in a folder, sorted; NULL and errno if it cannot be read. */
static char **read_names(const char *path, size_t *count)
{
	DIR *d = opendir(path);
	char **names = d ? calloc(1, sizeof *names) : NULL;
	*count = 0;
	for (struct dirent *e; names && (e = readdir(d));) {
		if (e->d_name[0] == '.' && !opt.seen['a'])
			continue;
		names = realloc(names, (*count + 1) * sizeof *names);
		if (names)
			names[(*count)++] = strdup(e->d_name);
	}
	if (d)
		closedir(d);
	if (names)
		qsort(names, *count, sizeof *names, by_name);
	return names;
}

static int list_folder(const char *path)
{
	size_t n;
	char full[1024];
	struct stat st;
	int status = 0;
	char **names = read_names(path, &n);
	if (!names)
		return complain("ls", path);
	for (size_t i = 0; i < n; i++) {
		snprintf(full, sizeof full, "%s/%s", path, names[i]);
		status |= print_entry(full, names[i]);
	}
	for (size_t i = 0; i < n && opt.seen['R']; i++) {
		snprintf(full, sizeof full, "%s/%s", strcmp(path, "/") ? path : "", names[i]);
		if (strcmp(names[i], ".") && strcmp(names[i], "..") && lstat(full, &st) == 0 && S_ISDIR(st.st_mode)) {
			printf("\n%s:\n", full);
			status |= list_folder(full);
		}
	}
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return status;
}

static int list(const char *path, int many)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return complain("ls", path);
	if (!S_ISDIR(st.st_mode))
		return print_entry(path, path);
	if (many || opt.seen['R'])
		printf("%s:\n", path);
	return list_folder(path);
}

int main(int argc, char **argv)
{
	int status = 0;
	(void)argc;
	take_options(&opt, &argv);
	if (!*argv)
		return list(".", 0);
	for (int many = argv[1] != NULL; *argv; argv++)
		status |= list(*argv, many);
	return status;
}
