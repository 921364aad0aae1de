#pragma once
#include <abi/flock.h>
int flock(int fd, int operation);
