/* test CONDITION: a condition as the exit status: 0 true, 1 false, 2 not understood. As [ its last argument is ].
 *	STRING   -n STRING   -z STRING   A = B   A != B   A < B   A > B
 *	A -eq B  (-ne -lt -le -gt -ge)	numbers
 *	-e -f -d -c -b -p -S -L -s -r -w -x FILE	there, plain file, folder, device, pipe, socket, link, not empty, may be read, written, run
 *	-u -g -k FILE	has the bit setuid, setgid, sticky
 *	A -nt B  A -ot B  A -ef B	newer, older, the same file;  -t N: descriptor N is a terminal
 *	! CONDITION   ( CONDITION )   CONDITION -a CONDITION   CONDITION -o CONDITION */
#include <commands.h>

int main(int argc, char **argv) { return cmd_test(argc, argv); }
