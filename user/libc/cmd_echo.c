/* echo: words, and a newline unless the first is -n. */
#include <commands.h>
#include <stdio.h>
#include <string.h>

int cmd_echo(int argc, char **argv)
{
	int first = argc > 1 && !strcmp(argv[1], "-n") ? 2 : 1;
	for (int i = first; i < argc; i++)
		printf(i > first ? " %s" : "%s", argv[i]);
	if (first == 1)
		putchar('\n');
	return fflush(stdout) != 0;
}
