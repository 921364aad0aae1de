#pragma once
/* The kernel's half of the address space: the same on both machines, 39-bit
 * addresses. Plain numbers, since assembly and link scripts read them too.
 *
 *   user     [0, USER_END)
 *   direct   DIRECT_BASE + pa    all RAM (with highmem=SIZE the first SIZE of it), read/write, never executable; the kernel's own text and rodata
 *                                are read-only here too
 *   vmalloc  VMALLOC_BASE..      kernel stacks with guard pages, device windows, windows to RAM that the direct map does not show
 *   image    KERNEL_BASE..       the kernel, wherever firmware put it
 */
#define USER_END	0x0000004000000000
#define DIRECT_BASE	0xffffffc000000000
#define VMALLOC_BASE	0xffffffe000000000
#define VMALLOC_END	0xfffffff000000000
#define KERNEL_BASE	0xffffffff80000000
#define KSTACK_SIZE	16384
