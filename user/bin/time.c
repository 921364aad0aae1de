/* time: run a command and say how long it took: by the clock, and of the CPUs for itself and in the kernel. Its status is the command's. (The
 * shell has a word "time" too, for whole pipelines.) */
#include <commands.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static void print(const char *what, long ms) { fprintf(stderr, "%s %ld.%03ld\n", what, ms / 1000, ms % 1000); }
static long milliseconds(struct timeval t) { return t.tv_sec * 1000 + t.tv_usec / 1000; }

int main(int argc, char **argv)
{
	struct timespec from, to;
	struct rusage used;
	int first = argc > 1 && !strcmp(argv[1], "-p") ? 2 : 1;
	if (argc <= first)
		usage("[-p] COMMAND [ARGUMENT ...]");
	clock_gettime(CLOCK_MONOTONIC, &from);
	int status = command_run(argv + first);
	clock_gettime(CLOCK_MONOTONIC, &to);
	getrusage(RUSAGE_CHILDREN, &used);
	print("real", (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000);
	print("user", milliseconds(used.ru_utime));
	print("sys ", milliseconds(used.ru_stime));
	return status;
}
