/* What a kernel relies on besides instructions: translation, traps, status registers. QEMU and the machine of tools/rv both run this
 * (tests/system/test_rv.py) and print a sum for each line; where one differs, the machines do. No kernel, no libc; S mode at 0x80200000. */
#include <stdint.h>

typedef uint64_t u64;
enum { PAGE = 4096, V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128 };
#define SUM (1ull << 18)
#define MXR (1ull << 19)
#define CAUSE_ILLEGAL 2

extern volatile u64 trapped[4], vector;
u64 run(const void *code, u64 a0, u64 a1);
void run_user(u64 code, u64 a0, u64 a1);
void tests(void);

/* ---- printing sums ---- */

static u64 sum;

static void put(char c)
{
	register u64 a0 asm("a0") = (u64)c;
	register u64 a7 asm("a7") = 1;
	asm volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
}

static void add(u64 v)
{
	sum ^= v;
	sum ^= sum << 13;
	sum ^= sum >> 7;
	sum += 0x9e3779b97f4a7c15;
}

/* QEMU says which instruction was illegal; that is not asked of a machine. */
static void add_trap(void)
{
	add(trapped[0]);
	add(trapped[0] == CAUSE_ILLEGAL ? 0 : trapped[1]);
	add(trapped[2]);
}

static void report(const char *name, const char *more)
{
	for (; *name; name++)
		put(*name);
	for (; *more; more++)
		put(*more);
	put(' ');
	for (int i = 60; i >= 0; i -= 4)
		put("0123456789abcdef"[sum >> i & 15]);
	put('\n');
	sum = 0;
}

/* ---- a page table: RAM where it is, and a few pages at TEST ---- */

#define TEST 0x40000000ull
static u64 root[512] __attribute__((aligned(4096))), middle[512] __attribute__((aligned(4096))), last[512] __attribute__((aligned(4096)));
static uint8_t frames[4][PAGE] __attribute__((aligned(4096)));
static uint32_t code[4][8];		/* made as it is needed */

static u64 entry(const void *p, u64 bits) { return (u64)p / PAGE << 10 | bits; }
static void fence(void) { asm volatile("sfence.vma" ::: "memory"); }
static void fence_page(u64 va) { asm volatile("sfence.vma %0" : : "r"(va) : "memory"); }
static void status(u64 clear, u64 set) { asm volatile("csrc sstatus, %0; csrs sstatus, %1" : : "r"(clear), "r"(set)); }
static void set_satp(u64 v) { asm volatile("csrw satp, %0; sfence.vma" : : "r"(v) : "memory"); }

enum { RET = 0x00008067, ECALL = 0x73, EBREAK = 0x100073, LD = 0x00053503, SD = 0x00b53023, JR = 0x00050067,
	LR_D = 0x1005302f /* lr.d zero, (a0) */ };
enum access { LOAD, STORE, FETCH };

/* One instruction, then what ends the probe. */
static const void *make(unsigned slot, uint32_t insn, uint32_t end)
{
	code[slot][0] = insn;
	code[slot][1] = end;
	asm volatile("fence.i" ::: "memory");
	return code[slot];
}

static void fill_frame(unsigned i)
{
	for (unsigned k = 0; k < PAGE; k++)
		frames[i][k] = (uint8_t)(k * 7 + i * 31 + k / 256);
	*(uint32_t *)(void *)frames[i] = EBREAK;	/* for who fetches it */
}

static void set_up(void)
{
	root[2] = entry((void *)0x80000000, V | R | W | X | A | D);
	root[1] = entry(middle, V);
	middle[0] = entry(last, V);
	last[0] = entry(frames[0], V | R | X | U | A);	/* code of the user */
	for (unsigned i = 0; i < 4; i++)
		fill_frame(i);
	set_satp(8ull << 60 | (u64)root / PAGE);
}

/* a0 for the access at va, in S or U mode. */
static u64 touch(enum access access, u64 va, int user)
{
	static const uint32_t insn[] = { LD, SD, JR };
	if (!user)
		return run(make(access, insn[access], RET), va, 0x1122334455667788);
	uint32_t *at = (uint32_t *)(void *)frames[0] + 16 * (1 + access);
	at[0] = insn[access];
	at[1] = ECALL;
	asm volatile("fence.i" ::: "memory");
	run_user(TEST + 64 * (1 + access), va, 0x1122334455667788);
	return 0;
}

static void try_entry(volatile u64 *where, u64 pte, enum access access, int user)
{
	*where = pte;
	fence();
	u64 got = touch(access, TEST + PAGE, user);
	add(access == LOAD && trapped[0] == (u64)-1 ? got : 0);
	add_trap();
	add(*where);		/* with A and D, if they were set */
}

/* Each of 256 leaves, from S mode with and without SUM and MXR, and from U mode. */
static void leaves(void)
{
	static const struct { const char *name; u64 bits; int user; } modes[] = {
		{ "leaf-s", 0, 0 }, { "leaf-s-sum", SUM, 0 }, { "leaf-s-mxr", MXR, 0 }, { "leaf-s-sum-mxr", SUM | MXR, 0 }, { "leaf-u", 0, 1 }, { "leaf-u-mxr", MXR, 1 } };
	static const char *const names[] = { "-load", "-store", "-fetch" };
	for (unsigned k = 0; k < sizeof modes / sizeof modes[0]; k++)
		for (unsigned access = LOAD; access <= FETCH; access++) {
			status(SUM | MXR, modes[k].bits);
			for (u64 bits = 0; bits < 256; bits++)
				try_entry(&last[1], entry(frames[1], bits), access, modes[k].user);
			report(modes[k].name, names[access]);
		}
	status(SUM | MXR, 0);
}

/* Bits that must be zero; entries that lead nowhere, or to a table where there can be none; large leaves, aligned and not. */
static void odd_entries(void)
{
	for (unsigned access = LOAD; access <= FETCH; access++) {
		for (unsigned bit = 54; bit < 64; bit++)
			try_entry(&last[1], entry(frames[1], V | R | W | X | A | D) | 1ull << bit, access, 0);
		report("reserved", "");
		try_entry(&last[1], entry((void *)0x200000000000, V | R | W | X | A | D), access, 0);
		try_entry(&last[1], entry((void *)0x1000000, V | R | W | X | A | D), access, 0);
		report("nowhere", "");
		last[1] = 0;
		for (u64 bits = 0; bits < 256; bits += bits == 1 ? 15 : 1)
			if (!(bits & (R | W | X)))
				try_entry(&middle[0], entry(last, bits), access, 0);
		report("table", "");
		try_entry(&middle[0], entry((void *)0x80400000, V | R | W | X | A | D), access, 0);
		try_entry(&middle[0], entry((void *)0x80400000, V | R | X), access == STORE ? LOAD : access, 0);
		try_entry(&middle[0], entry((void *)0x80401000, V | R | W | X | A | D), access, 0);
		report("large", "");
		middle[0] = entry(last, V);
	}
	fence();
	static const u64 odd[] = { 1ull << 38, 1ull << 39, ~0ull << 39, 0x8000000040001000, ~0ull << 38, 1ull << 63 };
	for (unsigned i = 0; i < sizeof odd / sizeof odd[0]; i++)
		for (unsigned access = LOAD; access <= FETCH; access++) {
			touch(access, odd[i], 0);
			add_trap();
		}
	report("canonical", "");
}

/* Accesses of each width at each offset around the border of two pages, of which the second one is there, cannot be written, or is not there. */
static void misaligned(void)
{
	static const uint32_t loads[] = { 0x00051503, 0x00052503, 0x00053503, 0x00055503, 0x00056503 }, stores[] = { 0x00b51023, 0x00b52023, 0x00b53023 };
	static const u64 second[] = { V | R | W | A | D, V | R | A, 0 };
	for (unsigned k = 0; k < 3; k++) {
		last[1] = entry(frames[3], V | R | W | A | D);
		last[2] = entry(frames[1], second[k]);
		fence();
		for (u64 va = TEST + 2 * PAGE - 9; va < TEST + 2 * PAGE + 9; va++) {
			for (unsigned i = 0; i < 5; i++) {
				add(run(make(0, loads[i], RET), va, 0));
				add_trap();
			}
			for (unsigned i = 0; i < 3; i++) {
				run(make(1, stores[i], RET), va, va * 0x0101010101010101);
				add_trap();
			}
		}
		for (unsigned i = 0; i < 16; i++)
			add(frames[3][PAGE - 1 - i] | (u64)frames[1][i] << 8);
		report("misaligned", "");
	}
	fill_frame(1);
}

/* After a fence the new entry holds, also for one page of a large leaf. */
static void fences(void)
{
	for (unsigned i = 0; i < 64; i++) {
		last[1] = entry(frames[1 + i % 3], V | R | W | A | D);
		if (i & 1)
			fence_page(TEST + PAGE + i);
		else
			fence();
		add(*(volatile u64 *)(TEST + PAGE + 8 * i));
		*(volatile u64 *)(TEST + PAGE + 8 * i) = i;
		add(*(volatile u64 *)(void *)(frames[1 + i % 3] + 8 * i));
	}
	report("sfence", "");
	middle[1] = entry((void *)0x80600000, V | R | A);
	fence();
	touch(LOAD, TEST + (2 << 20) + 5 * PAGE, 0);
	add_trap();
	middle[1] = 0;
	fence_page(TEST + (2 << 20) + 5 * PAGE);
	touch(LOAD, TEST + (2 << 20) + 5 * PAGE, 0);
	add_trap();
	report("sfence-large", "");
	for (unsigned i = 1; i < 4; i++)
		fill_frame(i);
}

/* ---- atomics ---- */

static uint32_t amo(unsigned what, int wide) { return what << 27 | 11u << 20 | 10 << 15 | (wide ? 3u : 2u) << 12 | 10 << 7 | 0x2f; }

static void atomics(void)
{
	static const uint8_t all[] = { 0, 1, 4, 8, 12, 16, 20, 24, 28 };
	static const u64 rights[] = { V | R | W | A | D, V | R | A, V | X | A, 0 };
	for (unsigned k = 0; k < 4; k++) {
		last[1] = entry(frames[1], rights[k]);
		fence();
		for (unsigned i = 0; i < 9; i++)
			for (unsigned wide = 0; wide < 2; wide++)
				for (u64 v = 0; v < 3; v++) {
					add(run(make(0, amo(all[i], (int)wide), RET), TEST + PAGE + 16 * i, v - 1));
					add_trap();
				}
		run(make(0, LR_D, RET), TEST + PAGE, 0);
		add_trap();
		run(make(0, amo(3, 1) , RET), TEST + PAGE, 5);			/* sc.d without lr */
		add(k ? 0 : trapped[0]);
		report("amo", "");
	}
	last[1] = entry(frames[1], V | R | W | A | D);
	fence();
	for (unsigned at = 1; at < 8; at++)
		for (unsigned wide = 0; wide < 2; wide++)
			if (at % (wide ? 8 : 4)) {
				run(make(0, amo(0, (int)wide), RET), TEST + PAGE + at, 1);
				add_trap();
			}
	report("amo-misaligned", "");
}

/* Store-conditional: without lr, after it, twice, elsewhere, of the other width, after a trap. */
static void conditional(void)
{
	static u64 word[16] __attribute__((aligned(128)));
	u64 r = 9, v;
	asm volatile("sc.d %0, zero, (%1)" : "=r"(r) : "r"(word) : "memory");
	add(r);
	asm volatile("lr.d %1, (%2); sc.d %0, %3, (%2); sc.d %1, %3, (%2)" : "=&r"(r), "=&r"(v) : "r"(word), "r"(7ull) : "memory");
	add(r);
	add(v);
	asm volatile("lr.d %1, (%2); sc.d %0, %4, (%3)" : "=&r"(r), "=&r"(v) : "r"(word), "r"(word + 8), "r"(8ull) : "memory");
	add(r);
	asm volatile("lr.w.aq %1, (%2); sc.w.rl %0, %3, (%2)" : "=&r"(r), "=&r"(v) : "r"(word), "r"(0x1ffffffffull) : "memory");
	add(r);
	add(v);
	asm volatile("lr.w.aqrl %1, (%2); addi %1, %1, 1; sc.w.aqrl %0, %1, (%2); lr.w %1, (%2)" : "=&r"(r), "=&r"(v) : "r"(word) : "memory");
	add(r);
	add(v);
	for (unsigned i = 0; i < 16; i++)
		add(word[i]);
	report("lr-sc", "");
}

/* ---- M: every operation on every pair of edges ---- */

static void edges(void)
{
	static const u64 edge[] = { 0, 1, 2, -1ull, -2ull, 1ull << 63, (1ull << 63) + 1, ~(1ull << 63), 1u << 31, ~0u, ~0ull << 31, ~(1u << 31), ~0u >> 1, 1ull << 32, 10 };
	for (unsigned wide = 0; wide < 2; wide++)
		for (uint32_t f3 = 0; f3 < 8; f3++) {
			if (wide && f3 > 0 && f3 < 4)
				continue;
			const void *insn = make(0, 1u << 25 | 11 << 20 | 10 << 15 | f3 << 12 | 10 << 7 | (wide ? 0x3b : 0x33), RET);
			for (unsigned i = 0; i < sizeof edge / 8; i++)
				for (unsigned k = 0; k < sizeof edge / 8; k++)
					add(run(insn, edge[i], edge[k]));
		}
	report("m-edges", "");
}

/* ---- status registers ---- */

enum { CSRRW = 1, CSRRS = 2, CSRRC = 3 };
static uint32_t csr(unsigned n, unsigned f3, unsigned rs1) { return n << 20 | rs1 << 15 | f3 << 12 | 10 << 7 | 0x73; }

/* Who may: registers of this mode and of a higher one, that are there and are not, read and written, from S and U mode. */
static void csr_access(void)
{
	static const uint16_t all[] = { 0x100, 0x104, 0x105, 0x106, 0x140, 0x141, 0x142, 0x143, 0x144, 0x180, 0xc00, 0xc01, 0xc02, 0x300, 0x301,
		0x302, 0x303, 0x304, 0x305, 0x340, 0x341, 0x342, 0x343, 0x344, 0x3a0, 0xb00, 0xf11, 0xf14, 0x5c0, 0x9c0, 0xdc0, 0x8ff, 0xcc0 };
	for (unsigned open = 0; open < 8; open += 7)
		for (unsigned i = 0; i < sizeof all / 2; i++) {
			asm volatile("csrw scounteren, %0" : : "r"((u64)open));
			run(make(0, csr(all[i], CSRRS, 0), RET), 0, 0);
			add_trap();
			run(make(0, csr(all[i], CSRRC, 0), RET), 0, 0);
			add_trap();
			if (all[i] >= 0x200) {		/* what is not ours to change, or cannot be */
				run(make(0, csr(all[i], CSRRW, 10), RET), 0, 0);
				add_trap();
				run(make(0, csr(all[i], CSRRS, 10), RET), 1, 0);
				add_trap();
				run(make(0, csr(all[i], CSRRC + 4, 1), RET), 0, 0);
				add_trap();
			}
			((uint32_t *)(void *)frames[0])[16] = csr(all[i], CSRRS, 0);
			((uint32_t *)(void *)frames[0])[17] = ECALL;
			asm volatile("fence.i" ::: "memory");
			if (all[i] != 0xc01 || open) {		/* QEMU's firmware may read the time for the user */
				run_user(TEST + 64, 0, 0);
				add_trap();
			}
		}
	report("csr-access", "");
}

/* What stays of what is written. */
static void csr_fields(void)
{
	static const struct { uint16_t n; u64 mask; } all[] = { { 0x104, 0x222 }, { 0x106, 7 }, { 0x140, ~0ull }, { 0x141, ~1ull }, { 0x142, ~0ull }, { 0x143, ~0ull },
		{ 0x100, 1 << 1 | 1 << 5 | 1 << 8 | 3ull << 18 } };
	static const u64 values[] = { 0, ~0ull, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa, 0x123456789abcdef0, 2, 0x100 };
	for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
		for (unsigned k = 0; k < sizeof values / 8; k++)
			for (unsigned f3 = CSRRW; f3 <= CSRRC; f3++) {
				u64 v = values[k] & ~(all[i].n == 0x100 ? 2ull : 0ull);	/* not with interrupts on */
				run(make(0, csr(all[i].n, f3, 10), RET), v, 0);
				add(run(make(1, csr(all[i].n, CSRRS, 0), RET), 0, 0) & all[i].mask);
			}
		run(make(0, csr(all[i].n, CSRRW, 0), RET), 0, 0);
	}
	report("csr-fields", "");
	u64 satp = run(make(0, csr(0x180, CSRRS, 0), RET), 0, 0);
	for (u64 mode = 1; mode < 16; mode++)
		if (mode < 8 || mode > 10) {	/* no such mode: the write does nothing */
			run(make(0, csr(0x180, CSRRW, 10), RET), mode << 60 | 12345, 0);
			add(run(make(1, csr(0x180, CSRRS, 0), RET), 0, 0) == satp);
		}
	report("satp-mode", "");
}

/* ---- modes, traps and interrupts ---- */

static void modes(void)
{
	static const uint32_t insns[] = { 0x10200073 /* sret */, 0x10500073 /* wfi */, 0x12000073 /* sfence.vma */, 0x30200073 /* mret */, EBREAK, ECALL, 0x0000000f, 0x0000100f };
	enum { SIE = 2, SPIE = 32, SPP = 256 };
	for (unsigned i = 0; i < sizeof insns / 4; i++) {
		((uint32_t *)(void *)frames[0])[16] = insns[i];
		((uint32_t *)(void *)frames[0])[17] = ECALL;
		asm volatile("fence.i" ::: "memory");
		run_user(TEST + 64, 0, 0);
		add_trap();
		add(trapped[3] & (SIE | SPIE | SPP));
	}
	run(make(0, 0x30200073, RET), 0, 0);
	add_trap();
	report("modes", "");
	for (unsigned k = 0; k < 4; k++) {	/* what a trap and a return do to the bits of interrupts */
		status(SIE | SPIE, (k & 1 ? SIE : 0) | (k & 2 ? SPIE : 0));
		run(make(0, EBREAK, RET), 0, 0);
		add(trapped[3] & (SIE | SPIE | SPP));
		status(SIE, 0);
		run_user(TEST + 64, 0, 0);
		add(trapped[3] & (SIE | SPIE | SPP));
	}
	status(SIE | SPIE, 0);
	report("trap-status", "");
}

/* A software interrupt: pending, then enabled, then let in; vectored, too. From U mode it comes whatever SIE says. */
static void interrupts(void)
{
	enum { SSIP = 2, SIE = 2 };
	extern const char trap_entry[];
	for (unsigned vectored = 0; vectored < 2; vectored++) {
		vector = 0;
		asm volatile("csrw stvec, %0" : : "r"(trap_entry + vectored));
		asm volatile("csrs sip, %0" : : "r"((u64)SSIP));
		add(run(make(0, csr(0x144, CSRRS, 0), RET), 0, 0) & SSIP);
		asm volatile("csrw sie, %0" : : "r"((u64)SSIP));
		run(make(0, csr(0x100, CSRRS, 10), EBREAK), SIE, 0);	/* at once, before what is behind it */
		add(trapped[0]);
		add(vector);
		add(run(make(1, csr(0x100, CSRRS, 0), RET), 0, 0) & 0x122);
		((uint32_t *)(void *)frames[0])[16] = ECALL;
		asm volatile("fence.i" ::: "memory");
		run_user(TEST + 64, 0, 0);
		add_trap();
		asm volatile("csrc sip, %0" : : "r"((u64)SSIP));
		run_user(TEST + 64, 0, 0);
		add_trap();
		asm volatile("csrw sie, zero");
	}
	asm volatile("csrw stvec, %0" : : "r"(trap_entry));
	report("interrupts", "");
}

/* Faster than any console: none is lost. */
static void flood(void)
{
	for (unsigned i = 0; i < 9000; i++)
		put('.');
	put('\n');
}

void tests(void)
{
	flood();
	set_up();
	leaves();
	odd_entries();
	misaligned();
	fences();
	atomics();
	conditional();
	edges();
	csr_access();
	csr_fields();
	modes();
	interrupts();
}
