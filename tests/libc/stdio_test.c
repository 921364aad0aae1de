/* Files of our C library beside the host's: the same random operations on two files must give the same results and leave the same bytes, whatever pieces the
 * kernel takes. And what a full disk, a closed pipe and a signal do. */
#define _GNU_SOURCE
#include "ours.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include "calls.h"

static char folder[] = "/tmp/libc_stdio_XXXXXX", our_path[64], host_path[64];
static OUR_FILE *our;
static FILE *host;
static const char *how;		/* they were opened */
static char direction;		/* of the last operation: 'r', 'w' or 0, none since a seek */

#define SAME(expr_ours, expr_host) do { \
	long result_ = (long)(expr_ours), right_ = (long)(expr_host); \
	CHECK(result_ == right_, "opened with %s, step %d: %ld, not %ld", how, step, result_, right_); \
} while (0)

/* Between reading and writing C asks for a seek. */
static void turn(char to, int step)
{
	if (direction && direction != to)
		SAME(our_fseek(our, 0, SEEK_CUR), fseek(host, 0, SEEK_CUR));
	direction = to;
}

static void some_read(int step)
{
	static char a[5000], b[5000];
	size_t n = rnd(4) ? rnd(40) : rnd(sizeof a);
	char *p = NULL, *q = NULL;
	size_t p_room = 0, q_room = 0;
	turn('r', step);
	memset(a, 0, sizeof a);
	memset(b, 0, sizeof b);
	switch (rnd(5)) {
	case 0: SAME(our_fgetc(our), fgetc(host)); break;
	case 1: SAME(our_fread(a, 1, n, our), fread(b, 1, n, host)); break;
	case 2: SAME(our_fread(a, 7, n / 7, our), fread(b, 7, n / 7, host)); break;
	case 3: SAME(!our_fgets(a, (int)n + 1, our), !fgets(b, (int)n + 1, host)); break;
	case 4:
		SAME(our_getdelim(&p, &p_room, 'e', our), getdelim(&q, &q_room, 'e', host));
		CHECK(our_feof(our) || !strcmp(p, q), "step %d", step);
		break;
	}
	CHECK(!memcmp(a, b, sizeof a), "step %d", step);
	free(p);
	free(q);
}

static void some_unget(int step)
{
	turn('r', step);
	int c = fgetc(host);
	SAME(our_fgetc(our), c);
	if (c != EOF) {
		bool other = rnd(2);	/* read again, for what a flush makes of it glibc and POSIX do not agree on */
		c = other ? (int)rnd(256) : c;
		SAME(our_ungetc(c, our), ungetc(c, host));
		if (other)
			SAME(our_fgetc(our), fgetc(host));
	}
}

static void some_write(int step)
{
	static char text[5000];
	size_t n = rnd(4) ? rnd(40) : rnd(sizeof text);
	turn('w', step);
	for (size_t i = 0; i < n; i++)
		text[i] = "abcde\n"[rnd(6)];
	text[n] = 0;
	switch (rnd(4)) {
	case 0: SAME(our_fputc(text[0], our), fputc(text[0], host)); break;
	case 1: SAME(our_fputs(text, our) >= 0, fputs(text, host) >= 0); break;
	case 2: SAME(our_fwrite(text, 1, n, our), fwrite(text, 1, n, host)); break;
	case 3: SAME(our_fprintf(our, "%d:%5s %.1f\n", step, "x", 1.5), fprintf(host, "%d:%5s %.1f\n", step, "x", 1.5)); break;
	}
}

static void some_place(int step)
{
	int whence = (int)rnd(3);
	long by = (long)rnd(whence == SEEK_SET ? 6000 : 400) - (whence == SEEK_SET ? 20 : 200);
	switch (rnd(4)) {
	case 0: SAME(our_fflush(our), fflush(host)); break;
	case 1: our_rewind(our), rewind(host); break;
	default: SAME(our_fseek(our, by, whence), fseek(host, by, whence)); break;
	}
	direction = 0;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

static void same_content(const char *mode)
{
	static char a[400000], b[400000];
	FILE *p = fopen(our_path, "r"), *q = fopen(host_path, "r");
	size_t n = fread(a, 1, sizeof a, p), m = fread(b, 1, sizeof b, q);
	CHECK(n == m && !memcmp(a, b, n), "opened with %s: %zu bytes, not %zu", mode, n, m);
	fclose(p);
	fclose(q);
}

static void some_operations(const char *mode, int nsteps)
{
	how = mode;
	bool reads = strchr(mode, '+') || *mode == 'r', writes = strchr(mode, '+') || *mode != 'r';
	direction = 0;
	for (int step = 0; step < nsteps; step++) {
		uint64_t what = rnd(8);
		if (what < 3 && reads)
			some_read(step);
		else if (what == 3 && reads)
			some_unget(step);
		else if (what < 6 && writes)
			some_write(step);
		else if (what == 6)
			some_place(step);
		else if (strcmp(mode, "a+"))
			SAME(our_ftell(our), ftell(host));
		SAME(our_feof(our) != 0, feof(host) != 0);
		SAME(our_ferror(our) != 0, ferror(host) != 0);
		if (rnd(20) == 0)
			our_clearerr(our), clearerr(host);
	}
}

static void random_operations(void **state)
{
	(void)state;
	static const char *const modes[] = { "r", "r+", "w", "w+", "a", "a+", "rb", "wx" };
	for (int round = 0; round < 600; round++) {
		const char *mode = modes[rnd(8)];
		host_moods = (struct host_moods){ .short_most = rnd(2) ? 1 + rnd(700) : 0, .room = -1 };
		write_file(our_path, "one line\nand another, a longer one\nthe last has no newline");
		write_file(host_path, "one line\nand another, a longer one\nthe last has no newline");
		if (mode[1] == 'x')
			unlink(our_path), unlink(host_path);
		our = our_fopen(our_path, mode);
		host = fopen(host_path, mode);
		CHECK(our && host, "%s", mode);
		if (rnd(3) == 0) {
			int buffering = (int)rnd(3);	/* the numbers are the same */
			CHECK(!our_setvbuf(our, NULL, buffering, 0) && !setvbuf(host, NULL, buffering, 0));
		}
		some_operations(mode, (int)rnd(60));
		CHECK(!our_fclose(our) && !fclose(host));
		same_content(mode);
	}
	host_moods = (struct host_moods){ .room = -1 };
}

static void without_a_seek(void **state)
{
	(void)state;
	char buf[32] = "";
	write_file(our_path, "0123456789");
	our = our_fopen(our_path, "r+");
	CHECK(our_fgetc(our) == '0' && our_fgetc(our) == '1');
	CHECK(our_fputs("xy", our) == 0 && our_fgetc(our) == '4' && our_ftell(our) == 5);
	CHECK(our_ungetc('!', our) == '!' && our_ungetc('?', our) == '?' && our_fgetc(our) == '?' && our_fgetc(our) == '!' && our_fgetc(our) == '5');
	CHECK(our_fclose(our) == 0);
	our = our_fopen(our_path, "r");
	CHECK(our_ungetc('u', our) == 'u' && our_fgets(buf, sizeof buf, our) && !strcmp(buf, "u01xy456789") && our_fgetc(our) == EOF && our_feof(our));
	CHECK(our_ungetc('e', our) == 'e' && !our_feof(our) && our_fgetc(our) == 'e' && our_fclose(our) == 0);
}

static void refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "z", "rw", "r++z", "+r", " r" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		our_errno = 0;
		CHECK(!our_fopen(our_path, wrong[i]) && our_errno == EINVAL, "'%s'", wrong[i]);
	}
	CHECK(!our_fopen(our_path, "wx") && our_errno == EEXIST);
	CHECK(!our_fdopen(999, "r") && our_errno == EBADF);
	our = our_fopen(our_path, "r");
	our_errno = 0;
	CHECK(our_fputc('a', our) == EOF && our_errno == EBADF && our_ferror(our));
	our_clearerr(our);
	CHECK(our_fgetc(our) == '0' && our_fprintf(our, "x") == -1 && our_fgetc(our) == '1' && our_fclose(our) == 0);
	our = our_fopen(our_path, "w");
	CHECK(our_fgetc(our) == EOF && our_errno == EBADF && our_ferror(our) && !our_feof(our) && our_ungetc('a', our) == EOF && our_fclose(our) == 0);
	volatile size_t huge = SIZE_MAX / 2;
	our = our_fopen(our_path, "r+");
	CHECK(our_fread(folder, huge, 3, our) == 0 && our_fwrite(folder, huge, 3, our) == 0 && our_fwrite(folder, 0, 5, our) == 0 && our_fclose(our) == 0);
}

/* What fits is written; who writes is told, once, and after clearerr() may go on. */
static void full_disk(void **state)
{
	(void)state;
	char text[3000], got[6000];
	memset(text, 'x', sizeof text);
	our = our_fopen(our_path, "w");
	host_moods.room = 500;
	CHECK(our_fwrite(text, 1, 100, our) == 100 && our_fflush(our) == 0);
	CHECK(our_fwrite(text, 1, 600, our) == 600);
	our_errno = 0;
	CHECK(our_fflush(our) == EOF && our_errno == ENOSPC && our_ferror(our));
	CHECK(our_fflush(our) == 0);		/* nothing waits any more */
	CHECK(our_fwrite(text, 1, sizeof text, our) == 0 && our_errno == ENOSPC);
	CHECK(our_fprintf(our, "%3000d", 1) == -1 && our_fflush(our) == EOF);
	our_clearerr(our);
	host_moods.room = 1000;
	CHECK(our_fputs("more", our) == 0 && our_fflush(our) == 0 && !our_ferror(our));
	CHECK(our_fwrite(text, 10, 300, our) == 99);	/* 996 bytes more went out */
	host_moods.room = 0;
	CHECK(our_fputs("lost", our) == 0 && our_fflush(NULL) == EOF && our_fflush(NULL) == 0);
	CHECK(our_fputs("lost", our) == 0 && our_fclose(our) == EOF && our_errno == ENOSPC);
	host_moods.room = -1;
	FILE *f = fopen(our_path, "r");
	size_t n = fread(got, 1, sizeof got, f);
	fclose(f);
	CHECK(n == 1500 && !memcmp(got + 500, "more", 4), "%zu bytes", n);
}

static void interrupted(void **state)
{
	(void)state;
	char text[20000];
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)('a' + i % 26);
	host_moods = (struct host_moods){ .short_most = 100, .interrupt_each = 3, .room = -1 };
	our = our_fopen(our_path, "w");
	for (size_t i = 0; i < 4000; i += 400)
		CHECK(our_fwrite(text + i, 1, 400, our) == 400);
	CHECK(our_fwrite(text + 4000, 1, sizeof text - 4000, our) == sizeof text - 4000 && our_fclose(our) == 0);
	host_moods = (struct host_moods){ .interrupt_each = 1, .room = -1 };
	our = our_fopen(our_path, "r");
	our_errno = 0;
	CHECK(our_fgetc(our) == EOF && our_ferror(our) && !our_feof(our) && our_errno == EINTR);
	host_moods = (struct host_moods){ .room = -1 };
	our_clearerr(our);
	for (size_t i = 0; i < sizeof text; i++)
		CHECK(our_fgetc(our) == text[i]);
	CHECK(our_fgetc(our) == EOF && our_feof(our) && our_fclose(our) == 0);
}

static void pipes(void **state)
{
	(void)state;
	int fds[2];
	char buf[16];
	signal(SIGPIPE, SIG_IGN);
	CHECK(!pipe(fds));
	OUR_FILE *in = our_fdopen(fds[0], "r"), *out = our_fdopen(fds[1], "w");
	CHECK(our_fputs("a line\n", out) == 0 && our_fflush(out) == 0 && our_fgets(buf, sizeof buf, in) && !strcmp(buf, "a line\n"));
	CHECK(our_ftell(in) == -1 && our_errno == ESPIPE && our_fseek(in, 0, SEEK_SET) == -1 && our_errno == ESPIPE);
	CHECK(our_fputs("rest", out) == 0 && our_fflush(out) == 0 && our_fgetc(in) == 'r' && our_fflush(in) == 0 && our_fgetc(in) == 'e');	/* nothing lost */
	CHECK(our_fclose(in) == 0);
	our_errno = 0;
	CHECK(our_fputs("nobody reads", out) == 0 && our_fflush(out) == EOF && our_errno == EPIPE && our_ferror(out) && our_fclose(out) == 0);
	signal(SIGPIPE, SIG_DFL);
}

/* Others see the place that the reader is at. */
static void shared_place(void **state)
{
	(void)state;
	char c;
	write_file(our_path, "0123456789");
	our = our_fopen(our_path, "r");
	CHECK(our_fgetc(our) == '0' && our_fgetc(our) == '1' && our_fflush(our) == 0);
	CHECK(read(our_fileno(our), &c, 1) == 1 && c == '2' && our_fgetc(our) == '3' && our_fclose(our) == 0);
}

static void reopened(void **state)
{
	(void)state;
	char buf[32];
	our = our_fopen(our_path, "w");
	int fd = our_fileno(our);
	CHECK(our_fputs("first", our) == 0 && our_freopen(host_path, "w", our) == our && our_fileno(our) == fd && our_fputs("second", our) == 0);
	CHECK(!our_freopen("/nonexistent/x", "r", our) && our_errno == ENOENT && our_fputs(" still", our) == 0);
	CHECK(our_freopen(our_path, "r", our) == our && our_fgets(buf, sizeof buf, our) && !strcmp(buf, "first"));
	CHECK(our_freopen(host_path, "r", our) == our && our_fgets(buf, sizeof buf, our) && !strcmp(buf, "second still") && our_fclose(our) == 0);
}

static void in_memory(void **state)
{
	(void)state;
	char *text, buf[8] = "zzzzzzz", line[16];
	size_t n, expect = 0;
	our = our_open_memstream(&text, &n);
	CHECK(our && our_fflush(our) == 0 && n == 0 && !*text);
	for (int i = 0; i < 3000; i++)
		expect += (size_t)our_fprintf(our, "%d,", i);
	CHECK(our_fflush(our) == 0 && n == expect && strlen(text) == n && !strncmp(text, "0,1,2,", 6) && !strcmp(text + n - 5, "2999,"));
	CHECK(our_fseek(our, 0, SEEK_SET) == 0 && our_fputs("x", our) == 0 && our_fclose(our) == 0 && *text == 'x' && n == expect);
	free(text);
	our = our_fmemopen(buf, sizeof buf, "w");
	CHECK(our && !*buf && our_fputs("1234", our) == 0 && our_fflush(our) == 0 && !strcmp(buf, "1234"));
	CHECK(our_fputs("56789", our) == 0 && our_fflush(our) == EOF && our_errno == ENOSPC && !memcmp(buf, "12345678", 8));
	our_fclose(our);
	our = our_fmemopen((char[]){ "a line\nrest" }, 11, "r");
	CHECK(our_fgets(line, sizeof line, our) && !strcmp(line, "a line\n") && our_fgetc(our) == 'r' && our_fseek(our, -1, SEEK_END) == 0);
	CHECK(our_fgetc(our) == 't' && our_fgetc(our) == EOF && our_feof(our) && our_fputc('x', our) == EOF && our_fseek(our, 12, SEEK_SET) == -1);
	CHECK(our_fileno(our) == -1 && our_fclose(our) == 0);
	our = our_fmemopen(strcpy(line, "ab"), sizeof line, "a+");
	CHECK(our_fputs("cd", our) == 0 && our_fseek(our, 1, SEEK_SET) == 0 && our_fgetc(our) == 'b' && our_fclose(our) == 0 && !strcmp(line, "abcd"));
	CHECK(!our_fmemopen(line, 0, "r") && our_errno == EINVAL);
}

static void end(void)
{
	unlink(our_path);
	unlink(host_path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_operations), cmocka_unit_test(without_a_seek), cmocka_unit_test(refused), cmocka_unit_test(full_disk),
		cmocka_unit_test(interrupted), cmocka_unit_test(pipes), cmocka_unit_test(shared_place), cmocka_unit_test(reopened), cmocka_unit_test(in_memory) };
	if (!mkdtemp(folder))
		return 1;
	snprintf(our_path, sizeof our_path, "%s/ours", folder);
	snprintf(host_path, sizeof host_path, "%s/host", folder);
	int failed = RUN_TESTS(tests);
	end();
	return failed;
}
