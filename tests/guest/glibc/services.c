/* What glibc makes of the kernel's services: threads that wait for each other and are cancelled, programs started in all ways, timers with
 * threads, signals as descriptors and on their own stack. Nothing of Manul in it: built with the plain cross compiler, -static. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <pthread.h>
#include <regex.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 50 };

extern char **environ;
static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t posted;
static int serial, written, cleaned;

static void must(int failed, const char *what)
{
	if (failed) {
		printf("services: %s failed\n", what);
		exit(1);
	}
}

static void *meet(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
			__atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST);
		if (i % 2 ? pthread_rwlock_wrlock(&rwlock) : pthread_rwlock_rdlock(&rwlock))
			return NULL;
		written += i % 2;
		pthread_rwlock_unlock(&rwlock);
		sem_post(&posted);
	}
	return arg;
}

static void threads(void)
{
	pthread_t t[THREADS];
	int posts = 0;
	must(pthread_barrier_init(&barrier, NULL, THREADS) || sem_init(&posted, 0, 0), "set-up");
	for (int i = 0; i < THREADS; i++)
		must(pthread_create(&t[i], NULL, meet, NULL), "pthread_create");
	while (posts < THREADS * ROUNDS)
		posts += sem_wait(&posted) == 0;
	for (int i = 0; i < THREADS; i++)
		must(pthread_join(t[i], NULL), "pthread_join");
	printf("barrier %d, rwlock %d, semaphore %d\n", serial, written, posts);
}

static void unlock(void *arg)
{
	cleaned++;
	if (arg)
		pthread_mutex_unlock(arg);
}

static void *read_nothing(void *arg)
{
	char c;
	pthread_cleanup_push(unlock, NULL);
	sem_post(&posted);
	must(read(*(int *)arg, &c, 1) >= 0, "cancellation of read");
	pthread_cleanup_pop(0);
	return NULL;
}

static void *wait_for_ever(void *arg)
{
	pthread_mutex_lock(&lock);
	pthread_cleanup_push(unlock, &lock);
	sem_post(&posted);
	for (;;)
		pthread_cond_wait(&never, &lock);
	pthread_cleanup_pop(1);
	return arg;
}

static void *spin(void *arg)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	sem_post(&posted);
	for (volatile int i = 0;; i++)
		;
	return arg;
}

static void cancellation(void)
{
	void *(*kinds[])(void *) = { read_nothing, wait_for_ever, spin }, *result;
	int ends[2], cancelled = 0;
	must(pipe(ends), "pipe");
	for (int k = 0; k < 3; k++) {
		pthread_t t;
		must(pthread_create(&t, NULL, kinds[k], &ends[0]) || sem_wait(&posted), "pthread_create");
		must(pthread_cancel(t) || pthread_join(t, &result), "pthread_cancel");
		cancelled += result == PTHREAD_CANCELED;
	}
	must(pthread_mutex_lock(&lock) || pthread_mutex_unlock(&lock), "the mutex afterwards");
	printf("cancelled %d, cleaned %d\n", cancelled, cleaned);
}

static int end_of(pid_t pid)
{
	siginfo_t i;
	int status;
	must(waitid(P_PID, (id_t)pid, &i, WEXITED | WNOWAIT), "waitid");
	must(waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != i.si_status, "waitpid");
	return i.si_status;
}

static void programs(void)
{
	char *argv[] = { "services", "child", NULL }, line[32];
	posix_spawn_file_actions_t actions;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	pid_t pid = fork();
	if (pid == 0) {
		fexecve(fd, argv, environ);
		_exit(1);
	}
	int by_fd = end_of(pid);
	posix_spawn_file_actions_init(&actions);
	must(posix_spawn_file_actions_addopen(&actions, 1, "/tmp/spawned", O_CREAT | O_WRONLY, 0600), "file actions");
	must(posix_spawn(&pid, "/proc/self/exe", &actions, NULL, argv, environ) != 0, "posix_spawn");
	int spawned = end_of(pid);
	must(posix_spawn(&pid, "/no/such", NULL, NULL, argv, environ) == 0, "a refusal");
	FILE *f = popen("cat /tmp/spawned; exit 4", "r");
	must(!f || !fgets(line, sizeof line, f), "popen");
	printf("fexecve %d, posix_spawn %d, popen %.5s %d, system %d\n", by_fd, spawned, line, WEXITSTATUS(pclose(f)), WEXITSTATUS(system("exit 3")));
}

static void rang(union sigval v) { sem_post(v.sival_ptr); }

static void timers(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD, .sigev_notify_function = rang, .sigev_value.sival_ptr = &posted };
	struct itimerspec every = { { 0, 5000000 }, { 0, 1000000 } };
	timer_t t;
	must(timer_create(CLOCK_MONOTONIC, &ev, &t) || timer_settime(t, 0, &every, NULL), "timer_create");
	int rings = 0;
	while (rings < 3)
		rings += sem_wait(&posted) == 0;
	must(timer_delete(t), "timer_delete");
	struct timeval left = { 0, 2000 };
	must(select(0, NULL, NULL, NULL, &left) != 0, "select");
	clockid_t clock;
	struct timespec used;
	must(pthread_getcpuclockid(pthread_self(), &clock) || clock_gettime(clock, &used), "the thread's clock");
	printf("timer %d, left %ld\n", rings, (long)(left.tv_sec + left.tv_usec));
}

static void descriptors(void)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };
	struct signalfd_siginfo info;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	must(sigprocmask(SIG_BLOCK, &set, NULL), "sigprocmask");
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), poll = epoll_create1(0);
	must(fd < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e), "signalfd");
	int before = epoll_wait(poll, &e, 1, 0);
	kill(getpid(), SIGUSR1);
	int after = epoll_wait(poll, &e, 1, -1), again = epoll_wait(poll, &e, 1, 0);
	must(read(fd, &info, sizeof info) != sizeof info, "read");
	printf("signalfd %d %d %d, signal %u\n", before, after, again, info.ssi_signo);
}

static sigjmp_buf out;
static char own_stack[65536];
static int on_own;

static void overflow(int sig, siginfo_t *info, void *context)
{
	char here;
	(void)sig, (void)info, (void)context;
	on_own = &here > own_stack && &here < own_stack + sizeof own_stack;
	siglongjmp(out, 1);
}

static int recurse(int n)
{
	volatile char room[4096];
	room[0] = (char)n;
	return n ? recurse(n + 1) + room[0] : 0;
}

static void stacks(void)
{
	stack_t s = { .ss_sp = own_stack, .ss_size = sizeof own_stack };
	struct sigaction a = { .sa_sigaction = overflow, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	must(sigaltstack(&s, NULL) || sigaction(SIGSEGV, &a, NULL), "sigaltstack");
	if (!sigsetjmp(out, 1))
		recurse(1);
	printf("overflow: %s\n", on_own ? "on its own stack" : "astray");
}

static int seen;
static int visit(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)path, (void)st, (void)ftw;
	seen += kind == FTW_F;
	return 0;
}

static void library(void)
{
	regex_t r;
	regmatch_t m[2];
	glob_t g;
	char when[32];
	time_t t = 1700000000;
	FILE *f = tmpfile();
	must(!f || fputs("x42", f) < 0 || fseek(f, 1, SEEK_SET) || fscanf(f, "%d", &seen) != 1 || seen != 42, "tmpfile");
	seen = 0;
	must(regcomp(&r, "a(b+)c", REG_EXTENDED) || regexec(&r, "xabbbc", 2, m, 0), "regcomp");
	must(glob("/bin/l[s]", 0, NULL, &g) || nftw("/etc", visit, 8, FTW_PHYS), "glob, nftw");
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	strftime(when, sizeof when, "%F %T %Z", localtime(&t));
	printf("match %d-%d, %zu path, files %d, %s\n", (int)m[1].rm_so, (int)m[1].rm_eo, g.gl_pathc, seen > 0, when);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && !strcmp(argv[1], "child")) {
		puts("child");
		return 42;
	}
	threads();
	cancellation();
	programs();
	timers();
	descriptors();
	stacks();
	library();
	puts("services: done");
	return 0;
}
