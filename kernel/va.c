/* Where a program's parts go: see kernel/va.h.
 *
 *	0x10000  the image, if it has fixed addresses, and the heap after it
 *	0x10_0000_0000 .. 0x20_0000_0000	the window for mmap, or 0x1000_0000 .. 0x3fee_0000
 *	0x2a_aaaa_a000	the image, if it may lie anywhere; the heap after it
 *	0x3f_ffff_0000	the stack, downwards
 *
 * Between any two there is more room than the random offsets take. The page with the signal trampoline stays at its place at the very top. */
#include <arch/layout.h>
#include <lib/string.h>
#include <kernel/cmdline.h>
#include <kernel/random.h>
#include <kernel/va.h>

#define STACK_TOP (USER_END - 16 * PAGE_SIZE)
#define PIE_BASE 0x2aaaaaa000

bool va_choice_parse(const char *text, struct va_choice *out)
{
	char words[3][12] = { "", "", "" };
	const char *blanks = " ,\t\n";
	unsigned n = 0;
	for (text += strspn(text, blanks); *text && n < 3; text += strspn(text, blanks)) {
		size_t len = strcspn(text, blanks);
		if (len >= sizeof words[0])
			return false;
		memcpy(words[n++], text, len);
		text += len;
	}
	struct va_choice c = { .has_policy = true, .has_window = n == 2, .legacy = !strcmp(words[1], "legacy") };
	if (n == 1 && !strcmp(words[0], "system"))
		c.has_policy = false;
	else if (!n || n > 2 || !cmdline_va_policy_parse(words[0], &c.policy) || (n == 2 && !c.legacy && strcmp(words[1], "default")))
		return false;
	*out = c;
	return true;
}

enum vmap_policy va_choice_policy(const struct va_choice *c) { return c->has_policy ? c->policy : cmdline_va_policy(); }
bool va_choice_is_legacy(const struct va_choice *c) { return c->has_window ? c->legacy : cmdline_va_is_legacy(); }

static vaddr_t random_offset(void)
{
	uint64_t n;
	random_bytes(&n, sizeof n);
	return (n & ((1ull << VA_RANDOM_BITS) - 1)) << PAGE_SHIFT;
}

struct va_layout va_layout_choose(const struct va_choice *c)
{
	bool legacy = va_choice_is_legacy(c);
	struct va_layout l = {
		.policy = va_choice_policy(c), .window = cmdline_va_window(legacy), .stack_top = STACK_TOP, .pie_base = PIE_BASE,
	};
	if (!cmdline_aslr())
		return l;
	l.stack_top -= random_offset();
	l.pie_base += random_offset();
	vaddr_t up = legacy ? 0 : random_offset();
	l.window.start += up;
	l.window.end += up;
	return l;
}
