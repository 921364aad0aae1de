#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* A disk in memory under kernel/blk.h, named "disk". It has a cache as drives do: what was written since the last flush may reach the
 * medium in any choice, a sector at a time, when the power goes. */

enum { DISK_SECTOR = 512 };
extern uint8_t *disk;			/* what a read sees */
extern uint64_t disk_sectors;
extern unsigned long disk_writes;	/* sectors written since disk_make() */
extern unsigned long disk_requests;	/* to write, of whatever length */
extern unsigned long disk_flushes;

/* The disk has these bytes, whole sectors, from now on; NULL: zeros. All is on the medium. */
void disk_make(const uint8_t *bytes, uint64_t nsectors);
/* The same with bytes that stay the caller's, and are changed. */
void disk_use(uint8_t *bytes, uint64_t nsectors);
void disk_free(void);
/* Errors of reads, writes and flushes from the n-th request on, of so many requests; n -1: none. */
void disk_fail(long n, long count);
bool disk_failed(void);			/* one has been told since */
/* Reads and writes of this sector fail as long as the disk has it; UINT64_MAX: none. */
void disk_spoil(uint64_t sector);
/* Lose power before the n-th sector from now on is written (-1: never): nothing is written any more, and nobody is told. */
void disk_cut(long n);
bool disk_is_cut(void);
/* The power is back: what a read sees is what the medium has. Of the sectors written since the last flush that is all, or, with chance, each
 * as chance(2) says. */
void disk_restart(uint64_t (*chance)(uint64_t n));
/* An empty FAT32 volume of clusters of so many sectors. */
void disk_format(uint64_t nsectors, unsigned cluster_sectors);
