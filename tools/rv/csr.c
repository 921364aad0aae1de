/* Status registers, traps and interrupts. Firmware delegates everything to S mode, so there is no M mode.
 *
 * Source: RISC-V Privileged, "Supervisor-Level ISA". */
#include "priv.h"

enum { SSTATUS = 0x100, SIE = 0x104, STVEC = 0x105, SCOUNTEREN = 0x106, SSCRATCH = 0x140, SEPC = 0x141, SCAUSE = 0x142, STVAL = 0x143,
	SIP = 0x144, SATP = 0x180, CYCLE = 0xc00, TIME = 0xc01, INSTRET = 0xc02 };
enum { TICK = 10 };	/* instructions, at 100 million a second and 10 MHz */
#define SSTATUS_UXL (2ull << 32)
#define SSTATUS_WRITABLE (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR)
#define SIE_WRITABLE (1ull << IRQ_SOFTWARE | 1ull << IRQ_TIMER | 1ull << IRQ_EXTERNAL)

uint64_t time_now(const struct rv *m) { return m->icount / TICK; }

static bool counter_open(const struct rv *m, unsigned n)
{
	return m->mode == RV_S || m->scounteren >> (n - CYCLE) & 1;
}

/* The register that simply holds what was written; NULL: not such a one. */
static uint64_t *plain(struct rv *m, unsigned n)
{
	switch (n) {
	case SIE: return &m->sie;
	case STVEC: return &m->stvec;
	case SCOUNTEREN: return &m->scounteren;
	case SSCRATCH: return &m->sscratch;
	case SEPC: return &m->sepc;
	case SCAUSE: return &m->scause;
	case STVAL: return &m->stval;
	case SATP: return &m->satp;
	case SIP: return &m->sip;
	}
	return NULL;
}

bool csr_read(struct rv *m, unsigned n, uint64_t *v)
{
	if (m->mode < (n >> 8 & 3))
		return false;
	if (n == CYCLE || n == TIME || n == INSTRET) {
		*v = n == TIME ? time_now(m) : m->icount;
		return counter_open(m, n);
	}
	if (n == SSTATUS) {
		*v = m->sstatus | SSTATUS_UXL;
		return true;
	}
	const uint64_t *p = plain(m, n);
	if (p)
		*v = *p;
	return p;
}

/* The bits of v that the register takes; the others stay as they are. */
static uint64_t writable(unsigned n)
{
	switch (n) {
	case SIE: return SIE_WRITABLE;
	case STVEC: return ~2ull;
	case SCOUNTEREN: return 7;
	case SEPC: return ~1ull;
	case SIP: return 1ull << IRQ_SOFTWARE;
	}
	return ~0ull;
}

static void write_status(struct rv *m, uint64_t v)
{
	if ((m->sstatus ^ v) & SSTATUS_MXR)
		tlb_flush(m);
	m->sstatus = (m->sstatus & ~SSTATUS_WRITABLE) | (v & SSTATUS_WRITABLE);
	view_changed(m);
}

bool csr_write(struct rv *m, unsigned n, uint64_t v)
{
	enum { BARE = 0, SV39 = 8 };
	uint64_t *p = plain(m, n);
	if (n == SSTATUS)
		write_status(m, v);
	if (!p)
		return n == SSTATUS;
	if (n == SATP) {
		if (v >> 60 != BARE && v >> 60 != SV39)
			return true;	/* a mode that is not there: the whole write does nothing */
		tlb_flush(m);
	}
	*p = (*p & ~writable(n)) | (v & writable(n));
	return true;
}

bool trap(struct rv *m, uint64_t cause, uint64_t value)
{
	uint64_t old = m->sstatus & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);
	m->stats.traps++;
	m->sstatus = old | (m->mode == RV_S ? SSTATUS_SPP : 0) | (m->sstatus & SSTATUS_SIE ? SSTATUS_SPIE : 0);
	m->scause = cause;
	m->stval = value;
	m->sepc = m->pc;
	m->pc = m->stvec & ~3ull;
	if (m->stvec & 1 && cause & CAUSE_INTERRUPT)
		m->pc += 4 * (cause & 63);
	m->mode = RV_S;
	m->reserved = 1;
	view_changed(m);
	return false;
}

void trap_return(struct rv *m)
{
	m->mode = m->sstatus & SSTATUS_SPP ? RV_S : RV_U;
	m->sstatus = (m->sstatus & ~(SSTATUS_SIE | SSTATUS_SPP)) | (m->sstatus & SSTATUS_SPIE ? SSTATUS_SIE : 0) | SSTATUS_SPIE;
	m->pc = m->sepc;
	m->reserved = 1;
	view_changed(m);
}

void take_interrupt(struct rv *m)
{
	static const unsigned by_priority[] = { IRQ_EXTERNAL, IRQ_SOFTWARE, IRQ_TIMER };
	if (time_now(m) >= m->deadline)
		m->sip |= 1ull << IRQ_TIMER;
	uint64_t due = m->sip & m->sie;
	if (!due)
		return;
	m->waiting = false;
	if (m->mode == RV_S && !(m->sstatus & SSTATUS_SIE))
		return;
	for (unsigned i = 0; i < 3; i++) {
		if (!(due >> by_priority[i] & 1))
			continue;
		m->stats.ticks += by_priority[i] == IRQ_TIMER;
		trap(m, CAUSE_INTERRUPT | by_priority[i], 0);
		return;
	}
}
