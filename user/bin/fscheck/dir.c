/* Directories: slots, names, and what they lead to. Directories wait in a list, so that depth costs no stack. */
#include "fscheck.h"
#include <stdio.h>
#include <string.h>

enum { LONG_CHARS = 13, LONG_PARTS = 20, SHORT = 11, LONG_LAST = 0x40, DELETED = 0xe5, DIR_SLOTS_MAX = 65536 };
enum { ATTR_VOLUME = 8, ATTR_DIR = 16, ATTR_LONG = 15, DE_ATTR = 11, DE_HI = 20, DE_LO = 26, DE_SIZE = 28, LONG_SUM = 13 };
static const uint8_t char_at[LONG_CHARS] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };

struct dir { struct dir *next; uint32_t first, parent, nclusters; char path[]; };

/* What is gathered while one directory is read. */
struct scan {
	struct volume *v;
	struct dir *dir, **queue;
	unsigned expect, parts;		/* long slots still to come, and how many there were */
	uint8_t sum;
	uint16_t name[LONG_PARTS * LONG_CHARS + 1];
	uint8_t (*shorts)[SHORT];	/* all 8.3 names, to find equal ones */
	uint32_t nshorts;
};

static uint8_t checksum(const uint8_t *s)
{
	uint8_t sum = 0;
	for (unsigned k = 0; k < SHORT; k++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + s[k]);
	return sum;
}

/* A path to print: the long name in UTF-8 (pairs of surrogates as they are), else the short one. */
static char *path_of(const struct scan *sc, const uint8_t *s, bool has_long)
{
	size_t len = strlen(sc->dir->path);
	char *path = need(len + 3 * LONG_PARTS * LONG_CHARS + 2), *p = path + len;
	memcpy(path, sc->dir->path, len);
	*p++ = '/';
	for (const uint16_t *c = sc->name; has_long && *c; c++) {
		if (*c >= 0x800)
			*p++ = (char)(0xe0 | *c >> 12);
		if (*c >= 0x80)
			*p++ = (char)(*c >= 0x800 ? 0x80 | (*c >> 6 & 63) : 0xc0 | *c >> 6);
		*p++ = (char)(*c >= 0x80 ? 0x80 | (*c & 63) : *c);
	}
	for (unsigned k = 0; !has_long && k < SHORT; k++) {
		if (k == 8 && s[k] != ' ')
			*p++ = '.';
		if (s[k] != ' ')
			*p++ = (char)(s[k] < ' ' || s[k] == 127 ? '?' : s[k]);
	}
	*p = 0;
	return path;
}

static bool is_bad_short(const uint8_t *s)
{
	if (s[0] == ' ')
		return true;
	for (unsigned k = 0; k < SHORT; k++)
		if ((s[k] < ' ' && !(k == 0 && s[k] == 5)) || s[k] == 127 || strchr("\"*+,./:;<=>?[\\]|", s[k]))
			return true;
	return false;
}

static void orphan(struct scan *sc)
{
	if (sc->parts)
		fault(sc->v, *sc->dir->path ? sc->dir->path : "/", "a long name belongs to no file");
	sc->parts = sc->expect = 0;
}

static void see_long(struct scan *sc, const uint8_t *s)
{
	unsigned ord = s[0] & 0x3f;
	if (s[0] & LONG_LAST) {
		orphan(sc);
		sc->sum = s[LONG_SUM];
		sc->expect = ord;
		memset(sc->name, 0, sizeof sc->name);
	}
	sc->parts++;
	if (!ord || ord > LONG_PARTS || ord != sc->expect || s[LONG_SUM] != sc->sum) {
		orphan(sc);
		return;
	}
	sc->expect--;
	for (unsigned k = 0; k < LONG_CHARS; k++) {
		uint32_t c = get16(s + char_at[k]);
		sc->name[(ord - 1) * LONG_CHARS + k] = (uint16_t)(c == 0xffff ? 0 : c);
	}
}

static void check_size(struct volume *v, const char *path, uint32_t size, uint32_t have)
{
	uint32_t want = size / v->cluster_bytes + (size % v->cluster_bytes != 0);
	if (want != have)
		fault(v, path, "its size of %u bytes needs %u clusters, its chain has %u", size, want, have);
}

/* It is left alone if another has its first cluster: a directory cannot be below itself. */
static void see_dir(struct scan *sc, const uint8_t *s, uint32_t first, const char *path)
{
	if (get32(s + DE_SIZE))
		fault(sc->v, path, "a directory with a size");
	uint32_t n = first ? chain_take(sc->v, path, first) : 0;
	if (!first)
		fault(sc->v, path, "a directory without a cluster");
	if (!n)
		return;
	struct dir *d = need(sizeof *d + strlen(path) + 1);
	*d = (struct dir){ *sc->queue, first, sc->dir->first, n };
	memcpy(d->path, path, strlen(path) + 1);
	*sc->queue = d;
}

static void see_entry(struct scan *sc, const uint8_t *s)
{
	struct volume *v = sc->v;
	bool has_long = sc->parts && !sc->expect && sc->sum == checksum(s);
	uint32_t first = (get16(s + DE_HI) << 16 | get16(s + DE_LO)) & ENTRY_MASK;
	char *path = path_of(sc, s, has_long);
	if (!has_long)
		orphan(sc);
	sc->parts = sc->expect = 0;
	if (is_bad_short(s))
		fault(v, path, "its short name has characters that none may have");
	memcpy(sc->shorts[sc->nshorts++], s, SHORT);
	if (s[DE_ATTR] & ATTR_DIR) {
		v->dirs++;
		see_dir(sc, s, first, path);
	} else {
		v->files++;
		check_size(v, path, get32(s + DE_SIZE), first ? chain_take(v, path, first) : 0);
	}
	free(path);
}

/* The first two slots of any directory but the root lead to itself and to its parent, which is 0 if it is the root. */
static void check_dots(struct scan *sc, const uint8_t *s)
{
	uint32_t up = sc->dir->parent == sc->v->root ? 0 : sc->dir->parent;
	if (memcmp(s, ".          ", SHORT) || (get16(s + DE_HI) << 16 | get16(s + DE_LO)) != sc->dir->first)
		fault(sc->v, sc->dir->path, "its . does not lead to it");
	s += SLOT;
	if (memcmp(s, "..         ", SHORT) || (get16(s + DE_HI) << 16 | get16(s + DE_LO)) != up)
		fault(sc->v, sc->dir->path, "its .. does not lead to its parent");
}

/* False: the end. */
static bool see_slot(struct scan *sc, const uint8_t *s)
{
	if (!s[0] || sc->nshorts == DIR_SLOTS_MAX)
		return false;
	if (s[0] == DELETED) {
		orphan(sc);
	} else if ((s[DE_ATTR] & ATTR_LONG) == ATTR_LONG) {
		see_long(sc, s);
	} else if (s[DE_ATTR] & ATTR_VOLUME) {
		orphan(sc);
	} else {
		see_entry(sc, s);
	}
	return true;
}

static int by_name(const void *a, const void *b) { return memcmp(a, b, SHORT); }

static void check_equal_names(struct scan *sc)
{
	qsort(sc->shorts, sc->nshorts, SHORT, by_name);
	for (uint32_t k = 1; k < sc->nshorts; k++)
		if (!memcmp(sc->shorts[k - 1], sc->shorts[k], SHORT))
			fault(sc->v, *sc->dir->path ? sc->dir->path : "/", "two entries are called \"%.11s\"", (const char *)sc->shorts[k]);
}

static void check_dir(struct scan *sc)
{
	struct volume *v = sc->v;
	uint8_t *bytes = need(v->cluster_bytes);
	uint32_t c = sc->dir->first;
	bool more = true, is_root = c == v->root;
	sc->parts = sc->expect = sc->nshorts = 0;
	for (uint32_t n = 0; more && n < sc->dir->nclusters; n++, c = next_of(v, c)) {
		read_at(v, (v->data_start + (uint64_t)(c - 2) * (v->cluster_bytes / SECTOR)) * SECTOR, bytes, v->cluster_bytes);
		if (n == 0 && !is_root)
			check_dots(sc, bytes);
		for (uint32_t at = n || is_root ? 0 : 2 * SLOT; more && at < v->cluster_bytes; at += SLOT)
			more = see_slot(sc, bytes + at);
	}
	orphan(sc);
	check_equal_names(sc);
	free(bytes);
}

void check_tree(struct volume *v)
{
	struct dir *queue = need(sizeof *queue + 1);
	struct scan *sc = need(sizeof *sc);
	*queue = (struct dir){ NULL, v->root, v->root, chain_take(v, "/", v->root) };
	queue->path[0] = 0;
	*sc = (struct scan){ .v = v, .queue = &queue, .shorts = need((size_t)DIR_SLOTS_MAX * SHORT) };
	while (queue) {
		sc->dir = queue;
		queue = queue->next;
		check_dir(sc);
		free(sc->dir);
	}
	free(sc->shorts);
	free(sc);
}
