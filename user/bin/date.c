/* date: the time, in UTC; +FORMAT as strftime's; +%s: the seconds since 1970. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
	char text[256];
	time_t now = time(NULL);
	if (argc > 2 || (argc == 2 && argv[1][0] != '+'))
		usage("[+FORMAT]");
	if (argc == 2 && !strcmp(argv[1], "+%s")) {
		printf("%ld\n", now);
		return 0;
	}
	if (!strftime(text, sizeof text, argc == 2 ? argv[1] + 1 : "%a %b %e %H:%M:%S UTC %Y", gmtime(&now)))
		errx(1, "the format is too long");
	puts(text);
	return 0;
}
