#pragma once
/* Words that other threads may look at meanwhile. gcc 12 makes of relaxed atomics an exchange on riscv64, and addresses of their own on aarch64. */
#ifdef CONFIG_HOST
#define store_relaxed(p, value) __atomic_store_n(p, value, __ATOMIC_RELAXED)
#define load_relaxed(p) __atomic_load_n(p, __ATOMIC_RELAXED)
#else
#define store_relaxed(p, value) ((void)(*(volatile __typeof__(*(p)) *)(p) = (value)))
#define load_relaxed(p) (*(const volatile __typeof__(*(p)) *)(p))
#endif
