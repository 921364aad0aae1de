/* System calls on memory: arguments checked and translated for mm/space.h. Errors are Linux's
 * (mmap(2), munmap(2), mprotect(2), mremap(2), madvise(2), brk(2)). */
#include <abi/mman.h>
#include <arch/layout.h>
#include <arch/mmu.h>
#include <lib/bits.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>

static struct space *space_current(void) { return proc_current()->space; }

/* The page range of user arguments (addr, len). False: not aligned, empty after rounding, or outside user space. */
static bool page_range(uint64_t addr, uint64_t len, struct vrange *out)
{
	if (addr % PAGE_SIZE || len == 0 || len > USER_END || addr > USER_END - align_up(len, PAGE_SIZE))
		return false;
	*out = (struct vrange){ addr, addr + align_up(len, PAGE_SIZE) };
	return true;
}

static prot_t prot_of(uint64_t linux_prot)
{
	return (linux_prot & PROT_READ ? P_READ : 0u) | (linux_prot & PROT_WRITE ? P_READ | P_WRITE : 0u)
		| (linux_prot & PROT_EXEC ? P_READ | P_EXEC : 0u);
}

int64_t sys_brk(const uint64_t *a)
{
	return (int64_t)space_brk(space_current(), a[0]);
}

static enum err mmap_object(const uint64_t *a, struct map_req *req)
{
	bool shared = req->flags & MAPF_SHARED;
	if (a[3] & MAP_ANONYMOUS)
		return shared ? shared_object_create(req->npages, &req->object) : OK;
	req->pgoff = a[5] >> PAGE_SHIFT;
	return file_mmap_object(proc_current()->files, (int)a[4], req->prot, shared, &req->object);
}

static enum err mmap_request(const uint64_t *a, struct map_req *req)
{
	uint64_t len = a[1], flags = a[3], type = flags & MAP_TYPE;
	if (!len || (type != MAP_PRIVATE && type != MAP_SHARED && type != MAP_SHARED_VALIDATE) || a[5] % PAGE_SIZE)
		return ERR_INVAL;
	if ((flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) && a[0] % PAGE_SIZE)
		return ERR_INVAL;
	if (len > USER_END)
		return ERR_NOMEM;
	req->hint = align_up(a[0], PAGE_SIZE);
	req->npages = align_up(len, PAGE_SIZE) >> PAGE_SHIFT;
	req->prot = prot_of(a[2]);
	req->flags = (type != MAP_PRIVATE ? MAPF_SHARED : 0u) | (flags & MAP_POPULATE ? MAPF_POPULATE : 0u)
		| (flags & MAP_FIXED ? MAPF_FIXED : 0u)
		| (flags & MAP_FIXED_NOREPLACE ? MAPF_FIXED | MAPF_NOREPLACE : 0u);
	return mmap_object(a, req);
}

int64_t sys_mmap(const uint64_t *a)
{
	struct map_req req = { 0 };
	vaddr_t va;
	enum err e = mmap_request(a, &req);
	if (e != OK)
		return err_to_errno(e);
	e = space_map(space_current(), &req, &va);
	if (req.object)
		req.object->ops->put(req.object);
	return e == OK ? (int64_t)va : err_to_errno(e);
}

int64_t sys_munmap(const uint64_t *a)
{
	struct vrange r;
	return err_to_errno(page_range(a[0], a[1], &r) ? space_unmap(space_current(), r) : ERR_INVAL);
}

int64_t sys_mprotect(const uint64_t *a)
{
	struct vrange r;
	if (a[0] % PAGE_SIZE || (a[2] & ~(uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC)))
		return -EINVAL;
	if (!a[1])
		return 0;
	return err_to_errno(page_range(a[0], a[1], &r) ? space_protect(space_current(), r, prot_of(a[2])) : ERR_NOMEM);
}

int64_t sys_madvise(const uint64_t *a)
{
	struct vrange r;
	if (a[0] % PAGE_SIZE)
		return -EINVAL;
	if (!a[1])
		return 0;
	if (!page_range(a[0], a[1], &r))
		return -ENOMEM;
	switch (a[2]) {
	case MADV_DONTNEED: case MADV_FREE:
		return err_to_errno(space_discard(space_current(), r));
	case MADV_NORMAL: case MADV_RANDOM: case MADV_SEQUENTIAL: case MADV_WILLNEED:
	case MADV_HUGEPAGE: case MADV_NOHUGEPAGE: case MADV_DONTDUMP: case MADV_DODUMP:
		return 0;
	default:
		return -EINVAL;
	}
}

int64_t sys_mremap(const uint64_t *a)
{
	struct vrange r;
	vaddr_t va;
	if ((a[3] & ~(uint64_t)MREMAP_MAYMOVE) || !a[2] || a[2] > USER_END || !page_range(a[0], a[1], &r))
		return -EINVAL;
	enum err e = space_remap(space_current(), r, align_up(a[2], PAGE_SIZE) >> PAGE_SHIFT, a[3] & MREMAP_MAYMOVE, &va);
	return e == OK ? (int64_t)va : err_to_errno(e);
}

/* Stores to shared file mappings are in the page cache at once; the disk gets them with the file's next write-back. */
int64_t sys_msync(const uint64_t *a)
{
	struct vrange r;
	if (a[0] % PAGE_SIZE || (a[2] & ~7ull) || (a[2] & 5) == 5)
		return -EINVAL;
	if (!a[1])
		return 0;
	if (!page_range(a[0], a[1], &r))
		return -ENOMEM;
	if (a[2] & MS_SYNC)
		vfs_sync_all();
	return 0;
}

/* Nothing is ever swapped out, so a page that is in stays in: locking only has to bring it in, which the first touch does. */
int64_t sys_mlock(const uint64_t *a)
{
	struct vrange r;
	return a[1] && !page_range(align_down(a[0], PAGE_SIZE), a[1], &r) ? -ENOMEM : 0;
}

int64_t sys_munlock(const uint64_t *a) { return sys_mlock(a); }

/* riscv_flush_icache(start, end, flags): the whole cache of every hart; all flags ask for less. */
int64_t sys_riscv_flush_icache(const uint64_t *a)
{
	(void)a;
	arch_icache_sync(NULL, 0);
	return 0;
}
