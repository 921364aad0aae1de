#pragma once
#include <lib/string.h>
char *strdup(const char *s);
char *strcpy(char *dst, const char *src);
char *strcat(char *dst, const char *src);
char *strndup(const char *s, size_t n);
char *strpbrk(const char *s, const char *accept);
char *strtok(char *s, const char *delim);
char *strtok_r(char *s, const char *delim, char **save);
const char *strerror(int e);
const char *strsignal(int sig);
