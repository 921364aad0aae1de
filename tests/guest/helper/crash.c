/* crash KIND: a program that faults in one of several ways. The kernel ends it with a line that says where. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile uintptr_t nowhere;
static int data = 1;

static void read_null(void) { data = *(volatile int *)nowhere; }
static void write_null(void) { *(volatile int *)nowhere = 1; }
static void jump_null(void) { ((void (*)(void))nowhere)(); }
static void write_text(void) { *(volatile int *)(uintptr_t)&read_null = 0; }
static void jump_data(void) { ((void (*)(void))(uintptr_t)&data)(); }
static void read_kernel(void) { data = *(volatile int *)(uintptr_t)0xffffffff80000000u; }
static void write_kernel(void) { *(volatile int *)(uintptr_t)0xffffffc000000000u = 1; }
static void read_noncanonical(void) { data = *(volatile int *)(uintptr_t)0x0123456789abcdef; }
static void illegal(void) { __asm__ volatile(".4byte 0"); }
static void give_up(void) { abort(); }

static int deeper(int n)
{
	volatile char frame[4000];
	frame[n % 4000] = (char)n;
	return n < 0 ? 0 : deeper(n + 1) + frame[0];
}
static void overflow_stack(void) { data = deeper(0); }

/* Instructions that belong to the kernel. */
static void privileged(void)
{
#ifdef __riscv
	__asm__ volatile("csrw sscratch, zero");
#else
	__asm__ volatile("msr vbar_el1, xzr");
#endif
}

/* The kernel is handed bad pointers as well: it answers EFAULT. Then a fault, to be seen. */
static void bad_pointers(void)
{
	write(1, (void *)nowhere, 100);
	write(1, (void *)(uintptr_t)0xffffffc000000000u, 100);
	read(0, (void *)(uintptr_t)&read_null, 0);
	read_null();
}

static const struct { const char *name; void (*fault)(void); } kinds[] = {
	{ "read-null", read_null }, { "write-null", write_null }, { "jump-null", jump_null }, { "write-text", write_text },
	{ "jump-data", jump_data }, { "read-kernel", read_kernel }, { "write-kernel", write_kernel },
	{ "read-noncanonical", read_noncanonical }, { "illegal", illegal }, { "abort", give_up }, { "stack", overflow_stack },
	{ "privileged", privileged }, { "bad-pointers", bad_pointers },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (argc == 2 && !strcmp(argv[1], kinds[i].name))
			kinds[i].fault();
	fprintf(stderr, "crash: no such kind, or it did not fault\n");
	return 1;
}
