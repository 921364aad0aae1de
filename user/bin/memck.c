/* memck: check all memory, as fsck does a disk. Says "sound" and how much there is, or what is wrong; exit status 1 then. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	char text[4097];
	int fd = open("/proc/memck", O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (n < 0) {
		perror("memck: /proc/memck");
		return 2;
	}
	text[n] = 0;
	fputs(text, stdout);
	return strncmp(text, "sound:", 6) != 0;
}
