#pragma once
/* Errors of the kernel's own functions. Positive and must be looked at; turned
 * into -errno once, in the system-call layer (err_to_errno in kernel/syscall.h).
 * Three return shapes: void or a value cannot fail; a pointer is NULL for "no
 * memory" and nothing else; enum err comes with out parameters that are written
 * only on OK. On failure nothing has changed. */
enum err {
	OK = 0,
	ERR_NOMEM,	/* no frame, or no object, to be had: ENOMEM */
	ERR_NOSPACE_VA,	/* no hole in the address space is large enough: ENOMEM */
	ERR_BUDGET,	/* more than the process's own limit allows: ENOMEM */
	ERR_INVAL,	/* what is asked for makes no sense: EINVAL */
	ERR_FAULT,	/* a bad user address: EFAULT */
	ERR_ACCESS,	/* rights or a seal forbid it: EACCES */
	ERR_PERM,	/* not to be changed by this caller, or at all: EPERM */
	ERR_NOENT,	/* no such name, or nothing there to find: ENOENT */
	ERR_EXIST,	/* the name or the range is taken: EEXIST */
	ERR_NOTDIR,	/* a part of the path is no folder: ENOTDIR */
	ERR_ISDIR,	/* a folder where a file was meant: EISDIR */
	ERR_NOTEMPTY,	/* the folder has entries: ENOTEMPTY */
	ERR_NAMETOOLONG,/* a name, or a whole path, is longer than can be: ENAMETOOLONG */
	ERR_LOOP,	/* symbolic links go round: ELOOP */
	ERR_IO,	/* the device failed, or what it holds is damaged: EIO */
	ERR_NOSPC,	/* no room on the device: ENOSPC */
	ERR_ROFS,	/* the file system is mounted read-only: EROFS */
	ERR_BUSY,	/* somebody uses it: EBUSY */
	ERR_XDEV,	/* two file systems: EXDEV */
	ERR_FBIG,	/* larger than a file may be: EFBIG */
	ERR_BADF,	/* no such descriptor, or not open for this: EBADF */
	ERR_MFILE,	/* all descriptors are in use: EMFILE */
	ERR_NODEV,	/* no such kind of file system or device: ENODEV */
	ERR_NXIO,	/* the device, or the part of the file, is not there: ENXIO */
	ERR_NOTTY,	/* the file has no such control: ENOTTY */
	ERR_PIPE,	/* nobody reads any more: EPIPE */
	ERR_SPIPE,	/* the file has no position: ESPIPE */
	ERR_AGAIN,	/* it would have to wait: EAGAIN */
	ERR_INTR,	/* a signal came first; the system call may be restarted: EINTR */
	ERR_CHILD,	/* no child to wait for: ECHILD */
	ERR_SRCH,	/* no such process or thread: ESRCH */
	ERR_NOEXEC,	/* no program that can be run here: ENOEXEC */
	ERR_2BIG,	/* arguments and environment are too long: E2BIG */
	ERR_TIMEDOUT,	/* the time to wait is over: ETIMEDOUT */
	ERR_OPNOTSUPP,	/* not done for files of this kind: EOPNOTSUPP */
	ERR_OVERFLOW,	/* the answer does not fit its type: EOVERFLOW */
	ERR_COUNT
};

#define MUST_CHECK __attribute__((warn_unused_result))
