/* poweroff: write everything to the disks and switch the machine off. */
#include <err.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(void)
{
	sync();
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
	err(1, "power off");
}
