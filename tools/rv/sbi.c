/* The firmware: what OpenSBI does in M mode is done here at once, for one hart.
 *
 * a7 is the extension, a6 the function, a0.. the arguments; a0 and a1 are the answer. Source: RISC-V SBI 1.0. */
#include "priv.h"

enum { LEGACY_TIMER = 0, LEGACY_PUT = 1, LEGACY_GET = 2, LEGACY_SHUTDOWN = 8, BASE = 0x10, TIME = 0x54494d45, IPI = 0x735049,
	RFENCE = 0x52464e43, HSM = 0x48534d, SRST = 0x53525354, CONSOLE = 0x4442434e };
enum { SBI_OK = 0, SBI_FAILED = -1, SBI_NOT_SUPPORTED = -2, SBI_INVALID = -3, SBI_ALREADY = -6 };
enum { A0 = 10, A6 = 16, A7 = 17 };

static void set_timer(struct rv *m, uint64_t deadline)
{
	m->deadline = deadline;
	m->sip &= ~(1ull << IRQ_TIMER);
}

static bool has(uint64_t extension)
{
	static const uint32_t there[] = { LEGACY_TIMER, LEGACY_PUT, LEGACY_GET, LEGACY_SHUTDOWN, BASE, TIME, IPI, RFENCE, HSM, SRST, CONSOLE };
	for (unsigned i = 0; i < sizeof there / sizeof there[0]; i++)
		if (there[i] == extension)
			return true;
	return false;
}

static int64_t base(uint64_t fn, uint64_t arg, uint64_t *value)
{
	enum { VERSION_1_0 = 1 << 24, WHO = 0x6d616e75 /* "manu" */ };
	switch (fn) {
	case 0: *value = VERSION_1_0; break;
	case 1: *value = WHO; break;
	case 2: *value = 1; break;
	case 3: *value = has(arg); break;
	default: *value = 0;		/* vendor, architecture and implementation: not said */
	}
	return SBI_OK;
}

/* Bytes of RAM to the console, or from it. */
static int64_t console(struct rv *m, uint64_t fn, const uint64_t *arg, uint64_t *value)
{
	enum { WRITE = 0, READ = 1, WRITE_BYTE = 2 };
	uint8_t *p = ram_at(m, arg[1], arg[0]);
	if (fn == WRITE_BYTE)
		return uart_put(m, (uint8_t)arg[0]) ? SBI_OK : SBI_FAILED;
	if (fn > WRITE_BYTE)
		return SBI_NOT_SUPPORTED;
	if (!p || arg[2])
		return SBI_INVALID;
	for (*value = 0; *value < arg[0]; ++*value) {
		int c = fn == WRITE ? p[*value] : uart_get(m);
		if (c < 0 || (fn == WRITE && !uart_put(m, (uint8_t)c)))
			break;		/* the caller sees how many, and asks again */
		if (fn == READ)
			p[*value] = (uint8_t)c;
	}
	return SBI_OK;
}

static int64_t hart_state(uint64_t fn, uint64_t hart)
{
	enum { START = 0, STATUS = 2 };
	if (hart)
		return SBI_INVALID;
	return fn == START ? SBI_ALREADY : fn == STATUS ? SBI_OK : SBI_NOT_SUPPORTED;
}

static int64_t call(struct rv *m, uint64_t *value)
{
	const uint64_t *arg = m->x + A0;
	uint64_t fn = m->x[A6];
	switch (m->x[A7]) {
	case BASE: return base(fn, arg[0], value);
	case TIME: set_timer(m, arg[0]); return SBI_OK;
	case IPI: m->sip |= 1ull << IRQ_SOFTWARE; return SBI_OK;
	case RFENCE:
		m->fences += fn == 0;
		tlb_flush(m);
		return SBI_OK;
	case HSM: return hart_state(fn, arg[0]);
	case SRST: m->end = arg[0] ? RV_RESET : RV_OFF; return SBI_OK;
	case CONSOLE: return console(m, fn, arg, value);
	}
	return SBI_NOT_SUPPORTED;
}

bool sbi_call(struct rv *m)
{
	uint64_t value = 0, *a0 = &m->x[A0];
	m->stats.calls++;
	switch (m->x[A7]) {	/* the first calls there were answer in a0 alone */
	case LEGACY_TIMER: set_timer(m, *a0); *a0 = 0; return true;
	case LEGACY_PUT:
		if (!uart_put(m, (uint8_t)*a0))
			return false;
		*a0 = 0;
		return true;
	case LEGACY_GET: *a0 = (uint64_t)(int64_t)uart_get(m); return true;
	case LEGACY_SHUTDOWN: m->end = RV_OFF; return true;
	}
	*a0 = (uint64_t)call(m, &value);
	m->x[A0 + 1] = value;
	return true;
}
