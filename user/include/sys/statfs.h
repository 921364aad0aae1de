#pragma once
#include <abi/statfs.h>
int statfs(const char *path, struct statfs *s);
