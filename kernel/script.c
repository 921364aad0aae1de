/* The first line of a script (execve(2), "Interpreter scripts"). */
#include <lib/string.h>
#include <kernel/script.h>
#include <kernel/vfs.h>

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Split the line from `at` on into the interpreter and the rest; blanks at the end are gone. cut: the file's line goes on. */
static enum err split(struct script *s, char *at, bool cut)
{
	while (is_blank(*at))
		at++;
	char *rest = at + strcspn(at, " \t");
	if (!*at || (!*rest && cut))
		return ERR_NOEXEC;
	s->interp = at;
	if (!*rest)
		return OK;
	*rest++ = 0;
	while (is_blank(*rest))
		rest++;
	s->arg = rest;
	return OK;
}

enum err script_read(struct inode *file, struct script *s)
{
	size_t n;
	s->interp = s->arg = NULL;
	enum err e = inode_read(file, 0, s->line, SCRIPT_LINE_MAX, &n);
	if (e != OK || n < 2 || s->line[0] != '#' || s->line[1] != '!')
		return e;
	s->line[n] = 0;
	char *end = s->line + strcspn(s->line, "\n");
	bool cut = !*end && n == SCRIPT_LINE_MAX && !is_blank(end[-1]);
	while (is_blank(end[-1]))
		end--;
	*end = 0;
	return split(s, s->line + 2, cut);
}
