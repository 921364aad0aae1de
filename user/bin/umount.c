/* umount: take mounted file systems off their folders. */
#include <commands.h>
#include <sys/mount.h>
#include <unistd.h>

int main(int argc, char **argv) { return command_each_name(argc, argv, "FOLDER ...", umount); }
