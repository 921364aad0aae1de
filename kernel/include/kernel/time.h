#pragma once
#include <stdint.h>
/* The wall clock and interval timers; time_ns() and deadlines are in kernel/sched.h. */
struct fdt;
struct proc;
void time_set_wall(uint64_t wall_ns);
/* Read the battery-backed clock (goldfish-rtc, PL031) named in the device tree, if there is one. */
void rtc_init(const struct fdt *fdt);
/* Send SIGALRM to processes whose ITIMER_REAL has expired. From the timer interrupt. */
void alarm_tick(void);
/* Arm p's ITIMER_REAL: deadline in ticks (0: off), then every interval ticks (0: once). */
void alarm_set(struct proc *p, uint64_t deadline, uint64_t interval);
/* When the earliest of them rings, UINT64_MAX if none is armed: the tick must come by then. */
uint64_t alarm_next(void);
/* ITIMER_VIRTUAL (which 0) and ITIMER_PROF (1) of p, times in ticks: set it unless new is NULL; *old is what was left. */
struct cputimer;
void cputimer_set(struct proc *p, unsigned which, const struct cputimer *new, struct cputimer *old);
/* From the timer interrupt: ring what the current process has used the time for. */
void cputimer_tick(void);
/* Timers of timer_create(2): ring those whose time has come, from the timer interrupt; when the next does. */
void ptimer_tick(void);
uint64_t ptimer_next(void);
/* Timerfds: count those whose time has come, from the timer interrupt; when the next does. */
void timerfd_tick(void);
uint64_t timerfd_next(void);
