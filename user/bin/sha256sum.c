/* sha256sum: the SHA-256 of files (FIPS 180-4), as 64 hexadecimal digits. */
#include <commands.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 64 };

struct sha { uint32_t h[8]; uint64_t bytes; unsigned char block[BLOCK]; };

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes: section 4.2.2. */
static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void expand(const unsigned char *b, uint32_t *w)
{
	for (int t = 0; t < 16; t++, b += 4)
		w[t] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	for (int t = 16; t < 64; t++) {
		uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
		uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
		w[t] = s1 + w[t - 7] + s0 + w[t - 16];
	}
}

/* One block: section 6.2.2. s holds a, b, ... h. */
static void compress(struct sha *c, const unsigned char *block)
{
	uint32_t w[64], s[8];
	expand(block, w);
	memcpy(s, c->h, sizeof s);
	for (int t = 0; t < 64; t++) {
		uint32_t big1 = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25);
		uint32_t t1 = s[7] + big1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[t] + w[t];
		uint32_t big0 = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
		uint32_t t2 = big0 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		c->h[i] += s[i];
}

static void begin(struct sha *c)
{
	static const uint32_t first[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	memcpy(c->h, first, sizeof first);
	c->bytes = 0;
}

static void add(struct sha *c, const unsigned char *p, size_t n)
{
	while (n) {
		size_t at = c->bytes % BLOCK, part = BLOCK - at < n ? BLOCK - at : n;
		memcpy(c->block + at, p, part);
		c->bytes += part;
		if (at + part == BLOCK)
			compress(c, c->block);
		p += part;
		n -= part;
	}
}

/* A 1 bit, zeros, and the length in bits fill the last block: section 5.1.1. */
static void finish(struct sha *c)
{
	static const unsigned char padding[BLOCK] = { 0x80 };
	unsigned char length[8];
	uint64_t bits = c->bytes * 8;
	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	size_t at = c->bytes % BLOCK;
	add(c, padding, at < 56 ? 56 - at : 120 - at);
	add(c, length, sizeof length);
}

static bool sum(FILE *f, const char *name)
{
	static unsigned char buf[32768];
	struct sha c;
	ssize_t n;
	begin(&c);
	while ((n = read(fileno(f), buf, sizeof buf)) > 0)
		add(&c, buf, (size_t)n);
	if (n < 0)
		return false;
	finish(&c);
	for (int i = 0; i < 8; i++)
		printf("%08x", c.h[i]);
	printf("  %s\n", name);
	return true;
}

int main(int argc, char **argv)
{
	if (getopt(argc, argv, "") != -1)
		usage("[FILE ...]");
	return command_each_file(argc, argv, sum);
}
