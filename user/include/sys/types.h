#pragma once
#include <stddef.h>
#include <stdint.h>
typedef long ssize_t;
typedef long off_t;
typedef int pid_t;
typedef unsigned uid_t, gid_t, mode_t;
typedef long time_t;
typedef unsigned long ino_t, dev_t;
typedef int clockid_t;
