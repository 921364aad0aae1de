#pragma once
#include <lib/err.h>
#include <mm/types.h>
/* The strings of an execve on their way from the old program to the new one's stack. */
struct argbuf;
enum { ARG_BYTES_MAX = 128 * 1024 };

/* Collect argv and envp from user memory. ERR_FAULT, ERR_2BIG (over ARG_BYTES_MAX with their pointers), ERR_NOMEM. */
enum err argbuf_from_user(vaddr_t argv, vaddr_t envp, struct argbuf **out) MUST_CHECK;
void argbuf_free(struct argbuf *b);

/* Exec path as process 1 in the current thread, which has no space yet, with the arguments {path}. Also reads the command line's va= and
 * va.window= settings, which all later programs share. */
enum err exec_init_program(const char *path) MUST_CHECK;
