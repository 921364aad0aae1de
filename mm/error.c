/* The six errors of memory: names, sentences, counters. See mm/error.h. */
#include "mm_priv.h"
#include <lib/fmt.h>

static const struct { const char *name; enum err err; } kinds[MM_ERROR_KINDS] = {
	[MM_NO_ERROR] = { "NoError", OK },
	[MM_OUT_OF_MEMORY] = { "OutOfMemory", ERR_NOMEM },
	[MM_PROCESS_LIMIT_EXCEEDED] = { "ProcessLimitExceeded", ERR_NOMEM },
	[MM_INVALID_ADDRESS] = { "InvalidAddress", ERR_FAULT },
	[MM_CORRUPTION_DETECTED] = { "CorruptionDetected", ERR_IO },
	[MM_ALIGNMENT_ERROR] = { "AlignmentError", ERR_INVAL },
	[MM_PROTECTION_VIOLATION] = { "ProtectionViolation", ERR_ACCESS },
};

const char *mm_error_name(enum mm_error_kind kind)
{
	ASSERT(kind < MM_ERROR_KINDS);
	return kinds[kind].name;
}

enum err mm_error_err(enum mm_error_kind kind)
{
	ASSERT(kind < MM_ERROR_KINDS);
	return kinds[kind].err;
}

typedef unsigned long long ull;

/* What is wrong with an address. */
static int address_text(const struct mm_error *e, char *buf, size_t n)
{
	char now[PORT_WHERE_MAX], earlier[PORT_WHERE_MAX];
	const char *name = mm_error_name(e->kind), *detail = e->detail ? e->detail : "not permitted";
	const char *by = port_where((const void *)(uintptr_t)e->site, now, sizeof now);
	if (!e->earlier_site)
		return snprintf(buf, n, "%s: 0x%llx: %s, by %s", name, (ull)e->address, detail, by);
	return snprintf(buf, n, "%s: 0x%llx: %s, by %s, after %s", name, (ull)e->address, detail, by,
			port_where((const void *)(uintptr_t)e->earlier_site, earlier, sizeof earlier));
}

int mm_error_text(const struct mm_error *e, char *buf, size_t n)
{
	const char *name = mm_error_name(e->kind);
	switch (e->kind) {
	case MM_NO_ERROR:
		return snprintf(buf, n, "%s", name);
	case MM_OUT_OF_MEMORY:
	case MM_PROCESS_LIMIT_EXCEEDED:
		return snprintf(buf, n, "%s: %llu bytes requested, %llu available, %llu of %llu used", name, (ull)e->requested,
				(ull)e->available, (ull)e->used, (ull)e->total);
	case MM_ALIGNMENT_ERROR:
		return snprintf(buf, n, "%s: blocks cannot be aligned to %llu bytes", name, (ull)e->requested);
	default:
		return address_text(e, buf, n);
	}
}

enum err mm_raise(struct mm *mm, struct mm_error *why, struct mm_error e)
{
	enum err err = mm_error_err(e.kind);
	ASSERT(err != OK);
	__atomic_fetch_add(&mm->errors[e.kind], 1, __ATOMIC_RELAXED);
	if (why)
		*why = e;
	return err;
}

enum err mm_raise_no_memory(struct mm *mm, struct mm_error *why, uint64_t requested)
{
	uint64_t total = 0, available = mm_free_pages(mm) << PAGE_SHIFT;
	for (unsigned i = 0; i < mm->nzones; i++)
		total += mm->zones[i].managed << PAGE_SHIFT;
	return mm_raise(mm, why, (struct mm_error){
		.kind = MM_OUT_OF_MEMORY, .requested = requested, .available = available, .used = total - available, .total = total,
	});
}

uint64_t mm_error_count(const struct mm *mm, enum mm_error_kind kind)
{
	ASSERT(kind < MM_ERROR_KINDS);
	return __atomic_load_n(&mm->errors[kind], __ATOMIC_RELAXED);
}
