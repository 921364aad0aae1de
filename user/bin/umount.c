/* umount FOLDER */
#include <sys/system.h>
#include "util.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		return usage("umount FOLDER");
	return umount(argv[1]) < 0 ? complain("umount", argv[1]) : 0;
}
