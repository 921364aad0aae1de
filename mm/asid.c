/* Address-space ids: a bitmap, searched from where the last search ended, so that an id rests as long as it can
 * before its next use. When all are taken, further spaces share ASID_SHARED. */
#include "mm_priv.h"
#include <arch/mmu.h>

void asid_init(struct mm *mm)
{
	spin_init(&mm->asid_lock, LOCK_ZONE, "asid");
	unsigned n = arch_asid_count();
	mm->asid_count = n < ASIDS_MAX ? n : ASIDS_MAX;
	mm->asid_next = ASID_SHARED + 1;
}

static bool is_used(const struct mm *mm, unsigned i) { return mm->asid_used[i / 64] >> (i % 64) & 1; }

asid_t asid_alloc(struct mm *mm)
{
	asid_t found = ASID_SHARED;
	spin_lock(&mm->asid_lock);
	unsigned i = mm->asid_next;
	for (unsigned tries = ASID_SHARED + 1; tries < mm->asid_count; tries++, i++) {
		if (i >= mm->asid_count)
			i = ASID_SHARED + 1;
		if (is_used(mm, i))
			continue;
		mm->asid_used[i / 64] |= 1ull << (i % 64);
		mm->asid_next = i + 1;
		found = (asid_t)i;
		break;
	}
	spin_unlock(&mm->asid_lock);
	return found;
}

void asid_free(struct mm *mm, asid_t asid)
{
	if (asid == ASID_SHARED)
		return;
	spin_lock(&mm->asid_lock);
	ASSERT(is_used(mm, asid));
	mm->asid_used[asid / 64] &= ~(1ull << (asid % 64));
	spin_unlock(&mm->asid_lock);
}
