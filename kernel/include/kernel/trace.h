#pragma once
#include <stdint.h>
#include <stdbool.h>
#include <lib/err.h>
/* Following the system calls of processes: abi/trace.h says what the reader sees. A process that is traced has proc->trace set; one that is
 * not pays for a look at that pointer. */
struct proc;
struct poll_edges;
struct trace;
struct trace_record;
struct abi_siginfo;

/* Begin to trace process pid, for one reader. ERR_SRCH, ERR_PERM (the caller's own), ERR_BUSY, ERR_NOMEM. */
enum err trace_attach(int pid, struct trace **out) MUST_CHECK;
/* The reader is gone: nobody is traced by t any more, and nobody waits for room. */
void trace_close(struct trace *t);
/* Trace the children that are born from now on, too. */
void trace_follow(struct trace *t);

/* Move whole records out, waiting for the first unless nonblock; 0 bytes when no process is left. put() copies to the reader; it gives
 * false for a bad address. ERR_AGAIN, ERR_INTR, ERR_FAULT, ERR_INVAL (not even one record fits). */
struct io;
enum err trace_read(struct trace *t, struct io *io, bool nonblock) MUST_CHECK;
/* POLLIN: a read would not wait. */
bool trace_readable(struct trace *t);
extern struct poll_edges trace_edges;	/* of all readers */

/* The current thread's calls. arg has six; it is looked at only while the call lasts. */
int64_t trace_call(uint64_t nr, const uint64_t *arg, int64_t (*call)(const uint64_t *));
void trace_signal(const struct abi_siginfo *info);
/* The current process ends with that status of wait4's, and is traced no more. */
void trace_end(int status);
/* A child of the current process is to be born: it is traced as well if that was asked for. proc_lock is held. */
void trace_inherit(struct proc *child);
/* Let r, a call's record without pieces that has room for TRACE_RECORD_MAX bytes, have those of its inputs, or of its outputs when it is
 * over. */
void trace_add_pieces(struct trace_record *r);
