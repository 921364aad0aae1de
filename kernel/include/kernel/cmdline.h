#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mm/mm.h>
#include <mm/vmap.h>
/* The kernel command line: words "name" and "name=value", from /chosen/bootargs of the device tree. Of a name
 * that is given twice the last counts. */

/* Keep a copy of text (up to 1 KiB of it). */
void cmdline_set(const char *text);
/* All of it, for /proc/cmdline. */
const char *cmdline_text(void);
/* Is the word there? */
bool cmdline_has(const char *word);
/* The value of name as a string of up to n-1 bytes in buf; dflt if it is not there. Returns buf. */
const char *cmdline_value(const char *name, const char *dflt, char *buf, size_t n);
/* A size with an optional K, M or G. dflt if it is not there or no number. */
uint64_t cmdline_size(const char *name, uint64_t dflt);

/* va=, va.window= and aslr=, read once by cmdline_read_va(), which logs what is not known. */
void cmdline_read_va(void);
enum vmap_policy cmdline_va_policy(void);
const char *cmdline_va_policy_name(enum vmap_policy policy);
/* False, and *out as it was: no policy has that name. */
bool cmdline_va_policy_parse(const char *name, enum vmap_policy *out);
/* From now on, for processes that start. False if there is no policy of that name. */
bool cmdline_set_va_policy(const char *name);
bool cmdline_va_is_legacy(void);
/* The one window or the other, whatever was said. */
struct vrange cmdline_va_window(bool legacy);
/* Whether programs' places are to be random (kernel/va.h). */
bool cmdline_aslr(void);
/* Set alloc= (kmalloc's mode) and fail_fast= in mm, logging what is not known. */
void cmdline_read_alloc(struct mm *mm);
