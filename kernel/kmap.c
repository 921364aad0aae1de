/* The kernel's half of the address space: see arch/layout.h for the picture.
 *
 * One page table, kernel_pt, made once at boot; every address space shares its top-level entries, so those
 * never change afterwards: stacks and windows all lie in one top-level slot, whose table exists
 * from the start.
 *
 *   VMALLOC_BASE    +512 MiB            +1 GiB
 *   | stacks ...    | device registers  | windows: FRAME_SLOTS pages for each CPU
 *
 * A frame of the High zone is reached through a window of this CPU's (port_map_frame): other CPUs never look there, so only this
 * one's TLB must forget the page afterwards. An unused window's entry is parked. W^X: only the image's text is executable, and it is writable nowhere, its alias in the direct map included. */
#include <arch/layout.h>
#include <arch/mmu.h>
#include <lib/bits.h>
#include <lib/lock.h>
#include <mm/port.h>
#include <mm/memck.h>
#include <mm/pt.h>
#include <kernel/cpu.h>
#include <kernel/kmap.h>
#include <kernel/printk.h>

extern char _text[], _etext[], _rodata[], _erodata[], _data[], _end[];

enum { STACK_SLOTS = 8192, STACKS_KEPT = 16 };
#define STACK_STRIDE (KSTACK_SIZE + PAGE_SIZE)	/* a guard page below each stack */
#define STACKS_END (VMALLOC_BASE + STACK_SLOTS * STACK_STRIDE)
#define DEVICES_BASE (VMALLOC_BASE + ((uint64_t)512 << 20))
#define DEVICES_END (VMALLOC_BASE + ((uint64_t)1 << 30))
#define WINDOWS_BASE DEVICES_END

struct mm *kernel_mm;

static struct spinlock kmap_lock = SPINLOCK_INIT(LOCK_VMALLOC, "kmap");
static paddr_t image_pa;
static struct pt kernel_pt;
static struct pt idle_pt;			/* the kernel's half and nothing else */
static uint64_t slot_taken[STACK_SLOTS / 64];
static unsigned slot_hint, nslots;		/* nslots are taken */
static uintptr_t kept[STACKS_KEPT];		/* freed stacks, still mapped */
static unsigned nkept;
static vaddr_t next_device = DEVICES_BASE;
static pte_t *windows;				/* [I] entry of the first window's page; the others follow */

/* ---- start-up ---- */

static void map_or_panic(vaddr_t va, paddr_t pa, uint64_t n, prot_t prot)
{
	struct pt_target what = { .pa = pa, .prot = prot, .type = MEM_NORMAL, .max_height = 1 };
	if (n && pt_map_alloc(&kernel_pt, (struct vrange){ va, va + n }, &what) != OK)
		panic("too little memory for the kernel's own page table");
}

static void map_image_part(const char *from, const char *to, paddr_t kernel_pa, prot_t prot)
{
	uint64_t off = (uintptr_t)from - KERNEL_BASE;
	map_or_panic((uintptr_t)from, kernel_pa + off, (uintptr_t)to - (uintptr_t)from, prot);
}

static void map_ram_part(paddr_t from, paddr_t to, prot_t prot)
{
	if (from < to)
		map_or_panic(DIRECT_BASE + from, from, to - from, prot);
}

/* [start, end) of RAM in the direct map: writable but for the image's read-only part [ro_start, ro_end). */
static void map_ram(const struct mm_range *ram, paddr_t ro_start, paddr_t ro_end)
{
	paddr_t a = ram->start, b = ram->end;
	if (ro_end <= a || ro_start >= b) {
		map_ram_part(a, b, P_READ | P_WRITE);
		return;
	}
	map_ram_part(a, ro_start, P_READ | P_WRITE);
	map_ram_part(ro_start, ro_end, P_READ);
	map_ram_part(ro_end, b, P_READ | P_WRITE);
}

/* After the image: windows show it at first, read-only, until they are parked. */
static void make_windows(void)
{
	struct vrange r = { WINDOWS_BASE, WINDOWS_BASE + CPUS_MAX * FRAME_SLOTS * PAGE_SIZE };
	map_or_panic(r.start, image_pa, r.end - r.start, P_READ);
	windows = pt_entry(&kernel_pt, r.start);
	for (unsigned i = 0; i < CPUS_MAX * FRAME_SLOTS; i++)
		windows[i] = pte_park(windows[i]);
}

void kmap_init(const struct mm_range *ram, unsigned nram, paddr_t kernel_pa)
{
	paddr_t ro_end = kernel_pa + ((uintptr_t)_data - KERNEL_BASE);
	image_pa = kernel_pa;
	if (pt_init(&kernel_pt, kernel_mm, 0, false) != OK)
		panic("too little memory for the kernel's own page table");
	for (unsigned i = 0; i < nram; i++)
		map_ram(&ram[i], kernel_pa, ro_end);
	map_image_part(_text, _rodata, kernel_pa, P_READ | P_EXEC);
	map_image_part(_rodata, _data, kernel_pa, P_READ);
	map_image_part(_data, _end, kernel_pa, P_READ | P_WRITE);
	uintptr_t first_stack = kstack_alloc();		/* makes the table of the vmalloc slot */
	if (!first_stack)
		panic("too little memory for a kernel stack");
	kstack_free(first_stack);
	make_windows();
	mm_set_kernel_root(kernel_mm, kernel_pt.root);
	if (pt_init(&idle_pt, kernel_mm, 0, false) != OK)
		panic("too little memory for the kernel's own page table");
	arch_mmu_enable(kernel_pt.root);
}

paddr_t kmap_idle_root(void) { return idle_pt.root; }

void *kmap_device(paddr_t pa, size_t n)
{
	uint64_t skip = pa % PAGE_SIZE, bytes = align_up(skip + n, PAGE_SIZE);
	struct pt_target what = { .pa = pa - skip, .prot = P_READ | P_WRITE, .type = MEM_DEVICE, .max_height = 0 };
	spin_lock(&kmap_lock);
	struct vrange r = { next_device, next_device + bytes };
	enum err e = r.end <= DEVICES_END ? pt_map_alloc(&kernel_pt, r, &what) : ERR_NOMEM;
	if (e == OK)
		next_device = r.end;
	spin_unlock(&kmap_lock);
	return e == OK ? (void *)(uintptr_t)(r.start + skip) : NULL;
}

/* ---- windows to the High zone ---- */

/* A window counts as a spinlock while it is in use: its holder must not sleep. */
void *port_map_frame(paddr_t pa, unsigned slot)
{
	size_t i = port_cpu() * FRAME_SLOTS + slot;
	vaddr_t va = WINDOWS_BASE + i * PAGE_SIZE;
	KASSERT(slot < FRAME_SLOTS && !pte_valid(windows[i]));
	windows[i] = pte_leaf(pa, P_READ | P_WRITE, MEM_NORMAL, 0);
	arch_mmu_publish();
	arch_tlb_flush_here(va);
	cpu_this()->spin_depth++;
	return (void *)(uintptr_t)va;
}

void port_unmap_frame(unsigned slot)
{
	size_t i = port_cpu() * FRAME_SLOTS + slot;
	KASSERT(slot < FRAME_SLOTS && pte_valid(windows[i]));
	windows[i] = pte_park(windows[i]);
	arch_mmu_publish();
	arch_tlb_flush_here(WINDOWS_BASE + i * PAGE_SIZE);
	cpu_this()->spin_depth--;
}

/* ---- kernel stacks ---- */

static struct vrange slot_range(unsigned slot)
{
	vaddr_t end = VMALLOC_BASE + (slot + 1) * STACK_STRIDE;
	return (struct vrange){ end - KSTACK_SIZE, end };
}

static unsigned slot_of(vaddr_t addr) { return (unsigned)((addr - 1 - VMALLOC_BASE) / STACK_STRIDE); }

static int take_slot(void)
{
	for (unsigned i = 0; i < STACK_SLOTS / 64; i++) {
		unsigned w = (slot_hint + i) % (STACK_SLOTS / 64);
		if (~slot_taken[w]) {
			unsigned b = bit_lowest(~slot_taken[w]);
			slot_taken[w] |= 1ull << b;
			slot_hint = w;
			nslots++;
			return (int)(w * 64 + b);
		}
	}
	return -1;
}

static void give_slot(unsigned slot)
{
	slot_taken[slot / 64] &= ~(1ull << (slot % 64));
	nslots--;
}

uint64_t kstack_pages(void) { return (uint64_t)nslots * (KSTACK_SIZE / PAGE_SIZE); }

static uintptr_t map_new_stack(struct page *frames)
{
	int slot = take_slot();
	if (slot < 0)
		return 0;
	struct pt_target what = {
		.pa = page_pa(kernel_mm, frames), .prot = P_READ | P_WRITE, .type = MEM_NORMAL, .max_height = 0,
	};
	struct vrange r = slot_range((unsigned)slot);
	if (pt_map_alloc(&kernel_pt, r, &what) != OK) {
		give_slot((unsigned)slot);
		return 0;
	}
	return r.end;
}

uintptr_t kstack_alloc(void)
{
	enum { ORDER = 2 };
	_Static_assert(KSTACK_SIZE == 4096 << ORDER, "a stack is one block of frames");
	spin_lock(&kmap_lock);
	uintptr_t top = nkept ? kept[--nkept] : 0;
	spin_unlock(&kmap_lock);
	if (top)
		return top;
	struct page *frames = frame_alloc(kernel_mm, ORDER, FRAME_NORMAL);
	if (!frames)
		return 0;
	spin_lock(&kmap_lock);
	top = map_new_stack(frames);
	spin_unlock(&kmap_lock);
	if (!top)
		frame_free(kernel_mm, frames);
	return top;
}

/* Take a stack's frames out of the table; their address. kmap_lock is held. */
static paddr_t unmap_stack(uintptr_t top)
{
	paddr_t pa;
	prot_t prot;
	KASSERT(pt_query(&kernel_pt, top - KSTACK_SIZE, &pa, &prot));
	pt_unmap(&kernel_pt, slot_range(slot_of(top)));
	give_slot(slot_of(top));
	return pa;
}

void kstack_free(uintptr_t top)
{
	paddr_t pa = 0;
	spin_lock(&kmap_lock);
	if (nkept < STACKS_KEPT)
		kept[nkept++] = top;
	else
		pa = unmap_stack(top);
	spin_unlock(&kmap_lock);
	if (pa)
		frame_free(kernel_mm, page_of(kernel_mm, pa));
}

void kstack_drain(void)
{
	for (;;) {
		spin_lock(&kmap_lock);
		paddr_t pa = nkept ? unmap_stack(kept[--nkept]) : 0;
		spin_unlock(&kmap_lock);
		if (!pa)
			return;
		frame_free(kernel_mm, page_of(kernel_mm, pa));
	}
}

void kmap_memck(struct memck *m)
{
	paddr_t pa;
	prot_t prot;
	memck_pt(m, &kernel_pt, (struct vrange){ DIRECT_BASE, 0 });
	memck_pt(m, &idle_pt, (struct vrange){ 0, USER_END });
	for (unsigned slot = 0; slot < STACK_SLOTS; slot++)
		if (slot_taken[slot / 64] >> (slot % 64) & 1 && pt_query(&kernel_pt, slot_range(slot).start, &pa, &prot))
			memck_hold(m, pa, slot_range(slot).start);
}

bool kstack_is_guard(vaddr_t addr)
{
	return addr >= VMALLOC_BASE && addr < STACKS_END && (addr - VMALLOC_BASE) % STACK_STRIDE < PAGE_SIZE;
}
