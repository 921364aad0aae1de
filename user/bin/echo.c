/* echo [-n] [WORD ...]: its words, with a blank between them, and a newline, which -n leaves out. */
#include <commands.h>

int main(int argc, char **argv) { return cmd_echo(argc, argv); }
