/* lines: mm/txn.c
 * Five reservations that shall all succeed or leave no trace; the reader says which of them finds no memory. */
#include "fig.h"
#include <lib/string.h>
#include "../../../mm/mm_priv.h"
#include <mm/stats.h>
#include <mm/txn.h>

enum { STEPS = 5, RUN = 0, CARELESS, FREE };
const char fig_controls[] = "slider 0 Run, and fail reservation|number|0|5|3\nslider 1 The same without a transaction, failing|number|0|5|3\n"
	"button 2 Free what was kept\n";

const char fig_question[] = "choice In a transaction two reservations succeed and the third finds no memory. Is the allocators' state afterwards the one of before?|yes, to the last block|no, "
	"two reservations are held\ndo 0 3\n";

static const char *const what[STEPS] = { "descriptor", "its frame", "table", "4 frames", "name" };
static struct mm *mm;
static uint64_t fingerprint;	/* at the start */
static unsigned fail_at, asked;
static void *got[STEPS];
static bool kept, leaked;

void fig_setup(void)
{
	mm = fig_world(FIG_FRAMES);
	kfree(mm, kmalloc(mm, 64));	/* so that caches and stacks are warm, and the fingerprint is of what is held */
	fingerprint = mm_fingerprint(mm);
	memset(got, 0, sizeof got);
	kept = leaked = false;
}

/* The n-th, unless it is the one to fail. Without a transaction if t is NULL. */
static void *reserve(struct txn *t, unsigned n)
{
	if (++asked == fail_at)
		return NULL;
	switch (n) {
	case 1: return t ? txn_frames(t, 0, FRAME_ZERO) : frame_alloc(mm, 0, FRAME_ZERO);
	case 3: return t ? txn_frames(t, 2, FRAME_NORMAL) : frame_alloc(mm, 2, FRAME_NORMAL);
	default: return t ? txn_kmalloc(t, 64 << n) : kmalloc(mm, 64 << n);
	}
}

static bool all_of(struct txn *t)
{
	for (unsigned n = 0; n < STEPS; n++)
		if (!(got[n] = reserve(t, n)))
			return false;
	return true;
}

static bool run(void)
{
	SCOPED_TXN(t, mm);
	if (!all_of(&t)) {
		memset(got, 0, sizeof got);
		return false;
	}
	txn_commit(&t);
	return true;
}

static void free_all(void)
{
	for (unsigned n = 0; n < STEPS; n++) {
		if (got[n] && (n == 1 || n == 3))
			frame_free(mm, got[n]);
		else
			kfree(mm, got[n]);
		got[n] = NULL;
	}
	kept = false;
}

void fig_do(unsigned action, int arg)
{
	fail_at = (unsigned)arg;
	asked = 0;
	if (action == FREE) {
		free_all();
		fig_say("Freed.");
	} else if (kept || got[0]) {
		fig_say("Free what is held first.");
	} else if (action == RUN) {
		kept = run();
		fig_say(kept ? "All five succeeded: committed." : "Number %d failed: the ones before it were given back, the last one first.", arg);
	} else {
		kept = all_of(NULL);
		leaked |= !kept && arg > 1;
		fig_say(kept ? "All five succeeded." : "Number %d failed, and the function returned: what came before is still held, by nobody.", arg);
	}
}

void fig_draw(void)
{
	fig_put("strip What is held. Descriptor, table and name are from kmalloc(); red: held, and known to nobody");
	for (unsigned n = 0; n < STEPS; n++)
		fig_put("cell 1 %s %u: %s", got[n] ? kept ? "used" : "bad" : "free", n + 1, what[n]);
	uint64_t now = mm_fingerprint(mm);
	fig_put("table |fingerprint of the allocators' state");
	fig_put("row at the start|%016llx", (unsigned long long)fingerprint);
	fig_put("row now|%016llx", (unsigned long long)now);
	fig_put("text %s", now == fingerprint ? "The same: nothing was lost." : "They differ: something is held.");
	fig_put("task %d Leave something behind that nobody will ever free.", leaked);
}

int fig_answer(void)
{
	fig_say("The fingerprint tells: nobody outside can see that it was tried.");
	return mm_fingerprint(mm) != fingerprint;
}

uint64_t fig_state(void) { return mm_fingerprint(mm); }

const char *fig_check(void) { return mm_check(mm) ? NULL : "mm_check() says no"; }
