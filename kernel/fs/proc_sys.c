/* /proc/sys/vm/...: knobs of memory, one value per file. What cannot be written cannot be changed while the machine runs. */
#include "proc.h"
#include <kernel/cmdline.h>
#include <lib/fmt.h>
#include <lib/string.h>

/* ---- values ---- */

/* The first word of text. False if there is more than one, or it does not fit. */
static bool word_of(const char *text, char *buf, size_t n)
{
	size_t len = strcspn(text, " \t\n");
	if (!len || len >= n || text[len + strspn(text + len, " \t\n")])
		return false;
	memcpy(buf, text, len);
	buf[len] = 0;
	return true;
}

static enum err number_of(const char *text, uint64_t most, uint64_t *out)
{
	char word[16];
	uint64_t n = 0;
	if (!word_of(text, word, sizeof word))
		return ERR_INVAL;
	for (const char *p = word; *p; p++) {
		if (*p < '0' || *p > '9')
			return ERR_INVAL;
		n = n * 10 + (uint64_t)(*p - '0');
	}
	if (n > most)
		return ERR_INVAL;
	*out = n;
	return OK;
}

static enum err show(struct text *t, uint64_t n)
{
	text_printf(t, "%lu\n", (unsigned long)n);
	return OK;
}

/* ---- kmalloc_mode, fail_fast, slab_debug ---- */

static enum err show_mode(struct text *t, int pid)
{
	(void)pid;
	text_printf(t, "%s\n", kmalloc_mode_name(kmalloc_mode(kernel_mm)));
	return OK;
}

static enum err store_mode(const char *text, int pid)
{
	char word[16];
	enum kmalloc_mode mode;
	(void)pid;
	if (!word_of(text, word, sizeof word) || !kmalloc_mode_parse(word, &mode))
		return ERR_INVAL;
	kmalloc_set_mode(kernel_mm, mode);
	return OK;
}

static enum err show_fail_fast(struct text *t, int pid) { (void)pid; return show(t, mm_fail_fast(kernel_mm)); }

static enum err store_fail_fast(const char *text, int pid)
{
	uint64_t n;
	(void)pid;
	enum err e = number_of(text, 1, &n);
	if (e == OK)
		mm_set_fail_fast(kernel_mm, n);
	return e;
}

static enum err show_slab_debug(struct text *t, int pid)
{
	char names[128];
	(void)pid;
	text_printf(t, "%s\n", cmdline_value("slab.debug", "", names, sizeof names));
	return OK;
}

/* ---- va_policy, of processes that are still to come ---- */

static enum err show_va_policy(struct text *t, int pid)
{
	(void)pid;
	text_printf(t, "%s\n", cmdline_va_policy_name(cmdline_va_policy()));
	return OK;
}

static enum err store_va_policy(const char *text, int pid)
{
	char word[16];
	(void)pid;
	return word_of(text, word, sizeof word) && cmdline_set_va_policy(word) ? OK : ERR_INVAL;
}

/* ---- drop_caches: as in Linux, 1 for clean pages of files, 2 for names and slabs, 3 for both. It has no value. ---- */

static enum err show_nothing(struct text *t, int pid)
{
	(void)t, (void)pid;
	return OK;
}

static enum err store_drop_caches(const char *text, int pid)
{
	enum { PAGES = 1, SLABS = 2 };
	uint64_t n = 0;
	(void)pid;
	enum err e = number_of(text, PAGES | SLABS, &n);
	if (e == OK && !n)
		return ERR_INVAL;
	if (n & SLABS)
		vfs_drop_names();
	if (n & PAGES)
		vfs_drop_pages();
	if (n & SLABS)
		proc_trim_memory();
	return e;
}

/* ---- watermarks and limits ---- */

static enum err show_min_free(struct text *t, int pid) { (void)pid; return show(t, proc_min_free_pages() * 4); }
static enum err show_health_rate(struct text *t, int pid) { (void)pid; return show(t, proc_health_limits()->failure_rate); }
static enum err show_health_ooms(struct text *t, int pid) { (void)pid; return show(t, proc_health_limits()->oom_events); }

static enum err store_health_rate(const char *text, int pid)
{
	uint64_t n;
	(void)pid;
	enum err e = number_of(text, 1000, &n);
	if (e == OK)
		proc_health_limits()->failure_rate = (unsigned)n;
	return e;
}

static enum err store_health_ooms(const char *text, int pid)
{
	uint64_t n;
	(void)pid;
	enum err e = number_of(text, UINT32_MAX, &n);
	if (e == OK)
		proc_health_limits()->oom_events = n;
	return e;
}

/* ---- the directories ---- */

const struct proc_control proc_sys_controls[] = {
	{ show_mode, store_mode }, { show_fail_fast, store_fail_fast }, { show_va_policy, store_va_policy },
	{ show_nothing, store_drop_caches }, { show_health_rate, store_health_rate }, { show_health_ooms, store_health_ooms },
	{ NULL, NULL },
};

static const struct proc_file vm_files[] = {
	{ "drop_caches", S_IFREG | 0200, show_nothing, NULL }, { "fail_fast", S_IFREG | 0644, show_fail_fast, NULL },
	{ "health_failure_permille", S_IFREG | 0644, show_health_rate, NULL },
	{ "health_oom_events", S_IFREG | 0644, show_health_ooms, NULL }, { "kmalloc_mode", S_IFREG | 0644, show_mode, NULL },
	{ "min_free_kbytes", S_IFREG | 0444, show_min_free, NULL }, { "slab_debug", S_IFREG | 0444, show_slab_debug, NULL },
	{ "va_policy", S_IFREG | 0644, show_va_policy, NULL }, { NULL, 0, NULL, NULL },
};
static const struct proc_file no_files[] = { { NULL, 0, NULL, NULL } };

static const struct proc_dir vm_dir = { "vm", vm_files, NULL, PROC_SYS_INO + 64 };
static const struct proc_dir *const sys_dirs[] = { &vm_dir, NULL };
static const struct proc_dir sys_dir = { "sys", no_files, sys_dirs, PROC_SYS_INO };
static const struct proc_dir *const root_dirs[] = { &sys_dir, NULL };
const struct proc_dir proc_root_dir = { "", proc_machine_files, root_dirs, PROC_ROOT_INO };
