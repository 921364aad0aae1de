#pragma once
#include <abi/resource.h>
int getrusage(int who, struct rusage *r);
