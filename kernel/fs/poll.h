#pragma once
#include "vfs_priv.h"
/* Waiting for files to be ready: poll.c, and epoll.c on top of it. */

/* What is the case of those things that look(ctx) knows of: how many are ready. Called with no lock held, also again and again. */
typedef unsigned poll_look(void *ctx);

/* Look until something is ready, a signal comes (ERR_INTR) or the deadline does (ticks; 0 none, 1 do not wait); with mask, that is the thread's
 * signal mask meanwhile. *count is what look said last. */
enum err poll_until(poll_look *look, void *ctx, uint64_t deadline, const uint64_t *mask, unsigned *count) MUST_CHECK;
/* A signal mask from user memory, of size bytes: ERR_INVAL for another size than 8. */
enum err poll_fetch_mask(vaddr_t at, uint64_t size, uint64_t *mask) MUST_CHECK;
/* Waits for files are never restarted, since their time would begin again: what the call returns. */
int64_t poll_result(enum err e, unsigned count);

/* The last descriptor of f is gone: no set has it any more. */
void epoll_file_closed(struct file *f);
