/* The interrupt controller: sources 1 to 31, and one context that matters, the hart's S mode.
 *
 * A source's line stays up until its device is served; claiming hides it until it is completed.
 * Source: RISC-V Platform-Level Interrupt Controller Specification 1.0. */
#include "priv.h"

enum { PENDING = 0x1000, ENABLE_S = 0x2080, THRESHOLD_S = 0x201000, CLAIM_S = 0x201004 };

/* The source to serve next; 0: none. */
static unsigned best(const struct rv_plic *p)
{
	uint32_t ready = p->pending & p->enable & ~p->claimed, most = p->threshold;
	unsigned found = 0;
	for (unsigned i = 1; i < 32; i++)
		if (ready >> i & 1 && p->priority[i] > most) {
			most = p->priority[i];
			found = i;
		}
	return found;
}

void plic_update(struct rv *m)
{
	m->sip &= ~(1ull << IRQ_EXTERNAL);
	m->sip |= (uint64_t)(best(&m->plic) != 0) << IRQ_EXTERNAL;
}

void plic_level(struct rv *m, unsigned source, bool on)
{
	m->plic.pending = (m->plic.pending & ~(1u << source)) | (uint32_t)on << source;
}

uint32_t plic_read(struct rv *m, uint64_t at)
{
	struct rv_plic *p = &m->plic;
	if (at / 4 < 32)
		return p->priority[at / 4];
	switch (at) {
	case PENDING: return p->pending;
	case ENABLE_S: return p->enable;
	case THRESHOLD_S: return p->threshold;
	case CLAIM_S: {
		unsigned source = best(p);
		p->claimed |= source ? 1u << source : 0;
		return source;
	}
	}
	return 0;
}

void plic_write(struct rv *m, uint64_t at, uint32_t v)
{
	struct rv_plic *p = &m->plic;
	if (at / 4 < 32)
		p->priority[at / 4] = v & 7;
	else if (at == ENABLE_S)
		p->enable = v & ~1u;
	else if (at == THRESHOLD_S)
		p->threshold = v & 7;
	else if (at == CLAIM_S)
		p->claimed &= ~(1u << v % 32);
}
