/* The loop that runs instructions.
 *
 * pc lives in a local here. It is put into the machine before anything that may trap, and taken from there after it did: a trap,
 * a call of the firmware or a return from a trap have set it. */
#include "priv.h"

/* Between two looks at the interrupts. */
enum { BURST = 1024 };

/* The upper half of a product, from four products of halves: wasm has no wider ones. */
static uint64_t mul_high(uint64_t a, uint64_t b)
{
	uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
	uint64_t middle = ah * bl + (al * bl >> 32);
	uint64_t low = al * bh + (uint32_t)middle;
	return ah * bh + (middle >> 32) + (low >> 32);
}

/* ---- atomics: on one hart, a load and a store with nothing in between ---- */

enum { AMO_ADD = 0, AMO_SWAP = 1, LR = 2, SC = 3, AMO_XOR = 4, AMO_OR = 8, AMO_AND = 12, AMO_MIN = 16, AMO_MAX = 20, AMO_MINU = 24,
	AMO_MAXU = 28 };

/* Words come extended by their sign, which keeps unsigned order too. */
static uint64_t combine(unsigned what, uint64_t old, uint64_t b)
{
	switch (what) {
	case AMO_ADD: return old + b;
	case AMO_XOR: return old ^ b;
	case AMO_OR: return old | b;
	case AMO_AND: return old & b;
	case AMO_MIN: return (int64_t)old < (int64_t)b ? old : b;
	case AMO_MAX: return (int64_t)old > (int64_t)b ? old : b;
	case AMO_MINU: return old < b ? old : b;
	case AMO_MAXU: return old > b ? old : b;
	}
	return b;
}

/* Is anything to be stored by lr, sc or amo... at this place? */
static bool does_store(struct rv *m, unsigned what, uint64_t at)
{
	if (what == LR)
		m->reserved = at;
	if (what != SC)
		return what != LR;
	bool hit = m->reserved == at;
	m->reserved = 1;
	return hit;
}

static bool atomic(struct rv *m, const struct rv_insn *in, unsigned n)
{
	unsigned what = (unsigned)in->imm;
	uint64_t va = m->x[in->rs1], b = m->x[in->rs2], old = 0;
	if (va % n)
		return trap(m, what == LR ? CAUSE_LOAD_MISALIGNED : CAUSE_STORE_MISALIGNED, va);
	uint8_t *at = translate(m, va, what == LR ? RV_LOAD : RV_STORE);
	if (!at)
		return false;
	__builtin_memcpy(&old, at, n);
	if (n == 4) {
		old = (uint64_t)(int32_t)old;
		b = (uint64_t)(int32_t)b;
	}
	uint64_t v = what == SC ? b : combine(what, old, b);
	bool stores = does_store(m, what, (uint64_t)(at - m->ram));
	if (stores)
		__builtin_memcpy(at, &v, n);
	m->x[in->rd] = what == SC ? !stores : old;
	return true;
}

/* ---- what changes the machine's state: each leaves the loop, so that interrupts and translation are looked at anew ---- */

static bool csr_instruction(struct rv *m, const struct rv_insn *in)
{
	bool immediate = in->op >= OP_CSRRWI, plain = in->op == OP_CSRRW || in->op == OP_CSRRWI;
	bool set = in->op == OP_CSRRS || in->op == OP_CSRRSI;
	uint64_t old, v = immediate ? in->rs1 : m->x[in->rs1];
	if (!csr_read(m, (unsigned)in->imm, &old))
		return false;
	if (plain || in->rs1) {
		if (!csr_write(m, (unsigned)in->imm, plain ? v : set ? old | v : old & ~v))
			return false;
	}
	m->x[in->rd] = old;
	return true;
}

/* pc is at the instruction, and is then at the next one to run. */
static void system(struct rv *m, const struct rv_insn *in)
{
	uint64_t next = m->pc + in->nbytes;
	bool kernel = m->mode == RV_S;
	switch (in->op) {
	case OP_ECALL:
		if (!kernel) {
			trap(m, CAUSE_USER_CALL, 0);
			return;
		}
		if (!sbi_call(m))
			return;
		break;
	case OP_EBREAK:
		trap(m, CAUSE_BREAKPOINT, 0);
		return;
	case OP_FENCE_I:
		m->fences++;
		break;
	case OP_SRET:
		if (!kernel)
			goto illegal;
		trap_return(m);
		return;
	case OP_WFI:
		if (!kernel)
			goto illegal;
		m->waiting = true;
		break;
	case OP_SFENCE_VMA:
		if (!kernel)
			goto illegal;
		if (in->rs1)
			tlb_flush_page(m, m->x[in->rs1]);
		else
			tlb_flush(m);
		break;
	case OP_ILLEGAL:
		trap(m, CAUSE_ILLEGAL, (uint32_t)in->imm);
		return;
	default:
		if (!csr_instruction(m, in))
			goto illegal;
	}
	m->pc = next;
	return;
illegal:
	trap(m, CAUSE_ILLEGAL, 0);	/* not for this mode; its bits need not be told */
}

/* ---- the loop ---- */

/* Run until icount is stop, or until something has to be looked at. A table of cases made from ops.def: long, and flat. */
static void burst(struct rv *m, uint64_t stop)
{
	uint64_t *const x = m->x;
	uint64_t pc = m->pc, here = 1;
	struct rv_code *code = NULL;
	struct rv_insn across;
	while (m->icount < stop) {
		if (__builtin_expect(pc - pc % RV_PAGE != here, 0)) {
			m->pc = pc;
			code = code_page(m, pc);
			if (!code)
				return;
			here = pc - pc % RV_PAGE;
		}
		const struct rv_insn *in = &code->insn[pc % RV_PAGE / 2];
		if (__builtin_expect(in->op == OP_NONE, 0)) {
			m->pc = pc;
			in = code_decode(m, code, pc, &across);
			if (!in)
				return;
		}
		const uint64_t a = x[in->rs1], b = x[in->rs2], imm = (uint64_t)in->imm;
		uint64_t next = pc + in->nbytes, v;
		m->icount++;
		switch ((enum op)in->op) {
#define ALU(name, value) case OP_##name: x[in->rd] = (uint64_t)(value); break;
#define LOAD(name, type) case OP_##name: m->pc = pc; if (!load(m, a + imm, sizeof(type), &v)) return; x[in->rd] = (uint64_t)(type)v; break;
#define STORE(name, type) case OP_##name: m->pc = pc; if (!store(m, a + imm, sizeof(type), b)) return; break;
#define BRANCH(name, taken) case OP_##name: if (taken) next = pc + imm; break;
#define OTHER(name)
#include "ops.def"
		case OP_JAL: x[in->rd] = next; next = pc + imm; break;
		case OP_JALR: x[in->rd] = next; next = (a + imm) & ~1ull; break;
		case OP_FENCE: break;
		case OP_ATOMIC_W: m->pc = pc; if (!atomic(m, in, 4)) return; break;
		case OP_ATOMIC_D: m->pc = pc; if (!atomic(m, in, 8)) return; break;
		default: m->pc = pc; system(m, in); return;
		}
		pc = next;
	}
	m->pc = pc;
}

uint64_t rv_run(struct rv *m, uint64_t n)
{
	uint64_t begin = m->icount, end = begin + n;
	while (m->icount < end && m->end == RV_RUNNING) {
		take_interrupt(m);
		if (m->waiting)
			break;
		uint64_t before = m->icount, stop = before + BURST;
		burst(m, stop < end ? stop : end);
		m->icount += m->icount == before;	/* a fetch that faults takes time as well: it may be the trap handler's */
	}
	m->stats.instructions += m->icount - begin;
	return m->icount - begin;
}

bool rv_sleep(struct rv *m, uint64_t max_us)
{
	enum { PER_US = 100 };
	uint64_t now = time_now(m), ticks = m->deadline > now ? m->deadline - now : 0;
	if (!m->waiting)
		return false;
	m->icount += (ticks < max_us * 10 ? ticks : max_us * 10) * (PER_US / 10);
	return true;
}
