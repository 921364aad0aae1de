/* mv: give files another name or place. Between file systems it copies (cp -r) and removes (rm -r). */
#include <commands.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int move(const char *from, const char *to)
{
	if (rename(from, to) == 0)
		return 0;
	if (errno != EXDEV) {
		warn("%s to %s", from, to);
		return 1;
	}
	char *copy[] = { "cp", "-r", "--", (char *)from, (char *)to, NULL }, *remove[] = { "rm", "-r", "--", (char *)from, NULL };
	return command_run(copy) || command_run(remove);
}

int main(int argc, char **argv)
{
	if (getopt(argc, argv, "") != -1)
		usage("FROM ... TO");
	return command_each(argc, argv, "FROM ... TO", move);
}
