/* reset: make the terminal usable again after a program that left it raw: its modes, its colours, its screen. */
#include <err.h>
#include <stdio.h>
#include <termios.h>
#include <terminal.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		usage("");
	struct termios t;
	if (tcgetattr(0, &t) < 0)
		err(1, "standard input");
	terminal_make_sane(&t);
	if (tcsetattr(0, TCSADRAIN, &t) < 0)
		err(1, "standard input");
	fputs("\033c\033[m\033[?25h\033[?1049l", stdout);
	return fflush(stdout) != 0;
}
