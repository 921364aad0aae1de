/* vi: edit a file. In normal mode keys are commands, many take a number before them:
 *	h j k l and arrows  w b e  0 ^ $  gg G  Ctrl-F Ctrl-B	move
 *	i a I A o O  s C cw cc	begin to insert, after what they remove; Escape ends it
 *	x X D dd dw d$ J r ~	change;  yy p P	copy lines and put them;  u	undo
 *	/PATTERN ?PATTERN n N	search;  ZZ	write and end
 *	:w [FILE]  :q  :q!  :wq  :x  :N  :$  :e FILE  :r FILE  :s/A/B/g  :%s/A/B/g */
#include <err.h>
#include <stdlib.h>
#include <unistd.h>
#include "vi.h"

struct editor vi;

int main(int argc, char **argv)
{
	if (getopt(argc, argv, "") != -1 || argc - optind > 1)
		usage("[FILE]");
	vi.name = argv[optind];
	text_insert(&vi.text, 0, "", 0);
	if (vi.name && !file_read(vi.name))
		errx(1, "%s", vi.message);
	if (!terminal_enter(0))
		errx(1, "standard input is no terminal");
	while (!vi.quit) {
		draw(false);
		int key = terminal_key(-1);
		if (key == KEY_EOF)
			break;
		normal_key(key);
	}
	terminal_leave();
	static const char gone[] = "\r\033[K";
	return write(1, gone, sizeof gone - 1) < 0;
}
