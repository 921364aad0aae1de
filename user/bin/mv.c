/* mv: give files another name or place. -i: ask before a file is written over; -n: do not write over any; -f: without asking; -v: say what is done.
 * Between file systems it copies (cp -a) and removes (rm -r), but not onto a folder that is there. */
#include <commands.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNOPSIS "[-finv] FROM ... TO"

static char may = 'f';	/* a file be written over: always, never (n), or when it is agreed to (i) */
static bool say;

/* On a disk that does not tell the cases of letters apart the same file can get another name of itself. */
static int move(const char *from, const char *to)
{
	struct stat a, b;
	bool there = lstat(to, &b) == 0, same = there && lstat(from, &a) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	if (there && !same && (may == 'n' || (may == 'i' && !command_ask("write over", to))))
		return 0;
	if (say)
		printf("%s -> %s\n", from, to);
	if (rename(from, to) == 0)
		return 0;
	if (errno == EXDEV && there && S_ISDIR(b.st_mode))	/* cp would copy into it */
		errno = EEXIST;
	if (errno != EXDEV) {
		warn("%s to %s", from, to);
		return 1;
	}
	char *copy[] = { "cp", "-a", "--", (char *)from, (char *)to, NULL }, *remove[] = { "rm", "-r", "--", (char *)from, NULL };
	return command_run(copy) || command_run(remove);
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "finv")) != -1;) {
		if (c == '?')
			usage(SYNOPSIS);
		say |= c == 'v';
		may = c == 'v' ? may : (char)c;
	}
	return command_each(argc, argv, SYNOPSIS, move);
}
