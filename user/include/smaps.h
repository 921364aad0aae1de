#pragma once
#include <stddef.h>
/* A process's regions, as /proc/PID/smaps tells of them. Sizes are in KiB. */
struct smap {
	unsigned long start, end;
	unsigned long rss, dirty;
	char mode[5];		/* "rw-p" */
	char name[128];		/* a path, "[heap]", "" */
};
/* All of them, malloc()ed, by address; returns how many. pid 0: the caller. A process that is not there, or not to be read, ends the program. */
size_t smaps_read(int pid, struct smap **out);
/* A process id; anything else ends the program with status 2. */
int pid_of(const char *s);
/* The program's arguments with blanks between them, or [its name]: valid until the next call. */
const char *process_title(int pid);
