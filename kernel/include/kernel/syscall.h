#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <abi/calls.h>
#include <abi/errno.h>
#include <lib/err.h>
#include <mm/types.h>
/* A system call: six register arguments in, result or -errno out. One function each, named sys_x, in the
 * file of its subject; the table is in kernel/syscall.c. */
typedef int64_t syscall_fn(const uint64_t *arg);
/* Whether calls go by way of trace_call(): kernel/trace.h. */
void syscall_divert(bool on);
int64_t err_to_errno(enum err e);	/* -errno, 0 for OK */
/* What ERR_INTR becomes inside the kernel: the call runs again after the signal, unless a handler without SA_RESTART runs; then it
 * is EINTR. User programs never see it. */
enum { ERESTARTSYS = 512 };

/* Copies with bounds checks; ERR_FAULT. */
enum err copy_from_user(void *dst, vaddr_t src, size_t n) MUST_CHECK;
enum err copy_to_user(vaddr_t dst, const void *src, size_t n) MUST_CHECK;
/* A string of up to n bytes: its length, n if it has no 0 in n bytes, -1 for a fault. */
int64_t copy_str_from_user(char *dst, vaddr_t src, size_t n);
/* A path from user space into a fresh kernel string, charged to the process's pool (path_free it): ERR_FAULT, ERR_NAMETOOLONG (over PATH_MAX_BYTES), ERR_NOMEM. */
enum err copy_path_from_user(vaddr_t src, char **out) MUST_CHECK;
void path_free(char *path);		/* NULL: nothing */

/* sys_x of each row of abi/calls.h. */
#define X(name, kinds, lacks) syscall_fn sys_##name;
SYSCALLS(X)
#undef X
