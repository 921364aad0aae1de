/* Zones to the last frame, and back. The other CPUs are idle, and nothing here sleeps while memory is gone. */
#include <lib/string.h>
#include "selftest.h"

/* All that these flags can get, one frame at a time. */
static void take_all(struct page_stack *s, unsigned flags)
{
	for (struct page *p; (p = frame_alloc(kernel_mm, 0, flags));)
		page_stack_push(s, p);
}

static void give_all(struct page_stack *s)
{
	for (struct page *p; (p = page_stack_pop(s));)
		frame_free(kernel_mm, p);
}

static uint64_t free_of(unsigned zone)
{
	struct zone_stats z;
	mm_zone_stats(kernel_mm, zone, &z);
	return z.free;
}

static const char *exhaust(void)
{
	struct page_stack all = { 0 };
	uint64_t before = mm_free_pages(kernel_mm);
	take_all(&all, FRAME_NORMAL);
	unsigned got = all.count;
	void *small = kmalloc(kernel_mm, 8192), *large = kmalloc(kernel_mm, 1 << 20);
	bool refuses = !frame_alloc(kernel_mm, 0, FRAME_NORMAL) && !frame_alloc(kernel_mm, 4, FRAME_NORMAL) && !small && !large;
	give_all(&all);
	WANT(got > before / 2);
	WANT(refuses);
	WANT(mm_free_pages(kernel_mm) >= before);
	void *again = kmalloc(kernel_mm, 1 << 20);
	WANT(again);
	kfree(kernel_mm, again);
	return NULL;
}

/* Devices' memory may end without anybody else noticing. */
static const char *exhaust_dma(void)
{
	struct page_stack all = { 0 };
	uint64_t before = free_of(0);
	take_all(&all, FRAME_DMA);
	uint64_t left = free_of(0);
	unsigned got = all.count;
	struct page *normal = frame_alloc(kernel_mm, 0, FRAME_NORMAL);
	if (normal)
		frame_free(kernel_mm, normal);
	give_all(&all);
	WANT(left == 0 && got >= before);
	WANT(normal);
	WANT(free_of(0) >= before);
	return NULL;
}

static const char *dma_is_low(void)
{
	struct zone_stats z;
	mm_zone_stats(kernel_mm, 0, &z);
	for (unsigned order = 0; order < 6; order++) {
		struct page *p = frame_alloc(kernel_mm, order, FRAME_DMA);
		WANT(p);
		pfn_t pfn = page_pa(kernel_mm, p) >> PAGE_SHIFT;
		WANT(pfn >= z.start && pfn + (1u << order) <= z.end);
		frame_free(kernel_mm, p);
	}
	return NULL;
}

/* When users have taken all they may, the kernel still gets some. */
static const char *users_leave_a_reserve(void)
{
	struct page_stack users = { 0 };
	take_all(&users, FRAME_USER);
	struct page *p[4];
	unsigned n = 0;
	for (; n < 4 && (p[n] = frame_alloc(kernel_mm, 0, FRAME_NORMAL)); n++)
		;
	for (unsigned i = 0; i < n; i++)
		frame_free(kernel_mm, p[i]);
	give_all(&users);
	WANT(n == 4);
	return NULL;
}

/* Watermarks ascend, and blocks add up to what is free. */
static const char *figures(void)
{
	WANT(mm_zone_count(kernel_mm) >= 1);
	for (unsigned i = 0; i < mm_zone_count(kernel_mm); i++) {
		struct zone_stats z;
		uint64_t sum = 0;
		mm_zone_stats(kernel_mm, i, &z);
		for (unsigned order = 0; order < FRAME_ORDERS; order++)
			sum += z.blocks[order] << order;
		WANT(sum == z.free && z.free <= z.managed && z.managed <= z.end - z.start);
		WANT(z.min <= z.low && z.low <= z.high);
	}
	return NULL;
}

/* ---- several CPUs ---- */

/* Each takes what it gets until there is nothing more, all at once. */
static const char *grab(void *ctx, unsigned k)
{
	take_all((struct page_stack *)ctx + k, FRAME_NORMAL);
	return NULL;
}

static const char *smp_exhaust(void)
{
	struct page_stack box[PORT_CPUS] = { 0 };
	uint64_t before = mm_free_pages(kernel_mm), got = 0;
	const char *why = selftest_everywhere(grab, box);
	for (unsigned i = 0; i < PORT_CPUS; i++) {
		got += box[i].count;
		give_all(&box[i]);
	}
	WANT(!why);
	WANT(got > before / 2);
	return NULL;
}

const struct selftest selftest_zones[] = {
	{ "exhaust", exhaust }, { "exhaust_dma", exhaust_dma }, { "dma_is_low", dma_is_low },
	{ "users_leave_a_reserve", users_leave_a_reserve }, { "figures", figures }, { "smp_exhaust", smp_exhaust }, { NULL, NULL },
};
