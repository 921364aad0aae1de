#pragma once
#include <lib/string.h>
char *strdup(const char *s);
char *strcpy(char *dst, const char *src);
char *strcat(char *dst, const char *src);
char *strndup(const char *s, size_t n);
char *strpbrk(const char *s, const char *accept);
char *strtok(char *s, const char *delim);
char *strtok_r(char *s, const char *delim, char **save);
/* The next field of *s, which may be empty, ended by 0; *s goes behind it. NULL: there was none left. */
char *strsep(char **s, const char *delim);
char *strncpy(char *dst, const char *src, size_t n);	/* better: strlcpy */
char *strncat(char *dst, const char *src, size_t n);	/* better: strlcat */
char *stpcpy(char *dst, const char *src);		/* gives the end */
void *mempcpy(void *dst, const void *src, size_t n);	/* gives the end */
char *strchrnul(const char *s, int c);			/* the end if c is not there */
void *memrchr(const void *s, int c, size_t n);
void *memmem(const void *s, size_t n, const void *what, size_t nwhat);
char *strcasestr(const char *s, const char *what);
static inline int strcoll(const char *a, const char *b) { return strcmp(a, b); }
/* Not to be changed. */
char *strerror(int e);
char *strsignal(int sig);
int strerror_r(int e, char *buf, size_t n);		/* ERANGE: there was room for a part */
