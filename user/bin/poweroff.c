/* poweroff: write everything back and turn the machine off. */
#include <sys/system.h>
#include <unistd.h>
#include "util.h"

int main(void)
{
	sync();
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
	return complain("poweroff", "reboot");
}
