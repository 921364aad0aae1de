#pragma once
#include <stdbool.h>
#include <stddef.h>
/* For programs that show what /proc says. */

/* The whole of a file, malloc()ed and ended by 0. A file that cannot be read ends the program, with status 1. */
char *proc_text(const char *path);
/* The number that follows key, and ':' or blanks, at the start of a line; of several lines the first. 0 if there is none. Memory of
 * /proc/meminfo is in KiB. */
unsigned long proc_number(const char *text, const char *key);
/* The start of the line after p, or NULL. */
const char *proc_next_line(const char *p);

/* The processes there are, in order: at most max. How many. */
size_t proc_pids(int *pids, size_t max);
/* The first n - 1 bytes of a process's file what, and a 0: how many; none when it is gone. */
size_t proc_read(int pid, const char *what, char *text, size_t n);
/* The name of a process's program into name of n bytes, "" if it is gone. */
void proc_name(int pid, char *name, size_t n);

/* A size for people: "712K", "15.2M", "1.0G"; of nkib KiB. Valid until the eighth call from now. */
const char *human_kib(unsigned long nkib);
/* A part of something in tenths of a percent: 27.1 is 271. 0 of nothing is 0. */
unsigned long permille(unsigned long part, unsigned long whole);
