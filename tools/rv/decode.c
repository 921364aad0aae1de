/* From the 32 bits of an instruction to struct rv_insn: which one, its registers, its constant in one piece. */
#include "priv.h"

/* Bits high..low of v. */
static uint32_t field(uint32_t v, unsigned high, unsigned low) { return v >> low & ((2u << (high - low)) - 1); }

static int32_t imm_i(uint32_t v) { return (int32_t)v >> 20; }
static int32_t imm_s(uint32_t v) { return ((int32_t)v >> 25) * 32 + (int32_t)field(v, 11, 7); }
static int32_t imm_u(uint32_t v) { return (int32_t)(v & 0xfffff000); }

static int32_t imm_b(uint32_t v)
{
	return ((int32_t)v >> 31) * 4096 + (int32_t)(field(v, 7, 7) << 11 | field(v, 30, 25) << 5 | field(v, 11, 8) << 1);
}

static int32_t imm_j(uint32_t v)
{
	return ((int32_t)v >> 31) * (1 << 20) + (int32_t)(field(v, 19, 12) << 12 | field(v, 20, 20) << 11 | field(v, 30, 21) << 1);
}

/* Each of these: which instruction of its opcode, by the field funct3 and what else tells. */

static enum op op_branch(unsigned f3)
{
	static const uint8_t ops[8] = { OP_BEQ, OP_BNE, OP_ILLEGAL, OP_ILLEGAL, OP_BLT, OP_BGE, OP_BLTU, OP_BGEU };
	return ops[f3];
}

static enum op op_load(unsigned f3)
{
	static const uint8_t ops[8] = { OP_LB, OP_LH, OP_LW, OP_LD, OP_LBU, OP_LHU, OP_LWU, OP_ILLEGAL };
	return ops[f3];
}

static enum op op_store(unsigned f3)
{
	static const uint8_t ops[4] = { OP_SB, OP_SH, OP_SW, OP_SD };
	return f3 < 4 ? ops[f3] : OP_ILLEGAL;
}

static enum op op_register(uint32_t v, unsigned f3)
{
	static const uint8_t plain[8] = { OP_ADD, OP_SLL, OP_SLT, OP_SLTU, OP_XOR, OP_SRL, OP_OR, OP_AND };
	static const uint8_t m[8] = { OP_MUL, OP_MULH, OP_MULHSU, OP_MULHU, OP_DIV, OP_DIVU, OP_REM, OP_REMU };
	switch (v >> 25) {
	case 0: return plain[f3];
	case 1: return m[f3];
	case 32: return f3 == 0 ? OP_SUB : f3 == 5 ? OP_SRA : OP_ILLEGAL;
	}
	return OP_ILLEGAL;
}

static enum op op_register_w(uint32_t v, unsigned f3)
{
	static const uint8_t m[8] = { OP_MULW, OP_ILLEGAL, OP_ILLEGAL, OP_ILLEGAL, OP_DIVW, OP_DIVUW, OP_REMW, OP_REMUW };
	switch (v >> 25) {
	case 0: return f3 == 0 ? OP_ADDW : f3 == 1 ? OP_SLLW : f3 == 5 ? OP_SRLW : OP_ILLEGAL;
	case 1: return m[f3];
	case 32: return f3 == 0 ? OP_SUBW : f3 == 5 ? OP_SRAW : OP_ILLEGAL;
	}
	return OP_ILLEGAL;
}

/* Shifts by a constant have 6 bits of it, and above them which shift. */
static enum op op_immediate(uint32_t v, unsigned f3)
{
	static const uint8_t ops[8] = { OP_ADDI, OP_SLLI, OP_SLTI, OP_SLTIU, OP_XORI, OP_SRLI, OP_ORI, OP_ANDI };
	if (f3 == 5 && v >> 26 == 16)
		return OP_SRAI;
	return (f3 == 1 || f3 == 5) && v >> 26 ? OP_ILLEGAL : (enum op)ops[f3];
}

static enum op op_immediate_w(uint32_t v, unsigned f3)
{
	switch (f3) {
	case 0: return OP_ADDIW;
	case 1: return v >> 25 == 0 ? OP_SLLIW : OP_ILLEGAL;
	case 5: return v >> 25 == 0 ? OP_SRLIW : v >> 25 == 32 ? OP_SRAIW : OP_ILLEGAL;
	}
	return OP_ILLEGAL;
}

static enum op op_system(uint32_t v, unsigned f3)
{
	static const uint8_t csr[8] = { OP_ILLEGAL, OP_CSRRW, OP_CSRRS, OP_CSRRC, OP_ILLEGAL, OP_CSRRWI, OP_CSRRSI, OP_CSRRCI };
	if (f3)
		return csr[f3];
	switch (v) {
	case 0x00000073: return OP_ECALL;
	case 0x00100073: return OP_EBREAK;
	case 0x10200073: return OP_SRET;
	case 0x10500073: return OP_WFI;
	}
	return v >> 25 == 9 && field(v, 11, 7) == 0 ? OP_SFENCE_VMA : OP_ILLEGAL;
}

/* The nine amo operations have numbers with gaps; lr has no second source. */
static enum op op_atomic(uint32_t v, unsigned f3)
{
	const uint32_t valid = 1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 8 | 1u << 12 | 1u << 16 | 1u << 20 | 1u << 24 | 1u << 28;
	uint32_t what = v >> 27;
	if (!(valid >> what & 1) || (what == 2 && field(v, 24, 20)))
		return OP_ILLEGAL;
	return f3 == 2 ? OP_ATOMIC_W : f3 == 3 ? OP_ATOMIC_D : OP_ILLEGAL;
}

static struct rv_insn with(enum op op, int32_t imm) { return (struct rv_insn){ .op = (uint8_t)op, .imm = imm }; }

static struct rv_insn of_opcode(uint32_t v)
{
	unsigned f3 = field(v, 14, 12);
	switch (v & 127) {
	case 0x03: return with(op_load(f3), imm_i(v));
	case 0x0f: return with(f3 == 0 ? OP_FENCE : f3 == 1 ? OP_FENCE_I : OP_ILLEGAL, 0);
	case 0x13: return with(op_immediate(v, f3), f3 == 1 || f3 == 5 ? (int32_t)field(v, 25, 20) : imm_i(v));
	case 0x17: return with(OP_AUIPC, imm_u(v));
	case 0x1b: return with(op_immediate_w(v, f3), f3 ? (int32_t)field(v, 24, 20) : imm_i(v));
	case 0x23: return with(op_store(f3), imm_s(v));
	case 0x2f: return with(op_atomic(v, f3), (int32_t)(v >> 27));
	case 0x33: return with(op_register(v, f3), 0);
	case 0x37: return with(OP_LUI, imm_u(v));
	case 0x3b: return with(op_register_w(v, f3), 0);
	case 0x63: return with(op_branch(f3), imm_b(v));
	case 0x67: return with(f3 ? OP_ILLEGAL : OP_JALR, imm_i(v));
	case 0x6f: return with(OP_JAL, imm_j(v));
	case 0x73: return with(op_system(v, f3), (int32_t)(v >> 20));
	}
	return with(OP_ILLEGAL, 0);
}

struct rv_insn decode(uint32_t bits)
{
	enum { SINK = 32 };
	bool compressed = (bits & 3) != 3;
	uint32_t v = compressed ? rvc_expand(bits & 0xffff) : bits;
	struct rv_insn in = of_opcode(v);
	in.nbytes = compressed ? 2 : 4;
	in.rd = (uint8_t)(field(v, 11, 7) ? field(v, 11, 7) : SINK);
	in.rs1 = (uint8_t)field(v, 19, 15);
	in.rs2 = (uint8_t)field(v, 24, 20);
	if (in.op == OP_ILLEGAL)
		in.imm = (int32_t)(compressed ? bits & 0xffff : bits);
	return in;
}
