/* stty: the terminal's modes. Without arguments those that can be changed, and its size; -a: the control characters too; -g: as text that stty takes
 * again. NAME switches a mode on, -NAME off: icanon echo echoe echok echoctl isig iexten icrnl igncr inlcr ixon ixany opost onlcr noflsh.
 * raw, -raw (cooked), sane; rows N, cols N; size; min N, time N; intr quit erase kill eof start stop susp with a character (^C). */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <terminal.h>

#define SYNOPSIS "[-a | -g | [-]MODE ... | NAME VALUE ...]"

enum where { INPUT, OUTPUT, LOCAL };
static const struct { const char *name; enum where where; unsigned bit; } modes[] = {
	{ "icanon", LOCAL, ICANON }, { "echo", LOCAL, ECHO }, { "echoe", LOCAL, ECHOE }, { "echok", LOCAL, ECHOK }, { "echoctl", LOCAL, ECHOCTL },
	{ "isig", LOCAL, ISIG }, { "iexten", LOCAL, IEXTEN }, { "noflsh", LOCAL, NOFLSH }, { "icrnl", INPUT, ICRNL }, { "igncr", INPUT, IGNCR },
	{ "inlcr", INPUT, INLCR }, { "ixon", INPUT, IXON }, { "ixany", INPUT, IXANY }, { "opost", OUTPUT, OPOST }, { "onlcr", OUTPUT, ONLCR },
};
static const struct { const char *name; int index; } keys[] = {
	{ "intr", VINTR }, { "quit", VQUIT }, { "erase", VERASE }, { "kill", VKILL }, { "eof", VEOF }, { "start", VSTART }, { "stop", VSTOP },
	{ "susp", VSUSP },
};
enum { MODES = sizeof modes / sizeof *modes, KEYS = sizeof keys / sizeof *keys };

static unsigned *flags_of(struct termios *t, enum where where)
{
	return where == INPUT ? &t->c_iflag : where == OUTPUT ? &t->c_oflag : &t->c_lflag;
}

static void print_size(const char *format)
{
	struct winsize w = { 0 };
	ioctl(0, TIOCGWINSZ, &w);
	printf(format, w.ws_row, w.ws_col);
}

static void print_modes(struct termios *t, bool all)
{
	print_size("rows %u; columns %u;\n");
	for (int i = 0; all && i < KEYS; i++) {
		unsigned c = t->c_cc[keys[i].index];
		printf(c == 127 ? "%s = ^?; " : !c ? "%s = none; " : c < 32 ? "%s = ^%c; " : "%s = %c; ", keys[i].name, c < 32 ? c ^ 64 : c);
	}
	if (all)
		printf("min = %u; time = %u\n", t->c_cc[VMIN], t->c_cc[VTIME]);
	for (int i = 0; i < MODES; i++)
		printf("%s%s%s", i ? " " : "", *flags_of(t, modes[i].where) & modes[i].bit ? "" : "-", modes[i].name);
	putchar('\n');
}

static void print_coded(const struct termios *t)
{
	printf("%x:%x:%x:%x", t->c_iflag, t->c_oflag, t->c_cflag, t->c_lflag);
	for (size_t i = 0; i < sizeof t->c_cc; i++)
		printf(":%x", t->c_cc[i]);
	putchar('\n');
}

static bool parse_coded(struct termios *t, const char *s)
{
	unsigned *const flags[] = { &t->c_iflag, &t->c_oflag, &t->c_cflag, &t->c_lflag };
	char *end = (char *)(size_t)s;
	for (size_t i = 0; i < 4 + sizeof t->c_cc; i++, s = end + 1) {
		unsigned v = (unsigned)strtoul(s, &end, 16);
		if (end == s || *end != (i + 1 < 4 + sizeof t->c_cc ? ':' : 0))
			return false;
		if (i < 4)
			*flags[i] = v;
		else
			t->c_cc[i - 4] = (unsigned char)v;
	}
	return true;
}

static bool set_mode(struct termios *t, const char *name, bool on)
{
	if (!strcmp(name, "raw") && on)
		terminal_make_raw(t);
	else if (!strcmp(name, "sane") || !strcmp(name, "cooked") || !strcmp(name, "raw"))
		terminal_make_sane(t);
	else
		for (int i = 0; i <= MODES; i++) {
			if (i == MODES)
				return false;
			unsigned *flags = flags_of(t, modes[i].where);
			if (strcmp(modes[i].name, name))
				continue;
			*flags = on ? *flags | modes[i].bit : *flags & ~modes[i].bit;
			break;
		}
	return true;
}

static void set_size(const char *name, unsigned long n)
{
	struct winsize w = { 0 };
	ioctl(0, TIOCGWINSZ, &w);
	if (*name == 'r')
		w.ws_row = (unsigned short)n;
	else
		w.ws_col = (unsigned short)n;
	if (ioctl(0, TIOCSWINSZ, &w) < 0)
		err(1, "size");
}

/* Settings that have a value. False: no such. */
static bool set_value(struct termios *t, const char *name, const char *value)
{
	unsigned long n = strtoul(value, NULL, 10);
	if (!strcmp(name, "rows") || !strcmp(name, "cols") || !strcmp(name, "columns")) {
		set_size(name, n);
		return true;
	}
	if (!strcmp(name, "min") || !strcmp(name, "time")) {
		t->c_cc[*name == 'm' ? VMIN : VTIME] = (unsigned char)n;
		return true;
	}
	for (int i = 0; i < KEYS; i++)
		if (!strcmp(keys[i].name, name)) {
			bool control = value[0] == '^' && value[1];
			t->c_cc[keys[i].index] = (unsigned char)(!strcmp(value, "^-") ? 0 : control ? value[1] == '?' ? 127 : value[1] & 31 : value[0]);
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	struct termios t;
	if (tcgetattr(0, &t) < 0)
		err(1, "standard input");
	if (argc == 1 || !strcmp(argv[1], "-a")) {
		print_modes(&t, argc > 1);
		return 0;
	}
	if (!strcmp(argv[1], "-g")) {
		print_coded(&t);
		return 0;
	}
	for (int i = 1; i < argc; i++) {
		bool off = argv[i][0] == '-';
		if (!strcmp(argv[i], "size"))
			print_size("%u %u\n");
		else if (i + 1 < argc && set_value(&t, argv[i], argv[i + 1]))
			i++;
		else if (!set_mode(&t, argv[i] + off, !off) && !parse_coded(&t, argv[i]))
			usage(SYNOPSIS);
	}
	if (tcsetattr(0, TCSADRAIN, &t) < 0)
		err(1, "standard input");
	return 0;
}
