/* What a traced call's pointers point to: strings, structures and bytes become pieces of its record (abi/trace.h), as abi/calls.h says of each
 * argument. What cannot be read is left out. */
#include <abi/calls.h>
#include <abi/poll.h>
#include <abi/syscall.h>
#include <abi/time.h>
#include <abi/trace.h>
#include <abi/uio.h>
#include <kernel/syscall.h>
#include <kernel/trace.h>
#include <lib/bits.h>
#include <stddef.h>

enum { STRINGS_MAX = 32 };

static const char *const kinds[] = {
#define X(name, kinds, lacks) [SYS_##name] = kinds,
	SYSCALLS(X)
#undef X
};

/* Room for a piece behind what is there. */
static struct trace_piece *next_piece(struct trace_record *r) { return (void *)((char *)r + r->size); }

static void end_piece(struct trace_record *r, unsigned arg, size_t n, bool more)
{
	*next_piece(r) = (struct trace_piece){ (uint8_t)arg, more, (uint16_t)n };
	r->size += (uint32_t)align_up(sizeof(struct trace_piece) + n, 4);
}

static void add_string(struct trace_record *r, unsigned arg)
{
	char *to = (char *)(next_piece(r) + 1);
	int64_t n = copy_str_from_user(to, r->arg[arg], TRACE_PIECE_MAX);
	if (n >= 0)
		end_piece(r, arg, (size_t)n, n == TRACE_PIECE_MAX);
}

static void add_bytes(struct trace_record *r, unsigned arg, uint64_t n)
{
	size_t part = n < TRACE_PIECE_MAX ? n : TRACE_PIECE_MAX;
	if (copy_from_user(next_piece(r) + 1, r->arg[arg], part) == OK)
		end_piece(r, arg, part, part < n);
}

/* The strings of a vector, as many as find room. */
static void add_vector(struct trace_record *r, unsigned arg)
{
	char *to = (char *)(next_piece(r) + 1);
	size_t used = 0;
	uint64_t at = 0;
	bool more = true;
	for (unsigned k = 0; k < STRINGS_MAX && used < TRACE_PIECE_MAX; k++) {
		if (copy_from_user(&at, r->arg[arg] + k * sizeof at, sizeof at) != OK || !at) {
			more = at != 0;
			break;
		}
		int64_t n = copy_str_from_user(to + used, at, TRACE_PIECE_MAX - used);
		if (n < 0 || (size_t)n == TRACE_PIECE_MAX - used)
			break;
		used += (size_t)n + 1;
	}
	end_piece(r, arg, used, more);
}

static size_t struct_size(char kind)
{
	return kind == 't' ? sizeof(struct timespec) : kind == 'G' ? sizeof(uint64_t) : kind == 'o' ? sizeof(struct pollfd) : kind == 'i' ? sizeof(struct iovec) : 0;
}

/* One, or as many as the next argument says and as find room whole. */
static void add_structs(struct trace_record *r, unsigned arg, char kind)
{
	size_t each = struct_size(kind), most = TRACE_PIECE_MAX / each;
	uint64_t n = kind == 'o' || kind == 'i' ? r->arg[arg + 1] : 1;
	size_t part = n < most ? (size_t)n : most;
	if (copy_from_user(next_piece(r) + 1, r->arg[arg], part * each) == OK)
		end_piece(r, arg, part * each, part < n);
}

static void add_inputs(struct trace_record *r, const char *kind)
{
	for (unsigned k = 0; k < 6 && kind[k]; k++) {
		if (kind[k] == 's' && r->arg[k])
			add_string(r, k);
		else if (kind[k] == 'w')
			add_bytes(r, k, r->arg[k + 1]);
		else if (kind[k] == 'v' && r->arg[k])
			add_vector(r, k);
		else if (r->arg[k] && struct_size(kind[k]))
			add_structs(r, k, kind[k]);
	}
}

static void add_outputs(struct trace_record *r, const char *kind)
{
	for (unsigned k = 0; k < 6 && kind[k]; k++)
		if (kind[k] == 'r' && r->result > 0)
			add_bytes(r, k, (uint64_t)r->result);
}

static const char *kinds_of(uint64_t nr)
{
	const char *k = nr < sizeof kinds / sizeof *kinds ? kinds[nr] : NULL;
	return k ? k + 1 : "xxxxxx";
}

void trace_add_pieces(struct trace_record *r)
{
	if (r->kind == TRACE_ENTER)
		add_inputs(r, kinds_of(r->nr));
	else
		add_outputs(r, kinds_of(r->nr));
	if (r->size % 8)
		*next_piece(r) = (struct trace_piece){ 255, 0, 0 };
	r->size = (uint32_t)align_up(r->size, 8);
}
