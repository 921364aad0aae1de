/* The note of a rename. FAT cannot change two sectors at once, and a name that moves from one to another must never be in both: two
 * names would lead to one chain. So there is a moment when the medium has it in neither. Before that, the note is written that
 * takes the old name back:
 *
 *   note | old name goes | .. of a directory | new name comes | no note          a flush between two steps
 *
 * It lies in the reserved bytes of FSInfo, which other systems leave alone. They do not know what it means, either: so the count of free clusters is
 * "not known" as long as there is a note, and who finds a count, or anything else not as the note says, drops it. */
#include "fat.h"
#include <kernel/printk.h>
#include <lib/string.h>

enum { INFO_NOTE = 4, INFO_COUNT = 488, INFO_HINT = 492 };
static const uint8_t magic[8] = { 'M', 'a', 'n', 'u', 'l', ' ', 'm', 'v' };
_Static_assert(sizeof(struct fat_note) == 104 && INFO_NOTE + sizeof(struct fat_note) <= 484, "in the reserved bytes, without gaps");

static uint32_t sum_of(const struct fat_note *n)
{
	uint32_t sum = 2166136261u;
	for (const uint8_t *p = (const uint8_t *)&n->hint; p < (const uint8_t *)(n + 1); p++)
		sum = (sum ^ *p) * 16777619u;
	return sum;
}

static enum err write_info(struct fat *f, struct buf *info)
{
	buf_mark(info, f->info_sector, BUF_DIR);
	return buf_write_now(info, f->info_sector, 1);
}

static uint8_t *info_of(const struct fat *f, struct buf *info) { return info->data + f->info_sector % BUF_SECTORS * SECTOR_SIZE; }

enum err fat_note_write(struct fat *f, struct buf *info, struct fat_note *n)
{
	uint8_t *p = info_of(f, info);
	memcpy(n->magic, magic, sizeof magic);
	n->hint = get32(p + INFO_HINT);
	n->sum = sum_of(n);
	memcpy(p + INFO_NOTE, n, sizeof *n);
	put32(p + INFO_COUNT, UINT32_MAX);
	f->noted = true;
	enum err e = write_info(f, info);
	return e == OK ? fat_barrier(f) : e;
}

enum err fat_note_clear(struct fat *f, struct buf *info)
{
	uint8_t *p = info_of(f, info);
	memset(p + INFO_NOTE, 0, sizeof(struct fat_note));
	put32(p + INFO_COUNT, f->free_count);
	f->noted = false;
	f->info_dirty |= f->free_count == UINT32_MAX;
	return write_info(f, info);
}

enum err fat_note_settle(struct fat *f)
{
	struct buf *info = NULL;
	uint8_t *p;
	if (!f->noted)
		return OK;
	enum err e = fat_barrier(f);
	if (e == OK)
		e = buf_load(&f->bufs, &info, f->info_sector, &p);
	if (e == OK)
		e = fat_note_clear(f, info);
	buf_release(&info);
	return e;
}

/* ---- at mount ---- */

/* Byte 0 of slot k of the old name, and whether the slot, but for that byte, can be that name's. */
static uint8_t first_byte(const struct fat_note *n, unsigned k)
{
	unsigned ord = n->nslots - 1u - k;
	return (uint8_t)(ord == 0 ? n->old[0] : k == 0 ? ord | LONG_LAST : ord);
}

static bool is_slot(const struct fat_note *n, unsigned k, const uint8_t *s)
{
	if (s[0] != DELETED && s[0] != first_byte(n, k))
		return false;
	if (k + 1u == n->nslots)
		return !memcmp(s + 1, n->old + 1, FAT_SLOT - 1);
	return s[DE_ATTR] == ATTR_LONG && s[LONG_SUM] == fat_short_checksum(n->old);
}

static bool is_data(const struct fat *f, uint32_t sector)
{
	return sector >= f->data_start && sector < fat_cluster_sector(f, f->max_cluster + 1);
}

/* Slot k of the old name, in the buffer f->dir. ERR_IO: the note says where none can be. */
static enum err old_slot(struct fat *f, const struct fat_note *n, unsigned k, uint8_t **s)
{
	unsigned at = n->first + k;
	if (at / SLOTS_PER_SECTOR >= NAME_SECTORS || !is_data(f, n->sector[at / SLOTS_PER_SECTOR]))
		return ERR_IO;
	enum err e = buf_load(&f->bufs, &f->dir, n->sector[at / SLOTS_PER_SECTOR], s);
	if (e == OK)
		*s += at % SLOTS_PER_SECTOR * FAT_SLOT;
	return e;
}

/* Nobody else has had the volume since, or so it seems: no count, the hint as it was, and a name where it was removed. */
static enum err check_note(struct fat *f, const uint8_t *info, const struct fat_note *n)
{
	uint32_t first = fat_first_cluster(n->old), next;
	if (n->sum != sum_of(n) || n->hint != get32(info + INFO_HINT) || get32(info + INFO_COUNT) != UINT32_MAX)
		return ERR_IO;
	if (!n->nslots || n->first >= SLOTS_PER_SECTOR || n->now_offset >= SECTOR_SIZE || n->now_offset % FAT_SLOT || !is_data(f, n->now_sector))
		return ERR_IO;
	for (unsigned k = 0; k < n->nslots; k++) {
		uint8_t *s;
		enum err e = old_slot(f, n, k, &s);
		if (e != OK || !is_slot(n, k, s))
			return e == ERR_NOMEM ? e : ERR_IO;
	}
	return first ? fat_next(f, first, &next) : OK;	/* ERR_IO: it is free */
}

static enum err is_finished(struct fat *f, const struct fat_note *n, bool *finished)
{
	uint8_t *s;
	enum err e = buf_load(&f->bufs, &f->dir, n->now_sector, &s);
	if (e == OK)
		*finished = !memcmp(s + n->now_offset, n->now, FAT_SLOT);
	return e;
}

static enum err undo_dots(struct fat *f, const struct fat_note *n)
{
	uint64_t sector = fat_cluster_sector(f, fat_first_cluster(n->old));
	uint8_t *s;
	enum err e = buf_load(&f->bufs, &f->dir, sector, &s);
	if (e != OK || memcmp(s + FAT_SLOT, "..         ", 11))
		return e;
	fat_put_first_cluster(s + FAT_SLOT, n->parent);
	buf_mark(f->dir, sector, BUF_DIR);
	e = buf_write_now(f->dir, sector, 1);
	return e == OK ? fat_barrier(f) : e;
}

/* The 8.3 slot last: without it the others mean nothing. */
static enum err undo_names(struct fat *f, const struct fat_note *n)
{
	enum err e = OK;
	for (unsigned k = 0; e == OK && k < n->nslots; k++) {
		uint32_t sector = n->sector[(n->first + k) / SLOTS_PER_SECTOR];
		uint8_t *s;
		if ((e = old_slot(f, n, k, &s)) != OK)
			break;
		s[0] = first_byte(n, k);
		buf_mark(f->dir, sector, BUF_DIR);
		if (k + 1u == n->nslots || (n->first + k + 1) % SLOTS_PER_SECTOR == 0)
			e = buf_write_now(f->dir, sector, 1);
	}
	return e == OK ? fat_barrier(f) : e;
}

static enum err undo(struct fat *f, const struct fat_note *n)
{
	enum err e = n->old[DE_ATTR] & ATTR_DIR && fat_first_cluster(n->old) ? undo_dots(f, n) : OK;
	return e == OK ? undo_names(f, n) : e;
}

enum err fat_note_undo(struct fat *f)
{
	struct buf *info = NULL;
	struct fat_note n;
	bool finished = false;
	uint8_t *p;
	enum err e = f->info_sector ? buf_load(&f->bufs, &info, f->info_sector, &p) : ERR_NOENT;
	if (e != OK)
		return e == ERR_NOENT ? OK : e;
	memcpy(&n, p + INFO_NOTE, sizeof n);
	if (memcmp(n.magic, magic, sizeof magic)) {
		buf_release(&info);
		return OK;
	}
	e = check_note(f, p, &n);
	if (e == OK)
		e = is_finished(f, &n, &finished);
	if (e == OK && !finished)
		e = undo(f, &n);
	if (e != ERR_NOMEM) {
		printk("[fat] %s: a rename was cut off%s\n", f->fs->source, e != OK ? "; its note fits no more" : finished ? "" : ", and is undone");
		e = fat_note_clear(f, info);
	}
	buf_release(&info);
	return e;
}
