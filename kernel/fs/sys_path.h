#pragma once
#include "vfs_priv.h"
#include <abi/errno.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
/* The inode that a (dirfd, path) argument of a system call names, with a reference; with AT_EMPTY_PATH in flags and an empty path, dirfd's own. AT_SYMLINK_NOFOLLOW counts. */
enum err user_path_inode(uint64_t dirfd, vaddr_t path, uint64_t flags, struct inode **out) MUST_CHECK;

/* RLIMIT_FSIZE: how many of n bytes from pos on may be written to i. None: ERR_FBIG, and the signal. */
enum err limit_size(const struct inode *i, uint64_t pos, size_t n, size_t *may) MUST_CHECK;
