/* The device tree that the kernel is given, written straight into its flat form.
 *
 * Header, no reservations, structure, strings. Property names are put into the strings as they come; a few stand there twice.
 * Source: Devicetree Specification 0.3, "Flattened Devicetree (DTB) Format". */
#include "priv.h"

enum { FDT_MAGIC = (int)0xd00dfeed, BEGIN = 1, END_NODE = 2, PROP = 3, END = 9, HEADER_WORDS = 10, STRINGS_MAX = 1024 };
enum { CPU_INTC = 1, PLIC = 2 };	/* handles */

struct tree {
	uint8_t *buf;
	size_t at, max;
	char strings[STRINGS_MAX];
	size_t nstrings;
	bool full;
};

static void put_bytes(struct tree *t, const void *p, size_t n)
{
	if (n > t->max - t->at) {
		t->full = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		t->buf[t->at++] = ((const uint8_t *)p)[i];
}

static void put(struct tree *t, uint32_t v)
{
	put_bytes(t, (uint8_t[]){ (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v }, 4);
}

static void align(struct tree *t)
{
	while (t->at % 4 && !t->full)
		put_bytes(t, "", 1);
}

static size_t length(const char *s)
{
	size_t n = 0;
	while (s[n])
		n++;
	return n;
}

static void node(struct tree *t, const char *name)
{
	put(t, BEGIN);
	put_bytes(t, name, length(name) + 1);
	align(t);
}

static void end_node(struct tree *t) { put(t, END_NODE); }

/* A property of n bytes, which the caller puts behind it. */
static void begin_prop(struct tree *t, const char *name, size_t n)
{
	put(t, PROP);
	put(t, (uint32_t)n);
	put(t, (uint32_t)t->nstrings);
	for (size_t i = 0; i <= length(name); i++) {
		if (t->nstrings == STRINGS_MAX) {
			t->full = true;
			return;
		}
		t->strings[t->nstrings++] = name[i];
	}
}

static void prop_bytes(struct tree *t, const char *name, const void *p, size_t n)
{
	begin_prop(t, name, n);
	put_bytes(t, p, n);
	align(t);
}

static void prop_text(struct tree *t, const char *name, const char *text) { prop_bytes(t, name, text, length(text) + 1); }

static void prop_cell(struct tree *t, const char *name, uint32_t v)
{
	begin_prop(t, name, 4);
	put(t, v);
}

static void prop_reg(struct tree *t, uint64_t at, uint64_t nbytes)
{
	begin_prop(t, "reg", 16);
	put(t, (uint32_t)(at >> 32));
	put(t, (uint32_t)at);
	put(t, (uint32_t)(nbytes >> 32));
	put(t, (uint32_t)nbytes);
}

static void begin_device(struct tree *t, const char *name, const char *compatible, uint64_t at, uint64_t nbytes, uint32_t irq)
{
	node(t, name);
	prop_text(t, "compatible", compatible);
	prop_reg(t, at, nbytes);
	if (irq) {
		prop_cell(t, "interrupt-parent", PLIC);
		prop_cell(t, "interrupts", irq);
	}
}

static void device(struct tree *t, const char *name, const char *compatible, uint64_t at, uint64_t nbytes, uint32_t irq)
{
	begin_device(t, name, compatible, at, nbytes, irq);
	end_node(t);
}

/* U-Boot has no console where the clock of a 16550 is not said. */
static void serial(struct tree *t)
{
	begin_device(t, "serial@10000000", "ns16550a", 0x10000000, 0x100, PLIC_UART);
	prop_cell(t, "clock-frequency", 3686400);
	end_node(t);
}

static void cpus(struct tree *t)
{
	node(t, "cpus");
	prop_cell(t, "#address-cells", 1);
	prop_cell(t, "#size-cells", 0);
	prop_cell(t, "timebase-frequency", 10000000);
	node(t, "cpu@0");
	prop_text(t, "device_type", "cpu");
	prop_cell(t, "reg", 0);
	prop_text(t, "status", "okay");
	prop_text(t, "compatible", "riscv");
	prop_text(t, "riscv,isa", "rv64imac_zicsr_zifencei");
	prop_text(t, "mmu-type", "riscv,sv39");
	node(t, "interrupt-controller");
	prop_cell(t, "#interrupt-cells", 1);
	prop_bytes(t, "interrupt-controller", "", 0);
	prop_text(t, "compatible", "riscv,cpu-intc");
	prop_cell(t, "phandle", CPU_INTC);
	end_node(t);
	end_node(t);
	end_node(t);
}

static void plic(struct tree *t)
{
	enum { M_EXTERNAL = 11, CONTEXTS = 2 };
	node(t, "plic@c000000");
	prop_text(t, "compatible", "sifive,plic-1.0.0");
	prop_reg(t, 0xc000000, 0x600000);
	prop_cell(t, "#interrupt-cells", 1);
	prop_cell(t, "#address-cells", 0);
	prop_bytes(t, "interrupt-controller", "", 0);
	prop_cell(t, "riscv,ndev", 31);
	prop_cell(t, "phandle", PLIC);
	begin_prop(t, "interrupts-extended", CONTEXTS * 8);
	put(t, CPU_INTC);
	put(t, M_EXTERNAL);
	put(t, CPU_INTC);
	put(t, IRQ_EXTERNAL);
	end_node(t);
}

static void soc(struct tree *t)
{
	node(t, "soc");
	prop_cell(t, "#address-cells", 2);
	prop_cell(t, "#size-cells", 2);
	prop_text(t, "compatible", "simple-bus");
	prop_bytes(t, "ranges", "", 0);
	device(t, "rtc@101000", "google,goldfish-rtc", 0x101000, 0x1000, 0);
	serial(t);
	device(t, "virtio_mmio@10001000", "virtio,mmio", 0x10001000, 0x1000, PLIC_DISK);
	device(t, "virtio_mmio@10002000", "virtio,mmio", 0x10002000, 0x1000, PLIC_DISK + 1);
	plic(t);
	end_node(t);
}

static void root(struct tree *t, const struct rv *m, const char *words)
{
	node(t, "");
	prop_cell(t, "#address-cells", 2);
	prop_cell(t, "#size-cells", 2);
	prop_text(t, "compatible", "riscv-virtio");
	prop_text(t, "model", "manul,rv");
	node(t, "chosen");
	prop_text(t, "bootargs", words);
	prop_text(t, "stdout-path", "/soc/serial@10000000");
	prop_bytes(t, "rng-seed", &m->wall_ns, sizeof m->wall_ns);
	end_node(t);
	node(t, "memory@80000000");
	prop_text(t, "device_type", "memory");
	prop_reg(t, RV_RAM_BASE, m->ram_bytes);
	end_node(t);
	cpus(t);
	soc(t);
	end_node(t);
	put(t, END);
}

size_t fdt_make(const struct rv *m, uint8_t *buf, size_t n, const char *words)
{
	enum { RESERVATIONS = HEADER_WORDS * 4, STRUCTURE = RESERVATIONS + 16, VERSION = 17, OLDEST = 16 };
	struct tree t = { .buf = buf, .max = n };
	for (unsigned i = 0; i < STRUCTURE / 4; i++)
		put(&t, 0);
	root(&t, m, words);
	size_t strings = t.at;
	put_bytes(&t, t.strings, t.nstrings);
	size_t total = t.at;
	t.at = 0;
	const uint32_t header[HEADER_WORDS] = { (uint32_t)FDT_MAGIC, (uint32_t)total, STRUCTURE, (uint32_t)strings, RESERVATIONS, VERSION, OLDEST, 0,
		(uint32_t)t.nstrings, (uint32_t)(strings - STRUCTURE) };
	for (unsigned i = 0; i < HEADER_WORDS; i++)
		put(&t, header[i]);
	return t.full ? 0 : total;
}
