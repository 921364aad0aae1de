#pragma once
#include "vfs_priv.h"
#include <abi/errno.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
/* A (dirfd, path) argument of a system call: the string, and where it starts. */
struct user_path {
	char *s;		/* small, or allocated */
	struct inode *start;	/* dirfd's directory; NULL: the current one, or the path is absolute */
	struct fdref dir;	/* keeps start, if that is set */
	char small[112];
};
enum err user_path_get(struct user_path *p, uint64_t dirfd, vaddr_t path) MUST_CHECK;
void user_path_put(struct user_path *p);
/* The inode that it names, with a reference; with AT_EMPTY_PATH in flags and an empty path, dirfd's own. AT_SYMLINK_NOFOLLOW counts. */
enum err user_path_inode(uint64_t dirfd, vaddr_t path, uint64_t flags, struct inode **out) MUST_CHECK;

/* RLIMIT_FSIZE: how many of n bytes from pos on may be written to i. None: ERR_FBIG, and the signal. */
enum err limit_size(const struct inode *i, uint64_t pos, size_t n, size_t *may) MUST_CHECK;
