/* clear: empty the screen. */
#include <err.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		usage("");
	fputs("\033[H\033[2J\033[3J", stdout);
	return fflush(stdout) != 0;
}
