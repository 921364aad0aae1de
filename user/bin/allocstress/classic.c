/* The two tests that the story is about: one small object after the other, and waves. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "../../heap/heap.h"
#include "allocstress.h"

enum { STEP = 10000, OBJECTS_PER_WAVE = 64, PAGE = 4096 };

/* A string of the length that number i gets: 1 to 255 bytes. */
static size_t length_of(size_t i) { return 1 + i * 37 % 255; }

static void print_progress(size_t n)
{
	printf("Allocations: %zu (actual count: %zu)\n", n, allocation_count());
}

static void one_object(size_t i)
{
	size_t n = length_of(i);
	char *s = malloc(n + 1);
	if (!s)
		heap_out_of_memory(n + 1);
	memset(s, 'a' + (int)(i % 26), n);
	s[n] = 0;
	if (strlen(s) != n || s[n / 2] != 'a' + (int)(i % 26)) {
		fprintf(stderr, "allocstress: object %zu does not hold what was written\n", i);
		exit(1);
	}
	free(s);
}

static void with_commas(char *out, size_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%zu", n);
	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = 0;
}

int classic(size_t total)
{
	char text[32];
	printf("allocstress: starting virtual address exhaustion test\n");
	for (size_t i = 1; i <= total; i++) {
		one_object(i);
		if (i % STEP == 0)
			print_progress(i);
	}
	with_commas(text, total);
	printf("allocstress: reached %s allocations without failure!\n", text);
	printf("allocstress: done\n");
	return 0;
}

int waves(size_t count)
{
	void *object[OBJECTS_PER_WAVE];
	for (size_t k = 1; k <= count; k++) {
		for (int i = 0; i < OBJECTS_PER_WAVE; i++) {
			object[i] = mmap(NULL, k * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (object[i] == MAP_FAILED) {
				printf("allocstress: wave %zu, object %d: %s\n", k, i, strerror(errno));
				return 1;
			}
		}
		for (int i = 0; i < OBJECTS_PER_WAVE; i++)
			munmap(object[i], k * PAGE);
		if (k % 500 == 0)
			printf("allocstress: wave %zu\n", k);
	}
	printf("allocstress: %zu waves without failure\n", count);
	return 0;
}
