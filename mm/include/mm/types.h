#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses of the machine being run or modelled: 64 bits on every build, also
 * where a C pointer has 32 (wasm). Never cast one to a pointer; ask port_ptr(). */
typedef uint64_t paddr_t;
typedef uint64_t vaddr_t;
typedef uint64_t pfn_t;		/* paddr_t >> PAGE_SHIFT */
typedef uint16_t asid_t;

enum { PAGE_SHIFT = 12 };
#define PAGE_SIZE ((uint64_t)1 << PAGE_SHIFT)

/* A half-open range [start, end), page aligned. start < end unless said otherwise. */
struct vrange { vaddr_t start, end; };

/* What a mapping permits. Either machine's valid entries may be read (neither has
 * a useful write-only page); a region with P_NONE has no valid entries at all.
 *
 * P_COW is said of one page-table entry, never of a region: its frame may belong to others
 * too, so a store must come to the fault handler first. It takes P_WRITE away. */
typedef unsigned prot_t;
enum { P_NONE = 0, P_READ = 1, P_WRITE = 2, P_EXEC = 4, P_USER = 8, P_COW = 16 };

typedef enum { MEM_NORMAL, MEM_DEVICE } memtype_t;

/* Address-space ids. 0 tags the kernel's own translations; 1 is shared by the spaces that got
 * none of their own because all were in use. */
enum { ASID_KERNEL = 0, ASID_SHARED = 1 };
