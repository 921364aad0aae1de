/* The rest of the system calls: names, limits, the log, power. */
#include <abi/errno.h>
#include <abi/prctl.h>
#include <abi/reboot.h>
#include <abi/resource.h>
#include <abi/sysinfo.h>
#include <abi/utsname.h>
#include <arch/layout.h>
#include <lib/string.h>
#include <kernel/kmap.h>
#include <kernel/load.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/random.h>
#include <kernel/syscall.h>
#include <kernel/version.h>

int64_t sys_uname(const uint64_t *a)
{
	struct utsname u;
	memset(&u, 0, sizeof u);
	strlcpy(u.sysname, "Manul", sizeof u.sysname);
	strlcpy(u.nodename, "manul", sizeof u.nodename);
	strlcpy(u.release, VERSION_RELEASE, sizeof u.release);
	strlcpy(u.version, VERSION_TEXT, sizeof u.version);
	strlcpy(u.machine, VERSION_MACHINE, sizeof u.machine);
	return err_to_errno(copy_to_user(a[0], &u, sizeof u));
}

int64_t sys_sysinfo(const uint64_t *a)
{
	struct sysinfo s;
	memset(&s, 0, sizeof s);
	s.uptime = (long)(time_ns() / 1000000000);
	uint64_t load[3];
	load_get(load);
	for (unsigned k = 0; k < 3; k++)
		s.loads[k] = load[k];
	s.totalram = mm_total_pages(kernel_mm) << PAGE_SHIFT;
	s.freeram = mm_free_pages(kernel_mm) << PAGE_SHIFT;
	s.procs = (uint16_t)proc_count();
	s.mem_unit = 1;
	return err_to_errno(copy_to_user(a[0], &s, sizeof s));
}

int64_t sys_getrandom(const uint64_t *a)
{
	char chunk[256];
	size_t n = a[1] < 1u << 25 ? a[1] : 1u << 25;
	if (a[2] & ~7ull)
		return -EINVAL;
	for (size_t done = 0; done < n; done += sizeof chunk) {
		size_t part = n - done < sizeof chunk ? n - done : sizeof chunk;
		random_bytes(chunk, part);
		if (copy_to_user(a[0] + done, chunk, part) != OK)
			return done ? (int64_t)done : -EFAULT;
		sched_point();
	}
	return (int64_t)n;
}

enum { LOG_READ_ALL = 3, LOG_READ_CLEAR = 4, LOG_CLEAR = 5, LOG_UNREAD = 9, LOG_CAPACITY = 10 };

static int64_t read_log(vaddr_t to, size_t n)
{
	n = n < log_capacity() ? n : log_capacity();
	char *buf = kmalloc(kernel_mm, n ? n : 1);
	if (!buf)
		return -ENOMEM;
	n = log_read(buf, n);
	enum err e = copy_to_user(to, buf, n);
	kfree(kernel_mm, buf);
	return e == OK ? (int64_t)n : -EFAULT;
}

int64_t sys_syslog(const uint64_t *a)
{
	int64_t r = 0;
	switch ((int)a[0]) {
	case LOG_READ_ALL: case LOG_READ_CLEAR:
		if ((int)a[2] < 0)
			return -EINVAL;
		r = read_log(a[1], a[2]);
		if (r < 0 || (int)a[0] == LOG_READ_ALL)
			return r;
		log_clear();
		return r;
	case LOG_CLEAR: log_clear(); return 0;
	case LOG_UNREAD: return (int64_t)log_size();
	case LOG_CAPACITY: return (int64_t)log_capacity();
	case 0: case 1: case 6: case 7: case 8: return 0;
	default: return -EINVAL;
	}
}

int64_t sys_reboot(const uint64_t *a)
{
	if ((uint32_t)a[0] != LINUX_REBOOT_MAGIC1 || (uint32_t)a[1] != LINUX_REBOOT_MAGIC2)
		return -EINVAL;
	switch ((uint32_t)a[2]) {
	case LINUX_REBOOT_CMD_POWER_OFF: case LINUX_REBOOT_CMD_HALT:
		vfs_shutdown();
		printk("[power] off\n");
		arch_poweroff();
	case LINUX_REBOOT_CMD_RESTART:
		vfs_shutdown();
		printk("[power] reset\n");
		arch_reboot();
	case LINUX_REBOOT_CMD_CAD_OFF: case LINUX_REBOOT_CMD_CAD_ON:
		return 0;
	default:
		return -EINVAL;
	}
}

int64_t sys_prctl(const uint64_t *a)
{
	struct thread *t = thread_current();
	char name[16] = { 0 };
	switch ((int)a[0]) {
	case PR_SET_NAME:
		if (copy_str_from_user(name, a[1], sizeof name - 1) < 0)
			return -EFAULT;
		memcpy(t->name, name, sizeof t->name);
		return 0;
	case PR_GET_NAME:
		return err_to_errno(copy_to_user(a[1], t->name, sizeof t->name));
	default:
		return -EINVAL;
	}
}

/* A limit may always be raised above its own maximum: all are root here. Not beyond what there is of descriptors: not even root may on Linux. */
static enum err check_limit(unsigned resource, const struct rlimit64 *new)
{
	if (new->rlim_cur > new->rlim_max)
		return ERR_INVAL;
	return resource == RLIMIT_NOFILE && new->rlim_max > FD_MAX ? ERR_PERM : OK;
}

/* Unlike Linux, the limit of resident memory is kept: a process that would exceed it dies as if memory had run out. */
int64_t sys_prlimit64(const uint64_t *a)
{
	struct proc *p = proc_current();
	struct rlimit64 old, new;
	unsigned resource = (unsigned)a[1];
	if (a[2] && copy_from_user(&new, a[2], sizeof new) != OK)
		return -EFAULT;
	if (a[0] && (int)a[0] != p->pid)
		return -ESRCH;
	if (resource >= RLIMITS)
		return -EINVAL;
	old = p->limits[resource];
	enum err e = a[2] ? check_limit(resource, &new) : OK;
	if (e != OK)
		return err_to_errno(e);
	if (a[2]) {
		p->limits[resource] = new;
		if (resource == RLIMIT_CPU)
			p->cpu_warned = 0;
		space_set_limits(p->space, limit_pages(p->limits[RLIMIT_AS].rlim_cur), limit_pages(p->limits[RLIMIT_RSS].rlim_cur));
	}
	return a[3] ? err_to_errno(copy_to_user(a[3], &old, sizeof old)) : 0;
}

/* There are no priorities: every thread is nice 0 (which getpriority reports as 20). */
int64_t sys_getpriority(const uint64_t *a) { (void)a; return 20; }
int64_t sys_setpriority(const uint64_t *a) { (void)a; return 0; }
