/* Copying into and out of a space that need not be the current one: page by page through frame_map(). */
#include "space_priv.h"
#include <arch/mmu.h>
#include <lib/string.h>

/* The frame behind va's page, made present for access; NULL: ERR_FAULT or ERR_NOMEM in *e. The space is locked. */
static struct page *page_for(struct space *s, vaddr_t va, prot_t access, enum err *e)
{
	vaddr_t page_va = va & ~(PAGE_SIZE - 1);
	struct region *r = region_find(s, page_va);
	if (!r || (access & P_WRITE && r->flags & MAPF_SHARED && !(r->prot & P_WRITE))) {
		*e = ERR_FAULT;
		return NULL;
	}
	pte_t pte = pt_get(&s->pt, page_va);
	bool shares = !pte || (access & P_WRITE && pte_prot(pte) & P_COW);
	enum fault_result result = shares ? fault_resolve(s, r, page_va, access) : FAULT_OK;
	*e = result == FAULT_OK ? OK : result == FAULT_NOMEM ? ERR_NOMEM : ERR_FAULT;
	return *e == OK ? mm_page(s->mm, pte_addr(pt_get(&s->pt, page_va))) : NULL;
}

/* Bytes from va to the end of its page, at most n. */
static size_t in_page(vaddr_t va, size_t n)
{
	size_t left = PAGE_SIZE - (va & (PAGE_SIZE - 1));
	return n < left ? n : left;
}

enum err space_write(struct space *s, vaddr_t va, const void *src, size_t n)
{
	enum err e = OK;
	const char *from = src;
	mutex_lock(&s->lock);
	for (size_t k; n > 0; n -= k, va += k, from += k) {
		k = in_page(va, n);
		struct page *page = page_for(s, va, P_WRITE, &e);
		if (!page)
			break;
		char *to = (char *)frame_map(s->mm, page, 0) + (va & (PAGE_SIZE - 1));
		memcpy(to, from, k);
		if (region_find(s, va)->prot & P_EXEC)
			arch_icache_sync(to, k);
		frame_unmap(s->mm, page, 0);
	}
	space_unlock(s);
	return e;
}

enum err space_read(struct space *s, vaddr_t va, void *dst, size_t n)
{
	enum err e = OK;
	char *to = dst;
	mutex_lock(&s->lock);
	for (size_t k; n > 0; n -= k, va += k, to += k) {
		k = in_page(va, n);
		struct page *page = page_for(s, va, P_READ, &e);
		if (!page)
			break;
		memcpy(to, (const char *)frame_map(s->mm, page, 0) + (va & (PAGE_SIZE - 1)), k);
		frame_unmap(s->mm, page, 0);
	}
	space_unlock(s);
	return e;
}
