/* The console's UART: ns16550a (RISC-V's virt machine) or PL011 (AArch64's). Output is polled; input interrupts.
 * Sources: National Semiconductor PC16550D data sheet; ARM DDI 0183, PrimeCell UART (PL011). */
#include <arch/irq.h>
#include <lib/string.h>
#include <kernel/console.h>
#include <kernel/fdt.h>
#include <kernel/irq.h>
#include <kernel/kmap.h>

struct uart {
	const char *compatible;
	bool (*can_send)(void);
	void (*send)(char c);
	bool (*receive)(char *c);	/* false: nothing there */
	void (*listen)(void);		/* let received characters interrupt */
};

static volatile uint8_t *regs;
static unsigned irq;
static const struct uart *uart;

/* ---- ns16550a: byte registers ---- */
enum { NS_DATA = 0, NS_IER = 1, NS_LSR = 5, NS_LSR_READY = 1, NS_LSR_EMPTY = 0x20 };

static bool ns_can_send(void) { return regs[NS_LSR] & NS_LSR_EMPTY; }
static void ns_send(char c) { regs[NS_DATA] = (uint8_t)c; }
static void ns_listen(void) { regs[NS_IER] = 1; }

static bool ns_receive(char *c)
{
	if (!(regs[NS_LSR] & NS_LSR_READY))
		return false;
	*c = (char)regs[NS_DATA];
	return true;
}

/* ---- PL011: word registers ---- */
enum { PL_DR = 0, PL_FR = 0x18, PL_CR = 0x30, PL_IMSC = 0x38, PL_ICR = 0x44, PL_FR_RXFE = 1 << 4, PL_FR_TXFF = 1 << 5 };
enum { PL_CR_ON = 0x301, PL_RX_AND_TIMEOUT = 0x50 };

static volatile uint32_t *pl(unsigned reg) { return (volatile uint32_t *)(volatile void *)(regs + reg); }
static bool pl_can_send(void) { return !(*pl(PL_FR) & PL_FR_TXFF); }
static void pl_send(char c) { *pl(PL_DR) = (uint8_t)c; }

static void pl_listen(void)
{
	*pl(PL_CR) = PL_CR_ON;
	*pl(PL_ICR) = 0x7ff;
	*pl(PL_IMSC) = PL_RX_AND_TIMEOUT;
}

static bool pl_receive(char *c)
{
	*pl(PL_ICR) = PL_RX_AND_TIMEOUT;
	if (*pl(PL_FR) & PL_FR_RXFE)
		return false;
	*c = (char)*pl(PL_DR);
	return true;
}

static const struct uart uarts[] = {
	{ "ns16550a", ns_can_send, ns_send, ns_receive, ns_listen },
	{ "arm,pl011", pl_can_send, pl_send, pl_receive, pl_listen },
};

/* The node that /chosen/stdout-path names ("/soc/serial@10000000:115200"), or -1. */
static int chosen_node(const struct fdt *fdt)
{
	char path[64];
	int chosen = fdt_find_path(fdt, "/chosen");
	const char *s = chosen >= 0 ? fdt_string(fdt, chosen, "stdout-path") : NULL;
	if (!s || *s != '/')
		return -1;
	strlcpy(path, s, sizeof path);
	char *colon = strchr(path, ':');
	if (colon)
		*colon = 0;
	return fdt_find_path(fdt, path);
}

static bool open_node(const struct fdt *fdt, int node)
{
	uint64_t addr, size;
	for (size_t i = 0; node >= 0 && i < sizeof uarts / sizeof *uarts; i++) {
		if (!fdt_is_compatible(fdt, node, uarts[i].compatible) || !fdt_reg(fdt, node, 0, &addr, &size))
			continue;
		regs = kmap_device(addr, 0x100);
		irq = arch_irq_of_node(fdt, node);
		uart = regs ? &uarts[i] : NULL;
		return regs != NULL;
	}
	return false;
}

bool console_init(const struct fdt *fdt)
{
	if (open_node(fdt, chosen_node(fdt)))
		return true;
	for (size_t i = 0; i < sizeof uarts / sizeof *uarts; i++)
		if (open_node(fdt, fdt_find_compatible(fdt, -1, uarts[i].compatible)))
			return true;
	return false;
}

static void on_interrupt(void *arg)
{
	char c;
	(void)arg;
	while (uart->receive(&c))
		tty_input(c);
}

void console_enable_input(void)
{
	if (!uart || !irq)
		return;
	irq_register(irq, on_interrupt, NULL);
	uart->listen();
}

static void send(char c)
{
	while (!uart->can_send())
		;
	uart->send(c);
}

/* Bytes as they are: the log and the tty make "\r\n" of their newlines. */
void console_write(const char *s, size_t n)
{
	for (size_t i = 0; uart && i < n; i++)
		send(s[i]);
}
