#pragma once
#include "meow.h"
/* What meow can look at: files of /proc, read into m->scratch, one at a time. None of it allocates. */

/* The file's text; NULL if it cannot be read. Overwritten by the next call of any function here that takes a struct meow. */
char *tool_read(struct meow *m, const char *path);
/* The same into buf of room bytes, as far as it fits; true if the file could be read. */
bool tool_read_into(const char *path, char *buf, size_t room);
/* The first file that is there and could not be read, since the last call; NULL: none. errno says why. */
const char *tool_unread(void);
/* proc_number() of a file; 0 too if it cannot be read. */
unsigned long tool_number(struct meow *m, const char *path, const char *key);
/* Write to a file; false with errno. */
bool tool_write(const char *path, const char *text);
/* m->machine as it is now. */
void tool_look(struct meow *m);

struct process { int pid; char name[32]; unsigned long mapped, resident; /* pages */ };
/* False: there is none. */
bool tool_process(int pid, struct process *out);
/* Calls fn for each process; it returns false to stop. */
void tool_processes(bool (*fn)(const struct process *p, void *ctx), void *ctx);
/* The same for the names in a folder. */
void tool_names(const char *path, bool (*fn)(const char *name, void *ctx), void *ctx);
/* The process of that name with the highest number, or 0. */
int tool_find(const char *name);

enum { REGIONS = 512 };
struct region_span { unsigned long start, end; char mode[5]; char name[27]; };
struct address_space { struct region_span regions[REGIONS]; unsigned n; unsigned long window_start, window_end; };
/* Regions by address, the first 512 of them. False: there is no such process. */
bool tool_address_space(struct meow *m, int pid, struct address_space *out);
/* The n-th gap of the window, by address; false: there are fewer. */
bool tool_hole(const struct address_space *a, unsigned n, unsigned long *start, unsigned long *end);
