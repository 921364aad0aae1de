/* The kernel command line. */
#include <lib/string.h>
#include <kernel/cmdline.h>
#include <kernel/printk.h>

static char text[1024];
static enum vmap_policy va_policy = VMAP_BESTFIT;

/* Where mmap places things: 64 GiB, or the 766 MiB of the system whose failure the book tells. */
static const struct vrange default_window = { 0x1000000000, 0x2000000000 };
static const struct vrange legacy_window = { 0x10000000, 0x3fee0000 };
static bool va_legacy, aslr;

void cmdline_set(const char *s) { strlcpy(text, s, sizeof text); }
const char *cmdline_text(void) { return text; }

/* The last word that is name, or name=...: where it ends (at the '=', a space or the end). NULL if none. */
static const char *find(const char *name)
{
	const char *found = NULL;
	size_t n = strlen(name);
	for (const char *p = text; *p;) {
		while (*p == ' ')
			p++;
		if (!strncmp(p, name, n) && (p[n] == '=' || p[n] == ' ' || !p[n]))
			found = p + n;
		while (*p && *p != ' ')
			p++;
	}
	return found;
}

bool cmdline_has(const char *word)
{
	const char *p = find(word);
	return p && *p != '=';
}

const char *cmdline_value(const char *name, const char *dflt, char *buf, size_t n)
{
	const char *p = find(name);
	size_t len = 0;
	if (!p || *p != '=') {
		strlcpy(buf, dflt, n);
		return buf;
	}
	for (p++; *p && *p != ' ' && len + 1 < n; p++)
		buf[len++] = *p;
	buf[len] = 0;
	return buf;
}

uint64_t cmdline_size(const char *name, uint64_t dflt)
{
	char buf[32];
	uint64_t v = 0;
	const char *p = cmdline_value(name, "", buf, sizeof buf);
	if (*p < '0' || *p > '9')
		return dflt;
	for (; *p >= '0' && *p <= '9'; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	switch (*p) {
	case 'k': case 'K': return v << 10;
	case 'm': case 'M': return v << 20;
	case 'g': case 'G': return v << 30;
	default: return v;
	}
}

/* [va_policies] */
static const struct { const char *name; enum vmap_policy policy; } policies[] = {
	{ "bump", VMAP_BUMP },
	{ "firstfit", VMAP_FIRSTFIT },
	{ "bestfit", VMAP_BESTFIT },
};
/* [/va_policies] */

bool cmdline_va_policy_parse(const char *name, enum vmap_policy *out)
{
	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
		if (!strcmp(name, policies[i].name)) {
			*out = policies[i].policy;
			return true;
		}
	return false;
}

bool cmdline_set_va_policy(const char *name) { return cmdline_va_policy_parse(name, &va_policy); }

const char *cmdline_va_policy_name(enum vmap_policy policy)
{
	size_t i = 0;
	while (policies[i].policy != policy)
		i++;
	return policies[i].name;
}

void cmdline_read_va(void)
{
	char value[16];
	const char *s = cmdline_value("va", "bestfit", value, sizeof value);
	if (!cmdline_set_va_policy(s))
		printk("[boot] va=%s is not known (bump, firstfit, bestfit): bestfit\n", s);
	s = cmdline_value("va.window", "default", value, sizeof value);
	va_legacy = !strcmp(s, "legacy");
	if (!va_legacy && strcmp(s, "default"))
		printk("[boot] va.window=%s is not known (default, legacy): default\n", s);
	s = cmdline_value("aslr", "off", value, sizeof value);
	aslr = !strcmp(s, "on");
	if (!aslr && strcmp(s, "off"))
		printk("[boot] aslr=%s is not known (on, off): off\n", s);
}

void cmdline_read_alloc(struct mm *mm)
{
	char value[16];
	enum kmalloc_mode mode = KMALLOC_TWO_TIER;
	const char *s = cmdline_value("alloc", kmalloc_mode_name(mode), value, sizeof value);
	if (!kmalloc_mode_parse(s, &mode))
		printk("[boot] alloc=%s is not known (simple, twotier, hybrid): %s\n", s, kmalloc_mode_name(mode));
	kmalloc_set_mode(mm, mode);
	s = cmdline_value("fail_fast", "off", value, sizeof value);
	mm_set_fail_fast(mm, !strcmp(s, "on"));
	if (strcmp(s, "on") && strcmp(s, "off"))
		printk("[boot] fail_fast=%s is not known (on, off): off\n", s);
}

enum vmap_policy cmdline_va_policy(void) { return va_policy; }
bool cmdline_va_is_legacy(void) { return va_legacy; }
struct vrange cmdline_va_window(bool legacy) { return legacy ? legacy_window : default_window; }
bool cmdline_aslr(void) { return aslr; }
