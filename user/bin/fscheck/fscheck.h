#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* fscheck's parts. main.c has the volume: its boot sector, its FATs, FSInfo; chain.c who owns which cluster; dir.c names and the tree. */

enum { SECTOR = 512, SLOT = 32, EOC = 0x0ffffff8, BAD_CLUSTER = 0x0ffffff7, ENTRY_MASK = 0x0fffffff, CLEAN_BIT = 1 << 27 };

struct volume {
	int fd;
	uint32_t reserved, nfats, fat_sectors, cluster_bytes, max_cluster, root, info_sector, backup_sector;
	bool mirrored;			/* all FATs are the same */
	uint32_t active;		/* the number of the one in use */
	uint64_t data_start;		/* sector of cluster 2 */
	uint32_t *fat;			/* the one in use, whole */
	uint8_t *owned;			/* by cluster: some chain has it */
	unsigned long files, dirs, used, faults;
};

static inline uint32_t get16(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8; }
static inline uint32_t get32(const uint8_t *p) { return get16(p) | get16(p + 2) << 16; }
static inline bool is_cluster(const struct volume *v, uint32_t c) { return c >= 2 && c <= v->max_cluster; }
static inline uint32_t next_of(const struct volume *v, uint32_t c) { return v->fat[c] & ENTRY_MASK; }

/* ---- main.c ---- */
/* One line: what is wrong, and with what. */
void fault(struct volume *v, const char *where, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Memory and bytes of the device, or the end with status 2. */
void *need(size_t n);
void read_at(const struct volume *v, uint64_t at, void *to, size_t n);

/* ---- chain.c ---- */
/* Follow the chain from first on, as far as it is sound and nobody else's, and own it; how many clusters. */
uint32_t chain_take(struct volume *v, const char *path, uint32_t first);
/* Clusters that are in use but of no chain that was taken. */
void chain_find_lost(struct volume *v);

/* ---- dir.c ---- */
/* Everything below the root. */
void check_tree(struct volume *v);
