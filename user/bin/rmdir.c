/* rmdir: remove empty folders. */
#include <commands.h>
#include <unistd.h>

int main(int argc, char **argv) { return command_each_name(argc, argv, "FOLDER ...", rmdir); }
