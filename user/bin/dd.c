/* dd: copy blocks: if=FILE of=FILE (standard input and output if not said) bs=BYTES (512) count=BLOCKS skip=BLOCKS of the input, seek=BLOCKS of the
 * output; conv=notrunc: the output keeps what lies behind; conv=sync: fill the last block with zeros; conv=fsync: wait until it is on the disk; ucase, lcase: letters of one
 * case; swab: each two bytes the other way round;
 * status=none|noxfer. Numbers may end in k, M, G. At the end it says how many whole and partial blocks came and went. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc,sync,fsync,ucase,lcase,swab] [status=none|noxfer]"

static const char *input, *output, *status = "";
static unsigned long block = 512, count = ~0ul, skip, seek;
static bool keep, fill, flush, swap;
static int (*letter)(int c);	/* what becomes of each byte; NULL: nothing */

static unsigned long number(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10), unit = 1;
	switch (*end) {
	case 'k': case 'K': unit = 1024; end++; break;
	case 'M': unit = 1 << 20; end++; break;
	case 'G': unit = 1 << 30; end++; break;
	default: break;
	}
	if (*s < '0' || *s > '9' || *end || __builtin_mul_overflow(n, unit, &n))
		errx(1, "%s: not a number", s);
	return n;
}

static void set_conversions(char *list)
{
	char *save;
	for (char *p = strtok_r(list, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
		static const char *const known[] = { "notrunc", "sync", "fsync", "ucase", "lcase", "swab" };
		size_t i = 0;
		while (i < sizeof known / sizeof *known && strcmp(p, known[i]))
			i++;
		if (i == sizeof known / sizeof *known)
			errx(1, "conv=%s: not known", p);
		keep |= !strcmp(p, "notrunc");
		fill |= !strcmp(p, "sync");
		flush |= !strcmp(p, "fsync");
		swap |= !strcmp(p, "swab");
		letter = !strcmp(p, "ucase") ? toupper : !strcmp(p, "lcase") ? tolower : letter;
	}
}

static void set_operand(char *word)
{
	static const struct { const char *name; unsigned long *number; const char **text; } operands[] = {
		{ "if", NULL, &input }, { "of", NULL, &output }, { "bs", &block, NULL }, { "count", &count, NULL }, { "skip", &skip, NULL },
		{ "seek", &seek, NULL }, { "status", NULL, &status },
	};
	char *value = strchr(word, '=');
	if (!value)
		usage(SYNOPSIS);
	*value++ = 0;
	for (size_t i = 0; i < sizeof operands / sizeof *operands; i++) {
		if (strcmp(operands[i].name, word))
			continue;
		if (operands[i].number)
			*operands[i].number = number(value);
		else
			*operands[i].text = value;
		return;
	}
	if (strcmp(word, "conv"))
		usage(SYNOPSIS);
	set_conversions(value);
}

static ssize_t read_block(int fd, char *buf)
{
	ssize_t n;
	while ((n = read(fd, buf, block)) < 0 && errno == EINTR)
		;
	if (n < 0)
		err(1, "%s", input ? input : "standard input");
	return n;
}

/* Where it cannot seek, it reads. */
static void skip_input(int fd, char *buf)
{
	if (skip && lseek(fd, (off_t)(skip * block), SEEK_CUR) < 0)
		for (unsigned long i = 0; i < skip && read_block(fd, buf) > 0; i++)
			;
}

static int open_output(void)
{
	int fd = output ? open(output, O_WRONLY | O_CREAT | (keep || seek ? 0 : O_TRUNC), 0666) : 1;
	if (fd < 0)
		err(1, "%s", output);
	if (seek && !keep && output && ftruncate(fd, (off_t)(seek * block)) < 0 && errno != EINVAL)
		err(1, "%s", output);
	if (seek && lseek(fd, (off_t)(seek * block), SEEK_CUR) < 0)
		err(1, "%s", output ? output : "standard output");
	return fd;
}

static void write_all(int fd, const char *s, size_t n)
{
	for (ssize_t w; n; s += w, n -= (size_t)w)
		if ((w = write(fd, s, n)) <= 0)
			err(1, "%s", output ? output : "standard output");
}

static void convert(char *buf, size_t n)
{
	for (size_t i = 0; letter && i < n; i++)
		buf[i] = (char)letter((unsigned char)buf[i]);
	for (size_t i = 0; swap && i + 1 < n; i += 2) {
		char c = buf[i];
		buf[i] = buf[i + 1];
		buf[i + 1] = c;
	}
}

int main(int argc, char **argv)
{
	unsigned long whole = 0, partial = 0, bytes = 0;
	for (int i = 1; i < argc; i++)
		set_operand(argv[i]);
	char *buf = block && block <= 1ul << 30 ? malloc(block) : NULL;
	if (!buf)
		errx(1, "bs=%lu: no memory for it", block);
	int in = input ? open(input, O_RDONLY) : 0;
	if (in < 0)
		err(1, "%s", input);
	int out = open_output();
	skip_input(in, buf);
	for (ssize_t n; whole + partial < count && (n = read_block(in, buf)) > 0;) {
		whole += (size_t)n == block;
		partial += (size_t)n < block;
		if (fill && (size_t)n < block)
			memset(buf + n, 0, block - (size_t)n);
		size_t out_bytes = fill ? block : (size_t)n;
		convert(buf, out_bytes);
		write_all(out, buf, out_bytes);
		bytes += out_bytes;
	}
	if (flush && fsync(out) < 0)
		err(1, "%s", output ? output : "standard output");
	if (!strcmp(status, "none"))
		return 0;
	fprintf(stderr, "%lu+%lu records in\n%lu+%lu records out\n", whole, partial, fill ? whole + partial : whole, fill ? 0 : partial);
	if (strcmp(status, "noxfer"))
		fprintf(stderr, "%lu bytes copied\n", bytes);
	return 0;
}
