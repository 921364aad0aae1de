#pragma once
#include <stdint.h>
/* [format] */
/* /proc/PID/trace: the system calls of a process, as they happen. This interface is Manul's own; Linux has ptrace(2).
 *
 * Opening the file for reading and writing begins to trace, closing it ends that. EBUSY: somebody else does already; EPERM: one's own
 * process. A write of "follow" makes children born from then on part of it, and theirs.
 * read gives whole records, as many as fit; it waits for the first (EAGAIN with O_NONBLOCK; poll works), and gives 0 when no traced process is left.
 * Nothing is lost: where the reader is slow the traced threads wait, until there is room, or the file is closed, or SIGKILL ends them; then
 * what finds no room is missing at the end. */
enum {
	TRACE_ENTER,	/* a call begins: nr, arg, and what it is given: strings and bytes */
	TRACE_LEAVE,	/* it is done: nr, result (-errno), arg as it was, and the bytes that it wrote */
	TRACE_SIGNAL,	/* nr is delivered; arg[0] is si_code, arg[1] the sender or the address */
	TRACE_END,	/* the process ends: result is wait4's status */
};
struct trace_record {
	uint32_t size;		/* of the record with all that belongs to it; a multiple of 8 */
	uint16_t kind, nr;
	int32_t pid, tid;
	uint64_t ns;		/* since the machine started */
	int64_t result;
	uint64_t arg[6];
	/* then, until size: */
};
struct trace_piece {
	uint8_t arg;		/* index of the argument; 255: no piece, only room to the end */
	uint8_t more;		/* there were more bytes than these */
	uint16_t nbytes;	/* that follow, before the next piece; strings of a vector are each ended by 0 */
};
enum { TRACE_PIECE_MAX = 256, TRACE_RECORD_MAX = sizeof(struct trace_record) + 4 * (TRACE_PIECE_MAX + sizeof(struct trace_piece)) };
/* [/format] */

/* What a call gives that will run again when the signal is done with: never seen by programs but here. */
#define TRACE_RESTART 512
