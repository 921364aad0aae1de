#pragma once
#include "world.h"
/* A tree of files as it ought to be: what random operations on a file system must come to. */

enum { NODES = 24, MODEL_PATH = 600, FILE_MAX = 12000, PATHS_KEPT = 12 };

struct node {
	bool used, dir, removed, changed;	/* removed, changed: since model_synced() */
	char path[MODEL_PATH];
	uint8_t bytes[FILE_MAX];
	size_t n;
	char *were[PATHS_KEPT];			/* what it was called at model_synced() and since */
	unsigned nwere;
	bool synced;
};

struct model { struct node node[NODES]; unsigned long ops, failed, renames; };

/* Nothing but a root. */
void model_init(struct model *m);
/* One random operation on both, which must come to the same; when memory may fail, what failed has changed nothing. False: the power is gone. */
bool model_step(struct model *m, struct fs *fs, bool memory_fails);
/* Every name and every byte of the file system is the model's. */
void model_compare(const struct model *m, struct fs *fs);
/* All is on the medium. */
void model_synced(struct model *m);
/* After a cut: what was synced and not changed since is there, under a name that it had since then. */
void model_compare_synced(const struct model *m, struct fs *fs);
void model_drop(struct model *m);
