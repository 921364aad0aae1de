#pragma once
#include <abi/reboot.h>
/* cmd: LINUX_REBOOT_CMD_*. Nothing is written back before: sync() first. */
int reboot(unsigned cmd);
