#pragma once
#include <abi/sysinfo.h>
int sysinfo(struct sysinfo *s);
