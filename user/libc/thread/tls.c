/* Thread-local variables: where the program's image of them is, and each thread's copy. */
#include <abi/auxv.h>
#include <abi/elf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "thread_priv.h"

#ifdef __aarch64__
enum { TCB_BYTES = 16 };
#else
enum { TCB_BYTES = 0 };
#endif

enum { IMAGE_MAX = 1 << 30 };	/* more is a damaged file's */

static struct { const char *image; size_t file_bytes, bytes, align; } tls = { .align = 16 };

static size_t up(size_t n, size_t align) { return (n + align - 1) & ~(align - 1); }

size_t tls_room(void) { return sizeof(struct pthread) + up(TCB_BYTES, tls.align) + up(tls.bytes, tls.align) + tls.align; }

struct pthread *tls_place(char *top)
{
	size_t offset = up(TCB_BYTES, tls.align);
	char *tp = (char *)((uintptr_t)(top - tls.bytes - offset) & ~(uintptr_t)(tls.align - 1));
	if (tls.file_bytes)
		memcpy(tp + offset, tls.image, tls.file_bytes);
	return (struct pthread *)(void *)tp - 1;
}

static void find_image(const unsigned long *auxv)
{
	const Elf64_Phdr *ph = NULL;
	size_t n = 0;
	for (; auxv[0]; auxv += 2) {
		if (auxv[0] == AT_PHDR)
			ph = (const Elf64_Phdr *)auxv[1];
		if (auxv[0] == AT_PHNUM)
			n = auxv[1];
	}
	for (; ph && n--; ph++)
		if (ph->p_type == PT_TLS) {
			tls.image = (const char *)(uintptr_t)ph->p_vaddr;
			tls.file_bytes = ph->p_filesz;
			tls.bytes = ph->p_memsz;
			tls.align = ph->p_align > 16 ? ph->p_align : 16;
		}
}

static void give_up(void) { syscall_raw(SYS_exit_group, 127, 0, 0, 0, 0, 0); }

/* Most programs have few such variables: the first thread's fit here, without a system call. There is no errno before there are
 * thread-local variables, so nothing here may fail but by ending. */
void tls_start(const unsigned long *auxv)
{
	static char room[1024] __attribute__((aligned(64)));
	char *at = room;
	size_t n = sizeof room;
	find_image(auxv);
	if (tls.bytes > IMAGE_MAX || tls.align > IMAGE_MAX || tls.file_bytes > tls.bytes)
		give_up();
	if (tls_room() > sizeof room) {
		n = up(tls_room(), 4096);
		at = (char *)syscall_raw(SYS_mmap, 0, (long)n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if ((unsigned long)at > -4096ul)
			give_up();
	}
	struct pthread *t = tls_place(at + n);
	thread_set_pointer(tls_pointer(t));
	t->tid = (int)syscall_raw(SYS_set_tid_address, (long)&t->tid, 0, 0, 0, 0, 0);
}
