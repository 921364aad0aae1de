#pragma once
#include <unistd.h>
/* Options with long names beside short ones: --name, --name=value, --name value, and a beginning of the name that is no other's. */
struct option {
	const char *name;
	int has_arg;
	int *flag;	/* NULL: val is returned; else it goes here, and 0 is returned */
	int val;
};
#define no_argument 0
#define required_argument 1
#define optional_argument 2	/* only as --name=value */
/* longs ends with a name of NULL; *index is the one met (index may be NULL). As getopt() it stops at the first word that is no option. */
int getopt_long(int argc, char *const argv[], const char *spec, const struct option *longs, int *index);
