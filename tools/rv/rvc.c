/* Compressed instructions: each stands for one of 32 bits, which is written out here.
 *
 * Source: RISC-V Unprivileged ISA, chapter "C". Its names for the three-bit registers are used: rd', rs1', rs2'. */
#include "priv.h"

enum { OPCODE_LOAD = 0x03, OPCODE_IMM = 0x13, OPCODE_IMM_W = 0x1b, OPCODE_STORE = 0x23, OPCODE_REG = 0x33, OPCODE_LUI = 0x37,
	OPCODE_REG_W = 0x3b, OPCODE_BRANCH = 0x63, OPCODE_JALR = 0x67, OPCODE_JAL = 0x6f };
enum { ZERO = 0, RA = 1, SP = 2 };

static uint32_t bit(uint32_t v, unsigned at, unsigned to) { return (v >> at & 1) << to; }
static uint32_t bits(uint32_t v, unsigned high, unsigned low, unsigned to) { return (v >> low & ((2u << (high - low)) - 1)) << to; }
static uint32_t extend(uint32_t v, unsigned width) { return (uint32_t)((int32_t)(v << (32 - width)) >> (32 - width)); }

/* The formats, from their parts. */
static uint32_t make_r(uint32_t op, uint32_t f3, uint32_t f7, uint32_t rd, uint32_t rs1, uint32_t rs2)
{
	return f7 << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}
static uint32_t make_i(uint32_t op, uint32_t f3, uint32_t rd, uint32_t rs1, uint32_t imm)
{
	return imm << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}
static uint32_t make_s(uint32_t f3, uint32_t rs1, uint32_t rs2, uint32_t imm)
{
	return bits(imm, 11, 5, 25) | rs2 << 20 | rs1 << 15 | f3 << 12 | bits(imm, 4, 0, 7) | OPCODE_STORE;
}
static uint32_t make_b(uint32_t f3, uint32_t rs1, uint32_t imm)
{
	return bit(imm, 12, 31) | bits(imm, 10, 5, 25) | rs1 << 15 | f3 << 12 | bits(imm, 4, 1, 8) | bit(imm, 11, 7) | OPCODE_BRANCH;
}
static uint32_t make_j(uint32_t rd, uint32_t imm)
{
	return bit(imm, 20, 31) | bits(imm, 10, 1, 21) | bit(imm, 11, 20) | bits(imm, 19, 12, 12) | rd << 7 | OPCODE_JAL;
}

/* The constants: c says which scattered bits of the instruction they are. */
static uint32_t c_imm6(uint32_t v) { return extend(bit(v, 12, 5) | bits(v, 6, 2, 0), 6); }
static uint32_t c_shift(uint32_t v) { return bit(v, 12, 5) | bits(v, 6, 2, 0); }
static uint32_t c_word(uint32_t v) { return bits(v, 12, 10, 3) | bit(v, 6, 2) | bit(v, 5, 6); }
static uint32_t c_double(uint32_t v) { return bits(v, 12, 10, 3) | bits(v, 6, 5, 6); }

static uint32_t c_jump(uint32_t v)
{
	return extend(bit(v, 12, 11) | bit(v, 11, 4) | bits(v, 10, 9, 8) | bit(v, 8, 10) | bit(v, 7, 6) | bit(v, 6, 7) | bits(v, 5, 3, 1)
		| bit(v, 2, 5), 12);
}
static uint32_t c_branch(uint32_t v)
{
	return extend(bit(v, 12, 8) | bits(v, 11, 10, 3) | bits(v, 6, 5, 6) | bits(v, 4, 3, 1) | bit(v, 2, 5), 9);
}

static uint32_t quadrant_0(uint32_t v)
{
	uint32_t rd = 8 + bits(v, 4, 2, 0), rs1 = 8 + bits(v, 9, 7, 0);
	uint32_t up = bits(v, 12, 11, 4) | bits(v, 10, 7, 6) | bit(v, 6, 2) | bit(v, 5, 3);
	switch (v >> 13) {
	case 0: return up ? make_i(OPCODE_IMM, 0, rd, SP, up) : 0;	/* c.addi4spn */
	case 2: return make_i(OPCODE_LOAD, 2, rd, rs1, c_word(v));
	case 3: return make_i(OPCODE_LOAD, 3, rd, rs1, c_double(v));
	case 6: return make_s(2, rs1, rd, c_word(v));
	case 7: return make_s(3, rs1, rd, c_double(v));
	}
	return 0;
}

/* c.srli, c.srai, c.andi and the operations of two three-bit registers */
static uint32_t arithmetic(uint32_t v)
{
	static const uint8_t f3[4] = { 0, 4, 6, 7 };	/* sub, xor, or, and */
	uint32_t rd = 8 + bits(v, 9, 7, 0), rs2 = 8 + bits(v, 4, 2, 0), which = bits(v, 6, 5, 0);
	switch (bits(v, 11, 10, 0)) {
	case 0: return make_i(OPCODE_IMM, 5, rd, rd, c_shift(v));
	case 1: return make_i(OPCODE_IMM, 5, rd, rd, c_shift(v) | 0x400);
	case 2: return make_i(OPCODE_IMM, 7, rd, rd, c_imm6(v));
	}
	if (v >> 12 & 1)
		return which < 2 ? make_r(OPCODE_REG_W, 0, which ? 0 : 32, rd, rd, rs2) : 0;
	return make_r(OPCODE_REG, f3[which], which ? 0 : 32, rd, rd, rs2);
}

static uint32_t lui_or_addi16sp(uint32_t v, uint32_t rd)
{
	uint32_t stack = extend(bit(v, 12, 9) | bit(v, 6, 4) | bit(v, 5, 6) | bits(v, 4, 3, 7) | bit(v, 2, 5), 10);
	if (!c_imm6(v))
		return 0;
	return rd == SP ? make_i(OPCODE_IMM, 0, SP, SP, stack) : c_imm6(v) << 12 | rd << 7 | OPCODE_LUI;
}

static uint32_t quadrant_1(uint32_t v)
{
	uint32_t rd = bits(v, 11, 7, 0), rs1 = 8 + bits(v, 9, 7, 0);
	switch (v >> 13) {
	case 0: return make_i(OPCODE_IMM, 0, rd, rd, c_imm6(v));
	case 1: return rd ? make_i(OPCODE_IMM_W, 0, rd, rd, c_imm6(v)) : 0;
	case 2: return make_i(OPCODE_IMM, 0, rd, ZERO, c_imm6(v));
	case 3: return lui_or_addi16sp(v, rd);
	case 4: return arithmetic(v);
	case 5: return make_j(ZERO, c_jump(v));
	case 6: return make_b(0, rs1, c_branch(v));
	}
	return make_b(1, rs1, c_branch(v));
}

/* c.jr, c.mv, c.ebreak, c.jalr, c.add */
static uint32_t register_pair(uint32_t v, uint32_t rd, uint32_t rs2)
{
	const uint32_t ebreak = 0x00100073;
	bool add = v >> 12 & 1;
	if (rs2)
		return make_r(OPCODE_REG, 0, 0, rd, add ? rd : ZERO, rs2);
	if (!rd)
		return add ? ebreak : 0;
	return make_i(OPCODE_JALR, 0, add ? RA : ZERO, rd, 0);
}

static uint32_t quadrant_2(uint32_t v)
{
	uint32_t rd = bits(v, 11, 7, 0), rs2 = bits(v, 6, 2, 0);
	switch (v >> 13) {
	case 0: return make_i(OPCODE_IMM, 1, rd, rd, c_shift(v));
	case 2: return rd ? make_i(OPCODE_LOAD, 2, rd, SP, bit(v, 12, 5) | bits(v, 6, 4, 2) | bits(v, 3, 2, 6)) : 0;
	case 3: return rd ? make_i(OPCODE_LOAD, 3, rd, SP, bit(v, 12, 5) | bits(v, 6, 5, 3) | bits(v, 4, 2, 6)) : 0;
	case 4: return register_pair(v, rd, rs2);
	case 6: return make_s(2, SP, rs2, bits(v, 12, 9, 2) | bits(v, 8, 7, 6));
	case 7: return make_s(3, SP, rs2, bits(v, 12, 10, 3) | bits(v, 9, 7, 6));
	}
	return 0;
}

uint32_t rvc_expand(uint32_t v)
{
	switch (v & 3) {
	case 0: return quadrant_0(v);
	case 1: return quadrant_1(v);
	}
	return quadrant_2(v);
}
