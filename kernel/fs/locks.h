#pragma once
#include "vfs_priv.h"
/* Advisory locks (locks.c): a range of a file's bytes that an owner has, shared or alone. They bind those who ask. */

/* t gives up a descriptor of f: t's record locks on the file go, as POSIX has it, whichever descriptor they were taken with. */
void locks_fd_closed(struct files *t, struct file *f);
/* f is no longer open: what it owns goes, flock()'s and F_OFD_SETLK's. */
void locks_file_closed(struct file *f);

/* fcntl's commands F_GETLK, F_SETLK, F_SETLKW and their F_OFD_ kin, with f open as fd; at: the struct flock. An -errno, or 0. */
int64_t locks_fcntl(int fd, struct file *f, int cmd, vaddr_t at);
/* flock(2). An -errno, or 0. */
int64_t locks_flock(struct file *f, uint32_t op);
