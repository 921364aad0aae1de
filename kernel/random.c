/* Random bytes: ChaCha20 (RFC 8439) in counter mode, keyed from the device tree's rng-seed and the
 * counter, rekeyed after each request so that an old state tells nothing of earlier output. Without a seed from the
 * device tree it is only as good as the counter: fine for a teaching machine, no more. */
#include <lib/lock.h>
#include <lib/string.h>
#include <arch/cpu.h>
#include <kernel/random.h>

static struct spinlock random_lock = SPINLOCK_INIT(LOCK_LOG, "random");
static uint32_t key[8];
static uint32_t block_counter;

static inline uint32_t rotl(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void quarter(uint32_t *s, int a, int b, int c, int d)
{
	s[a] += s[b]; s[d] = rotl(s[d] ^ s[a], 16);
	s[c] += s[d]; s[b] = rotl(s[b] ^ s[c], 12);
	s[a] += s[b]; s[d] = rotl(s[d] ^ s[a], 8);
	s[c] += s[d]; s[b] = rotl(s[b] ^ s[c], 7);
}

static void chacha_block(uint32_t out[16])
{
	uint32_t in[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	memcpy(in + 4, key, sizeof key);
	in[12] = block_counter++;
	memcpy(out, in, sizeof in);
	for (int i = 0; i < 10; i++) {
		quarter(out, 0, 4, 8, 12);
		quarter(out, 1, 5, 9, 13);
		quarter(out, 2, 6, 10, 14);
		quarter(out, 3, 7, 11, 15);
		quarter(out, 0, 5, 10, 15);
		quarter(out, 1, 6, 11, 12);
		quarter(out, 2, 7, 8, 13);
		quarter(out, 3, 4, 9, 14);
	}
	for (int i = 0; i < 16; i++)
		out[i] += in[i];
}

void random_seed(const void *seed, size_t n)
{
	const unsigned char *s = seed;
	for (size_t i = 0; i < n; i++)
		((unsigned char *)key)[i % sizeof key] ^= s[i];
	uint64_t now = time_now();
	key[0] ^= (uint32_t)now;
	key[1] ^= (uint32_t)(now >> 32);
}

void random_bytes(void *buf, size_t n)
{
	uint32_t block[16];
	spin_lock(&random_lock);
	for (size_t at = 0; at < n; at += sizeof block) {
		chacha_block(block);
		memcpy((char *)buf + at, block, n - at < sizeof block ? n - at : sizeof block);
	}
	chacha_block(block);
	memcpy(key, block, sizeof key);
	spin_unlock(&random_lock);
}
