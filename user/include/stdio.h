#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>
#include <lib/fmt.h>
#define EOF (-1)
#define BUFSIZ 1024
#define FILENAME_MAX 4096
#define FOPEN_MAX 64
typedef struct file FILE;
typedef long fpos_t;
extern FILE *const stdin, *const stdout, *const stderr;

/* ---- files ---- */

/* mode: r, w or a; + for both directions, between which nothing need be done; x: there must be none, e: closed by exec, b means nothing. EINVAL: none of these. */
FILE *fopen(const char *path, const char *mode);
FILE *fdopen(int fd, const char *mode);
/* The same FILE and descriptor, from now on another file. NULL: it is as it was. */
FILE *freopen(const char *path, const char *mode, FILE *f);
FILE *tmpfile(void);		/* without a name, gone when it is closed */
/* A file in memory of n bytes, or of its own if buf is NULL. What is written ends with a 0 where there is room. */
FILE *fmemopen(void *buf, size_t n, const char *mode);
/* A file whose bytes, ended by 0, are *out after each fflush() and fclose(), *n of them; to be freed. */
FILE *open_memstream(char **out, size_t *n);
int fclose(FILE *f);
/* What waits goes out; EOF: not all of it, and the rest is given up. A file that is read: the descriptor's place is the reader's again. */
int fflush(FILE *f);
int fileno(FILE *f);
/* Keep other threads from f; every function here but those that say unlocked does for as long as it runs. May be nested. */
void flockfile(FILE *f);
int ftrylockfile(FILE *f);
void funlockfile(FILE *f);
int feof(FILE *f);		/* stays until clearerr() or a seek, and nothing is read before */
int ferror(FILE *f);
void clearerr(FILE *f);
/* When what is written goes out: _IOFBF with a full buffer, _IOLBF at the end of each line as well, _IONBF at once. The file keeps its own buffer. */
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2
int setvbuf(FILE *f, char *buf, int mode, size_t n);
static inline void setbuf(FILE *f, char *buf) { setvbuf(f, buf, buf ? _IOFBF : _IONBF, BUFSIZ); }

/* ---- bytes and lines ---- */

size_t fread(void *buf, size_t size, size_t n, FILE *f);
size_t fwrite(const void *buf, size_t size, size_t n, FILE *f);
int fgetc(FILE *f);
int fputc(int c, FILE *f);
int getc_unlocked(FILE *f);
int putc_unlocked(int c, FILE *f);
int ungetc(int c, FILE *f);	/* at least one, wherever; EOF: more than there is room for */
char *fgets(char *buf, int n, FILE *f);
int fputs(const char *s, FILE *f);
int puts(const char *s);
/* The next line, with what ends it, in memory that is made larger as need be: *line is NULL or from malloc(), of *room bytes. Its length; -1:
 * there is none, and nothing is stored. */
ssize_t getline(char **line, size_t *room, FILE *f);
ssize_t getdelim(char **line, size_t *room, int end, FILE *f);
static inline int getc(FILE *f) { return fgetc(f); }
static inline int putc(int c, FILE *f) { return fputc(c, f); }
static inline int getchar(void) { return fgetc(stdin); }
static inline int putchar(int c) { return fputc(c, stdout); }

/* ---- formatting ---- */

/* Formatting: as <lib/fmt.h> says, and %f %e %g (%F %E %G), exact whatever the precision. No long double, no %a, no wide characters. */
int vfprintf(FILE *f, const char *fmt, va_list ap);
int fprintf(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char *fmt, va_list ap);
int sprintf(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));	/* better: snprintf */
int vsprintf(char *buf, const char *fmt, va_list ap);
/* Into memory of its own, to be freed. -1, and nothing stored: there is none. */
int asprintf(char **out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int vasprintf(char **out, const char *fmt, va_list ap);
int dprintf(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int vdprintf(int fd, const char *fmt, va_list ap);
/* A command of the shell whose output is read, "r", or whose input is written, "w"; its end gives waitpid()'s status. */
FILE *popen(const char *command, const char *mode);
int pclose(FILE *f);
void perror(const char *what);
int remove(const char *path);
int rename(const char *from, const char *to);
/* Where the next byte is read or written; -1 with errno if the file has no such place. */
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
int fseek(FILE *f, long offset, int whence);
long ftell(FILE *f);
void rewind(FILE *f);
static inline int fseeko(FILE *f, off_t offset, int whence) { return fseek(f, offset, whence); }
static inline off_t ftello(FILE *f) { return ftell(f); }
int fgetpos(FILE *f, fpos_t *place);
int fsetpos(FILE *f, const fpos_t *place);
/* Take apart a text: %d %i %u %x %o %p %f %e %g %c %s %[...] %n %%, with a width, hh h l ll z j t, and * for what is not kept. How many were kept; EOF: it
 * ended before. A file gives back one byte: what only begins like a number is gone. */
int sscanf(const char *s, const char *fmt, ...) __attribute__((format(scanf, 2, 3)));
int fscanf(FILE *f, const char *fmt, ...) __attribute__((format(scanf, 2, 3)));
int scanf(const char *fmt, ...) __attribute__((format(scanf, 1, 2)));
int vsscanf(const char *s, const char *fmt, va_list ap);
int vfscanf(FILE *f, const char *fmt, va_list ap);
