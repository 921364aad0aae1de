#pragma once
#include <stdint.h>
/* Advisory locks: flock(2), and fcntl(2) with F_GETLK, F_SETLK, F_SETLKW and the like. */
#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#define F_OFD_GETLK 36		/* an open file's locks, not a process's */
#define F_OFD_SETLK 37
#define F_OFD_SETLKW 38

struct flock { short l_type, l_whence; int64_t l_start, l_len; int l_pid; };
