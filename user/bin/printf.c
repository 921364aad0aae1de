/* printf FORMAT [ARGUMENT ...]: write the arguments as the format says: %s %c %d %i %u %o %x %X, %b (a string with escapes) and %%, with
 * flags, width and precision, and \a \b \f \n \r \t \v \\ \NNN. The format is used again while there are arguments. */
#include <commands.h>

int main(int argc, char **argv) { return cmd_printf(argc, argv); }
