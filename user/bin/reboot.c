/* reboot: write everything to the disks and start the machine again. */
#include <err.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		usage("");
	sync();
	reboot(LINUX_REBOOT_CMD_RESTART);
	err(1, "restart");
}
