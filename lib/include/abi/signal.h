#pragma once
#include <stddef.h>
#include <stdint.h>
/* Signals: the kernel's structures, signal(7), sigaction(2). */
#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPWR 30
#define SIGSYS 31

#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_ERR ((void (*)(int))-1)
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SA_NOCLDSTOP 1u
#define SA_NOCLDWAIT 2u
#define SA_SIGINFO 4u
#define SA_ONSTACK 0x08000000u
#define SA_RESTART 0x10000000u
#define SA_NODEFER 0x40000000u
#define SA_RESETHAND 0x80000000u
#ifdef __aarch64__
#define SA_RESTORER 0x04000000u
#endif

#define SI_USER 0
#define SI_QUEUE (-1)
#define SI_TIMER (-2)
#define SI_KERNEL 128
#define SI_TKILL (-6)
#define ILL_ILLOPC 1
#define FPE_INTDIV 1
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRALN 1
#define BUS_ADRERR 2
#define TRAP_BRKPT 1
#define CLD_EXITED 1
#define CLD_KILLED 2
#define CLD_DUMPED 3
#define CLD_STOPPED 5
#define CLD_CONTINUED 6

/* What rt_sigaction(2) takes. */
struct abi_sigaction {
	uint64_t handler;	/* an address, SIG_DFL or SIG_IGN */
	uint64_t flags;
#ifdef SA_RESTORER
	uint64_t restorer;
#endif
	uint64_t mask;
};

/* siginfo_t, 128 bytes. */
struct abi_siginfo {
	int si_signo, si_errno, si_code, abi_pad;
	union {
		struct { int si_pid; unsigned si_uid; int si_status; };
		struct { int abi_sender[2]; void *si_ptr; };	/* what sigqueue(3) sends along, or a timer */
		struct { int si_timerid, si_overrun; };
		struct { void *si_addr; };
		unsigned char abi_room[112];
	};
};
_Static_assert(sizeof(struct abi_siginfo) == 128, "generic ABI");

/* Who hears of a timer: timer_create(2). */
struct abi_sigevent { void *sigev_value; int sigev_signo, sigev_notify, sigev_tid; unsigned char abi_room[44]; };
_Static_assert(sizeof(struct abi_sigevent) == 64, "generic ABI");
#define SIGEV_SIGNAL 0
#define SIGEV_NONE 1
#define SIGEV_THREAD_ID 4

typedef struct abi_stack { void *ss_sp; int ss_flags; size_t ss_size; } stack_t;
#define SS_ONSTACK 1
#define SS_DISABLE 2
#ifdef __aarch64__
#define MINSIGSTKSZ 5120
#define SIGSTKSZ 16384
#else
#define MINSIGSTKSZ 2048
#define SIGSTKSZ 8192
#endif
