#pragma once
#include "vfs_priv.h"
/* Making, removing and renaming by path: names.c. Relative paths start from the directory given. */
enum err vfs_make(struct inode *from, const char *path, const struct node_spec *spec) MUST_CHECK;
enum err vfs_remove(struct inode *from, const char *path, bool want_dir) MUST_CHECK;
struct rename_ends { struct inode *from_dir, *to_dir; const char *from, *to; };
enum err vfs_rename(const struct rename_ends *r, bool noreplace) MUST_CHECK;
