/* Threads, what they wait on, and what is their own: pthread.h, semaphore.h, __thread. */
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <proctext.h>
#include "check.h"

enum { N = 8, ROUNDS = 2000 };

/* Start N threads of fn, each with its number, and sum up what they return. */
static long run_all(void *(*fn)(void *))
{
	pthread_t t[N];
	long sum = 0;
	void *r;
	for (long i = 0; i < N; i++)
		if (pthread_create(&t[i], NULL, fn, (void *)i))
			return -1;
	for (int i = 0; i < N; i++) {
		if (pthread_join(t[i], &r))
			return -1;
		sum += (long)r;
	}
	return sum;
}

/* ---- life ---- */

static pthread_t seen_self;
static void *tell_self(void *arg) { seen_self = pthread_self(); return arg; }
static void *leave(void *arg) { pthread_exit((char *)arg + 1); }

static const char *create_and_join(void)
{
	pthread_t t;
	void *r;
	WANT(pthread_create(&t, NULL, tell_self, (void *)7) == 0 && pthread_join(t, &r) == 0 && r == (void *)7);
	WANT(pthread_equal(t, seen_self) && !pthread_equal(t, pthread_self()));
	WANT(pthread_create(&t, NULL, leave, (void *)7) == 0 && pthread_join(t, &r) == 0 && r == (void *)8);
	WANT(pthread_join(pthread_self(), NULL) == EDEADLK);
	return NULL;
}

static const char *attributes(void)
{
	pthread_attr_t a;
	size_t n;
	pthread_t t;
	WANT(pthread_attr_init(&a) == 0 && pthread_attr_getstacksize(&a, &n) == 0 && n == PTHREAD_STACK_DEFAULT);
	WANT(pthread_attr_setstacksize(&a, PTHREAD_STACK_MIN - 1) == EINVAL && pthread_attr_setstacksize(&a, SIZE_MAX) == EINVAL);
	WANT(pthread_attr_setdetachstate(&a, 2) == EINVAL);
	WANT(pthread_attr_setstacksize(&a, 1ul << 60) == 0 && pthread_create(&t, &a, leave, NULL) == EAGAIN);
	WANT(pthread_attr_setstacksize(&a, PTHREAD_STACK_MIN) == 0);
	WANT(pthread_create(&t, &a, leave, NULL) == 0 && pthread_join(t, NULL) == 0);
	return NULL;
}

static unsigned long number(const char *path, const char *key)
{
	char *text = proc_text(path);
	unsigned long n = proc_number(text, key);
	free(text);
	return n;
}

static unsigned long address_space(void) { return number("/proc/self/status", "VmSize"); }

static const char *many_leave_nothing(void)
{
	enum { MANY = 64 };
	static pthread_t t[MANY];
	free(proc_text("/proc/self/status"));
	for (int round = 0; round < 2; round++) {
		unsigned long before = address_space();
		for (int i = 0; i < MANY; i++)
			WANT(pthread_create(&t[i], NULL, leave, NULL) == 0);
		WANT(address_space() >= before + MANY * (PTHREAD_STACK_DEFAULT / 1024));
		for (int i = 0; i < MANY; i++)
			WANT(pthread_join(t[i], NULL) == 0);
		WANT(address_space() == before);
	}
	return NULL;
}

static sem_t go, gone;
static void *wait_to_go(void *arg)
{
	sem_wait(&go);
	sem_post(&gone);
	return arg;
}

/* Detached threads unmap themselves, some time after their last word. */
static const char *detached(void)
{
	pthread_attr_t a;
	pthread_t t;
	pthread_attr_init(&a);
	pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
	sem_init(&go, 0, 0);
	sem_init(&gone, 0, 0);
	unsigned long before = address_space();
	for (int i = 0; i < N; i++)
		WANT(pthread_create(&t, i % 2 ? &a : NULL, wait_to_go, NULL) == 0 && (i % 2 || pthread_detach(t) == 0));
	WANT(pthread_join(t, NULL) == EINVAL && pthread_detach(t) == EINVAL);
	for (int i = 0; i < N; i++)
		sem_post(&go);
	for (int i = 0; i < N; i++)
		sem_wait(&gone);
	while (address_space() != before)
		sched_yield();
	WANT(pthread_create(&t, NULL, tell_self, NULL) == 0);
	while (__atomic_load_n((int *)t, __ATOMIC_ACQUIRE))	/* its tid: detach what has ended */
		sched_yield();
	WANT(pthread_detach(t) == 0 && address_space() == before);
	return NULL;
}

static int in_child(void (*fn)(void))
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		fn();
		_exit(99);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void *exit_later(void *main_thread)
{
	pthread_join(main_thread, NULL);
	return NULL;
}

static void main_leaves_first(void)
{
	pthread_t t;
	pthread_create(&t, NULL, exit_later, pthread_self());
	pthread_exit(NULL);
}

static void *exit_at_once(void *arg) { (void)arg; exit(5); }

static void another_exits(void)
{
	pthread_t t;
	pthread_create(&t, NULL, exit_at_once, NULL);
	for (;;)
		pause();
}

static const char *ends_of_the_process(void)
{
	int status = in_child(main_leaves_first);
	WANT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	status = in_child(another_exits);
	WANT(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	return NULL;
}

static int dive(volatile char *above)
{
	volatile char frame[512];
	frame[0] = above ? (char)(above[0] + 1) : 0;
	return above == frame ? 0 : dive(frame) + frame[0];
}

static void *overflow(void *arg) { return (void *)(long)dive(arg); }

static void overflow_a_stack(void)
{
	pthread_t t[3];
	for (int i = 0; i < 3; i++)	/* their mappings are neighbours: without guards one would dive into the next */
		pthread_create(&t[i], NULL, i == 1 ? overflow : wait_to_go, NULL);
	pthread_join(t[1], NULL);
}

/* How far below this frame memory can first not be read. */
static void *depth_of_stack(void *arg)
{
	char here = 0, *p = (char *)((uintptr_t)&here & ~4095ul);
	int fds[2];
	if (pipe(fds) < 0)
		return arg;
	while (write(fds[1], p, 1) == 1 && read(fds[0], &here, 1) == 1)
		p -= 4096;
	close(fds[0]);
	close(fds[1]);
	return (void *)(&here - p);
}

static const char *stack_guard(void)
{
	pthread_t t[3];
	void *depth;
	sem_init(&go, 0, 0);
	sem_init(&gone, 0, 0);
	for (int i = 0; i < 3; i++)
		WANT(pthread_create(&t[i], NULL, i == 1 ? depth_of_stack : wait_to_go, NULL) == 0);
	WANT(pthread_join(t[1], &depth) == 0 && (size_t)depth > PTHREAD_STACK_DEFAULT - 4096 && (size_t)depth < PTHREAD_STACK_DEFAULT + 8192);
	sem_post(&go);
	sem_post(&go);
	WANT(pthread_join(t[0], NULL) == 0 && pthread_join(t[2], NULL) == 0);
	int status = in_child(overflow_a_stack);
	WANT(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	return NULL;
}

/* ---- what is a thread's own ---- */

static __thread long own = 41;
static __thread char own_zeros[300];
static __thread struct { long n; } own_aligned __attribute__((aligned(64))) = { 3 };
static pthread_barrier_t all;

static void *use_own(void *arg)
{
	long i = (long)arg, bad = own != 41 || own_aligned.n != 3 || (uintptr_t)&own_aligned % 64;
	for (size_t k = 0; k < sizeof own_zeros; k++)
		bad |= own_zeros[k] != 0;
	own = i;
	memset(own_zeros, (int)i, sizeof own_zeros);
	pthread_barrier_wait(&all);
	bad |= own != i || own_zeros[299] != (char)i;
	return (void *)bad;
}

static const char *thread_local_variables(void)
{
	pthread_barrier_init(&all, NULL, N);
	own = 1000;
	WANT(run_all(use_own) == 0);
	WANT(own == 1000 && own_zeros[0] == 0 && own_aligned.n == 3 && (uintptr_t)&own_aligned % 64 == 0);
	own = 41;
	return NULL;
}

static void *use_errno(void *arg)
{
	long i = (long)arg, bad = errno != 0;
	errno = (int)i + 1000;
	pthread_barrier_wait(&all);
	bad |= errno != (int)i + 1000;
	bad |= close(-1) != -1 || errno != EBADF;
	pthread_barrier_wait(&all);
	return (void *)(bad | (errno != EBADF));
}

static const char *own_errno(void)
{
	errno = 77;
	WANT(run_all(use_errno) == 0 && errno == 77);
	return NULL;
}

static pthread_key_t key, other_key;
static long destroyed, destroyed_sum;

static void destroy(void *value)
{
	__atomic_add_fetch(&destroyed, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&destroyed_sum, (long)value, __ATOMIC_RELAXED);
	if ((long)value == 1)
		pthread_setspecific(key, (void *)100);	/* one more round */
}

static void *use_key(void *arg)
{
	long bad = pthread_getspecific(key) != NULL;
	pthread_setspecific(key, (char *)arg + 1);
	pthread_setspecific(other_key, arg);
	pthread_barrier_wait(&all);
	return (void *)(bad | (pthread_getspecific(key) != (char *)arg + 1));
}

static const char *keys(void)
{
	WANT(pthread_key_create(&key, destroy) == 0 && pthread_key_create(&other_key, NULL) == 0);
	WANT(run_all(use_key) == 0);
	WANT(destroyed == N + 1 && destroyed_sum == N * (N + 1) / 2 + 100);
	WANT(pthread_setspecific(key, &own) == 0 && pthread_key_delete(key) == 0 && pthread_key_delete(key) == EINVAL);
	WANT(pthread_key_create(&key, NULL) == 0 && pthread_getspecific(key) == NULL);
	WANT(pthread_setspecific(99, &own) == EINVAL && pthread_getspecific(99) == NULL && pthread_key_delete(99) == EINVAL);
	pthread_key_t k;
	int made = 0;
	while (pthread_key_create(&k, NULL) == 0)
		made++;
	WANT(made == PTHREAD_KEYS_MAX - 2 && pthread_key_create(&k, NULL) == EAGAIN);
	for (k = 0; k < PTHREAD_KEYS_MAX; k++)
		pthread_key_delete(k);
	return NULL;
}

/* ---- locks ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile long counter;

static void *count_under_mutex(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		long n = counter;
		if (i % 100 == 0)
			sched_yield();
		counter = n + 1;
		pthread_mutex_unlock(&mutex);
	}
	return arg ? NULL : NULL;
}

static const char *mutex_excludes(void)
{
	counter = 0;
	WANT(run_all(count_under_mutex) == 0 && counter == N * ROUNDS && mutex.word == 0);
	return NULL;
}

static void *try_it(void *m) { return (void *)(long)pthread_mutex_trylock(m); }
static void *unlock_it(void *m) { return (void *)(long)pthread_mutex_unlock(m); }
static void *lock_and_unlock(void *m) { return (void *)(long)(pthread_mutex_lock(m) || pthread_mutex_unlock(m)); }

/* What another thread gets from fn(m). */
static long elsewhere(void *(*fn)(void *), void *m)
{
	pthread_t t;
	void *r = (void *)-1;
	if (pthread_create(&t, NULL, fn, m) || pthread_join(t, &r))
		return -1;
	return (long)r;
}

static const char *types_of_mutex(void)
{
	pthread_mutexattr_t a;
	pthread_mutex_t m;
	WANT(pthread_mutexattr_init(&a) == 0 && pthread_mutexattr_settype(&a, 3) == EINVAL);
	WANT(pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE) == 0 && pthread_mutex_init(&m, &a) == 0);
	WANT(pthread_mutex_lock(&m) == 0 && pthread_mutex_lock(&m) == 0 && pthread_mutex_trylock(&m) == 0);
	WANT(elsewhere(try_it, &m) == EBUSY && elsewhere(unlock_it, &m) == EPERM && pthread_mutex_destroy(&m) == EBUSY);
	WANT(pthread_mutex_unlock(&m) == 0 && pthread_mutex_unlock(&m) == 0 && elsewhere(try_it, &m) == EBUSY);
	WANT(pthread_mutex_unlock(&m) == 0 && elsewhere(lock_and_unlock, &m) == 0 && pthread_mutex_destroy(&m) == 0);
	WANT(pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK) == 0 && pthread_mutex_init(&m, &a) == 0);
	WANT(pthread_mutex_unlock(&m) == EPERM && pthread_mutex_lock(&m) == 0 && pthread_mutex_lock(&m) == EDEADLK);
	WANT(pthread_mutex_trylock(&m) == EBUSY && elsewhere(unlock_it, &m) == EPERM && pthread_mutex_unlock(&m) == 0);
	struct timespec past = { 0, 0 };
	WANT(pthread_mutex_timedlock(&m, &past) == 0 && pthread_mutex_timedlock(&m, &past) == EDEADLK);
	WANT(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_timedlock(&mutex, &past) == ETIMEDOUT && pthread_mutex_unlock(&mutex) == 0);
	return NULL;
}

static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int turn;

static void *pong(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		while (turn != 1)
			pthread_cond_wait(&cond, &mutex);
		turn = 0;
		pthread_cond_signal(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static const char *ping_pong(void)
{
	pthread_t t;
	WANT(pthread_create(&t, NULL, pong, NULL) == 0);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		turn = 1;
		pthread_cond_signal(&cond);
		while (turn != 0)
			pthread_cond_wait(&cond, &mutex);
		pthread_mutex_unlock(&mutex);
	}
	WANT(pthread_join(t, NULL) == 0 && turn == 0);
	return NULL;
}

static int here, open_gate;

static void *wait_at_gate(void *arg)
{
	pthread_mutex_lock(&mutex);
	here++;
	while (!open_gate)
		pthread_cond_wait(&cond, &mutex);
	here--;
	pthread_mutex_unlock(&mutex);
	return arg;
}

static const char *broadcast_and_timeout(void)
{
	pthread_t t[N];
	struct timespec past = { 0, 0 }, bad = { 0, 2000000000 };
	pthread_condattr_t a;
	pthread_cond_t c;
	for (int i = 0; i < N; i++)
		WANT(pthread_create(&t[i], NULL, wait_at_gate, NULL) == 0);
	pthread_mutex_lock(&mutex);
	while (here < N) {
		pthread_mutex_unlock(&mutex);
		sched_yield();
		pthread_mutex_lock(&mutex);
	}
	open_gate = 1;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
	for (int i = 0; i < N; i++)
		WANT(pthread_join(t[i], NULL) == 0);
	WANT(here == 0);
	WANT(pthread_condattr_init(&a) == 0 && pthread_condattr_setclock(&a, 99) == EINVAL);
	WANT(pthread_condattr_setclock(&a, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&c, &a) == 0);
	pthread_mutex_lock(&mutex);
	WANT(pthread_cond_timedwait(&c, &mutex, &past) == ETIMEDOUT && pthread_cond_timedwait(&cond, &mutex, &past) == ETIMEDOUT);
	WANT(pthread_cond_timedwait(&c, &mutex, &bad) == EINVAL && mutex.word != 0);
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static volatile long left, right;

static void *read_and_write(void *arg)
{
	long bad = 0;
	for (int i = 0; i < ROUNDS / 4; i++) {
		bool writing = i % 8 == (int)(long)arg % 8;
		bad |= writing ? pthread_rwlock_wrlock(&rwlock) : pthread_rwlock_rdlock(&rwlock);
		bad |= left != right;
		if (writing) {
			left++;
			sched_yield();
			right++;
		}
		bad |= pthread_rwlock_unlock(&rwlock);
	}
	return (void *)bad;
}

static void *try_to_write(void *l) { return (void *)(long)pthread_rwlock_trywrlock(l); }
static void *try_to_read(void *l) { return (void *)(long)pthread_rwlock_tryrdlock(l); }

static const char *readers_and_writers(void)
{
	WANT(run_all(read_and_write) == 0 && left == right && left > 0);
	WANT(pthread_rwlock_rdlock(&rwlock) == 0 && pthread_rwlock_tryrdlock(&rwlock) == 0 && elsewhere(try_to_write, &rwlock) == EBUSY);
	WANT(pthread_rwlock_unlock(&rwlock) == 0 && pthread_rwlock_unlock(&rwlock) == 0 && pthread_rwlock_wrlock(&rwlock) == 0);
	WANT(elsewhere(try_to_read, &rwlock) == EBUSY && pthread_rwlock_destroy(&rwlock) == EBUSY);
	WANT(pthread_rwlock_unlock(&rwlock) == 0 && pthread_rwlock_destroy(&rwlock) == 0);
	return NULL;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static volatile int onces;

static void be_slow(void)
{
	for (int i = 0; i < 50; i++)
		sched_yield();
	onces++;
}

static void *do_once(void *arg)
{
	(void)arg;
	pthread_once(&once, be_slow);
	return (void *)(long)onces;
}

static const char *only_once(void)
{
	WANT(run_all(do_once) == N && onces == 1);
	return NULL;
}

static long arrivals, serials;

static void *meet_often(void *arg)
{
	long bad = arg ? 0 : 0;
	for (long round = 1; round <= 100; round++) {
		__atomic_add_fetch(&arrivals, 1, __ATOMIC_RELAXED);
		if (pthread_barrier_wait(&all) == PTHREAD_BARRIER_SERIAL_THREAD)
			__atomic_add_fetch(&serials, 1, __ATOMIC_RELAXED);
		bad |= __atomic_load_n(&arrivals, __ATOMIC_RELAXED) < round * N;
	}
	return (void *)bad;
}

static const char *barriers(void)
{
	WANT(pthread_barrier_init(&all, NULL, 0) == EINVAL && pthread_barrier_init(&all, NULL, N) == 0);
	WANT(run_all(meet_often) == 0 && serials == 100 && arrivals == 100 * N);
	WANT(pthread_barrier_destroy(&all) == 0);
	return NULL;
}

static sem_t empty, full;

static void *consume(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		sem_wait(&full);
		turn--;
		sem_post(&empty);
	}
	return arg;
}

static const char *semaphores(void)
{
	pthread_t t;
	int v;
	WANT(sem_init(&empty, 0, 1) == 0 && sem_init(&full, 0, 0) == 0);
	WANT_ERRNO(sem_trywait(&full), EAGAIN);
	const struct timespec past = { 1, 0 }, bad = { 1, -1 }, far = { 1L << 33, 0 };
	WANT_ERRNO(sem_timedwait(&full, &past), ETIMEDOUT);
	WANT_ERRNO(sem_timedwait(&full, &bad), EINVAL);
	WANT(sem_timedwait(&empty, &past) == 0 && sem_post(&empty) == 0);
	WANT_ERRNO(sem_init(&go, 0, 0x80000000u), EINVAL);
	turn = 0;
	WANT(pthread_create(&t, NULL, consume, NULL) == 0);
	for (int i = 0; i < ROUNDS; i++) {
		WANT(sem_timedwait(&empty, &far) == 0 && turn == 0);
		turn++;
		sem_post(&full);
	}
	WANT(pthread_join(t, NULL) == 0 && sem_getvalue(&empty, &v) == 0 && v == 1 && turn == 0);
	WANT(sem_init(&go, 0, 0x7fffffff) == 0);
	WANT_ERRNO(sem_post(&go), EOVERFLOW);
	return NULL;
}

/* ---- the rest of libc ---- */

static void *allocate(void *arg)
{
	unsigned char *p[16] = { 0 };
	long bad = 0;
	for (int i = 0; i < ROUNDS; i++) {
		size_t n = 16 + (size_t)(i * 37 + (int)(long)arg * 11) % 2000;
		unsigned char **at = &p[i % 16], tag = (unsigned char)((long)arg + 1);
		bad |= *at && (*at)[0] != tag;
		free(*at);
		*at = malloc(n);
		bad |= !*at;
		memset(*at, tag, n);
	}
	for (int i = 0; i < 16; i++)
		free(p[i]);
	return (void *)bad;
}

static const char *malloc_from_threads(void)
{
	WANT(run_all(allocate) == 0);
	return NULL;
}

static FILE *shared_file;

static void *print_lines(void *arg)
{
	for (int i = 0; i < 200; i++)
		fprintf(shared_file, "%d-%s-%d\n", (int)(long)arg, "in one piece", (int)(long)arg);
	return NULL;
}

static const char *lines_in_one_piece(void)
{
	char line[80], want[80];
	int lines = 0;
	WANT((shared_file = fopen("/tmp/threads", "w")));
	WANT(run_all(print_lines) == 0 && fclose(shared_file) == 0 && (shared_file = fopen("/tmp/threads", "r")));
	while (fgets(line, sizeof line, shared_file)) {
		snprintf(want, sizeof want, "%d-in one piece-%d\n", line[0] - '0', line[0] - '0');
		WANT(!strcmp(line, want));
		lines++;
	}
	WANT(lines == N * 200 && fclose(shared_file) == 0 && unlink("/tmp/threads") == 0);
	return NULL;
}

static volatile int stop;
static void *allocate_until_stopped(void *arg)
{
	while (!stop)
		allocate(arg);
	return NULL;
}

static void use_malloc(void) { exit(malloc(100) && pthread_create(&seen_self, NULL, leave, NULL) == 0 && pthread_join(seen_self, NULL) == 0 ? 3 : 4); }

/* The child has one thread, and no lock that another thread held. */
static const char *fork_among_threads(void)
{
	pthread_t t[2];
	for (int i = 0; i < 2; i++)
		WANT(pthread_create(&t[i], NULL, allocate_until_stopped, NULL) == 0);
	for (int i = 0; i < 20; i++) {
		int status = in_child(use_malloc);
		WANT(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	}
	stop = 1;
	for (int i = 0; i < 2; i++)
		WANT(pthread_join(t[i], NULL) == 0);
	return NULL;
}

enum { MUCH = 256 << 10 };

static void *write_much(void *fd)
{
	static char bytes[MUCH];
	return (void *)(long)write((int)(long)fd, bytes, MUCH);
}

/* A write that waits keeps its file, whatever becomes of the descriptor: the pipe has a writer until all is written. */
static const char *close_under_a_write(void)
{
	static char part[4096];
	int fds[2], filled = 0;
	long sum = 0;
	pthread_t t;
	void *r;
	WANT(pipe(fds) == 0 && pthread_create(&t, NULL, write_much, (void *)(long)fds[1]) == 0);
	while (!filled)		/* then the call has begun, and cannot end by itself */
		WANT(ioctl(fds[0], FIONREAD, &filled) == 0);
	WANT(close(fds[1]) == 0);
	for (ssize_t n; (n = read(fds[0], part, sizeof part)) > 0;)
		sum += n;
	WANT(pthread_join(t, &r) == 0 && (long)r == MUCH && sum == MUCH && close(fds[0]) == 0);
	return NULL;
}

static const struct check_case cases[] = {
	{ "create, self, exit, join", create_and_join },
	{ "attributes; a stack that cannot be had", attributes },
	{ "64 threads leave no address space behind", many_leave_nothing },
	{ "detached threads clean up after themselves", detached },
	{ "the process ends with its last thread, or with exit", ends_of_the_process },
	{ "a thread that overflows its stack meets the guard page", stack_guard },
	{ "thread-local variables", thread_local_variables },
	{ "each thread has its errno", own_errno },
	{ "keys and destructors", keys },
	{ "a mutex excludes", mutex_excludes },
	{ "recursive and error-checking mutexes", types_of_mutex },
	{ "a condition: ping-pong", ping_pong },
	{ "a condition: broadcast, timeouts", broadcast_and_timeout },
	{ "readers and writers", readers_and_writers },
	{ "once", only_once },
	{ "barriers", barriers },
	{ "semaphores", semaphores },
	{ "malloc from threads", malloc_from_threads },
	{ "stdio: lines in one piece", lines_in_one_piece },
	{ "fork among threads", fork_among_threads },
	{ "a file that another thread closes", close_under_a_write },
};

CHECK_MAIN(cases)
