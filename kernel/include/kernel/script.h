#pragma once
#include <lib/err.h>
/* Programs that are text, and name in their first line who runs them: #!INTERPRETER [ARGUMENT]. */
struct inode;
enum { SCRIPT_LINE_MAX = 255 };
struct script {
	const char *interp;	/* into line; NULL: the file is no script */
	const char *arg;	/* one, with its blanks inside; NULL: none */
	char line[SCRIPT_LINE_MAX + 1];
};

/* Read file's first line, of which SCRIPT_LINE_MAX bytes count: what is longer is cut, as on Linux. ERR_NOEXEC: a #! with no whole
 * interpreter after it. ERR_IO, ERR_NOMEM. */
enum err script_read(struct inode *file, struct script *out) MUST_CHECK;
