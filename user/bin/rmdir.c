/* rmdir PATH...: remove empty folders. */
#include <unistd.h>
#include "util.h"

int main(int argc, char **argv)
{
	int status = 0;
	if (argc < 2)
		return usage("rmdir PATH...");
	for (int i = 1; i < argc; i++)
		if (rmdir(argv[i]) < 0)
			status = complain("rmdir", argv[i]);
	return status;
}
