/* Stands in for the text that a command is linked with; alone in its file, so that the linker takes the command's. */
#include <err.h>

const char program_help[] = "";
