/* yes [WORD]: a word a line, without end. */
#include <stdio.h>

int main(int argc, char **argv)
{
	while (printf("%s\n", argc > 1 ? argv[1] : "y") > 0)
		;
	return 1;
}
