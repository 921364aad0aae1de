/* date: the time, in UTC; +FORMAT as strftime's; +%s: the seconds since 1970. -d @SECONDS: that time; -r FILE: when it was changed; -u: nothing else. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SYNOPSIS "[-u] [-d @SECONDS | -r FILE] [+FORMAT]"

static time_t given(const char *s)
{
	char *end;
	long n = *s == '@' ? strtol(s + 1, &end, 10) : 0;
	if (*s != '@' || !s[1] || *end)
		errx(1, "%s: not a time (@SECONDS)", s);
	return n;
}

int main(int argc, char **argv)
{
	char text[256];
	time_t now = time(NULL);
	struct stat st;
	for (int c; (c = getopt(argc, argv, "ud:r:")) != -1;) {
		if (c == '?')
			usage(SYNOPSIS);
		if (c == 'r' && stat(optarg, &st) < 0)
			err(1, "%s", optarg);
		now = c == 'd' ? given(optarg) : c == 'r' ? (time_t)st.st_mtime : now;
	}
	const char *format = optind < argc ? argv[optind] : "+%a %b %e %H:%M:%S UTC %Y";
	if (optind + 1 < argc || *format != '+')
		usage(SYNOPSIS);
	if (!strcmp(format, "+%s")) {
		printf("%ld\n", now);
		return 0;
	}
	const struct tm *tm = gmtime(&now);
	if (!tm)
		err(1, "%ld seconds", (long)now);
	if (format[1] && !strftime(text, sizeof text, format + 1, tm))
		errx(1, "the format is too long");
	puts(format[1] ? text : "");
	return 0;
}
