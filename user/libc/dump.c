/* What od and hexdump share: files as one row of bytes, in lines. */
#include <commands.h>
#include <err.h>
#include <string.h>

static struct dump *d;
static unsigned char line[DUMP_WIDTH], before[DUMP_WIDTH];
static size_t have;
static bool have_before, starred, opened;

static void end_line(void)
{
	bool same = have_before && have == DUMP_WIDTH && !d->every && !memcmp(line, before, DUMP_WIDTH);
	if (!same)
		d->print(d->offset, line, have);
	else if (!starred)
		puts("*");
	starred = same;
	memcpy(before, line, DUMP_WIDTH);
	have_before = true;
	d->offset += have;
	have = 0;
}

static bool take(FILE *f, const char *name)
{
	(void)name;
	opened = true;
	for (int c; (d->skip || d->left) && (c = getc(f)) != EOF;) {
		if (d->skip) {
			d->skip--;
			d->offset++;
			continue;
		}
		d->left--;
		line[have++] = (unsigned char)c;
		if (have == DUMP_WIDTH)
			end_line();
	}
	return !ferror(f);
}

int command_dump(int argc, char **argv, struct dump *dump)
{
	d = dump;
	int failed = command_each_file(argc, argv, take);
	if (opened && d->skip)
		errx(1, "there are no %lu bytes to skip", d->offset + d->skip);
	if (have)
		end_line();
	if (opened)
		d->print(d->offset, line, 0);
	return fflush(stdout) || failed;
}
