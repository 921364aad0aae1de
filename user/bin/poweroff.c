/* poweroff: write everything to the disks and switch the machine off. */
#include <err.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		usage("");
	sync();
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
	err(1, "power off");
}
