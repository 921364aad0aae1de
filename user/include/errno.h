#pragma once
#include <abi/errno.h>
extern __thread int errno;
#define errno errno
