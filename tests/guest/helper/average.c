/* average [FILE]: how many numbers there are, their mean, and how far they are from it. */
#include <err.h>
#include <math.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	FILE *f = argc > 1 ? fopen(argv[1], "r") : stdin;
	double v, sum = 0, squares = 0;
	int n = 0;
	if (!f)
		err(1, "%s", argv[1]);
	for (; fscanf(f, "%lf", &v) == 1; n++) {
		sum += v;
		squares += v * v;
	}
	if (!feof(f))
		errx(1, "word %d is no number", n + 1);
	if (!n)
		errx(1, "no numbers");
	double mean = sum / n;
	printf("%d numbers, mean %g, deviation %.3f\n", n, mean, sqrt(fmax(squares / n - mean * mean, 0)));
	return 0;
}
