#pragma once
#include <stddef.h>
/* Mix n bytes of seed in. At start-up only. */
void random_seed(const void *seed, size_t n);
/* Fill buf with n random bytes. Any context. */
void random_bytes(void *buf, size_t n);
