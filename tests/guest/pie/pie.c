/* A static-PIE program without any library: it is loaded where the kernel likes and relocates itself.
 * (Debian's glibc for riscv64 comes without the start file for static-PIE, so this stands in for it there.) */
#include <elf.h>
#include <stddef.h>

#define SYS_WRITE 64
#define SYS_EXIT 93

static const char ok[] = "[OK] relocated\n", ko[] = "[KO] relocated: a pointer is off\n";
static const char win[] = "[SUCCESS] 1/1\n", lose[] = "[FAILURE] 0/1\n";
/* These need R_*_RELATIVE: absolute addresses in writable data. */
static const char *volatile messages[] = { ok, ko, win, lose };
static volatile int writable = 41;

extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern Elf64_Dyn _DYNAMIC[] __attribute__((visibility("hidden")));

#if defined __riscv
#define R_RELATIVE R_RISCV_RELATIVE
static long call(long n, long a, const void *b, size_t c)
{
	register long a7 __asm__("a7") = n, a0 __asm__("a0") = a;
	register const void *a1 __asm__("a1") = b;
	register size_t a2 __asm__("a2") = c;
	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
	return a0;
}
__asm__(".globl _start\n_start: .option push\n.option norelax\nmv a0, sp\nandi sp, sp, -16\ncall start\n.option pop\n");
#else
#define R_RELATIVE R_AARCH64_RELATIVE
static long call(long n, long a, const void *b, size_t c)
{
	register long x8 __asm__("x8") = n, x0 __asm__("x0") = a;
	register const void *x1 __asm__("x1") = b;
	register size_t x2 __asm__("x2") = c;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}
__asm__(".globl _start\n_start: mov x0, sp\nbl start\n");
#endif

static void relocate(size_t base)
{
	const Elf64_Rela *rela = NULL;
	size_t n = 0;
	for (const Elf64_Dyn *d = _DYNAMIC; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_RELA)
			rela = (const Elf64_Rela *)(base + d->d_un.d_ptr);
		else if (d->d_tag == DT_RELASZ)
			n = d->d_un.d_val / sizeof *rela;
	}
	for (; n; n--, rela++)
		if (ELF64_R_TYPE(rela->r_info) == R_RELATIVE)
			*(size_t *)(base + rela->r_offset) = base + (size_t)rela->r_addend;
}

static size_t length(const char *s)
{
	size_t n = 0;
	while (s[n])
		n++;
	return n;
}

static void print(const char *s)
{
	call(SYS_WRITE, 1, s, length(s));
}

static void print_place(size_t at)
{
	char s[18];
	for (int i = 0; i < 16; i++)
		s[i] = "0123456789abcdef"[at >> (60 - 4 * i) & 15];
	s[16] = '\n';
	s[17] = 0;
	print("image at 0x");
	print(s);
}

/* The program headers in the auxiliary vector must be those of this image, at the place it was loaded to. */
static size_t auxv(const size_t *sp, size_t type)
{
	const size_t *p = sp + 1 + sp[0] + 1;
	while (*p++)
		;
	for (; p[0]; p += 2)
		if (p[0] == type)
			return p[1];
	return 0;
}

__attribute__((used)) void start(const size_t *sp)
{
	size_t base = (size_t)__ehdr_start;
	relocate(base);
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)base;
	int good = messages[0] == ok && messages[3] == lose && ++writable == 42 && auxv(sp, AT_PHDR) == base + eh->e_phoff
		&& auxv(sp, AT_ENTRY) == base + eh->e_entry;
	print_place(base);
	print(messages[good ? 0 : 1]);
	print(messages[good ? 2 : 3]);
	call(SYS_EXIT, !good, NULL, 0);
	for (;;)
		;
}
