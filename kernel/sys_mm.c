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
	if (a[5] > INT64_MAX - (req->npages << PAGE_SHIFT))
		return ERR_OVERFLOW;
	req->pgoff = a[5] >> PAGE_SHIFT;
	return file_mmap_object(proc_current()->files, (int)a[4], req);
}

/* Unknown flags are ignored, as ever, but for MAP_SHARED_VALIDATE, which is there to refuse them. */
static enum err check_mmap_flags(uint64_t flags)
{
	const uint64_t known = MAP_TYPE | MAP_FIXED | MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK
		| MAP_FIXED_NOREPLACE;
	uint64_t type = flags & MAP_TYPE;
	if (flags & MAP_ANONYMOUS)
		return type == MAP_PRIVATE || (type == MAP_SHARED && !(flags & MAP_GROWSDOWN)) ? OK : ERR_INVAL;
	if (type == MAP_SHARED_VALIDATE)
		return flags & ~known ? ERR_OPNOTSUPP : OK;
	return type == MAP_PRIVATE || type == MAP_SHARED ? OK : ERR_INVAL;
}

static enum err mmap_request(const uint64_t *a, struct map_req *req)
{
	uint64_t len = a[1], flags = a[3], type = flags & MAP_TYPE;
	enum err e = check_mmap_flags(flags);
	if (!len || a[5] % PAGE_SIZE || (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) && a[0] % PAGE_SIZE))
		return ERR_INVAL;
	if (e != OK)
		return e;
	if (len > USER_END)
		return ERR_NOMEM;
	req->hint = align_up(a[0], PAGE_SIZE);
	req->npages = align_up(len, PAGE_SIZE) >> PAGE_SHIFT;
	req->prot = prot_of(a[2]);
	req->flags = (type != MAP_PRIVATE ? MAPF_SHARED : 0u) | (flags & MAP_POPULATE ? MAPF_POPULATE : 0u)
		| (flags & MAP_FIXED ? MAPF_FIXED : 0u)
		| (flags & MAP_FIXED_NOREPLACE ? MAPF_FIXED | MAPF_NOREPLACE : 0u) | (flags & MAP_LOCKED ? MAPF_LOCKED : 0u);
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
	if (a[0] % PAGE_SIZE)
		return -EINVAL;
	if (!a[1])
		return 0;
	if (a[0] + align_up(a[1], PAGE_SIZE) <= a[0])
		return -ENOMEM;
	if (a[2] & ~(uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC))
		return -EINVAL;
	return err_to_errno(page_range(a[0], a[1], &r) ? space_protect(space_current(), r, prot_of(a[2])) : ERR_NOMEM);
}

/* What Linux returns where populating is refused is EFAULT for a page that the object lacks, EINVAL for a forbidden access. */
static enum err advise(struct space *s, struct vrange r, uint64_t advice)
{
	switch (advice) {
	case MADV_DONTNEED:
		return space_discard(s, r);
	case MADV_DONTNEED_LOCKED:
		return space_discard_locked(s, r);
	case MADV_FREE:
		return space_free(s, r);
	case MADV_POPULATE_READ:
		return space_populate(s, r, P_READ);
	case MADV_POPULATE_WRITE:
		return space_populate(s, r, P_WRITE);
	default:
		return space_is_mapped(s, r);	/* hints that change nothing here */
	}
}

static bool is_advice(uint64_t advice)
{
	return advice <= MADV_DONTNEED || advice == MADV_FREE || (advice >= MADV_HUGEPAGE && advice <= MADV_DODUMP)
		|| (advice >= MADV_COLD && advice <= MADV_DONTNEED_LOCKED);
}

int64_t sys_madvise(const uint64_t *a)
{
	struct vrange r;
	if (a[0] % PAGE_SIZE || !is_advice(a[2]))
		return -EINVAL;
	if (!a[1])
		return 0;
	if (align_up(a[1], PAGE_SIZE) < a[1] || a[0] + align_up(a[1], PAGE_SIZE) < a[0])
		return -EINVAL;
	return err_to_errno(page_range(a[0], a[1], &r) ? advise(space_current(), r, a[2]) : ERR_NOMEM);
}

static enum err remap(const uint64_t *a, vaddr_t *at)
{
	const uint64_t known = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
	struct vrange old = { a[0], a[0] };
	uint64_t flags = a[3];
	if (flags & ~known || a[0] % PAGE_SIZE || (flags & MREMAP_FIXED && a[4] % PAGE_SIZE)
	    || (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && !(flags & MREMAP_MAYMOVE)))
		return ERR_INVAL;
	if (!a[2] || a[2] > USER_END || (a[1] && !page_range(a[0], a[1], &old)))
		return ERR_INVAL;
	*at = a[4];
	return space_remap(space_current(), old, align_up(a[2], PAGE_SIZE) >> PAGE_SHIFT,
		(flags & MREMAP_MAYMOVE ? REMAPF_MAY_MOVE : 0u) | (flags & MREMAP_FIXED ? REMAPF_FIXED : 0u)
		| (flags & MREMAP_DONTUNMAP ? REMAPF_KEEP : 0u), at);
}

int64_t sys_mremap(const uint64_t *a)
{
	vaddr_t at;
	enum err e = remap(a, &at);
	return e == OK ? (int64_t)at : err_to_errno(e);
}

/* mincore(addr, len, vec): a byte for each page, in pieces. */
int64_t sys_mincore(const uint64_t *a)
{
	unsigned char present[256];
	struct vrange r;
	if (a[0] % PAGE_SIZE)
		return -EINVAL;
	if (!a[1])
		return 0;
	if (!page_range(a[0], a[1], &r) || space_is_mapped(space_current(), r) != OK)
		return -ENOMEM;
	for (uint64_t done = 0; r.start < r.end; ) {
		uint64_t left = (r.end - r.start) >> PAGE_SHIFT, n = left < sizeof present ? left : sizeof present;
		if (space_present(space_current(), (struct vrange){ r.start, r.start + n * PAGE_SIZE }, present) != OK)
			return -ENOMEM;
		if (copy_to_user(a[2] + done, present, n) != OK)
			return -EFAULT;
		done += n;
		r.start += n * PAGE_SIZE;
	}
	return 0;
}

/* Stores to shared file mappings are in the page cache at once; the disk gets them with the file's next write-back. */
int64_t sys_msync(const uint64_t *a)
{
	struct vrange r;
	if (a[0] % PAGE_SIZE || (a[2] & ~(uint64_t)(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) || (a[2] & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
		return -EINVAL;
	if (!a[1])
		return 0;
	if (!page_range(a[0], a[1], &r) || space_is_mapped(space_current(), r) != OK)
		return -ENOMEM;
	if (a[2] & MS_SYNC)
		vfs_sync_all();
	return 0;
}

/* The pages that [addr, addr + len) touches. */
static bool touched_range(uint64_t addr, uint64_t len, struct vrange *out)
{
	return addr + len >= addr && page_range(align_down(addr, PAGE_SIZE), addr % PAGE_SIZE + len, out);
}

/* RLIMIT_MEMLOCK does not bind: all are root here, whom Linux lets lock what they like. */
static int64_t set_locks(const uint64_t *a, unsigned flags)
{
	struct vrange r;
	if (a[0] + a[1] < a[0])
		return -EINVAL;
	if (!a[1])
		return 0;
	enum err e = touched_range(a[0], a[1], &r) ? space_lock(space_current(), r, flags) : ERR_NOMEM;
	return err_to_errno(e == ERR_FAULT ? ERR_NOMEM : e);
}

int64_t sys_mlock(const uint64_t *a) { return set_locks(a, MAPF_LOCKED); }
int64_t sys_munlock(const uint64_t *a) { return set_locks(a, 0); }

int64_t sys_mlock2(const uint64_t *a)
{
	if (a[2] & ~(uint64_t)MLOCK_ONFAULT)
		return -EINVAL;
	return set_locks(a, a[2] & MLOCK_ONFAULT ? MAPF_LOCKS : MAPF_LOCKED);
}

/* MCL_CURRENT alone also ends what MCL_FUTURE began, as on Linux. */
int64_t sys_mlockall(const uint64_t *a)
{
	unsigned locks = a[0] & MCL_ONFAULT ? MAPF_LOCKS : MAPF_LOCKED;
	if (!(a[0] & (MCL_CURRENT | MCL_FUTURE)) || a[0] & ~(uint64_t)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
		return -EINVAL;
	space_lock_later(space_current(), a[0] & MCL_FUTURE ? locks : 0);
	if (a[0] & MCL_CURRENT)
		space_lock_all(space_current(), locks);
	return 0;
}

int64_t sys_munlockall(const uint64_t *a)
{
	(void)a;
	space_lock_later(space_current(), 0);
	space_lock_all(space_current(), 0);
	return 0;
}

/* riscv_flush_icache(start, end, flags): the whole cache of every hart; all flags ask for less. */
int64_t sys_riscv_flush_icache(const uint64_t *a)
{
	(void)a;
	arch_icache_sync(NULL, 0);
	return 0;
}
