/* pwd: the current folder. */
#include <unistd.h>
#include "util.h"

int main(void)
{
	char path[4096];
	if (!getcwd(path, sizeof path))
		return complain("pwd", "getcwd");
	puts(path);
	return 0;
}
