/* sleep: wait for that many seconds; a fraction is allowed. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
	struct timespec span = { 0, 0 };
	char *end = argc == 2 ? argv[1] : "";
	if (isdigit(*end))
		span.tv_sec = strtol(end, &end, 10);
	if (*end == '.')
		for (long unit = 100000000; isdigit(*++end); unit /= 10)
			span.tv_nsec += (*end - '0') * unit;
	if (argc != 2 || *end || end == argv[1])
		usage("SECONDS");
	while (nanosleep(&span, &span) < 0)
		if (errno != EINTR)
			err(1, "%s", argv[1]);
	return 0;
}
