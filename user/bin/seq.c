/* seq [FIRST] LAST: the numbers, a line each. */
#include "util.h"

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3)
		return usage("seq [FIRST] LAST");
	long first = argc == 3 ? atoi(argv[1]) : 1, last = atoi(argv[argc - 1]);
	for (long i = first; i <= last; i++)
		printf("%ld\n", i);
	return 0;
}
