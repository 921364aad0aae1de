#pragma once
#include <abi/errno.h>
extern int errno;
