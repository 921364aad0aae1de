#pragma once
#include <sys/types.h>
#include <abi/fcntl.h>
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
/* The result of system call nr; -1 with errno. */
long syscall(long nr, ...);
pid_t fork(void);
_Noreturn void _exit(int status);
int execve(const char *path, char *const argv[], char *const envp[]);
int execv(const char *path, char *const argv[]);
int execvp(const char *file, char *const argv[]);
/* The arguments one by one, the last NULL; E2BIG: more than 255. */
int execl(const char *path, const char *first, ...) __attribute__((sentinel));
int execlp(const char *file, const char *first, ...) __attribute__((sentinel));
int pipe(int fds[2]);
int pipe2(int fds[2], int flags);
int dup(int fd);
int dup2(int from, int to);
int dup3(int from, int to, int flags);
int close(int fd);
ssize_t read(int fd, void *buf, size_t n);
ssize_t write(int fd, const void *buf, size_t n);
ssize_t pread(int fd, void *buf, size_t n, off_t at);
ssize_t pwrite(int fd, const void *buf, size_t n, off_t at);
off_t lseek(int fd, off_t off, int whence);
int ftruncate(int fd, off_t size);
int truncate(const char *path, off_t size);
int fsync(int fd);
int fdatasync(int fd);
void sync(void);
int access(const char *path, int mode);
int unlink(const char *path);
int rmdir(const char *path);
int link(const char *from, const char *to);
int symlink(const char *target, const char *path);
ssize_t readlink(const char *path, char *buf, size_t n);	/* not ended by 0 */
int chdir(const char *path);
int fchdir(int fd);
char *getcwd(char *buf, size_t n);
int isatty(int fd);
pid_t getpid(void);
pid_t getppid(void);
pid_t getpgid(pid_t pid);
pid_t getpgrp(void);
int setpgid(pid_t pid, pid_t pgid);
pid_t setsid(void);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t pgid);
unsigned sleep(unsigned seconds);
int usleep(unsigned us);
int pause(void);
unsigned alarm(unsigned seconds);	/* the seconds that were left of the one before */
int brk(void *to);
void *sbrk(intptr_t by);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getegid(void);
gid_t getgid(void);
int gettid(void);
int gethostname(char *name, size_t n);	/* ENAMETOOLONG: a part of it */
enum { _SC_PAGESIZE, _SC_CLK_TCK, _SC_OPEN_MAX, _SC_PHYS_PAGES, _SC_NPROCESSORS_ONLN };
#define _SC_PAGE_SIZE _SC_PAGESIZE
long sysconf(int name);			/* -1: not known */
static inline int getpagesize(void) { return 4096; }
extern char **environ;
/* The next option of spec ("ab:c::": b has an argument, c may have one in the same word): its letter, -1 at the first word that is none. '?', with optopt: not known, or
 * without its argument (':' if spec begins with one); nothing is printed. optind = 0 before a second pass. */
extern char *optarg;
extern int optind, opterr, optopt;
int getopt(int argc, char *const argv[], const char *spec);
