/* The six errors: their names, sentences, what they become in the kernel, and their counters. */
#include "support.h"
#include <mm/error.h>

static bool says(struct mm_error e, const char *want)
{
	char text[160];
	int n = mm_error_text(&e, text, sizeof text);
	if (strcmp(text, want))
		print_error("%s\n", text);
	return n == (int)strlen(want) && !strcmp(text, want);
}

static void sentences(void **state)
{
	(void)state;
	struct mm_error e = { .kind = MM_OUT_OF_MEMORY, .requested = 65536, .available = 4096, .used = 12288, .total = 16384 };
	CHECK(says(e, "OutOfMemory: 65536 bytes requested, 4096 available, 12288 of 16384 used"));
	e.kind = MM_PROCESS_LIMIT_EXCEEDED;
	CHECK(says(e, "ProcessLimitExceeded: 65536 bytes requested, 4096 available, 12288 of 16384 used"));
	e = (struct mm_error){ .kind = MM_INVALID_ADDRESS, .address = 0x1000, .site = 0x20, .earlier_site = 0x30, .detail = "double free" };
	CHECK(says(e, "InvalidAddress: 0x1000: double free, by 0x20, after 0x30"));
	e.earlier_site = 0;
	CHECK(says(e, "InvalidAddress: 0x1000: double free, by 0x20"));
	e.kind = MM_CORRUPTION_DETECTED;
	e.detail = "overwritten";
	CHECK(says(e, "CorruptionDetected: 0x1000: overwritten, by 0x20"));
	e.kind = MM_PROTECTION_VIOLATION;
	e.detail = NULL;
	CHECK(says(e, "ProtectionViolation: 0x1000: not permitted, by 0x20"));
	CHECK(says((struct mm_error){ .kind = MM_ALIGNMENT_ERROR, .requested = 24 }, "AlignmentError: blocks cannot be aligned to 24 bytes"));
	CHECK(says((struct mm_error){ 0 }, "NoError"));
}

static void a_short_buffer(void **state)
{
	(void)state;
	struct mm_error e = { .kind = MM_OUT_OF_MEMORY, .requested = UINT64_MAX, .available = UINT64_MAX, .used = UINT64_MAX, .total = UINT64_MAX };
	char text[12];
	int whole = mm_error_text(&e, text, sizeof text);
	CHECK(whole > 100 && !strcmp(text, "OutOfMemory"), "cut, and ended");
	CHECK(mm_error_text(&e, NULL, 0) == whole);
}

static void counted_and_told(void **state)
{
	(void)state;
	struct mm *mm = world_make(1024, NULL, 0);
	static const enum err becomes[] = { OK, ERR_NOMEM, ERR_NOMEM, ERR_FAULT, ERR_IO, ERR_INVAL, ERR_ACCESS };
	for (enum mm_error_kind kind = MM_NO_ERROR + 1; kind < MM_ERROR_KINDS; kind++) {
		struct mm_error why;
		CHECK(mm_error_count(mm, kind) == 0);
		CHECK(mm_raise(mm, &why, (struct mm_error){ .kind = kind, .address = 7 }) == becomes[kind]);
		CHECK(mm_raise(mm, NULL, (struct mm_error){ .kind = kind }) == mm_error_err(kind));
		CHECK(why.kind == kind && why.address == 7 && mm_error_count(mm, kind) == 2);
	}
	CHECK(mm_error_err(MM_NO_ERROR) == OK && mm_error_count(mm, MM_NO_ERROR) == 0);
	CHECK_PANICS((void)mm_raise(mm, NULL, (struct mm_error){ 0 }));
	CHECK_PANICS((void)mm_error_name(MM_ERROR_KINDS));
}

static void the_machines_figures(void **state)
{
	(void)state;
	struct mm *mm = world_make(1024, NULL, 0);
	struct mm_stats st;
	struct mm_error why;
	mm_stats(mm, &st);
	CHECK(mm_raise_no_memory(mm, &why, 1 << 30) == ERR_NOMEM && why.kind == MM_OUT_OF_MEMORY && why.requested == 1 << 30);
	CHECK(why.total == st.total_pages << PAGE_SHIFT && why.available == st.free_pages << PAGE_SHIFT);
	CHECK(why.used + why.available == why.total && why.used == 0);
	struct page *page = frame_alloc(mm, 3, FRAME_NORMAL);
	CHECK(mm_raise_no_memory(mm, &why, 1) == ERR_NOMEM && why.used == 8 << PAGE_SHIFT);
	frame_free(mm, page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentences), cmocka_unit_test(a_short_buffer), cmocka_unit_test(counted_and_told),
		cmocka_unit_test(the_machines_figures),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
