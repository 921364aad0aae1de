/* scanf beside the host's: random formats over random texts, from a string and from a file. */
#include "ours.h"
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

OUR(int, sscanf, const char *s, const char *fmt, ...);
OUR(int, fscanf, OUR_FILE *f, const char *fmt, ...);

static char file_path[] = "/tmp/libc_scan_XXXXXX";

static void some_format(char *out)
{
	static const char *const parts[] = { "%d", "%u", "%x", "%o", "%i", "%hd", "%hhd", "%ld", "%lld", "%zu", "%3d", "%*d", "%4x", "%s", "%3s", "%*s", "%c",
		"%[a-c]", "%[^ ]", "%2[]x-]", "%f", "%lf", "%20lf", "%*f", "%n", "%%", " ", "x", ",", "%p" };
	*out = 0;
	for (uint64_t n = 1 + rnd(5); n; n--) {
		strcat(out, parts[rnd(sizeof parts / sizeof *parts)]);
		if (rnd(3) == 0)
			strcat(out, " ");
	}
}

/* Hexadecimal floats are not ours. Of what is nearly a number, such as "0x" and "1e", glibc takes more than C says: none of that. */
static void some_text(char *out)
{
	static const char *const parts[] = { "12", "-7", "+3", "0", "0x1f", "077", "99999999999", "abc", "x", "]", "-", ",", " ", "\n", "  ", "%", "1.5", "-.25", "2.5e3", ".", "inf", "\xe9" };
	*out = 0;
	for (uint64_t n = rnd(7); n; n--) {
		strcat(out, parts[rnd(sizeof parts / sizeof *parts)]);
		if (rnd(2))
			strcat(out, " ");
	}
}

typedef char slots[6][64];

static void random_scans(void **state)
{
	(void)state;
	static slots a, b, c;
	for (int step = 0; step < 30000; step++) {
		char fmt[128], text[128];
		some_format(fmt);
		some_text(text);
		if (strstr(text, "0x") && (strchr(fmt, 'f') || !strchr("0123456789abcdef", strstr(text, "0x")[2]) || !strstr(text, "0x")[2]))
			continue;
		memset(a, 0, sizeof a);
		memset(b, 0, sizeof b);
		int ours = our_sscanf(text, fmt, a[0], a[1], a[2], a[3], a[4], a[5]), host = sscanf(text, fmt, b[0], b[1], b[2], b[3], b[4], b[5]);
		CHECK(ours == host, "'%s' of '%s': %d, not %d", fmt, text, ours, host);
		CHECK(!memcmp(a, b, sizeof a) || ours < 0 || strstr(fmt, "%n") || strstr(fmt, "c"), "'%s' of '%s', %d kept", fmt, text, ours);
		if (step % 40)
			continue;
		FILE *f = fopen(file_path, "w");
		CHECK(fputs(text, f) >= 0 && !fclose(f));
		memset(c, 0, sizeof c);
		OUR_FILE *in = our_fopen(file_path, "r");
		CHECK(our_fscanf(in, fmt, c[0], c[1], c[2], c[3], c[4], c[5]) == ours && !memcmp(a, c, sizeof a), "'%s' of '%s' in a file", fmt, text);
		CHECK(our_fclose(in) == 0);
	}
}

static void lines_of_a_file(void **state)
{
	(void)state;
	FILE *f = fopen(file_path, "w");
	CHECK(fputs("one 1 1.5\ntwo 22 2.25\nthree three", f) >= 0 && !fclose(f));
	OUR_FILE *in = our_fopen(file_path, "r");
	char name[16];
	int n;
	double v;
	CHECK(our_fscanf(in, "%15s %d %lf", name, &n, &v) == 3 && !strcmp(name, "one") && n == 1 && v == 1.5);
	CHECK(our_fscanf(in, "%15s%d%lf", name, &n, &v) == 3 && !strcmp(name, "two") && n == 22 && v == 2.25);
	CHECK(our_fscanf(in, "%15s %d", name, &n) == 1 && our_fgetc(in) == 't' && our_fscanf(in, "hree%d", &n) == -1 && our_feof(in) && our_fclose(in) == 0);
	f = fopen(file_path, "w");
	CHECK(fwrite("12\0" "34", 1, 5, f) == 5 && !fclose(f));
	in = our_fopen(file_path, "r");	/* a zero byte is no digit */
	CHECK(our_fscanf(in, "%d", &n) == 1 && n == 12 && our_fgetc(in) == 0 && our_fscanf(in, "%d", &n) == 1 && n == 34 && our_fclose(in) == 0);
	CHECK(our_sscanf("0x", "%x", &n) == 0 && our_sscanf("1ex", "%lf", &v) == 0 && our_sscanf("-", "%d", &n) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_scans), cmocka_unit_test(lines_of_a_file) };
	int fd = mkstemp(file_path);
	if (fd < 0 || close(fd))
		return 1;
	int failed = RUN_TESTS(tests);
	unlink(file_path);
	return failed;
}
