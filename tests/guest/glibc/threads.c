/* Threads as glibc makes them: a mutex that is fought for, a condition, a signal to one thread, thread-local memory, and poll. Nothing of
 * Manul in it: built with the plain cross compiler, -static. */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 20000, ITEMS = 500 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long counter;
static int item, have_item;
static __thread int own;
static pthread_t signalled;
static volatile sig_atomic_t in_right_thread;
static int ends[2];

static void must(int failed, const char *what)
{
	if (failed) {
		printf("threads: %s failed\n", what);
		exit(1);
	}
}

static void *count(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		counter++;
		own++;
		pthread_mutex_unlock(&lock);
	}
	*(int *)arg = own;
	return arg;
}

static void *produce(void *arg)
{
	for (int i = 1; i <= ITEMS; i++) {
		pthread_mutex_lock(&lock);
		while (have_item)
			pthread_cond_wait(&changed, &lock);
		item = i;
		have_item = 1;
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

static long consume(void)
{
	long sum = 0;
	for (int i = 0; i < ITEMS; i++) {
		pthread_mutex_lock(&lock);
		while (!have_item)
			pthread_cond_wait(&changed, &lock);
		sum += item;
		have_item = 0;
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&lock);
	}
	return sum;
}

static void on_signal(int sig)
{
	(void)sig;
	in_right_thread = pthread_equal(pthread_self(), signalled) ? 1 : -1;
}

/* Blocked until sigsuspend, so that the signal cannot come too early. */
static void *wait_for_signal(void *arg)
{
	sigset_t none;
	sigemptyset(&none);
	while (!in_right_thread)
		sigsuspend(&none);
	must(write(ends[1], "x", 1) != 1, "write");
	return arg;
}

static void signal_and_poll(void)
{
	struct sigaction a = { .sa_handler = on_signal };
	struct pollfd p = { .events = POLLIN };
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	must(pipe(ends) || sigaction(SIGUSR1, &a, NULL) || pthread_sigmask(SIG_BLOCK, &set, NULL), "set-up");
	p.fd = ends[0];
	must(poll(&p, 1, 0) != 0, "poll of an empty pipe");
	must(pthread_create(&signalled, NULL, wait_for_signal, NULL), "pthread_create");
	must(pthread_kill(signalled, SIGUSR1), "pthread_kill");
	must(poll(&p, 1, -1) != 1 || p.revents != POLLIN, "poll");
	must(pthread_join(signalled, NULL), "pthread_join");
	printf("signal: %s\n", in_right_thread == 1 ? "in its thread" : "astray");
}

int main(void)
{
	pthread_t t[THREADS];
	int owns[THREADS], sum = 0;
	for (int i = 0; i < THREADS; i++)
		must(pthread_create(&t[i], NULL, count, &owns[i]), "pthread_create");
	for (int i = 0; i < THREADS; i++) {
		must(pthread_join(t[i], NULL), "pthread_join");
		sum += owns[i];
	}
	printf("mutex: %ld, %d of their own, %d here\n", counter, sum, own);
	must(pthread_create(&t[0], NULL, produce, NULL), "pthread_create");
	printf("condition: %ld\n", consume());
	must(pthread_join(t[0], NULL), "pthread_join");
	signal_and_poll();
	puts("threads: done");
	return 0;
}
