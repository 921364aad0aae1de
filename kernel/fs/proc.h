#pragma once
#include "vfs_priv.h"
#include <kernel/proc.h>
#include <kernel/text.h>
/* procfs: each file is a function that writes text. */

/* pid is that of /proc/PID, 0 of files of the machine. ERR_SRCH: the process is gone. */
typedef enum err proc_fill(struct text *t, int pid);
struct proc_file { const char *name; uint32_t mode; proc_fill *fill; enum err (*link)(int pid, char *buf, size_t n, size_t *len); };
/* A file that is written to, or that says anew at each read from its start what is the case, has a row here too. It is found by its
 * fill, which gets a page of room. store gets the first bytes of a write, ended by 0; NULL: the file cannot be written. */
typedef enum err proc_store(const char *text, int pid);
struct proc_control { proc_fill *fill; proc_store *store; };
extern const struct proc_control proc_controls[], proc_memory_controls[], proc_sys_controls[];	/* ended by fill NULL */
/* A file that is asked to do something: the line written is obeyed at once, and what the same descriptor then reads from offset 0 is
 * what came of it, up to 16 KiB. Found by its fill as well, whose text is read by who writes nothing. */
typedef enum err proc_obey(struct text *t, const char *line);
struct proc_command { proc_fill *fill; proc_obey *obey; };
extern const struct proc_command proc_commands[];	/* ended by NULLs */
/* A file that is too long for a text: its bytes are made when they are read, wherever that is. Found by its fill, which writes nothing, but
 * fails if there is nothing to open. */
typedef enum err proc_read_at(struct io *io, int pid);
struct proc_window { proc_fill *fill; proc_read_at *read; };
extern const struct proc_window proc_windows[];		/* ended by NULLs */
/* proc_trace.c: a file with operations of its own. */
proc_fill proc_trace;
extern const struct file_ops proc_trace_ops;
/* The number that a name is, -1 if it is none. */
int proc_number(const struct name *n);
/* Give i, which a lookup made, its name: *out. NULL is ERR_NOMEM; on failure i is gone. */
enum err proc_inode_name(struct inode *i, struct inode *dir, const struct name *n, struct inode **out) MUST_CHECK;
/* proc_fd.c: the directory /proc/PID/fd. NULL: no memory. */
struct inode *proc_fd_dir(struct fs *fs, int pid, uint64_t ino);
int proc_inode_pid(struct inode *i);	/* of a file in /proc/PID */
proc_fill proc_fail_nth, proc_pool, proc_va_policy, proc_fingerprint, proc_memck;
/* proc_maps.c, proc_space.c */
proc_fill proc_maps, proc_smaps, proc_smaps_rollup, proc_pagemap, proc_ledgers;
/* proc_memory.c */
proc_fill proc_meminfo, proc_buddyinfo, proc_zoneinfo, proc_slabinfo, proc_vmstat, proc_memhealth, proc_extfrag_index, proc_unusable_index;
/* Where user pages stop, summed over zones. */
uint64_t proc_min_free_pages(void);
/* What /proc/memhealth judges by. Each field may be changed at any time. */
struct mm_limits *proc_health_limits(void);
/* Give back what CPUs, slabs and freed stacks keep for later, on all CPUs. */
void proc_trim_memory(void);

extern const struct proc_file proc_pid_files[];		/* ended by name NULL */
extern const struct proc_file proc_machine_files[];

/* A directory of the machine's. Numbers from ino on are its inode numbers: 64 of them. */
struct proc_dir { const char *name; const struct proc_file *files; const struct proc_dir *const *dirs /* ended by NULL, or NULL */; uint64_t ino; };
#define PROC_ROOT_INO 1ull
#define PROC_SYS_INO (1ull << 40)		/* above those of processes */
#define PROC_FD_INO ((uint64_t)1 << 41)
extern const struct proc_dir proc_root_dir;

/* The process, with info->space referenced if it has one (proc_info_put). ERR_SRCH. */
enum err proc_info_get(int pid, struct proc_info *info) MUST_CHECK;
void proc_info_put(struct proc_info *info);
