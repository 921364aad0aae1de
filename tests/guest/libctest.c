/* The C library: numbers, strings, formatted output, files, folders, sorting, the environment, time, options; and both heaps. */
#include "check.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../../user/heap/heap.h"

#define IS(text, ...) (snprintf(out, sizeof out, __VA_ARGS__), !strcmp(out, text))
#define FOLDER "/tmp/libctest"

static char out[256];

static const char *test_format(void)
{
	WANT(IS("-7 +7 0007 7   |", "%d %+d %04d %-4d|", -7, 7, 7, 7));
	WANT(IS("ff FF 0xff 0 17", "%x %X %#x %#x %o", 255, 255, 255, 0, 15));
	WANT(IS("18446744073709551615", "%lu", ULONG_MAX));
	WANT(IS("-9223372036854775808", "%lld", LLONG_MIN));
	WANT(IS("[  abc][abc  ][ab]", "[%5s][%-5s][%.2s]", "abc", "abc", "abc"));
	WANT(IS("[   42]", "[%*d]", 5, 42));
	WANT(IS("[00042]", "[%.*d]", 5, 42));
	char *volatile none = NULL;
	WANT(IS("a% (null)", "%c%% %s", 'a', none));
	WANT(IS("-1 255 65535", "%hhd %hhu %hu", 255, 255, 65535));
	WANT(snprintf(out, 4, "%s", "abcdef") == 6 && !strcmp(out, "abc"));
	return NULL;
}

static const char *test_programs(void)
{
	char line[32];
	FILE *f = popen("echo one; echo two; exit 3", "r");
	WANT(f && fgets(line, sizeof line, f) && !strcmp(line, "one\n") && fgets(line, sizeof line, f) && !strcmp(line, "two\n") && !fgets(line, sizeof line, f));
	int status = pclose(f);
	WANT(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	WANT((f = popen("read x; [ \"$x\" = sent ]", "w")) && fputs("sent\n", f) >= 0 && pclose(f) == 0);
	WANT_ERRNO(popen("true", "x") ? 0 : -1, EINVAL);
	WANT((status = system("exit 7"), WIFEXITED(status) && WEXITSTATUS(status) == 7) && system(NULL));
	WANT((status = system("kill -KILL $$"), WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
	WANT((f = tmpfile()) && fputs("kept", f) >= 0 && fseek(f, 0, SEEK_SET) == 0 && fgets(line, sizeof line, f) && !strcmp(line, "kept") && !fclose(f));
	WANT(alarm(100) == 0 && alarm(0) == 100);
	return NULL;
}

static const char *test_names(void)
{
	static char path[PATH_MAX];
	char name[] = "/tmp/names-XXXXXX", words[] = " a,b  c", again[] = "/tmp/names-XXXXX";
	WANT(mkdtemp(name) && strcmp(name, "/tmp/names-XXXXXX") && chdir(name) == 0);
	WANT_ERRNO(mkstemp(again), EINVAL);
	WANT(symlink("../tmp/./nothing/..", "up") == 0 && readlink("up", path, sizeof path) == 19);
	WANT_ERRNO(realpath("up", path) ? 0 : -1, ENOENT);
	WANT(mkdir("d", 0700) == 0 && symlink("d", "l") == 0 && realpath("l/.//../d/", path) && !strncmp(path, name, strlen(name)) && !strcmp(path + strlen(name), "/d"));
	WANT(realpath("/..//.", path) && !strcmp(path, "/"));
	WANT(symlink("loop", "loop") == 0);
	WANT_ERRNO(realpath("loop", path) ? 0 : -1, ELOOP);
	WANT_ERRNO(realpath("", path) ? 0 : -1, ENOENT);
	WANT_ERRNO(realpath("/etc/profile/x", path) ? 0 : -1, ENOTDIR);
	WANT(unlink("loop") == 0 && unlink("l") == 0 && unlink("up") == 0 && rmdir("d") == 0 && chdir("/") == 0 && rmdir(name) == 0);
	WANT(!strcmp(strtok(words, " ,"), "a") && !strcmp(strtok(NULL, " ,"), "b") && !strcmp(strtok(NULL, ","), " c") && !strtok(NULL, " "));
	WANT(labs(-5) == 5 && llabs(-5) == 5 && isgraph('a') && !isgraph(' '));
	return NULL;
}

static const char *test_numbers(void)
{
	char *end;
	WANT(strtol("  -42rest", &end, 10) == -42 && !strcmp(end, "rest"));
	WANT(strtol("0x1fg", &end, 0) == 31 && *end == 'g');
	WANT(strtoul("077", &end, 0) == 63 && !*end);
	WANT(strtoul("zz", &end, 36) == 35 * 37);
	WANT(strtol("x", &end, 10) == 0 && *end == 'x');
	WANT(strtol("0x", &end, 16) == 0 && *end == 'x');
	errno = 0;
	WANT(strtol("9223372036854775808", NULL, 10) == LONG_MAX && errno == ERANGE);
	errno = 0;
	WANT(strtol("-9223372036854775808", NULL, 10) == LONG_MIN && errno == 0);
	errno = 0;
	WANT(strtoull("99999999999999999999", NULL, 10) == ULLONG_MAX && errno == ERANGE);
	WANT(atoi("12ab") == 12 && atoi("") == 0);
	return NULL;
}

/* Every alignment of both ends against a byte at a time, with untouched bytes around. */
static const char *test_memory(void)
{
	static unsigned char a[256], b[256], want[256];
	for (size_t from = 0; from < 9; from++)
		for (size_t to = 0; to < 9; to++)
			for (size_t n = 0; n < 150; n += n < 20 ? 1 : 13) {
				for (size_t i = 0; i < sizeof a; i++) {
					a[i] = (unsigned char)(i * 7 + n);
					b[i] = want[i] = (unsigned char)i;
				}
				for (size_t i = 0; i < n; i++)
					want[to + i] = a[from + i];
				memcpy(b + to, a + from, n);
				WANT(!memcmp(b, want, sizeof b));
				for (size_t i = 0; i < sizeof a; i++)
					want[i] = a[i >= to && i < to + n ? i - to + from : i];
				memmove(a + to, a + from, n);
				WANT(!memcmp(a, want, sizeof a));
			}
	memset(a + 3, 0x5a, 100);
	WANT(a[2] != 0x5a && a[3] == 0x5a && a[102] == 0x5a);
	WANT(memcmp("a\xff", "a\x01", 2) > 0 && memchr("abc", 'c', 2) == NULL);
	return NULL;
}

static const char *test_strings(void)
{
	char buf[8], text[] = ",,a,bc,,d", *save;
	WANT(strlcpy(buf, "0123456789", sizeof buf) == 10 && !strcmp(buf, "0123456"));
	strcpy(buf, "abc");
	WANT(strlcat(buf, "defgh", sizeof buf) == 8 && !strcmp(buf, "abcdefg"));
	WANT(!strcmp(strstr("hay needle hay", "needle"), "needle hay") && !strstr("abc", "x") && strstr("abc", ""));
	WANT(!strcmp(strrchr("a/b/c", '/'), "/c") && !strchr("abc", 'x') && *strchr("abc", 0) == 0);
	WANT(strspn("aabc", "ab") == 3 && strcspn("abc", "c") == 2);
	WANT(!strcasecmp("HeLLo", "hEllO") && strncmp("abc", "abd", 2) == 0 && strcmp("a", "b") < 0);
	WANT(!strcmp(strtok_r(text, ",", &save), "a") && !strcmp(strtok_r(NULL, ",", &save), "bc"));
	WANT(!strcmp(strtok_r(NULL, ",", &save), "d") && !strtok_r(NULL, ",", &save));
	WANT(isspace('\t') && !isalpha('1') && isxdigit('F') && toupper('q') == 'Q');
	WANT(!strcmp(strerror(ENOENT), "No such file or directory") && !strcmp(strsignal(SIGSEGV), "Segmentation fault"));
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	return (*(const unsigned *)a > *(const unsigned *)b) - (*(const unsigned *)a < *(const unsigned *)b);
}

static const char *test_sort(void)
{
	static unsigned v[1000];
	unsigned sum = 0, sum_after = 0;
	srand(7);
	for (size_t i = 0; i < 1000; i++)
		sum += v[i] = (unsigned)rand() % 300;
	qsort(v, 1000, sizeof *v, by_value);
	for (size_t i = 0; i < 1000; i++) {
		sum_after += v[i];
		WANT(!i || v[i - 1] <= v[i]);
	}
	WANT(sum == sum_after);
	return NULL;
}

static const char *test_environment(void)
{
	WANT(setenv("LIBCTEST", "one", 1) == 0 && !strcmp(getenv("LIBCTEST"), "one"));
	WANT(setenv("LIBCTEST", "two", 0) == 0 && !strcmp(getenv("LIBCTEST"), "one"));
	WANT(setenv("LIBCTEST", "two", 1) == 0 && !strcmp(getenv("LIBCTEST"), "two"));
	WANT(!getenv("LIBCTES") && unsetenv("LIBCTEST") == 0 && !getenv("LIBCTEST"));
	return NULL;
}

static const char *test_files(void)
{
	char line[32], *text = NULL;
	size_t room = 0;
	FILE *f = fopen(FOLDER "/file", "w");
	WANT(f);
	for (int i = 0; i < 1000; i++)
		WANT(fprintf(f, "line %d\n", i) > 0);
	WANT(fclose(f) == 0);
	f = fopen(FOLDER "/file", "a");
	WANT(f && fputs("the last has no newline", f) == 0 && fclose(f) == 0);
	f = fopen(FOLDER "/file", "r");
	WANT(f && fgets(line, sizeof line, f) && !strcmp(line, "line 0\n"));
	int c = fgetc(f);
	WANT(c == 'l' && ungetc(c, f) == c && fgets(line, 4, f) && !strcmp(line, "lin"));
	for (int i = 1; i < 1000; i++)
		WANT(getline(&text, &room, f) > 0);
	WANT(!strcmp(text, "line 999\n"));
	WANT(getline(&text, &room, f) == 23 && !strcmp(text, "the last has no newline"));
	WANT(getline(&text, &room, f) == -1 && feof(f) && !ferror(f));
	free(text);
	WANT(fclose(f) == 0);
	WANT(!fopen(FOLDER "/none", "r") && errno == ENOENT);
	return NULL;
}

static const char *test_big_read(void)
{
	static unsigned char a[10000], b[10000];
	for (size_t i = 0; i < sizeof a; i++)
		a[i] = (unsigned char)(i * i >> 3);
	FILE *f = fopen(FOLDER "/big", "w");
	WANT(f && fwrite(a, 1, sizeof a, f) == sizeof a && fclose(f) == 0);
	f = fopen(FOLDER "/big", "r");
	WANT(f && fgetc(f) == a[0] && fread(b + 1, 3, 3333, f) == 3333 && fgetc(f) == EOF);
	b[0] = a[0];
	WANT(!memcmp(a, b, sizeof a) && fclose(f) == 0);
	return NULL;
}

static const char *test_folders(void)
{
	int seen = 0;
	struct stat st;
	WANT(mkdir(FOLDER "/d", 0755) == 0);
	WANT_ERRNO(mkdir(FOLDER "/d", 0755), EEXIST);
	for (int i = 0; i < 50; i++) {
		snprintf(out, sizeof out, FOLDER "/d/a long name of a file, number %d", i);
		int fd = creat(out, 0644);
		WANT(fd >= 0 && close(fd) == 0);
	}
	DIR *d = opendir(FOLDER "/d");
	WANT(d);
	for (struct dirent *e; (e = readdir(d));)
		seen += e->d_name[0] == 'a';
	WANT(closedir(d) == 0 && seen == 50);
	WANT_ERRNO(rmdir(FOLDER "/d"), ENOTEMPTY);
	WANT(stat(FOLDER "/d", &st) == 0 && S_ISDIR(st.st_mode));
	WANT(!opendir(FOLDER "/file") && errno == ENOTDIR);
	return NULL;
}

static const char *test_time(void)
{
	const time_t leap = 951827696, first = 0;	/* 2000-02-29 12:34:56 */
	WANT(strftime(out, sizeof out, "%F %T %a %b %j", gmtime(&leap)) && !strcmp(out, "2000-02-29 12:34:56 Tue Feb 060"));
	WANT(strftime(out, sizeof out, "%a %e %b %Y", gmtime(&first)) && !strcmp(out, "Thu  1 Jan 1970"));
	WANT(strftime(out, 5, "%F", gmtime(&first)) == 0);
	struct timespec a, b;
	WANT(clock_gettime(CLOCK_MONOTONIC, &a) == 0 && usleep(2000) == 0 && clock_gettime(CLOCK_MONOTONIC, &b) == 0);
	WANT((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec >= 2000000);
	return NULL;
}

static const char *test_calendar(void)
{
	struct tm tm = { .tm_year = 100, .tm_mon = 1, .tm_mday = 29, .tm_hour = 12, .tm_min = 34, .tm_sec = 56 };
	WANT(mktime(&tm) == 951827696 && tm.tm_wday == 2 && tm.tm_yday == 59);
	tm = (struct tm){ .tm_year = 99, .tm_mon = 13, .tm_mday = 30, .tm_sec = -60 };
	WANT(mktime(&tm) == 951868740 && tm.tm_mon == 1 && tm.tm_mday == 29 && tm.tm_hour == 23 && tm.tm_min == 59);
	for (time_t t = 0; t < 8000000000; t += 86399 * 37) {
		struct tm other;
		WANT(mktime(gmtime_r(&t, &other)) == t);
	}
	return NULL;
}

static const char *test_scan(void)
{
	int a = 0, b = 0, n = 0;
	unsigned u = 0;
	long l = 0;
	short h = 0;
	char word[8], c = 0;
	WANT(sscanf(" 12 -34 0xff", "%d%d %x", &a, &b, &u) == 3 && a == 12 && b == -34 && u == 255);
	WANT(sscanf("key=value;x", "%3s=%*2s%5s", word, word) == 2 && !strcmp(word, "lue;x"));
	WANT(sscanf("9000000000:7%", "%ld:%hd%%%n", &l, &h, &n) == 2 && l == 9000000000 && h == 7 && n == 13);
	WANT(sscanf("12345", "%2d%c", &a, &c) == 2 && a == 12 && c == '3');
	WANT(sscanf("", "%d", &a) == EOF && sscanf("x", "%d", &a) == 0 && sscanf("1 x", "%d %d", &a, &b) == 1 && a == 1);
	return NULL;
}

static int by_number(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static const char *test_bsearch(void)
{
	int v[100];
	for (int i = 0; i < 100; i++)
		v[i] = 2 * i;
	for (int key = -1; key < 201; key++)
		for (size_t n = 0; n <= 100; n += 33) {
			int there = key >= 0 && key % 2 == 0 && (size_t)key / 2 < n;
			WANT(bsearch(&key, v, n, sizeof *v, by_number) == (there ? &v[key / 2] : NULL));
		}
	return NULL;
}

static const char *test_places(void)
{
	char buf[8];
	FILE *f = fopen(FOLDER "/file", "w+");
	WANT(f && fputs("0123456789", f) == 0 && ftell(f) == 10);
	WANT(fseek(f, 3, SEEK_SET) == 0 && fgetc(f) == '3' && ftell(f) == 4 && fseek(f, 2, SEEK_CUR) == 0 && fgetc(f) == '6');
	WANT(fseek(f, -1, SEEK_END) == 0 && fgetc(f) == '9' && fgetc(f) == EOF && feof(f));
	rewind(f);
	WANT(!feof(f) && fread(buf, 1, 4, f) == 4 && !memcmp(buf, "0123", 4));
	WANT(fseek(f, 4, SEEK_SET) == 0 && fputs("xy", f) == 0 && fseek(f, 3, SEEK_SET) == 0 && fread(buf, 1, 4, f) == 4 && !memcmp(buf, "3xy6", 4));
	WANT(fseek(f, -1, SEEK_SET) == -1 && errno == EINVAL && fclose(f) == 0);
	int fds[2];
	WANT(pipe(fds) == 0 && (f = fdopen(fds[0], "r")) && ftell(f) == -1 && errno == ESPIPE && fclose(f) == 0 && close(fds[1]) == 0);
	return NULL;
}

static const char *test_options(void)
{
	char *argv[] = { "x", "-ab", "value", "-c", "--", "-d", NULL };
	optind = 1;
	WANT(getopt(6, argv, "ab:c") == 'a' && getopt(6, argv, "ab:c") == 'b' && !strcmp(optarg, "value"));
	WANT(getopt(6, argv, "ab:c") == 'c' && getopt(6, argv, "ab:c") == -1 && optind == 5);
	optind = 1;
	char *unknown[] = { "x", "-z", NULL };
	WANT(getopt(2, unknown, "ab:c") == '?' && optopt == 'z');
	return NULL;
}

static const char *test_long_options(void)
{
	int verbose = 0, index = -1;
	const struct option longs[] = { { "verbose", no_argument, &verbose, 1 }, { "output", required_argument, NULL, 'o' }, { NULL, 0, NULL, 0 } };
	char *argv[] = { "x", "--verb", "--output=a", "--output", "b", "-c", "--none", "rest", NULL };
	optind = 0;
	WANT(getopt_long(8, argv, "c", longs, &index) == 0 && verbose == 1 && index == 0);
	WANT(getopt_long(8, argv, "c", longs, &index) == 'o' && !strcmp(optarg, "a") && index == 1);
	WANT(getopt_long(8, argv, "c", longs, &index) == 'o' && !strcmp(optarg, "b") && getopt_long(8, argv, "c", longs, NULL) == 'c');
	WANT(getopt_long(8, argv, "c", longs, &index) == '?' && getopt_long(8, argv, "c", longs, &index) == -1 && optind == 7);
	return NULL;
}

/* ---- jumps ---- */

static jmp_buf back;
static sigjmp_buf from_handler;

/* Deep, and with other values in the registers that a call keeps. */
static int jump_from(int depth)
{
	volatile long a = depth, b = a * 3, c = b * 5;
	if (!depth && b == 0)
		longjmp(back, 0);
	if (depth < 0)
		return 0;
	return jump_from(depth - 1) + (int)(a + b + c);
}

static void on_fault(int sig)
{
	(void)sig;
	siglongjmp(from_handler, 5);
}

static const char *test_jumps(void)
{
	volatile int round = 0;
	long a = getpid(), b = a + 1, c = a + 2, d = a + 3;
	WANT(setjmp(back) == (round ? 1 : 0) && getpid() == a && b == a + 1 && c == a + 2 && d == a + 3);
	if (round++ < 3)
		jump_from(20);
	WANT(round == 4);
	/* Twice: after the first the signal must not have stayed blocked. */
	sighandler_t before = signal(SIGSEGV, on_fault);
	volatile int faults = 0;
	volatile int *volatile nowhere = NULL;
	int r = sigsetjmp(from_handler, 1);
	WANT(r == (faults ? 5 : 0));
	if (faults++ < 2)
		*nowhere = 1;
	sigset_t now;
	signal(SIGSEGV, before);
	WANT(faults == 3 && sigprocmask(SIG_BLOCK, NULL, &now) == 0 && !sigismember(&now, SIGSEGV));
	return NULL;
}

static const char *test_signals(void)
{
	sigset_t set;
	siginfo_t info;
	int sig, fds[2];
	const struct timespec none = { 0, 0 };
	sigemptyset(&set);
	WANT_ERRNO(sigaddset(&set, 0), EINVAL);
	WANT_ERRNO(sigaddset(&set, 65), EINVAL);
	WANT(set == 0 && sigaddset(&set, 64) == 0 && sigismember(&set, 64) == 1 && sigdelset(&set, 64) == 0 && sigismember(&set, 64) == 0);
	sigaddset(&set, SIGUSR1);
	WANT(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	WANT_ERRNO(sigtimedwait(&set, &info, &none), EAGAIN);
	WANT(raise(SIGUSR1) == 0 && sigwait(&set, &sig) == 0 && sig == SIGUSR1);
	WANT(sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = 42 }) == 0 && sigwaitinfo(&set, &info) == SIGUSR1);
	WANT(info.si_code == SI_QUEUE && (int)(uintptr_t)info.si_ptr == 42 && sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
	sighandler_t before = signal(SIGPIPE, SIG_IGN);
	FILE *f = pipe(fds) == 0 && close(fds[0]) == 0 ? fdopen(fds[1], "w") : NULL;
	errno = 0;
	WANT(f && fputs("nobody reads", f) >= 0 && fflush(f) == EOF && errno == EPIPE && ferror(f) && fclose(f) == 0);
	signal(SIGPIPE, before);
	return NULL;
}

static const char *test_streams(void)
{
	char *text, line[32];
	size_t n;
	int a, b;
	FILE *f = open_memstream(&text, &n);
	for (int i = 0; f && i < 1000; i++)
		fprintf(f, "%d ", i);
	WANT(f && fclose(f) == 0 && n == 3890 && strlen(text) == n);
	f = fmemopen(text, n, "r");
	for (int i = 0; i < 1000; i += 2)
		WANT(fscanf(f, "%d %d", &a, &b) == 2 && a == i && b == i + 1);
	WANT(fscanf(f, "%d", &a) == EOF && fclose(f) == 0);
	free(text);
	f = fopen(FOLDER "/file", "w+");
	WANT(f && dprintf(fileno(f), "%s-%d\n", "line", 1) == 7 && fputs("two\n", f) == 0 && fflush(f) == 0);
	rewind(f);
	WANT(fgets(line, sizeof line, f) && !strcmp(line, "line-1\n") && fgetc(f) == 't' && fputs("WO", f) == 0 && fgetc(f) == '\n');
	WANT(freopen(FOLDER "/file", "r", f) == f && ungetc('!', f) == '!' && fgets(line, sizeof line, f) && !strcmp(line, "!line-1\n"));
	WANT(fgets(line, sizeof line, f) && !strcmp(line, "tWO\n") && fputc('x', f) == EOF && errno == EBADF && fclose(f) == 0);
	WANT_ERRNO(fopen(FOLDER "/file", "wx") ? 0 : -1, EEXIST);
	return NULL;
}

static const char *test_system(void)
{
	int status;
	struct tm tm = { 0 };
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		execlp("sh", "sh", "-c", "exit $1", "sh", "9", NULL);
		_exit(1);
	}
	WANT(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 9);
	WANT(sysconf(_SC_PAGESIZE) == 4096 && sysconf(_SC_NPROCESSORS_ONLN) >= 1 && sysconf(_SC_OPEN_MAX) > 8 && sysconf(_SC_PHYS_PAGES) > 1000);
	WANT_ERRNO(sysconf(999), EINVAL);
	WANT(gethostname(out, sizeof out) == 0 && *out && clock() >= 0 && geteuid() == getuid());
	char *rest = strptime("29 Feb 2000, 12:34:56 and more", "%d %b %Y, %T", &tm);
	WANT(rest && !strcmp(rest, " and more") && mktime(&tm) == 951827696);
	tm.tm_year = 60;
	WANT(mktime(&tm) == -310476304 && !strcmp(asctime(&tm), "Mon Feb 29 12:34:56 1960\n"));
	return NULL;
}

static const char *test_pages(void)
{
	size_t page = 4096;
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	WANT(p != MAP_FAILED);
	p[0] = 'a';
	p[2 * page - 1] = 'b';
	char *q = mremap(p, 2 * page, 64 * page, MREMAP_MAYMOVE);
	WANT(q != MAP_FAILED && q[0] == 'a' && q[2 * page - 1] == 'b' && q[64 * page - 1] == 0);
	WANT(munmap(q, 64 * page) == 0);
	char *brk0 = sbrk(0);
	WANT(sbrk(10000) == brk0 && (brk0[9999] = 1) && sbrk(-10000) == brk0 + 10000 && sbrk(0) == brk0);
	return NULL;
}

/* ---- heaps: each in a child that runs this program again with MALLOC set ---- */

enum { LIVE = 200 };

static size_t size_of(size_t i) { return i % 17 == 0 ? 4000 + i * 331 % 60000 : 1 + i * 97 % 700; }

/* LIVE objects at a time, filled with their own byte, freed in another order. */
static const char *heap_churn(void)
{
	static unsigned char *object[LIVE];
	static size_t size[LIVE];
	size_t before = memory_usage();
	for (size_t i = 0; i < 6000; i++) {
		size_t slot = i * 7919 % LIVE;
		for (size_t k = 0; object[slot] && k < size[slot]; k++)
			WANT(object[slot][k] == (unsigned char)slot);
		free(object[slot]);
		size[slot] = size_of(i);
		object[slot] = malloc(size[slot]);
		WANT(object[slot] && (uintptr_t)object[slot] % 16 == 0 && malloc_usable_size(object[slot]) >= size[slot]);
		memset(object[slot], (int)slot, size[slot]);
	}
	for (size_t i = 0; i < LIVE; i++)
		free(object[i]);
	WANT(memory_usage() == before && total_allocated() - total_freed() == before && allocation_count() >= 6000);
	return NULL;
}

static const char *heap_rules(void)
{
	char *a = malloc(0), *b = malloc(0);
	WANT(a && b && a != b);
	free(a);
	free(b);
	free(NULL);
	volatile size_t huge = SIZE_MAX / 2 + 1;
	WANT(!malloc(huge) && errno == ENOMEM);
	errno = 0;
	WANT(!calloc(huge, 4) && errno == ENOMEM);
	char *p = malloc(300);
	memset(p, 0xff, 300);
	free(p);
	p = calloc(3, 100);
	for (int i = 0; i < 300; i++)
		WANT(p[i] == 0);
	strcpy(p, "kept");
	for (size_t n = 10; n < 300000; n *= 3)
		WANT((p = realloc(p, n)) && !strcmp(p, "kept"));
	WANT((p = realloc(p, 5)) && !strcmp(p, "kept"));
	free(p);
	return NULL;
}

/* How a child that does wrong dies: SIGABRT. */
static const char *dies(void (*wrong)(void))
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		close(2);
		wrong();
		_exit(0);
	}
	WANT(waitpid(pid, &status, 0) == pid);
	WANT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	return NULL;
}

static void hide(void *p) { __asm__ volatile("" : : "r"(p) : "memory"); }

static void free_twice(void)
{
	char *keep = malloc(40), *p = malloc(40);
	hide(keep);
	free(p);
	hide(p);
	free(p);
}

static void free_inside(void)
{
	char *p = malloc(40);
	hide(p);
	free(p + 1);
}

/* A hole between two others. */
static void free_unmapped(void)
{
	char *row[3];
	for (int i = 0; i < 3; i++)
		hide(row[i] = malloc(300000));
	free(row[1]);
	hide(row[1]);
	free(row[1]);
}

static void free_low(void)
{
	char *p = (char *)16;
	hide(malloc(1));
	__asm__("" : "+r"(p));
	free(p);
}

static const char *heap_misuses(void)
{
	static void (*const misuses[])(void) = { free_inside, free_twice, free_unmapped, free_low };
	const char *why = NULL;
	for (size_t i = 0; i < sizeof misuses / sizeof *misuses && !why; i++)
		why = dies(misuses[i]);
	return why;
}

static const char *heap_aligned(void)
{
	void *p = NULL;
	for (size_t align = 8; align <= 1 << 20; align *= 2) {
		WANT(posix_memalign(&p, align, 100) == 0 && (uintptr_t)p % align == 0);
		free(p);
	}
	WANT(posix_memalign(&p, 24, 8) == EINVAL && posix_memalign(&p, 64, SIZE_MAX / 2) == ENOMEM);
	WANT(!aligned_alloc(0, 8) && errno == EINVAL);
	return heap_check();
}

/* Threads free what others allocated; a fork among them leaves the child a heap; what ended threads cached is there again. */
static void *slots[16];

static void *exchange_objects(void *arg)
{
	unsigned x = (unsigned)(uintptr_t)arg;
	for (int i = 0; i < 400; i++) {
		x = x * 1103515245 + 12345;
		size_t n = x >> 16 & 0x3ff;
		char *p = malloc(n);
		if (!p)
			return (void *)"malloc failed";
		memset(p, 1, n);
		free(__atomic_exchange_n(&slots[x >> 28], p, __ATOMIC_ACQ_REL));
	}
	return NULL;
}

static const char *heap_threads(void)
{
	pthread_t t[3];
	int status;
	size_t before = memory_usage();
	for (unsigned i = 0; i < 3; i++)
		WANT(pthread_create(&t[i], NULL, exchange_objects, (void *)(uintptr_t)(i + 1)) == 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(exchange_objects((void *)9) != NULL || heap_check() != NULL);
	for (unsigned i = 0; i < 3; i++) {
		void *why;
		WANT(pthread_join(t[i], &why) == 0 && !why);
	}
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	for (unsigned i = 0; i < 16; i++) {
		free(slots[i]);
		slots[i] = NULL;
	}
	WANT(memory_usage() == before);
	return heap_check();
}

/* An object with its header takes one page up to 4,080 bytes, and the next byte a second one. */
static const char *page_sizes(void)
{
	if (strcmp(heap_name(), "page"))
		return NULL;
	char *p = malloc(4080), *q = malloc(4081);
	WANT(malloc_usable_size(p) == 4080 && malloc_usable_size(q) == 8176);
	free(p);
	free(q);
	return NULL;
}

static const char *heap_under(const char *name, char *self)
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		setenv("MALLOC", name, 1);
		char *argv[] = { self, "heap", (char *)(uintptr_t)name, NULL };
		execv(self, argv);
		_exit(127);
	}
	WANT(waitpid(pid, &status, 0) == pid);
	WANT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return NULL;
}

static char *program;
static const char *test_page_heap(void) { return heap_under("page", program); }
static const char *test_chunk_heap(void) { return heap_under("chunk", program); }
static const char *test_large_chunk_heap(void) { return heap_under("chunk:1M", program); }
static const char *test_buddy_heap(void) { return heap_under("buddy", program); }
static const char *test_debug_heap(void) { return heap_under("debug:chunk", program); }

static int heap_main(const char *name)
{
	static const char *(*const tests[])(void) = { heap_churn, heap_rules, heap_aligned, heap_threads, heap_misuses, page_sizes };
	free(malloc(1));
	if (strncmp(heap_name(), name, strlen(heap_name()))) {
		printf("MALLOC=%s gave the heap %s\n", name, heap_name());
		return 1;
	}
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		const char *why = tests[i]();
		if (why) {
			printf("heap %s: %s\n", name, why);
			return 1;
		}
	}
	return 0;
}

static void remove_folder(void)
{
	unlink(FOLDER "/file");
	unlink(FOLDER "/big");
	for (int i = 0; i < 50; i++) {
		snprintf(out, sizeof out, FOLDER "/d/a long name of a file, number %d", i);
		unlink(out);
	}
	rmdir(FOLDER "/d");
	rmdir(FOLDER);
}

int main(int argc, char **argv)
{
	static const struct check_case cases[] = {
		{ "formatted output", test_format }, { "numbers", test_numbers }, { "memory", test_memory }, { "strings", test_strings },
		{ "sorting", test_sort }, { "environment", test_environment }, { "files", test_files }, { "large reads", test_big_read },
		{ "folders", test_folders }, { "time", test_time }, { "calendar", test_calendar }, { "scanning", test_scan },
		{ "searching", test_bsearch }, { "places", test_places }, { "options", test_options }, { "long options", test_long_options }, { "jumps", test_jumps },
		{ "signals", test_signals }, { "streams", test_streams }, { "system", test_system }, { "programs", test_programs }, { "names", test_names }, { "mremap and brk", test_pages },
		{ "page heap", test_page_heap }, { "chunk heap", test_chunk_heap }, { "chunk heap of 1M", test_large_chunk_heap },
		{ "buddy heap", test_buddy_heap }, { "debugging heap", test_debug_heap },
	};
	if (argc == 3 && !strcmp(argv[1], "heap"))
		return heap_main(argv[2]);
	program = argv[0];
	mkdir(FOLDER, 0755);
	int status = check_all(cases, (int)(sizeof cases / sizeof *cases));
	remove_folder();
	return status;
}
