/* reboot: write everything back and reset the machine. */
#include <sys/system.h>
#include <unistd.h>
#include "util.h"

int main(void)
{
	sync();
	reboot(LINUX_REBOOT_CMD_RESTART);
	return complain("reboot", "reboot");
}
