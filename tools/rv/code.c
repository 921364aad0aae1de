/* Decoded code, kept by physical page: an instruction is decoded when it is first met.
 *
 * What a program stores into its code is seen after fence.i, as the ISA says. Then each page is compared with the bytes that it
 * was decoded from, when it is next entered: of a kernel that fences for each page of a program, little has changed. */
#include "priv.h"

static void forget(struct rv_code *c, const uint8_t *page)
{
	for (size_t i = 0; i < RV_PAGE / 2; i++)
		c->insn[i].op = OP_NONE;
	__builtin_memcpy(c->source, page, RV_PAGE);
}

static bool same(const struct rv_code *c, const uint8_t *page)
{
	const uint64_t *now = (const uint64_t *)(const void *)page;
	for (size_t i = 0; i < RV_PAGE / 8; i++)
		if (c->source[i] != now[i])
			return false;
	return true;
}

struct rv_code *code_page(struct rv *m, uint64_t pc)
{
	uint8_t *at = translate(m, pc, RV_FETCH);
	if (!at)
		return NULL;
	const uint8_t *page = at - pc % RV_PAGE;
	uint64_t ppn = (RV_RAM_BASE + (uint64_t)(page - m->ram)) / RV_PAGE;
	struct rv_code *c = &m->code[ppn % RV_CODE_PAGES];
	if (c->ppn != ppn || (c->checked != m->fences && !same(c, page)))
		forget(c, page);
	c->ppn = ppn;
	c->checked = m->fences;
	return c;
}

/* The last two bytes of a page begin an instruction: the rest may lie anywhere, and elsewhere tomorrow. */
static const struct rv_insn *decode_across(struct rv *m, uint64_t pc, uint32_t low, struct rv_insn *across)
{
	uint16_t high;
	const uint8_t *rest = translate(m, pc + 2, RV_FETCH);
	if (!rest)
		return NULL;
	__builtin_memcpy(&high, rest, 2);
	*across = decode(low | (uint32_t)high << 16);
	return across;
}

const struct rv_insn *code_decode(struct rv *m, struct rv_code *c, uint64_t pc, struct rv_insn *across)
{
	unsigned at = pc % RV_PAGE;
	const uint8_t *source = (const uint8_t *)c->source + at;
	uint32_t bits = source[0] | (uint32_t)source[1] << 8;
	if ((bits & 3) == 3 && at == RV_PAGE - 2)
		return decode_across(m, pc, bits, across);
	if ((bits & 3) == 3)
		bits |= (uint32_t)source[2] << 16 | (uint32_t)source[3] << 24;
	c->insn[at / 2] = decode(bits);
	return &c->insn[at / 2];
}
