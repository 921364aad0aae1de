#pragma once
#include <mm/vmap.h>
/* Which addresses a program gets: the policy and the window for its mmaps, and where its stack and, if it may lie anywhere, its image go. All
 * is settled at execve and stays until the next one. */

/* What a process asked for, for programs that it execs; its children inherit it. {0}: what the command line (or /proc/sys/vm) says. */
struct va_choice {
	bool has_policy, has_window;
	enum vmap_policy policy;
	bool legacy;		/* the window */
};
/* "bump", "firstfit legacy", "bestfit default"; blanks or a comma between the words; without the second the window is the machine's. "system" is
 * {0}. False: anything else; *out is not written. */
bool va_choice_parse(const char *text, struct va_choice *out);
/* What is in force with that choice. */
enum vmap_policy va_choice_policy(const struct va_choice *c);
bool va_choice_is_legacy(const struct va_choice *c);

struct va_layout {
	enum vmap_policy policy;
	struct vrange window;
	vaddr_t stack_top, pie_base;
};
/* For a new program. With aslr=on each call's places are moved, independently, by up to VA_RANDOM_BITS bits of pages: the stack down, the image and the
 * window (not the legacy one) up. What the window holds stays as large. */
enum { VA_RANDOM_BITS = 18 };	/* 1 GiB; Linux has as many for stacks of 39-bit spaces */
struct va_layout va_layout_choose(const struct va_choice *c);
