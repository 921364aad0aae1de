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
	ERR_INVAL,	/* EINVAL */
	ERR_FAULT,	/* a bad user address: EFAULT */
	ERR_ACCESS,	/* EACCES */
	ERR_PERM,	/* EPERM */
	ERR_NOENT,	/* ENOENT */
	ERR_EXIST,	/* EEXIST */
	ERR_NOTDIR,	/* ENOTDIR */
	ERR_ISDIR,	/* EISDIR */
	ERR_NOTEMPTY,	/* ENOTEMPTY */
	ERR_NAMETOOLONG,/* ENAMETOOLONG */
	ERR_LOOP,	/* ELOOP */
	ERR_IO,		/* EIO */
	ERR_NOSPC,	/* no room on the device: ENOSPC */
	ERR_ROFS,	/* EROFS */
	ERR_BUSY,	/* EBUSY */
	ERR_XDEV,	/* EXDEV */
	ERR_FBIG,	/* EFBIG */
	ERR_BADF,	/* EBADF */
	ERR_MFILE,	/* EMFILE */
	ERR_NODEV,	/* ENODEV */
	ERR_NXIO,	/* ENXIO */
	ERR_NOTTY,	/* ENOTTY */
	ERR_PIPE,	/* EPIPE */
	ERR_SPIPE,	/* ESPIPE */
	ERR_AGAIN,	/* EAGAIN */
	ERR_INTR,	/* EINTR; a system call may be restarted */
	ERR_CHILD,	/* ECHILD */
	ERR_SRCH,	/* ESRCH */
	ERR_NOEXEC,	/* ENOEXEC */
	ERR_2BIG,	/* E2BIG */
	ERR_RANGE,	/* ERANGE */
	ERR_NOSYS,	/* ENOSYS */
	ERR_TIMEDOUT,	/* ETIMEDOUT */
	ERR_OPNOTSUPP,	/* EOPNOTSUPP */
	ERR_OVERFLOW,	/* EOVERFLOW */
	ERR_NOTBLK,	/* ENOTBLK */
	ERR_COUNT
};

#define MUST_CHECK __attribute__((warn_unused_result))
