/* sleep SECONDS, with a fraction if you like. */
#include <ctype.h>
#include <time.h>
#include "util.h"

int main(int argc, char **argv)
{
	char *end;
	struct timespec span = { 0, 0 };
	if (argc != 2 || !(isdigit(argv[1][0]) || argv[1][0] == '.'))
		return usage("sleep SECONDS");
	span.tv_sec = (long)strtoul(argv[1], &end, 10);
	if (*end == '.')
		for (long unit = 100000000; isdigit(*++end); unit /= 10)
			span.tv_nsec += (*end - '0') * unit;
	if (*end)
		return usage("sleep SECONDS");
	while (nanosleep(&span, &span) < 0 && errno == EINTR)
		;
	return 0;
}
