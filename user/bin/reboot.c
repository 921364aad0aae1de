/* reboot: write everything to the disks and start the machine again. */
#include <err.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(void)
{
	sync();
	reboot(LINUX_REBOOT_CMD_RESTART);
	err(1, "restart");
}
