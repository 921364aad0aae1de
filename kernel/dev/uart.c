/* The serial console: National Semiconductor 16550A, or Arm PL011 (DDI 0183). Output waits for room; input interrupts. */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <lib/string.h>
#include <kernel/console.h>
#include <kernel/fdt.h>
#include <kernel/irq.h>
#include <kernel/kmap.h>

enum {	/* 16550A: byte registers */
	NS_DATA = 0, NS_IER = 1, NS_FCR = 2, NS_LCR = 3, NS_MCR = 4, NS_LSR = 5,
	NS_IER_RX = 1, NS_FCR_ON = 1, NS_LCR_8N1 = 3, NS_MCR_OUT2 = 8, NS_LSR_RX = 1, NS_LSR_ROOM = 0x20,
};
enum {	/* PL011: offsets of 32-bit registers */
	PL_DATA = 0, PL_FLAGS = 0x18, PL_MASK = 0x38, PL_CLEAR = 0x44,
	PL_FLAGS_RX_EMPTY = 0x10, PL_FLAGS_TX_FULL = 0x20, PL_IRQ_RX = 0x10, PL_IRQ_RX_TIMEOUT = 0x40,
};

struct uart;
struct uart_model {
	const char *compatible;
	void (*start)(struct uart *u);
	bool (*has_room)(struct uart *u);
	void (*put)(struct uart *u, char c);
	void (*enable_input)(struct uart *u);
	bool (*get)(struct uart *u, char *c);		/* false: nothing there */
};

struct uart {
	const struct uart_model *model;	/* NULL: none was found */
	volatile uint8_t *base;
	unsigned irq;
	unsigned shift;			/* 16550A: distance of registers, as a power of two */
	bool wide;			/* 16550A: only 32-bit accesses */
};

static struct uart uart;

/* ---- 16550A ---- */

static uint8_t ns_read(struct uart *u, unsigned reg)
{
	volatile uint8_t *p = u->base + (reg << u->shift);
	return u->wide ? (uint8_t)*(volatile uint32_t *)p : *p;
}

static void ns_write(struct uart *u, unsigned reg, uint8_t v)
{
	volatile uint8_t *p = u->base + (reg << u->shift);
	if (u->wide)
		*(volatile uint32_t *)p = v;
	else
		*p = v;
}

static void ns_start(struct uart *u)
{
	ns_write(u, NS_IER, 0);
	ns_write(u, NS_LCR, NS_LCR_8N1);
	ns_write(u, NS_FCR, NS_FCR_ON);
	ns_write(u, NS_MCR, NS_MCR_OUT2);
}

static bool ns_has_room(struct uart *u) { return ns_read(u, NS_LSR) & NS_LSR_ROOM; }
static void ns_put(struct uart *u, char c) { ns_write(u, NS_DATA, (uint8_t)c); }
static void ns_enable_input(struct uart *u) { ns_write(u, NS_IER, NS_IER_RX); }

static bool ns_get(struct uart *u, char *c)
{
	if (!(ns_read(u, NS_LSR) & NS_LSR_RX))
		return false;
	*c = (char)ns_read(u, NS_DATA);
	return true;
}

/* ---- PL011, which firmware has set up ---- */

static volatile uint32_t *pl_reg(struct uart *u, unsigned offset) { return (volatile uint32_t *)(u->base + offset); }

static void pl_start(struct uart *u) { *pl_reg(u, PL_MASK) = 0; }
static bool pl_has_room(struct uart *u) { return !(*pl_reg(u, PL_FLAGS) & PL_FLAGS_TX_FULL); }
static void pl_put(struct uart *u, char c) { *pl_reg(u, PL_DATA) = (uint8_t)c; }

static void pl_enable_input(struct uart *u)
{
	*pl_reg(u, PL_CLEAR) = PL_IRQ_RX | PL_IRQ_RX_TIMEOUT;
	*pl_reg(u, PL_MASK) = PL_IRQ_RX | PL_IRQ_RX_TIMEOUT;
}

static bool pl_get(struct uart *u, char *c)
{
	if (*pl_reg(u, PL_FLAGS) & PL_FLAGS_RX_EMPTY)
		return false;
	*c = (char)*pl_reg(u, PL_DATA);
	return true;
}

static const struct uart_model models[] = {
	{ "ns16550a", ns_start, ns_has_room, ns_put, ns_enable_input, ns_get },
	{ "arm,pl011", pl_start, pl_has_room, pl_put, pl_enable_input, pl_get },
};

/* ---- finding it ---- */

static const struct uart_model *model_of(const struct fdt *fdt, int node)
{
	for (unsigned i = 0; i < sizeof models / sizeof models[0]; i++)
		if (fdt_is_compatible(fdt, node, models[i].compatible))
			return &models[i];
	return NULL;
}

/* What /chosen/stdout-path names: a path, or an alias for one, with options behind a colon. */
static int stdout_node(const struct fdt *fdt)
{
	char path[64];
	int chosen = fdt_find_path(fdt, "/chosen"), aliases = fdt_find_path(fdt, "/aliases");
	const char *s = chosen >= 0 ? fdt_string(fdt, chosen, "stdout-path") : NULL;
	if (!s || strlcpy(path, s, sizeof path) >= sizeof path)
		return -1;
	char *colon = strchr(path, ':');
	if (colon)
		*colon = 0;
	s = path[0] != '/' && aliases >= 0 ? fdt_string(fdt, aliases, path) : path;
	return s ? fdt_find_path(fdt, s) : -1;
}

static int find_node(const struct fdt *fdt)
{
	int node = stdout_node(fdt);
	if (node >= 0 && model_of(fdt, node))
		return node;
	for (unsigned i = 0; i < sizeof models / sizeof models[0]; i++) {
		node = fdt_find_compatible(fdt, -1, models[i].compatible);
		if (node >= 0)
			break;
	}
	return node;
}

bool console_init(const struct fdt *fdt)
{
	enum { REGISTER_BYTES = 0x100 };
	uint64_t pa, size;
	int node = find_node(fdt);
	if (node < 0 || !fdt_reg(fdt, node, 0, &pa, &size))
		return false;
	uart.base = kmap_device(pa, size < REGISTER_BYTES ? REGISTER_BYTES : size);
	if (!uart.base)
		return false;
	uart.irq = arch_irq_of_node(fdt, node);
	uart.shift = fdt_cell(fdt, node, "reg-shift", 0, 0) & 7;
	uart.wide = fdt_cell(fdt, node, "reg-io-width", 0, 1) == 4;
	const struct uart_model *m = model_of(fdt, node);
	m->start(&uart);
	uart.model = m;
	return true;
}

/* ---- in and out ---- */

static void receive(void *arg)
{
	char c;
	(void)arg;
	while (uart.model->get(&uart, &c))
		tty_input(c);
}

void console_enable_input(void)
{
	if (!uart.model || !uart.irq)
		return;
	irq_register(uart.irq, receive, NULL);
	uart.model->enable_input(&uart);
}

void console_write(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!uart.model) {
			arch_early_putc(s[i]);
			continue;
		}
		while (!uart.model->has_room(&uart))
			cpu_relax();
		uart.model->put(&uart, s[i]);
	}
}
