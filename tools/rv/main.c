/* rv [--mem=MIB] [--append=WORDS] [--stats] [--time=SECONDS] [--max=MILLIONS] [--layout=FILE] IMAGE [DISK [DISK]]: the machine in a
 * terminal.
 *
 * The disks are written to. Ctrl-A x leaves. Status 0: it was switched off, or left; 1: it could not start; 3: it ran through --max million
 * instructions. --time: since 1970, what the clock says at the start; a run with the same time and the same keys is the same run.
 * --layout: what the kernel then has in its memory is printed at the end; FILE is what tools/pack.py wrote of the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "print.h"

static struct termios before;
static bool raw;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "rv: %s: %s\n", what, errno ? strerror(errno) : "it does not fit");
	exit(1);
}

static void leave_raw(void)
{
	if (raw)
		tcsetattr(0, TCSANOW, &before);
}

static void enter_raw(void)
{
	struct termios t;
	if (tcgetattr(0, &before))
		return;
	t = before;
	cfmakeraw(&t);
	raw = !tcsetattr(0, TCSANOW, &t);
	atexit(leave_raw);
}

/* n bytes of a file or of zeros, and behind them addresses that nothing may touch, as far as a request could reach. */
static void *map_guarded(size_t n, int flags, int fd)
{
	const size_t guard = 1ull << 32;
	char *p = mmap(NULL, n + guard, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return p == MAP_FAILED ? p : mmap(p, n, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0);
}

static void *map_file(const char *path, int flags, size_t *n)
{
	struct stat st;
	int fd = open(path, flags & MAP_SHARED ? O_RDWR : O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		die(path);
	void *p = map_guarded((size_t)st.st_size, flags, fd);
	if (p == MAP_FAILED)
		die(path);
	close(fd);
	*n = (size_t)st.st_size;
	return p;
}

static void show(struct rv *m)
{
	uint8_t buf[sizeof m->uart.tx];
	size_t n = rv_output(m, buf, sizeof buf);
	for (size_t done = 0; done < n;) {
		ssize_t now = write(1, buf + done, n - done);
		if (now <= 0)
			die("console");
		done += (size_t)now;
	}
}

/* Keys that are there, or come within ms. False: Ctrl-A x. */
static bool take_keys(struct rv *m, int ms)
{
	static bool prefix, ended;
	struct pollfd p = { .fd = ended ? -1 : 0, .events = POLLIN };
	uint8_t buf[256];
	if (poll(&p, 1, ms) <= 0)
		return true;
	ssize_t n = read(0, buf, sizeof buf);
	ended = n <= 0;
	for (ssize_t i = 0; i < n; i++) {
		if (prefix && buf[i] == 'x')
			return false;
		prefix = raw && buf[i] == 1 && !prefix;
		if (!prefix)
			rv_key(m, buf[i]);
	}
	return true;
}

/* Where nothing can be typed, sleep is skipped; in front of a person a second takes one. */
static void run(struct rv *m, uint64_t most)
{
	enum { SLICE = 1000000, NAP_MS = 10 };
	while (m->end == RV_RUNNING && m->stats.instructions < most) {
		rv_run(m, SLICE);
		show(m);
		bool slept = rv_sleep(m, NAP_MS * 1000);
		if (!take_keys(m, slept && raw ? NAP_MS : 0))
			break;
	}
	show(m);
}

static void print_stats(const struct rv *m, clock_t began)
{
	double s = (double)(clock() - began) / CLOCKS_PER_SEC;
	const struct rv_stats *t = &m->stats;
	fprintf(stderr, "\nrv: %llu instructions in %.2f s: %.0f million/s; traps %llu walks %llu faults %llu ticks %llu calls %llu blocks %llu\n",
		(unsigned long long)t->instructions, s, (double)t->instructions / s / 1e6, (unsigned long long)t->traps,
		(unsigned long long)t->walks, (unsigned long long)t->faults, (unsigned long long)t->ticks, (unsigned long long)t->calls,
		(unsigned long long)t->blocks);
}

struct options { uint64_t mib, seconds, millions; const char *words, *layout, *file[1 + RV_DISKS_MAX]; bool stats; };

static bool parse(struct options *o, int argc, char **argv)
{
	int nfiles = 0;
	for (int i = 1; i < argc; i++) {
		const char *value = strchr(argv[i], '=') ? strchr(argv[i], '=') + 1 : "";
		if (!strncmp(argv[i], "--mem=", 6))
			o->mib = strtoull(value, NULL, 10);
		else if (!strncmp(argv[i], "--time=", 7))
			o->seconds = strtoull(value, NULL, 10);
		else if (!strncmp(argv[i], "--max=", 6))
			o->millions = strtoull(value, NULL, 10);
		else if (!strncmp(argv[i], "--append=", 9))
			o->words = value;
		else if (!strncmp(argv[i], "--layout=", 9))
			o->layout = value;
		else if (!strcmp(argv[i], "--stats"))
			o->stats = true;
		else if (argv[i][0] == '-' || nfiles == 1 + RV_DISKS_MAX)
			return false;
		else
			o->file[nfiles++] = argv[i];
	}
	return nfiles && o->mib >= 8 && o->mib <= 65536;
}

static void look(const struct rv *m, const char *path)
{
	struct guest_layout layout;
	size_t n;
	const void *file = map_file(path, MAP_PRIVATE, &n);
	errno = 0;
	if (n != sizeof layout)
		die(path);
	memcpy(&layout, file, n);
	print_guest(m, &layout);
}

int main(int argc, char **argv)
{
	struct options o = { .mib = 64, .words = "root=/dev/vda1", .seconds = (uint64_t)time(NULL), .millions = UINT64_MAX / 1000000 };
	static struct rv machine;
	struct rv *m = &machine;
	size_t nbytes, image_bytes;
	if (!parse(&o, argc, argv)) {
		fprintf(stderr, "usage: rv [--mem=MIB] [--append=WORDS] [--stats] [--time=SECONDS] [--max=MILLIONS] [--layout=FILE] IMAGE [DISK [DISK]]\n");
		return 2;
	}
	m->ram_bytes = o.mib << 20;
	m->ram = map_guarded(m->ram_bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	if (m->ram == MAP_FAILED)
		die("memory");
	m->wall_ns = o.seconds * 1000000000;
	for (unsigned i = 0; i < RV_DISKS_MAX && o.file[1 + i]; i++) {
		m->disk[i].image = map_file(o.file[1 + i], MAP_SHARED, &nbytes);
		m->disk[i].nbytes = nbytes;
	}
	const void *image = map_file(o.file[0], MAP_PRIVATE, &image_bytes);
	errno = 0;
	if (!rv_boot(m, image, image_bytes, o.words))
		die(o.file[0]);
	enter_raw();
	clock_t began = clock();
	run(m, o.millions * 1000000);
	leave_raw();
	if (o.stats)
		print_stats(m, began);
	if (o.layout)
		look(m, o.layout);
	return m->stats.instructions >= o.millions * 1000000 ? 3 : 0;
}
