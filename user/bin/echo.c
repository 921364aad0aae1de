/* echo [-n] [WORD ...]: its words, with a blank between them, and a newline, which -n leaves out. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	int first = argc > 1 && !strcmp(argv[1], "-n") ? 2 : 1;
	for (int i = first; i < argc; i++)
		printf(i > first ? " %s" : "%s", argv[i]);
	if (first == 1)
		putchar('\n');
	return fflush(stdout) != 0;
}
