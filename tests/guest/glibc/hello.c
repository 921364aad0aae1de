/* A program that knows nothing of Manul: built with the plain cross compiler and glibc, -static and -static-pie. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static double series(int n)
{
	double sum = 0;
	for (int i = 1; i <= n; i++)
		sum += 1.0 / ((double)i * i);
	return sum;
}

int main(int argc, char **argv)
{
	printf("hello from glibc, argc %d\n", argc);
	for (int i = 0; i < argc; i++)
		printf("argv[%d] = %s\n", i, argv[i]);
	const char *path = getenv("PATH");
	printf("PATH = %s\n", path ? path : "(none)");
	int n = 0;
	while (environ[n])
		n++;
	printf("environment: %d\n", n);

	size_t sum = 0;
	char *blocks[200];
	for (size_t i = 0; i < 200; i++) {
		blocks[i] = malloc(i * 1000 + 1);
		if (!blocks[i])
			return 1;
		memset(blocks[i], (int)i, i * 1000 + 1);
	}
	for (size_t i = 0; i < 200; i++) {
		sum += (unsigned char)blocks[i][i * 1000];
		free(blocks[i]);
	}
	printf("malloc: %zu\n", sum);
	printf("float: %.6f %.3e\n", series(1000), series(10) / 3e10);
	puts("hello: done");
	return 0;
}
