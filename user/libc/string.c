/* The strings that need memory or tables; the rest is in lib/string.c. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

char *strcpy(char *dst, const char *src)
{
	memcpy(dst, src, strlen(src) + 1);
	return dst;
}

char *strcat(char *dst, const char *src)
{
	strcpy(dst + strlen(dst), src);
	return dst;
}

/* Never past n bytes, and filled up with 0; not ended by one if src is as long. */
char *strncpy(char *dst, const char *src, size_t n)
{
	size_t len = strnlen(src, n);
	memcpy(dst, src, len);
	memset(dst + len, 0, n - len);
	return dst;
}

char *strncat(char *dst, const char *src, size_t n)
{
	char *end = dst + strlen(dst);
	size_t len = strnlen(src, n);
	memcpy(end, src, len);
	end[len] = 0;
	return dst;
}

char *stpcpy(char *dst, const char *src)
{
	size_t n = strlen(src);
	memcpy(dst, src, n + 1);
	return dst + n;
}

void *mempcpy(void *dst, const void *src, size_t n) { return (char *)memcpy(dst, src, n) + n; }

char *strchrnul(const char *s, int c)
{
	char *hit = strchr(s, c);
	return hit ? hit : (char *)(uintptr_t)s + strlen(s);
}

void *memrchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;
	while (n--)
		if (p[n] == (unsigned char)c)
			return (void *)(uintptr_t)(p + n);
	return NULL;
}

void *memmem(const void *s, size_t n, const void *what, size_t nwhat)
{
	const char *p = s, *hit;
	if (!nwhat)
		return (void *)(uintptr_t)s;
	for (; n >= nwhat && (hit = memchr(p, *(const char *)what, n - nwhat + 1)); n -= (size_t)(hit + 1 - p), p = hit + 1)
		if (!memcmp(hit, what, nwhat))
			return (void *)(uintptr_t)hit;
	return NULL;
}

char *strcasestr(const char *s, const char *what)
{
	size_t n = strlen(what);
	for (; strncasecmp(s, what, n); s++)
		if (!*s)
			return NULL;
	return (char *)(uintptr_t)s;
}

char *strsep(char **s, const char *delim)
{
	char *start = *s, *end = start ? strpbrk(start, delim) : NULL;
	*s = end ? end + 1 : NULL;
	if (end)
		*end = 0;
	return start;
}

char *strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = malloc(n);
	return p ? memcpy(p, s, n) : NULL;
}

char *strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = malloc(len + 1);
	if (!p)
		return NULL;
	memcpy(p, s, len);
	p[len] = 0;
	return p;
}

char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)(uintptr_t)s : NULL;
}

char *strtok_r(char *s, const char *delim, char **save)
{
	s = s ? s : *save;
	s += strspn(s, delim);
	if (!*s) {
		*save = s;
		return NULL;
	}
	char *end = s + strcspn(s, delim);
	*save = *end ? end + 1 : end;
	*end = 0;
	return s;
}

char *strtok(char *s, const char *delim)
{
	static char *rest;
	return strtok_r(s, delim, &rest);
}

static const struct { int e; const char *text; } errors[] = {
	{ EPERM, "Operation not permitted" }, { ENOENT, "No such file or directory" }, { ESRCH, "No such process" },
	{ EINTR, "Interrupted system call" }, { EIO, "Input/output error" }, { ENXIO, "No such device or address" },
	{ E2BIG, "Argument list too long" }, { ENOEXEC, "Exec format error" }, { EBADF, "Bad file descriptor" },
	{ ECHILD, "No child processes" }, { EAGAIN, "Resource temporarily unavailable" }, { ENOMEM, "Cannot allocate memory" },
	{ EACCES, "Permission denied" }, { EFAULT, "Bad address" }, { ENOTBLK, "Block device required" },
	{ EBUSY, "Device or resource busy" }, { EEXIST, "File exists" }, { EXDEV, "Invalid cross-device link" },
	{ ENODEV, "No such device" }, { ENOTDIR, "Not a directory" }, { EISDIR, "Is a directory" },
	{ EINVAL, "Invalid argument" }, { EMFILE, "Too many open files" }, { ENOTTY, "Inappropriate ioctl for device" },
	{ EFBIG, "File too large" }, { ENOSPC, "No space left on device" }, { ESPIPE, "Illegal seek" },
	{ EROFS, "Read-only file system" }, { EPIPE, "Broken pipe" }, { ERANGE, "Numerical result out of range" },
	{ ENAMETOOLONG, "File name too long" }, { ENOSYS, "Function not implemented" }, { ENOTEMPTY, "Directory not empty" },
	{ ELOOP, "Too many levels of symbolic links" }, { EOVERFLOW, "Value too large for defined data type" },
	{ EOPNOTSUPP, "Operation not supported" }, { ETIMEDOUT, "Connection timed out" },
	{ EDEADLK, "Resource deadlock avoided" }, { ENOLCK, "No locks available" },
};

char *strerror(int e)
{
	const char *text = e ? "Unknown error" : "Success";
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].e == e)
			text = errors[i].text;
	return (char *)(uintptr_t)text;
}

int strerror_r(int e, char *buf, size_t n) { return strlcpy(buf, strerror(e), n) < n ? 0 : ERANGE; }

char *strsignal(int sig)
{
	static const char *const names[] = {
		[SIGHUP] = "Hangup", [SIGINT] = "Interrupt", [SIGQUIT] = "Quit", [SIGILL] = "Illegal instruction",
		[SIGTRAP] = "Trace/breakpoint trap", [SIGABRT] = "Aborted", [SIGBUS] = "Bus error",
		[SIGFPE] = "Floating point exception", [SIGKILL] = "Killed", [SIGUSR1] = "User defined signal 1",
		[SIGSEGV] = "Segmentation fault", [SIGUSR2] = "User defined signal 2", [SIGPIPE] = "Broken pipe",
		[SIGALRM] = "Alarm clock", [SIGTERM] = "Terminated", [SIGCHLD] = "Child exited", [SIGCONT] = "Continued",
		[SIGSTOP] = "Stopped (signal)", [SIGTSTP] = "Stopped", [SIGTTIN] = "Stopped (tty input)",
		[SIGTTOU] = "Stopped (tty output)",
	};
	const char *s = sig > 0 && sig < (int)(sizeof names / sizeof *names) ? names[sig] : NULL;
	return (char *)(uintptr_t)(s ? s : "Unknown signal");
}
