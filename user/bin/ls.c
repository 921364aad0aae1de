/* ls: what is in folders. -a: names that begin with a dot too, -A: but . and ..; -l: a line each, with type, size and time; -R: folders below too;
 * -d: a folder itself, not what is in it; -t: the newest first; -S: the largest first; -r: the other way round; -F: with a sign of the type (/ folder,
 * * program, @ link, | pipe), -p: only of folders; -i: with inode numbers; -s: with the KiB on the disk; -h: sizes in the unit that reads best; -1: a
 * name per line, -C: columns.
 * To a terminal it writes columns, elsewhere a name per line. */
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utf8.h>

struct entry { char *name; struct stat st; char *target; /* of a symbolic link */ };
struct list { struct entry *v; size_t n; };

static bool all, almost_all, details, recursive, columns, themselves, reverse;
static bool readable, inodes, blocks, folders_marked, types_marked;
static char order;	/* 't', 'S'; 0: by name */
static int failed;

static void add(struct list *l, const char *name, const struct stat *st)
{
	if (!(l->n & (l->n - 1))) {
		l->v = realloc(l->v, (l->n ? l->n * 2 : 1) * sizeof *l->v);
		if (!l->v)
			err(1, "list");
	}
	struct entry *e = &l->v[l->n++];
	e->name = strdup(name);
	e->st = *st;
	e->target = NULL;
	if (!e->name)
		err(1, "list");
}

/* The entry added last, which is at path, may be a link: where it leads is shown with the details. */
static void note_target(struct list *l, const char *path)
{
	char target[PATH_MAX];
	struct entry *e = &l->v[l->n - 1];
	ssize_t n = details && S_ISLNK(e->st.st_mode) ? readlink(path, target, sizeof target) : -1;
	if (n >= 0)
		e->target = strndup(target, (size_t)n);
}

static void list_free(struct list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].target);
	}
	free(l->v);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static long by_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? (long)(a->tv_sec - b->tv_sec) : (long)(a->tv_nsec - b->tv_nsec);
}

static int by_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	long d = order == 't' ? by_time(&y->st.st_mtim, &x->st.st_mtim) : order ? (long)(y->st.st_size - x->st.st_size) : 0;
	int r = d ? d < 0 ? -1 : 1 : by_name(a, b);
	return reverse ? -r : r;
}

static char type_letter(mode_t m)
{
	return S_ISDIR(m) ? 'd' : S_ISCHR(m) ? 'c' : S_ISBLK(m) ? 'b' : S_ISFIFO(m) ? 'p' : S_ISLNK(m) ? 'l' : '-';
}

static const char *mark_of(const struct entry *e)
{
	mode_t m = e->st.st_mode;
	if (S_ISDIR(m) && (folders_marked || types_marked))
		return "/";
	if (!types_marked)
		return "";
	return S_ISLNK(m) ? details ? "" : "@" : S_ISFIFO(m) ? "|" : S_ISREG(m) && m & 0111 ? "*" : "";
}

/* -h: up to three digits, rounded up, and a unit. */
static const char *size_text(off_t size)
{
	static char text[24];
	unsigned long n = (unsigned long)size, tenths = n * 10;
	size_t unit = 0;
	for (; readable && tenths > 10230 && unit < 4; unit++)
		tenths = (tenths + 1023) / 1024;
	if (!unit)
		snprintf(text, sizeof text, "%lu", n);
	else if (tenths < 100)
		snprintf(text, sizeof text, "%lu.%lu%c", tenths / 10, tenths % 10, "KMGT"[unit - 1]);
	else
		snprintf(text, sizeof text, "%lu%c", (tenths + 9) / 10, "KMGT"[unit - 1]);
	return text;
}

static void print_numbers(const struct entry *e)
{
	if (inodes)
		printf("%7lu ", (unsigned long)e->st.st_ino);
	if (blocks)
		printf("%6ld ", ((long)e->st.st_blocks + 1) / 2);
}

static void print_details(const struct entry *e)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char mode[11] = "-rwxrwxrwx";
	const struct tm *tm = gmtime(&e->st.st_mtime);
	mode[0] = type_letter(e->st.st_mode);
	for (int i = 0; i < 9; i++)
		if (!(e->st.st_mode >> (8 - i) & 1))
			mode[i + 1] = '-';
	printf("%s %2u %9s  %.3s %2d %4d %02d:%02d  %s%s%s%s\n", mode, (unsigned)e->st.st_nlink, size_text(e->st.st_size), months + 3 * tm->tm_mon,
		tm->tm_mday, tm->tm_year + 1900, tm->tm_hour, tm->tm_min, e->name, mark_of(e),
		e->target ? " -> " : "", e->target ? e->target : "");
}

static void print_cell(const struct entry *e, size_t width)
{
	const char *mark = mark_of(e);
	size_t used = utf8_columns(e->name, strlen(e->name)) + strlen(mark) + (inodes ? 8u : 0) + (blocks ? 7u : 0);
	print_numbers(e);
	printf("%s%s%*s", e->name, mark, used < width ? (int)(width - used) : 0, "");
}

static void print_columns(const struct list *l)
{
	struct winsize size;
	size_t widest = 0, width = ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
	for (size_t i = 0; i < l->n; i++)
		if (utf8_columns(l->v[i].name, strlen(l->v[i].name)) > widest)
			widest = utf8_columns(l->v[i].name, strlen(l->v[i].name));
	widest += (folders_marked || types_marked) + (inodes ? 8u : 0) + (blocks ? 7u : 0);
	size_t across = width / (widest + 2) ? width / (widest + 2) : 1, rows = (l->n + across - 1) / across;
	for (size_t r = 0; r < rows; r++) {
		for (size_t i = r; i < l->n; i += rows)
			print_cell(&l->v[i], i + rows < l->n ? widest + 2 : 0);
		putchar('\n');
	}
}

static void print(struct list *l)
{
	if (l->n)
		qsort(l->v, l->n, sizeof *l->v, by_order);
	if (!details && columns) {
		print_columns(l);
		return;
	}
	for (size_t i = 0; i < l->n; i++)
		if (details)
			print_numbers(&l->v[i]), print_details(&l->v[i]);
		else
			print_cell(&l->v[i], 0), putchar('\n');
}

static bool join(char *out, const char *folder, const char *name)
{
	size_t n = strlen(folder);
	const char *slash = n && folder[n - 1] == '/' ? "" : "/";
	return snprintf(out, PATH_MAX, "%s%s%s", folder, slash, name) < PATH_MAX;
}

static void list_folder(const char *path);

static void list_below(const char *path, const struct list *l)
{
	char *below = malloc(PATH_MAX);
	if (!below)
		err(1, "list");
	for (size_t i = 0; i < l->n; i++) {
		const char *name = l->v[i].name;
		if (!S_ISDIR(l->v[i].st.st_mode) || !strcmp(name, ".") || !strcmp(name, "..") || !join(below, path, name))
			continue;
		printf("\n%s:\n", below);
		list_folder(below);
	}
	free(below);
}

static void list_folder(const char *path)
{
	struct list l = { 0 };
	struct stat st;
	char full[PATH_MAX];
	DIR *d = opendir(path);
	if (!d) {
		warn("%s", path);
		failed = 1;
		return;
	}
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.' && !all && !(almost_all && strcmp(e->d_name, ".") && strcmp(e->d_name, "..")))
			continue;
		memset(&st, 0, sizeof st);
		if ((details || recursive || order || inodes || blocks || folders_marked || types_marked) && (!join(full, path, e->d_name) || lstat(full, &st) < 0)) {
			warn("%s/%s", path, e->d_name);
			failed = 1;
		}
		add(&l, e->d_name, &st);
		note_target(&l, full);
	}
	closedir(d);
	print(&l);
	if (recursive)
		list_below(path, &l);
	list_free(&l);
}

/* Files that were named come first, in one list; then each folder. */
static void list_arguments(char **names, int n)
{
	struct list files = { 0 }, folders = { 0 };
	struct stat st;
	for (int i = 0; i < n; i++) {
		bool follow = !details && !themselves && !types_marked;	/* else a link is shown, not where it leads, which may be nowhere */
		if ((!follow || stat(names[i], &st) < 0) && lstat(names[i], &st) < 0) {
			warn("%s", names[i]);
			failed = 1;
			continue;
		}
		struct list *to = S_ISDIR(st.st_mode) && !themselves ? &folders : &files;
		add(to, names[i], &st);
		note_target(to, names[i]);
	}
	print(&files);
	for (size_t i = 0; i < folders.n; i++) {
		if (n > 1 || recursive)
			printf("%s%s:\n", i || files.n ? "\n" : "", folders.v[i].name);
		list_folder(folders.v[i].name);
	}
	list_free(&files);
	list_free(&folders);
}

int main(int argc, char **argv)
{
	static char *here[] = { "." };
	columns = isatty(1);
	for (int c; (c = getopt(argc, argv, "aAlRdtSr1CFphisn")) != -1;)
		switch (c) {
		case 'a': all = true; break;
		case 'A': almost_all = true; break;
		case 'l': details = true; break;
		case 'R': recursive = true; break;
		case 'd': themselves = true; break;
		case 't': case 'S': order = (char)c; break;
		case 'r': reverse = true; break;
		case '1': columns = false; break;
		case 'C': columns = true; break;
		case 'F': types_marked = true; break;
		case 'p': folders_marked = true; break;
		case 'h': readable = true; break;
		case 'i': inodes = true; break;
		case 's': blocks = true; break;
		case 'n': details = true; break;
		default: usage("[-1ACFRSadhilnprst] [FILE ...]");
		}
	if (optind < argc)
		list_arguments(argv + optind, argc - optind);
	else
		list_arguments(here, 1);
	return failed;
}
