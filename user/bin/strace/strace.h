#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <abi/trace.h>
/* What the parts of strace share. */

/* names.c: numbers by name. NULL or "": there is none. */
struct name { uint64_t value; const char *name; };
const char *call_name(unsigned nr);
const char *call_kinds(unsigned nr);		/* abi/calls.h; of a number that is none, all in hexadecimal */
const char *errno_name(int e);
const char *signal_name(int sig);
/* Print v as this kind of argument. strings and bytes are not its business. */
void show_value(FILE *out, char kind, uint64_t v);

/* structs.c: what kind points to, n bytes of it. False: no such kind. */
bool show_struct(FILE *out, char kind, const void *data, size_t n, bool more);

/* show.c: records as lines. */
struct show { FILE *out; bool with_pid; int open_tid; /* whose call is begun and has no result on its line; 0: nobody's */ };
/* more: the next record is there already, so that nobody needs to see half a line. */
void show_record(struct show *s, const struct trace_record *r);

/* count.c: how often, how long. */
void count_record(const struct trace_record *r);
void count_print(FILE *out);
