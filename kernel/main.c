/* Start-up, in order: device tree, memory, the kernel's page table, console, traps and interrupts, the other CPUs;
 * then, in a thread, since they sleep, disks and files; last, process 1. */
#include <arch/irq.h>
#include <arch/layout.h>
#include <arch/mmu.h>
#include <arch/trap.h>
#include <lib/string.h>
#include <kernel/blk.h>
#include <kernel/boot.h>
#include <kernel/cmdline.h>
#include <kernel/console.h>
#include <kernel/kmap.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/random.h>
#include <kernel/syscall.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/version.h>

extern char _text[], _end[];

static struct fdt fdt;
static uint64_t entry_ticks;	/* the counter at kernel_main, for the boot figure */

_Noreturn void boot_give_up(const char *what, const char *hint)
{
	printk("[boot] %s\n[boot] %s\n[boot] powering off\n", what, hint);
	arch_poweroff();
}

static void read_chosen(void)
{
	unsigned len;
	int chosen = fdt_find_path(&fdt, "/chosen");
	const char *args = chosen >= 0 ? fdt_string(&fdt, chosen, "bootargs") : NULL;
	const void *seed = chosen >= 0 ? fdt_prop(&fdt, chosen, "rng-seed", &len) : NULL;
	cmdline_set(args ? args : "");
	if (seed)
		random_seed(seed, len);
}

/* Bytes of RAM that are not High. The kernel itself needs some. */
static uint64_t high_border(void)
{
	const uint64_t least = 16u << 20;
	uint64_t n = cmdline_size("highmem", UINT64_MAX);
	if (n >= least)
		return n;
	printk("[mm] highmem=%lu: at least 16M stay in the direct map\n", (unsigned long)n);
	return least;
}

static void start_memory(paddr_t fdt_pa, paddr_t kernel_pa)
{
	static char slab_debug[128];
	struct boot_memory mem;
	if (!boot_memory_read(&fdt, cmdline_size("mem", UINT64_MAX), &mem))
		panic("the device tree names no memory");
	boot_memory_reserve(&mem, kernel_pa, kernel_pa + (uintptr_t)(_end - _text));
	boot_memory_reserve(&mem, fdt_pa, fdt_pa + fdt_used_bytes(&fdt));
	boot_memory_split(&mem, high_border());
	struct mm_boot boot = { .ram = mem.ram, .nram = mem.nram, .reserved = mem.reserved, .nreserved = mem.nreserved,
		.direct_end = mem.direct_end, .node_ranges = mem.node_ranges, .nnode_ranges = mem.nnode_ranges,
		.slab_debug = cmdline_value("slab.debug", "", slab_debug, sizeof slab_debug) };
	memcpy(boot.distance, mem.distance, sizeof boot.distance);
	paddr_t place = boot_memory_place(&mem, mm_boot_bytes(&boot));
	if (!place)
		panic("too little memory");
	kernel_mm = mm_init(&boot, place);
	kmap_init(mem.mapped, mem.nmapped, kernel_pa);
	for (unsigned i = 0; i < mem.nram; i++)
		printk("[mm] RAM 0x%lx-0x%lx, %lu MiB\n", (unsigned long)mem.ram[i].start, (unsigned long)mem.ram[i].end,
			(unsigned long)((mem.ram[i].end - mem.ram[i].start) >> 20));
}

/* CPU 0 is the one that runs; the others are numbered in the tree's order. */
static void find_cpus(uint64_t boot_hwid)
{
	uint64_t hwid, size;
	int cpu_nodes = fdt_find_path(&fdt, "/cpus");
	for (int n = cpu_nodes >= 0 ? fdt_child(&fdt, cpu_nodes) : -1; n >= 0; n = fdt_sibling(&fdt, n)) {
		const char *type = fdt_string(&fdt, n, "device_type"), *status = fdt_string(&fdt, n, "status");
		if (!type || strcmp(type, "cpu") || !fdt_reg(&fdt, n, 0, &hwid, &size))
			continue;
		if (hwid == boot_hwid)
			mm_set_cpu_node(kernel_mm, 0, boot_node_id(&fdt, n));
		if (hwid == boot_hwid || (status && strcmp(status, "okay") && strcmp(status, "ok")))
			continue;
		if (ncpus == CPUS_MAX) {
			printk("[smp] more than %u CPUs: the rest stay off\n", (unsigned)CPUS_MAX);
			break;
		}
		cpus[ncpus].id = ncpus;
		cpus[ncpus].hwid = hwid;
		mm_set_cpu_node(kernel_mm, ncpus, boot_node_id(&fdt, n));
		ncpus++;
	}
}

static bool start_cpu(struct cpu *c)
{
	if (sched_init_cpu(c) != OK || !arch_cpu_start(c->hwid, c, c->kstack_top))
		return false;
	for (int tries = 0; tries < 10 && !c->online; tries++) {
		uint64_t ask_again_at = time_deadline(100000000);
		while (!c->online && time_now() < ask_again_at)
			cpu_relax();
		/* Refused if the CPU is on its way; but one that went astray (arch/riscv64/head.S) is off again. */
		if (!c->online)
			arch_cpu_start(c->hwid, c, c->kstack_top);
	}
	return c->online;
}

static void start_cpus(uint64_t boot_hwid)
{
	unsigned online = 1;
	find_cpus(boot_hwid);
	arch_smp_init(&fdt);
	for (unsigned i = 1; i < ncpus; i++) {
		if (start_cpu(&cpus[i]))
			online++;
		else
			printk("[smp] CPU %u does not start\n", i);
	}
	printk("[smp] %u of %u CPUs\n", online, ncpus);
}

_Noreturn void cpu_secondary_main(struct cpu *c)
{
	arch_trap_init();
	arch_irq_init_cpu();
	c->online = true;
	sched_idle();
}

static unsigned long microseconds(uint64_t ticks) { return (unsigned long)(ticks * 1000000 / time_frequency()); }

/* The rest of start-up sleeps, so it runs in a thread. */
static void start_files_and_init(void *arg)
{
	char device[32], program[64];
	(void)arg;
	vfs_init();
	blk_init(&fdt);
	cmdline_value("root", "/dev/vda1", device, sizeof device);
	if (vfs_mount_root(device) != OK)
		boot_give_up("no root file system", "expected FAT32 on the disk that root= names (default root=/dev/vda1)");
	static char init_path[64];
	strlcpy(init_path, cmdline_value("init", "/bin/init", program, sizeof program), sizeof init_path);
	printk("[boot] %lu us from kernel entry to %s, %lu us of them idle\n", microseconds(time_now() - entry_ticks), init_path,
		microseconds(cpu_this()->idle_ticks));
	enum err e = proc_start_init(init_path);
	if (e != OK)
		boot_give_up("no memory for process 1", "give the machine more memory (MEM=)");
}

static void start_console(void)
{
	char how[16];
	bool found = console_init(&fdt);
	log_console_ready(cmdline_has("quiet"));
	if (!found)
		printk("[boot] no UART in the device tree\n");
	panic_set_poweroff(!strcmp(cmdline_value("panic", "halt", how, sizeof how), "poweroff"));
}

_Noreturn void kernel_main(uint64_t boot_hwid, paddr_t fdt_pa, paddr_t kernel_pa)
{
	struct cpu *c = &cpus[0];
	char name[64];
	c->hwid = boot_hwid;
	c->online = true;
	cpu_set_this(c);
	arch_trap_init();
	entry_ticks = time_now();
	if (!fdt_open(&fdt, (void *)(uintptr_t)(DIRECT_BASE + fdt_pa), 4u << 20))
		panic("no device tree at 0x%lx", (unsigned long)fdt_pa);
	read_chosen();
	arch_timer_init(&fdt);
	start_memory(fdt_pa, kernel_pa);
	start_console();
	arch_cpu_describe(name, sizeof name);
	printk("[boot] Manul %s on %s (%s)\n", VERSION_TEXT, VERSION_MACHINE, name);
	printk("[boot] command line: %s\n", cmdline_text());
	cmdline_read_va();
	cmdline_read_alloc(kernel_mm);
	if (!arch_irq_init(&fdt))
		boot_give_up("no interrupt controller that is known", "a PLIC, GICv2 or GICv3 in the device tree");
	arch_irq_init_cpu();
	rtc_init(&fdt);
	thread_init_caches();
	if (sched_init_cpu(c) != OK)
		panic("too little memory for a thread");
	start_cpus(boot_hwid);
	console_enable_input();
	if (kthread_start("start", start_files_and_init, NULL) != OK)
		panic("too little memory for a thread");
	sched_enter();
}
