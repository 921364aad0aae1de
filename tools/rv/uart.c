/* The serial console, a 16550A. Output goes into a buffer that the machine's owner empties; while it is full there is no room. */
#include "priv.h"

enum { DATA = 0, IER = 1, IIR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCRATCH = 7 };
enum { IER_RX = 1, IER_TX = 2, LCR_DIVISOR = 0x80, LSR_RX = 1, LSR_ROOM = 0x20, LSR_IDLE = 0x40, MSR_READY = 0xb0 };
enum { IIR_NONE = 0xc1, IIR_TX = 0xc2, IIR_RX = 0xc4 };

static bool has_key(const struct rv_uart *u) { return u->rx_head != u->rx_tail; }
static bool has_room(const struct rv_uart *u) { return u->tx_count < sizeof u->tx; }
static bool rx_due(const struct rv_uart *u) { return u->ier & IER_RX && has_key(u); }
static bool tx_due(const struct rv_uart *u) { return u->ier & IER_TX && u->tx_was_empty; }

void uart_update(struct rv *m)
{
	plic_level(m, PLIC_UART, rx_due(&m->uart) || tx_due(&m->uart));
}

void rv_key(struct rv *m, uint8_t c)
{
	struct rv_uart *u = &m->uart;
	if (u->rx_head - u->rx_tail < sizeof u->rx)
		u->rx[u->rx_head++ % sizeof u->rx] = c;
	uart_update(m);
	plic_update(m);
}

int uart_get(struct rv *m)
{
	struct rv_uart *u = &m->uart;
	int c = has_key(u) ? u->rx[u->rx_tail++ % sizeof u->rx] : -1;
	uart_update(m);
	return c;
}

bool uart_put(struct rv *m, uint8_t c)
{
	if (!has_room(&m->uart))
		return false;
	m->uart.tx[m->uart.tx_count++] = c;
	return true;
}

size_t rv_output(struct rv *m, uint8_t *buf, size_t n)
{
	struct rv_uart *u = &m->uart;
	size_t taken = n < u->tx_count ? n : u->tx_count;
	for (size_t i = 0; i < u->tx_count; i++) {
		if (i < taken)
			buf[i] = u->tx[i];
		else
			u->tx[i - taken] = u->tx[i];
	}
	u->tx_count -= (uint32_t)taken;
	return taken;
}

/* Which interrupt: reading that there is room is what ends that one. */
static uint8_t read_iir(struct rv_uart *u)
{
	if (rx_due(u))
		return IIR_RX;
	if (!tx_due(u))
		return IIR_NONE;
	u->tx_was_empty = false;
	return IIR_TX;
}

uint8_t uart_read(struct rv *m, unsigned reg)
{
	struct rv_uart *u = &m->uart;
	bool divisor = u->lcr & LCR_DIVISOR;
	uint8_t v = 0;
	switch (reg) {
	case DATA: v = divisor ? 1 : (uint8_t)(has_key(u) ? uart_get(m) : 0); break;
	case IER: v = divisor ? 0 : u->ier; break;
	case IIR: v = read_iir(u); break;
	case LCR: v = u->lcr; break;
	case MCR: v = u->mcr; break;
	case LSR: v = (uint8_t)((has_room(u) ? LSR_ROOM | LSR_IDLE : 0) | (has_key(u) ? LSR_RX : 0)); break;
	case MSR: v = MSR_READY; break;
	case SCRATCH: v = u->scratch; break;
	}
	uart_update(m);
	return v;
}

void uart_write(struct rv *m, unsigned reg, uint8_t v)
{
	struct rv_uart *u = &m->uart;
	bool divisor = u->lcr & LCR_DIVISOR;
	if (reg == DATA && !divisor) {
		uart_put(m, v);
		u->tx_was_empty = true;
	} else if (reg == IER && !divisor) {
		u->tx_was_empty |= v & IER_TX && !(u->ier & IER_TX);
		u->ier = v & 15;
	} else if (reg == LCR) {
		u->lcr = v;
	} else if (reg == MCR) {
		u->mcr = v;
	} else if (reg == SCRATCH) {
		u->scratch = v;
	}
	uart_update(m);
}
