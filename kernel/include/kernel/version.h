#pragma once
#define VERSION_RELEASE "6.1.0-manul"	/* programs look at the first number: which Linux this behaves like */
#define VERSION_TEXT "#1 SMP Manul 0.1"
#if defined(__riscv)
#define VERSION_MACHINE "riscv64"
#else
#define VERSION_MACHINE "aarch64"
#endif
