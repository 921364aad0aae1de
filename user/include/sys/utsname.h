#pragma once
#include <abi/utsname.h>
int uname(struct utsname *u);
