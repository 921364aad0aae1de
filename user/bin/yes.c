/* yes [WORD ...]: its arguments, or y, again and again. */
#include <stdio.h>

int main(int argc, char **argv)
{
	for (;;) {
		for (int i = 1; i < argc; i++)
			printf(i > 1 ? " %s" : "%s", argv[i]);
		if (puts(argc > 1 ? "" : "y") < 0)
			return 1;
	}
}
