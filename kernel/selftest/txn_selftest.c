/* Transactions: all or nothing. */
#include <mm/txn.h>
#include "selftest.h"

static void count_one(void *ctx) { ++*(unsigned *)ctx; }

/* A bit of everything, reserved in txn. */
static const char *reserve(struct txn *txn, unsigned *undone)
{
	WANT(txn_frames(txn, 0, FRAME_NORMAL) && txn_frames(txn, 3, FRAME_ZERO));
	WANT(txn_kmalloc(txn, 40) && txn_kzalloc(txn, 9000));
	WANT(txn_on_rollback(txn, count_one, undone) == OK);
	return NULL;
}

static const char *rollback(void)
{
	unsigned undone = 0;
	for (int i = 0; i < 50; i++) {
		SCOPED_TXN(txn, kernel_mm);
		const char *why = reserve(&txn, &undone);
		if (why)
			return why;
	}
	WANT(undone == 50);
	return NULL;
}

static const char *commit(void)
{
	unsigned undone = 0;
	void *kept[2];
	{
		SCOPED_TXN(txn, kernel_mm);
		WANT(kept[0] = txn_kmalloc(&txn, 100));
		WANT(kept[1] = txn_kmalloc(&txn, 5000));
		WANT(txn_on_rollback(&txn, count_one, &undone) == OK);
		txn_commit(&txn);
	}
	WANT(undone == 0);
	uint64_t bad = selftest_bad_frees();
	kfree(kernel_mm, kept[0]);
	kfree(kernel_mm, kept[1]);
	WANT(selftest_bad_frees() == bad);
	return NULL;
}

/* The inner one is rolled back, the outer one kept. */
static const char *inner(void)
{
	unsigned undone = 0;
	SCOPED_TXN(outer, kernel_mm);
	void *kept = txn_kmalloc(&outer, 64);
	WANT(kept);
	{
		SCOPED_TXN_INNER(txn, &outer);
		const char *why = reserve(&txn, &undone);
		if (why)
			return why;
	}
	WANT(undone == 1 && txn_room(&outer) == TXN_MAX - 1);
	txn_commit(&outer);
	kfree(kernel_mm, kept);
	return NULL;
}

/* The first that there is no line for fails, and the rest goes back. */
static const char *full_log(void)
{
	SCOPED_TXN(txn, kernel_mm);
	for (unsigned i = 0; i < TXN_MAX; i++)
		WANT(txn_kmalloc(&txn, 32));
	WANT(txn_room(&txn) == 0 && !txn_kmalloc(&txn, 32) && !txn_frames(&txn, 0, FRAME_NORMAL));
	return NULL;
}

static const char *churn_here(void *ctx, unsigned k)
{
	unsigned undone = 0;
	(void)ctx;
	for (unsigned i = 0; i < 200 + k; i++) {
		SCOPED_TXN(txn, kernel_mm);
		const char *why = reserve(&txn, &undone);
		if (why)
			return why;
	}
	WANT(undone == 200 + k);
	return NULL;
}

static const char *smp(void) { return selftest_everywhere(churn_here, NULL); }

const struct selftest selftest_txn[] = {
	{ "rollback", rollback }, { "commit", commit }, { "inner", inner }, { "full_log", full_log }, { "smp", smp }, { NULL, NULL },
};
