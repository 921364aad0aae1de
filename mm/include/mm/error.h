#pragma once
#include <mm/types.h>
#include <lib/err.h>
/* Why memory was refused: the six ways in which it can be, each with its figures.
 *
 * enum err says what a caller should do; this says what happened. It is an out parameter (why) of the functions that can say more than one
 * thing; NULL if the caller does not want to know. There is no record of the last error anywhere. Unlike other out parameters it is
 * written on failure only. */
struct mm;

enum mm_error_kind {
	MM_NO_ERROR,
	MM_OUT_OF_MEMORY,		/* nobody has that much: ERR_NOMEM */
	MM_PROCESS_LIMIT_EXCEEDED,	/* the machine has it, but this process may not: ERR_NOMEM */
	MM_INVALID_ADDRESS,		/* no live block is, or lies, there: ERR_FAULT */
	MM_CORRUPTION_DETECTED,		/* a block is there, and its bookkeeping was overwritten: ERR_IO */
	MM_ALIGNMENT_ERROR,		/* an alignment that is no power of two, or too large: ERR_INVAL */
	MM_PROTECTION_VIOLATION,	/* the block is there, and does not permit this: ERR_ACCESS */
	MM_ERROR_KINDS
};

/* Fields that say nothing about a kind are 0. Call sites are return addresses. */
struct mm_error {
	enum mm_error_kind kind;
	uint64_t requested;		/* bytes asked for; of MM_ALIGNMENT_ERROR the alignment */
	uint64_t available;		/* bytes that were still to be had: of the machine, or below the process's limit */
	uint64_t used, total;		/* bytes, of the machine or of the process: used + available <= total */
	uint64_t address;		/* the one that was complained of */
	uint64_t site, earlier_site;	/* of this call; of the one that freed the block before (a double free), or allocated it */
	const char *detail;		/* a few words, or NULL: "double free" */
};

/* "OutOfMemory" and so on. */
const char *mm_error_name(enum mm_error_kind kind);
/* What becomes of it in the kernel; MM_NO_ERROR is OK. */
enum err mm_error_err(enum mm_error_kind kind);
/* The sentence, without a newline, as snprintf does: at most n - 1 bytes and a 0; returns its whole length. */
int mm_error_text(const struct mm_error *e, char *buf, size_t n);

/* For who finds an error: count it, tell *why, and return what the caller gets: `return mm_raise(mm, why, e);`. */
enum err mm_raise(struct mm *mm, struct mm_error *why, struct mm_error e);
/* OutOfMemory, with the machine's figures as they are now. */
enum err mm_raise_no_memory(struct mm *mm, struct mm_error *why, uint64_t requested);
/* How often mm_raise() was called with that kind since boot. */
uint64_t mm_error_count(const struct mm *mm, enum mm_error_kind kind);
