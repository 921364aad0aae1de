/* stat: what the file system knows of files. -L: of what a link leads to; -c FORMAT: only this, in which %n is the name, %N the name and where a link
 * leads, %s the size, %b the blocks of 512 bytes, %a the mode in octal, %A in letters, %f all of it in hex, %F the type, %h the links, %i the inode,
 * %u %g %U %G whose it is, %X %Y %Z the seconds of access, change, and change of status, %x %y %z the same as dates. */
#include <err.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SYNOPSIS "[-L] [-c FORMAT] FILE ..."

static const char *type_name(const struct stat *s)
{
	switch (s->st_mode & S_IFMT) {
	case S_IFREG: return s->st_size ? "regular file" : "regular empty file";
	case S_IFDIR: return "directory";
	case S_IFCHR: return "character special file";
	case S_IFBLK: return "block special file";
	case S_IFIFO: return "fifo";
	case S_IFLNK: return "symbolic link";
	default: return "socket";
	}
}

static void print_letters(mode_t m)
{
	char mode[] = "-rwxrwxrwx";
	mode[0] = S_ISDIR(m) ? 'd' : S_ISCHR(m) ? 'c' : S_ISBLK(m) ? 'b' : S_ISFIFO(m) ? 'p' : S_ISLNK(m) ? 'l' : '-';
	for (int i = 0; i < 9; i++)
		if (!(m >> (8 - i) & 1))
			mode[i + 1] = '-';
	printf("%s", mode);
}

static void print_date(const struct timespec *t)
{
	char text[40];
	const struct tm *tm = gmtime(&t->tv_sec);
	if (tm && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", tm))
		printf("%s.%09ld +0000", text, (long)t->tv_nsec);
	else
		printf("%ld", (long)t->tv_sec);
}

static void print_target(const char *name, const struct stat *s)
{
	char target[PATH_MAX];
	ssize_t n = S_ISLNK(s->st_mode) ? readlink(name, target, sizeof target) : -1;
	printf("'%s'", name);
	if (n >= 0)
		printf(" -> '%.*s'", (int)n, target);
}

/* False: there is no such letter. */
static bool print_number(char letter, const struct stat *s)
{
	switch (letter) {
	case 's': printf("%ld", (long)s->st_size); break;
	case 'b': printf("%ld", (long)s->st_blocks); break;
	case 'a': printf("%o", s->st_mode & 07777); break;
	case 'f': printf("%x", s->st_mode); break;
	case 'h': printf("%lu", (unsigned long)s->st_nlink); break;
	case 'i': printf("%lu", (unsigned long)s->st_ino); break;
	case 'u': printf("%u", s->st_uid); break;
	case 'g': printf("%u", s->st_gid); break;
	case 'X': printf("%ld", (long)s->st_atime); break;
	case 'Y': printf("%ld", (long)s->st_mtime); break;
	case 'Z': printf("%ld", (long)s->st_ctime); break;
	default: return false;
	}
	return true;
}

static void print_letter(char letter, const char *name, const struct stat *s)
{
	switch (letter) {
	case 'n': printf("%s", name); break;
	case 'N': print_target(name, s); break;
	case 'A': print_letters(s->st_mode); break;
	case 'F': printf("%s", type_name(s)); break;
	case 'U': printf("%s", s->st_uid ? "?" : "root"); break;
	case 'G': printf("%s", s->st_gid ? "?" : "root"); break;
	case 'x': print_date(&s->st_atim); break;
	case 'y': print_date(&s->st_mtim); break;
	case 'z': print_date(&s->st_ctim); break;
	case '%': putchar('%'); break;
	default:
		if (!print_number(letter, s))
			errx(1, "%%%c: not known", letter ? letter : ' ');
	}
}

static void print(const char *format, const char *name, const struct stat *s)
{
	for (const char *p = format; *p; p++) {
		if (*p != '%')
			putchar(*p);
		else
			print_letter(*++p, name, s);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	const char *format = NULL;
	bool follow = false;
	int failed = 0;
	struct stat s;
	for (int c; (c = getopt(argc, argv, "Lc:")) != -1;) {
		if (c == '?')
			usage(SYNOPSIS);
		follow |= c == 'L';
		format = c == 'c' ? optarg : format;
	}
	if (optind == argc)
		usage(SYNOPSIS);
	for (int i = optind; i < argc; i++) {
		if ((follow ? stat(argv[i], &s) : lstat(argv[i], &s)) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		} else if (format) {
			print(format, argv[i], &s);
		} else {
			printf("%s: inode %lu, mode %o, links %u, size %ld, blocks %ld, modified %ld\n", argv[i], (unsigned long)s.st_ino, s.st_mode,
				(unsigned)s.st_nlink, (long)s.st_size, (long)s.st_blocks, (long)s.st_mtime);
		}
	}
	return failed;
}
