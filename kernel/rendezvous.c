/* All CPUs together: see kernel/rendezvous.h.
 *
 * The caller posts a job, marks who has to see to it, and kicks them. One who waits for its own turn serves as well, or two
 * callers would wait for each other for ever. */
#include <kernel/cpu.h>
#include <kernel/printk.h>
#include <kernel/rendezvous.h>

static uint32_t busy;			/* [a] somebody calls */
static uint32_t pending;		/* [a] a bit for each CPU that has yet to come */
static uint32_t hold;			/* [a] number of the hold that is on, 0: none */
static void (*job)(void *);		/* written before pending; NULL: wait until the hold ends */
static void *job_arg;

static uint32_t bit(const struct cpu *c) { return 1u << c->id; }

void rendezvous_serve(void)
{
	uint32_t me = bit(cpu_this());
	if (!(__atomic_load_n(&pending, __ATOMIC_ACQUIRE) & me))
		return;
	uint32_t number = __atomic_load_n(&hold, __ATOMIC_ACQUIRE);
	if (job)
		job(job_arg);
	bool stay = !job;
	__atomic_fetch_and(&pending, ~me, __ATOMIC_RELEASE);
	while (stay && __atomic_load_n(&hold, __ATOMIC_ACQUIRE) == number) {
		if (panic_in_progress())
			panic_halt();
		cpu_relax();
	}
}

/* Post fn and wait until the others have come. The caller is busy from now on. */
static void gather(void (*fn)(void *), void *arg)
{
	static uint32_t last_hold;
	struct cpu *me = cpu_this();
	uint32_t others = 0;
	KASSERT(!me->spin_depth);
	while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE)) {
		rendezvous_serve();
		cpu_relax();
	}
	job = fn;
	job_arg = arg;
	if (!fn)
		__atomic_store_n(&hold, ++last_hold ? last_hold : ++last_hold, __ATOMIC_RELEASE);
	for (unsigned k = 0; k < ncpus; k++)
		others |= cpus[k].online && &cpus[k] != me ? bit(&cpus[k]) : 0;
	__atomic_store_n(&pending, others, __ATOMIC_RELEASE);
	for (unsigned k = 0; k < ncpus; k++)
		if (others & bit(&cpus[k]))
			arch_cpu_kick(&cpus[k]);
	while (__atomic_load_n(&pending, __ATOMIC_ACQUIRE))
		cpu_relax();
}

void cpus_call(void (*fn)(void *arg), void *arg)
{
	gather(fn, arg);
	__atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}

void cpus_hold(void) { gather(NULL, NULL); }

void cpus_release(void)
{
	__atomic_store_n(&hold, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}
