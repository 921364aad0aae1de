/* dmesg: the kernel's messages; -c: and clear them. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/klog.h>

enum { LOG_READ_ALL = 3, LOG_READ_CLEAR = 4, LOG_CAPACITY = 10 };

int main(int argc, char **argv)
{
	int op = LOG_READ_ALL;
	for (int c; (c = getopt(argc, argv, "c")) != -1; op = LOG_READ_CLEAR)
		if (c == '?')
			usage("[-c]");
	int room = klogctl(LOG_CAPACITY, NULL, 0);
	if (room < 0)
		err(1, "kernel messages");
	char *text = malloc((size_t)room + 1);
	if (!text)
		err(1, "%d bytes", room);
	int n = klogctl(op, text, room);
	if (n < 0)
		err(1, "kernel messages");
	fwrite(text, 1, (size_t)n, stdout);
	if (n && text[n - 1] != '\n')
		putchar('\n');
	return 0;
}
