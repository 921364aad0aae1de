/* See ballast.h. */
#include "ballast.h"
#include "tools.h"
#include <errno.h>
#include <proctext.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, STEP = 1 << 20 };

/* Shared with the child. */
struct ballast_page {
	volatile size_t touched;	/* bytes */
	volatile int refused;		/* the errno of a mapping that failed */
	volatile int done;
};

static void touch(struct ballast_page *page, char *p, size_t n)
{
	for (size_t at = 0; at < n; at += PAGE) {
		((volatile char *)p)[at] = 1;
		page->touched += PAGE;
	}
}

/* In the child: at a byte from the pipe, take nbytes, a step at a time; then wait for the pipe's end, which comes when meow is no more. */
static _Noreturn void hold(struct ballast_page *page, size_t nbytes, const int *pipe_fds)
{
	char c;
	close(pipe_fds[1]);
	if (read(pipe_fds[0], &c, 1) != 1)
		_exit(0);
	for (size_t left = nbytes; left;) {
		size_t n = left < STEP ? left : STEP;
		char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED) {
			page->refused = errno;
			break;
		}
		touch(page, p, n);
		left -= n;
	}
	page->done = 1;
	while (read(pipe_fds[0], &c, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static void forget(struct meow *m, int index)
{
	struct ballast *b = &m->ballast[index];
	munmap(b->page, PAGE);
	close(b->pipe);
	memmove(b, b + 1, (size_t)(--m->nballasts - (unsigned)index) * sizeof *b);
	if (m->waiting == index + 1)
		m->waiting = 0;
}

/* Who touches a page and finds no frame is ended, whether it holds much or little. So that it is not meow: frames of its own for all that it
 * may write to, and not ones that it shares with a child until one of them writes. */
static bool keep_resident(struct meow *m)
{
	static struct address_space a;
	bool good = tool_address_space(m, getpid(), &a);
	for (unsigned i = 0; good && i < a.n; i++) {
		bool writable = a.regions[i].mode[1] == 'w';
		if (a.regions[i].mode[0] == 'r' && a.regions[i].mode[3] == 'p')
			good = !madvise((void *)a.regions[i].start, a.regions[i].end - a.regions[i].start, writable ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
	}
	return good;
}

/* Write ends of elder pipes are open in a younger child too: when meow is gone the youngest ends first, then one after the other. */
void ballast_start(struct meow *m, size_t nbytes)
{
	int fds[2];
	if (m->nballasts == BALLASTS) {
		say(m, "There are %d allocations already; /free lets go of them.\n", BALLASTS);
		return;
	}
	struct ballast *b = &m->ballast[m->nballasts];
	b->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (b->page == MAP_FAILED || pipe(fds) < 0) {
		say(m, "No: %s.\n", strerror(errno));
		m->misunderstood = true;
		if (b->page != MAP_FAILED)
			munmap(b->page, PAGE);
		return;
	}
	b->wanted = nbytes;
	b->pid = fork();
	if (!b->pid)
		hold(b->page, nbytes, fds);
	close(fds[0]);
	b->pipe = fds[1];
	m->nballasts++;
	m->waiting = (int)m->nballasts;
	if (b->pid < 0) {
		say(m, "No child: %s.\n", strerror(errno));
		forget(m, (int)m->nballasts - 1);
	} else if (!keep_resident(m) || write(b->pipe, "", 1) != 1) {
		say(m, "There is too little memory left even to try.\n");
		ballast_drop(m, (int)m->nballasts - 1);
	}
}

static const char *size_of(size_t nbytes) { return human_kib(nbytes / 1024); }

static void say_died(struct meow *m, const struct ballast *b, int status)
{
	const char *how = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it ended";
	say(m, "The child %d is gone (%s) after it had touched %s", b->pid, how, size_of(b->page->touched));
	if (b->wanted != SIZE_MAX)
		say(m, " of %s", size_of(b->wanted));
	say(m, ".\nA store cannot return an error: when no frame is left and nothing can be given back, the process that touched the page is "
		"ended. All of its memory is free again.\n");
}

static void say_done(struct meow *m, const struct ballast *b)
{
	if (b->page->refused)
		say(m, "The kernel refused more after %s: %s.\n", size_of(b->page->touched), strerror(b->page->refused));
	say(m, "Process %d holds %s. /free lets go of it.\n", b->pid, size_of(b->page->touched));
}

void ballast_poll(struct meow *m)
{
	int index = m->waiting - 1, status;
	struct ballast *b = &m->ballast[index];
	if (waitpid(b->pid, &status, WNOHANG) == b->pid) {
		say_died(m, b, status);
		forget(m, index);
	} else if (b->page->done) {
		say_done(m, b);
		m->waiting = 0;
	}
}

void ballast_wait(struct meow *m)
{
	(void)m;
	usleep(TICK_MS * 1000);
}

void ballast_drop(struct meow *m, int index)
{
	int status;
	kill(m->ballast[index].pid, SIGKILL);
	waitpid(m->ballast[index].pid, &status, 0);
	forget(m, index);
}

size_t ballast_held(const struct meow *m)
{
	size_t sum = 0;
	for (unsigned i = 0; i < m->nballasts; i++)
		sum += m->ballast[i].page->touched;
	return sum;
}

size_t ballast_drop_all(struct meow *m)
{
	size_t held = ballast_held(m);
	while (m->nballasts)
		ballast_drop(m, (int)m->nballasts - 1);
	return held;
}
