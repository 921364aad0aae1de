/* See model.h. */
#define _GNU_SOURCE
#include <stdio.h>
#include "model.h"

static const char *const names[] = {
	"a", "B.TXT", "readme", "ReadMe.txt", "a rather long name, of some slots", "another rather long name",
	"a rather long name, of other slots",
	"x+y=z", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", ".hidden",
	"collision number 1", "collision number 2",
};
enum { NAMES = sizeof names / sizeof *names, DEEP = 3 };

void model_init(struct model *m) { memset(m, 0, sizeof *m); }

static void forget(struct node *n)
{
	for (unsigned k = 0; k < n->nwere; k++)
		free(n->were[k]);
	n->nwere = 0;
	n->synced = n->changed = n->removed = false;
}

void model_drop(struct model *m)
{
	for (unsigned k = 0; k < NODES; k++)
		forget(&m->node[k]);
}

static struct node *find(struct model *m, const char *path)
{
	for (unsigned k = 0; k < NODES; k++)
		if (m->node[k].used && !strcasecmp(m->node[k].path, path))
			return &m->node[k];
	return NULL;
}

static struct node *free_node(struct model *m)
{
	for (unsigned k = 0; k < NODES; k++)
		if (!m->node[k].used && !m->node[k].removed)
			return &m->node[k];
	return NULL;
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	return !strncmp(path, dir, n) && path[n] == '/';
}

static bool has_children(const struct model *m, const char *dir)
{
	for (unsigned k = 0; k < NODES; k++)
		if (m->node[k].used && is_below(m->node[k].path, dir))
			return true;
	return false;
}

/* A random name in a random directory. */
static void choose(struct model *m, char *path)
{
	struct node *dir = &m->node[rnd(NODES)];
	unsigned depth = 0;
	for (const char *p = dir->path; *p; p++)
		depth += *p == '/';
	bool in = dir->used && dir->dir && depth < DEEP - 1;
	snprintf(path, MODEL_PATH, "%s%s%s", in ? dir->path : "", in ? "/" : "", names[rnd(NAMES)]);
}

static struct node *any(struct model *m, bool dir)
{
	for (unsigned tries = 0; tries < 8; tries++) {
		struct node *n = &m->node[rnd(NODES)];
		if (n->used && n->dir == dir)
			return n;
	}
	return NULL;
}

static void called(struct node *n)
{
	if (n->synced && n->nwere < PATHS_KEPT && strcmp(n->were[n->nwere - 1], n->path))
		n->were[n->nwere++] = strdup(n->path);
	else if (n->synced && n->nwere == PATHS_KEPT)
		n->changed = true;	/* too often to remember */
}

/* ---- the operations: each returns what the file system said ---- */

static enum err make(struct model *m, struct fs *fs, bool dir)
{
	char path[MODEL_PATH];
	choose(m, path);
	struct node *n = free_node(m), *old = find(m, path);
	if (!n)
		return OK;
	enum err e = dir ? fs_make_dir(fs, path) : fs_make_file(fs, path);
	if (e == ERR_NOMEM || disk_is_cut())
		return e;
	CHECK(e == (old ? ERR_EXIST : OK), "%s: %d", path, (int)e);
	if (e == OK) {
		forget(n);
		n->used = true;
		n->dir = dir;
		n->n = 0;
		memcpy(n->path, path, sizeof n->path);
	}
	return e;
}

static enum err write_some(struct model *m, struct fs *fs)
{
	static uint8_t bytes[FILE_MAX];
	struct node *f = any(m, false);
	if (!f)
		return OK;
	size_t at = rnd(2) ? f->n : rnd(rnd(3) ? f->n + 1 : FILE_MAX / 2), n = 1 + rnd(FILE_MAX / 3), done;
	n = n < FILE_MAX - at ? n : FILE_MAX - at;
	for (size_t k = 0; k < n; k++)
		bytes[k] = (uint8_t)(rnd(256) | 1);
	f->changed = true;
	enum err e = fs_write(fs, f->path, at, bytes, n, &done);
	uint64_t size = 0, got = done ? at + done : 0;
	CHECK(e == OK || e == ERR_NOMEM || disk_is_cut(), "%s: %d", f->path, (int)e);
	if (!done && at > f->n && e == ERR_NOMEM && fs_read(fs, f->path, bytes, 0, &size) == OK)	/* the gap may have become zeros */
		got = size == at ? at : f->n;
	if (got > f->n)
		memset(f->bytes + f->n, 0, got - f->n);
	memcpy(f->bytes + at, bytes, done);
	f->n = got > f->n ? got : f->n;
	return e;
}

static enum err set_size(struct model *m, struct fs *fs)
{
	struct node *f = any(m, false);
	if (!f)
		return OK;
	size_t n = rnd(2) ? rnd(f->n + 1) : rnd(FILE_MAX);
	f->changed = true;
	enum err e = fs_set_size(fs, f->path, n);
	CHECK(e == OK || e == ERR_NOMEM || disk_is_cut(), "%s: %d", f->path, (int)e);
	if (e != OK)
		return e;
	if (n > f->n)
		memset(f->bytes + f->n, 0, n - f->n);
	f->n = n;
	return e;
}

static void take_away(struct node *n)
{
	n->used = false;
	n->removed = n->synced;
}

static enum err remove_one(struct model *m, struct fs *fs)
{
	struct node *n = any(m, rnd(3) == 0);
	if (!n)
		return OK;
	enum err e = fs_remove(fs, n->path, n->dir), want = n->dir && has_children(m, n->path) ? ERR_NOTEMPTY : OK;
	if (e == ERR_NOMEM || disk_is_cut())
		return e;
	CHECK(e == want, "%s: %d", n->path, (int)e);
	if (e == OK)
		take_away(n);
	return e;
}

/* What rename ought to say. */
static enum err rename_result(const struct model *m, const struct node *n, const struct node *target, const char *to)
{
	if (target == n)
		return OK;
	if (n->dir && is_below(to, n->path))
		return ERR_INVAL;
	if (!target)
		return OK;
	if (target->dir != n->dir)
		return target->dir ? (is_below(n->path, target->path) ? ERR_ISDIR : ERR_ISDIR) : ERR_NOTDIR;
	return target->dir && has_children(m, target->path) ? ERR_NOTEMPTY : OK;
}

static void move_paths(struct model *m, const char *from, const char *to)
{
	size_t n = strlen(from);
	for (unsigned k = 0; k < NODES; k++) {
		struct node *x = &m->node[k];
		char path[2 * MODEL_PATH];
		if (!x->used || (strcmp(x->path, from) && !is_below(x->path, from)))
			continue;
		snprintf(path, sizeof path, "%s%s", to, x->path + n);
		memcpy(x->path, path, sizeof x->path);
		called(x);
	}
}

static enum err move(struct model *m, struct fs *fs)
{
	char to[MODEL_PATH], from[MODEL_PATH];
	struct node *n = any(m, rnd(3) == 0);
	choose(m, to);
	if (!n)
		return OK;
	struct node *target = find(m, to);
	memcpy(from, n->path, sizeof from);
	enum err e = fs_move(fs, from, to), want = rename_result(m, n, target, to);
	if (e == ERR_NOMEM)
		return e;
	CHECK(e == want || disk_is_cut(), "%s to %s: %d and not %d", from, to, (int)e, (int)want);
	if (e != OK && !disk_is_cut())
		return e;
	if (want == OK && target && target != n)
		take_away(target);
	if (want == OK) {
		move_paths(m, from, to);
		m->renames++;
	}
	return e;
}

static enum err operate(struct model *m, struct fs *fs)
{
	switch (rnd(9)) {
	case 0: case 1: return make(m, fs, false);
	case 2: return make(m, fs, true);
	case 3: case 4: return write_some(m, fs);
	case 5: return set_size(m, fs);
	case 6: return remove_one(m, fs);
	default: return move(m, fs);
	}
}

bool model_step(struct model *m, struct fs *fs, bool memory_fails)
{
	if (memory_fails && rnd(2)) {
		fs_drop_caches();
		inject_failure((long)rnd(5));
	}
	m->failed += operate(m, fs) == ERR_NOMEM;
	inject_failure(-1);
	m->ops++;
	return !disk_is_cut();
}

/* ---- comparing ---- */

static void count(void *ctx, const char *name, bool dir)
{
	(void)name, (void)dir;
	++*(unsigned *)ctx;
}

static unsigned children(const struct model *m, const char *dir)
{
	unsigned n = 0;
	for (unsigned k = 0; k < NODES; k++) {
		const char *path = m->node[k].path, *last = strrchr(path, '/');
		size_t len = last ? (size_t)(last - path) : 0;
		n += m->node[k].used && len == strlen(dir) && !strncmp(path, dir, len);
	}
	return n;
}

static void compare_dir(const struct model *m, struct fs *fs, const char *path)
{
	unsigned found = 0;
	enum err e = fs_list(fs, path, count, &found);
	CHECK(e == OK && found == children(m, path), "%s: %u names and not %u (error %d)", path, found, children(m, path), (int)e);
}

/* Does path lead to this file, whole? */
static bool is_file(const struct node *n, struct fs *fs, const char *path)
{
	static uint8_t bytes[FILE_MAX + 1];
	uint64_t got;
	return fs_read(fs, path, bytes, sizeof bytes, &got) == OK && got == n->n && !memcmp(bytes, n->bytes, n->n);
}

void model_compare(const struct model *m, struct fs *fs)
{
	compare_dir(m, fs, "");
	for (unsigned k = 0; k < NODES; k++) {
		const struct node *n = &m->node[k];
		if (n->used && n->dir)
			compare_dir(m, fs, n->path);
		else if (n->used)
			CHECK(is_file(n, fs, n->path), "%s", n->path);
	}
}

void model_synced(struct model *m)
{
	for (unsigned k = 0; k < NODES; k++) {
		struct node *n = &m->node[k];
		forget(n);
		n->synced = n->used;
		if (n->used)
			n->were[n->nwere++] = strdup(n->path);
	}
}

static bool is_somewhere(const struct node *n, struct fs *fs)
{
	for (unsigned k = 0; k < n->nwere; k++) {
		unsigned names_in_it = 0;
		if (n->dir ? fs_list(fs, n->were[k], count, &names_in_it) == OK : is_file(n, fs, n->were[k]))
			return true;
	}
	return false;
}

void model_compare_synced(const struct model *m, struct fs *fs)
{
	for (unsigned k = 0; k < NODES; k++) {
		const struct node *n = &m->node[k];
		if (n->synced && !n->removed && (n->dir || !n->changed))
			CHECK(is_somewhere(n, fs), "%s, which was %s, is lost", n->path, n->were[0]);
	}
}
