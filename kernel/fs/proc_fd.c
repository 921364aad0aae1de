/* /proc/PID/fd: a link for each descriptor. What a link says is for people. Who follows it comes to the very inode that is open, so it leads to pipes
 * too, and to files that have no name any more. */
#include "proc.h"
#include <lib/fmt.h>
#include <lib/string.h>

struct fd_inode { struct inode i; int pid, fd; /* [I] fd -1: the directory */ };

static const struct inode_ops fd_ops;

static struct fd_inode *of(struct inode *i) { return container_of(i, struct fd_inode, i); }

/* What a process has open as fd, with a reference; NULL: nothing, or the process is gone. */
static struct inode *open_inode(int pid, int fd, uint32_t *flags)
{
	spin_lock(&proc_lock);
	struct proc *p = proc_find(pid);
	struct inode *i = p && p->files && fd >= 0 ? files_inode(p->files, (unsigned)fd, flags) : NULL;
	spin_unlock(&proc_lock);
	return i;
}

static uint64_t ino_of(int pid, int fd) { return PROC_FD_INO + (uint64_t)(pid * FD_MAX + fd); }

static struct inode *new_inode(struct fs *fs, int pid, int fd, uint32_t mode)
{
	struct fd_inode *f = kzalloc(kernel_mm, sizeof *f);
	if (!f)
		return NULL;
	inode_init(&f->i, fs, &fd_ops, mode);
	f->i.flags = INODE_NO_CACHE;
	f->i.ino = ino_of(pid, fd);
	f->i.atime = f->i.mtime = f->i.ctime = time_wall_ns();
	f->pid = pid;
	f->fd = fd;
	return &f->i;
}

struct inode *proc_fd_dir(struct fs *fs, int pid, uint64_t ino)
{
	struct inode *i = new_inode(fs, pid, -1, S_IFDIR | 0500);
	if (i)
		i->ino = ino;
	return i;
}

/* A link's permissions say how its file is open. */
static uint32_t mode_of(uint32_t flags)
{
	uint32_t access = flags & O_ACCMODE;
	return S_IFLNK | (access == O_WRONLY ? 0u : 0500u) | (access == O_RDONLY ? 0u : 0300u);
}

static enum err fd_lookup(struct inode *dir, const struct name *n, struct inode **out)
{
	int fd = proc_number(n);
	uint32_t flags;
	struct inode *open = of(dir)->fd < 0 ? open_inode(of(dir)->pid, fd, &flags) : NULL;
	if (!open)
		return ERR_NOENT;
	inode_put(open);
	return proc_inode_name(new_inode(dir->fs, of(dir)->pid, fd, mode_of(flags)), dir, n, out);
}

static enum err fd_readdir(struct inode *dir, uint64_t *pos, struct dir_emitter *em)
{
	for (; *pos - 2 < FD_MAX; ++*pos) {
		char s[12];
		uint32_t flags;
		int fd = (int)(*pos - 2);
		struct inode *open = open_inode(of(dir)->pid, fd, &flags);
		struct name n = { s, (unsigned)snprintf(s, sizeof s, "%d", fd), 0 };
		em->next = *pos + 1;
		if (!open)
			continue;
		inode_put(open);
		if (!em->emit(em, &n, ino_of(of(dir)->pid, fd), S_IFLNK))
			return OK;
	}
	return OK;
}

/* A path, or what there is instead. */
static enum err describe(struct inode *i, char *buf, size_t n, size_t *len)
{
	const char *gone = i->nlink && i->fs ? "" : " (deleted)";
	if (!i->fs && i->fops) {
		const char *name = i->fops->name ? i->fops->name : "anon_inode";
		*len = (size_t)snprintf(buf, n, S_ISFIFO(i->mode) ? "%s:[%lu]" : "%s", name, (unsigned long)i->ino);
		return OK;
	}
	int got = i->fs ? inode_path(i, buf, n) : snprintf(buf, n, "/memfd:");
	if (got < 0 || (size_t)got + strlen(gone) >= n)
		return ERR_NAMETOOLONG;
	memcpy(buf + got, gone, strlen(gone));
	*len = (size_t)got + strlen(gone);
	return OK;
}

static enum err fd_follow(struct inode *link, struct inode **out)
{
	uint32_t flags;
	*out = open_inode(of(link)->pid, of(link)->fd, &flags);
	return *out ? OK : ERR_NOENT;
}

static enum err fd_readlink(struct inode *link, char *buf, size_t n, size_t *len)
{
	struct inode *i;
	enum err e = fd_follow(link, &i);
	if (e != OK)
		return e;
	e = describe(i, buf, n, len);
	inode_put(i);
	return e;
}

static void fd_free(struct inode *i) { kfree(kernel_mm, of(i)); }

static const struct inode_ops fd_ops = {
	.lookup = fd_lookup, .readdir = fd_readdir, .readlink = fd_readlink, .follow = fd_follow, .free = fd_free,
};
