/* Options of a command. */
#include <getopt.h>
#include <string.h>

char *optarg;
int optind = 1, opterr = 1, optopt;
static int at = 1;	/* in argv[optind], of several letters */

static int next_word(int result)
{
	optind++;
	at = 1;
	return result;
}

/* No word, one that is no option, or "--", which is passed over. */
static int at_end(int argc, char *const argv[])
{
	if (!optind)
		next_word(0);	/* from the start again */
	if (optind >= argc || argv[optind][0] != '-' || !argv[optind][1])
		return 1;
	if (!strcmp(argv[optind], "--"))
		return next_word(1);
	return 0;
}

static int missing(const char *spec) { return *spec == ':' ? ':' : '?'; }

int getopt(int argc, char *const argv[], const char *spec)
{
	if (at_end(argc, argv))
		return -1;
	const char *arg = argv[optind];
	char c = arg[at++];
	const char *s = c == ':' ? NULL : strchr(spec, c);
	optopt = c;
	optarg = NULL;
	if (!s || s[1] != ':') {
		if (!arg[at])
			next_word(0);
		return s ? c : '?';
	}
	if (arg[at])
		optarg = argv[optind] + at;
	else if (s[2] != ':')
		optarg = optind + 1 < argc ? argv[++optind] : NULL;
	next_word(0);
	return optarg || s[2] == ':' ? c : missing(spec);
}

/* ---- long ones ---- */

/* The one of n bytes of name: exactly, or the only one that begins so. NULL: none, or several. */
static const struct option *find(const struct option *longs, const char *name, size_t n)
{
	const struct option *hit = NULL;
	int nhits = 0;
	for (; longs->name; longs++) {
		if (strncmp(longs->name, name, n))
			continue;
		if (!longs->name[n])
			return longs;
		hit = longs;
		nhits++;
	}
	return nhits == 1 ? hit : NULL;
}

int getopt_long(int argc, char *const argv[], const char *spec, const struct option *longs, int *index)
{
	if (at > 1 || at_end(argc, argv))
		return at > 1 ? getopt(argc, argv, spec) : -1;
	if (argv[optind][1] != '-')
		return getopt(argc, argv, spec);
	char *name = argv[optind] + 2;
	size_t n = strcspn(name, "=");
	const struct option *o = find(longs, name, n);
	optarg = name[n] ? name + n + 1 : NULL;
	optopt = o ? o->val : 0;
	next_word(0);
	if (!o || (optarg && o->has_arg == no_argument))
		return '?';
	if (o->has_arg == required_argument && !optarg) {
		if (optind == argc)
			return missing(spec);
		optarg = argv[optind++];
	}
	if (index)
		*index = (int)(o - longs);
	if (!o->flag)
		return o->val;
	*o->flag = o->val;
	return 0;
}
