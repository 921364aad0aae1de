/* procfs: directories and the life of a file. Nothing is kept: each lookup makes a fresh inode, each open writes its text
 * into a buffer, and reads take from that. */
#include "proc.h"
#include <lib/fmt.h>
#include <lib/string.h>
#include <mm/txn.h>

enum { TEXT_FIRST = 4096, TEXT_ANSWER = 16384, TEXT_MAX = 4 << 20 };

struct proc_inode {
	struct inode i;
	const struct proc_dir *dir;	/* that it is or lies in; of /proc/PID and what lies there pid_dir */
	const struct proc_file *file;	/* NULL: a directory */
	int pid;			/* 0: not in /proc/PID */
};

static const struct inode_ops proc_ops;
static const struct file_ops proc_file_ops;

static struct proc_inode *of(struct inode *i) { return container_of(i, struct proc_inode, i); }

enum err proc_info_get(int pid, struct proc_info *info)
{
	if (!proc_info_next(pid, info))
		return ERR_SRCH;
	if (info->pid == pid)
		return OK;
	proc_info_put(info);
	return ERR_SRCH;
}

int proc_inode_pid(struct inode *i) { return of(i)->pid; }

void proc_info_put(struct proc_info *info)
{
	if (info->space)
		space_put(info->space);
	info->space = NULL;
}

/* ---- inodes ---- */

/* A process's is 64 * pid further on than if it were in the root. */
static const struct proc_dir pid_dir = { "", proc_pid_files, NULL, PROC_ROOT_INO };

static uint64_t ino_of(const struct proc_dir *dir, const struct proc_file *f, int pid)
{
	return (uint64_t)pid * 64 + dir->ino + (f ? 1 + (uint64_t)(f - dir->files) : 0);
}

static struct proc_inode *new_inode(struct fs *fs, const struct proc_dir *dir, const struct proc_file *file, int pid)
{
	struct proc_inode *p = kzalloc(kernel_mm, sizeof *p);
	if (!p)
		return NULL;
	inode_init(&p->i, fs, &proc_ops, file ? file->mode : S_IFDIR | 0555);
	p->i.flags = INODE_NO_CACHE;
	p->i.fops = !file ? NULL : file->fill == proc_trace ? &proc_trace_ops : &proc_file_ops;
	p->i.ino = ino_of(dir, file, pid);
	p->i.atime = p->i.mtime = p->i.ctime = time_wall_ns();
	p->dir = dir;
	p->file = file;
	p->pid = pid;
	return p;
}

static const struct proc_file *find(const struct proc_file *table, const struct name *n)
{
	for (; table->name; table++)
		if (strlen(table->name) == n->len && !memcmp(table->name, n->s, n->len))
			return table;
	return NULL;
}

static const struct proc_dir *find_dir(const struct proc_dir *in, const struct name *n)
{
	for (const struct proc_dir *const *d = in->dirs; d && *d; d++)
		if (strlen((*d)->name) == n->len && !memcmp((*d)->name, n->s, n->len))
			return *d;
	return NULL;
}

int proc_number(const struct name *n)
{
	int v = 0;
	for (unsigned k = 0; k < n->len; k++) {
		if (n->s[k] < '0' || n->s[k] > '9' || v > 1000000 || (n->s[0] == '0' && k))
			return -1;
		v = v * 10 + (n->s[k] - '0');
	}
	return v;
}

static bool is_process(int pid)
{
	struct proc_info info;
	if (pid <= 0 || proc_info_get(pid, &info) != OK)
		return false;
	proc_info_put(&info);
	return true;
}

enum err proc_inode_name(struct inode *i, struct inode *dir, const struct name *n, struct inode **out)
{
	enum err e = i ? inode_name(i, dir, n) : ERR_NOMEM;
	if (e == OK)
		*out = i;
	else
		inode_put(i);
	return e;
}

static enum err proc_lookup(struct inode *dir, const struct name *n, struct inode **out)
{
	const struct proc_dir *d = of(dir)->dir, *sub = find_dir(d, n);
	const struct proc_file *f = find(d->files, n);
	int pid = of(dir)->pid;
	if (sub)
		d = sub;
	if (!f && !sub) {
		pid = d == &proc_root_dir ? proc_number(n) : 0;
		d = &pid_dir;
		if (!is_process(pid))
			return ERR_NOENT;
	}
	struct proc_inode *p = NULL;
	struct inode *i = f && S_ISDIR(f->mode) ? proc_fd_dir(dir->fs, pid, ino_of(d, f, pid)) : (p = new_inode(dir->fs, d, f, pid)) ? &p->i : NULL;
	return proc_inode_name(i, dir, n, out);
}

/* Positions: 2.. the table's files, then its directories, then, in the root, PROC_BASE + pid. */
enum { PROC_BASE = 1000 };

static enum err list_processes(uint64_t *pos, struct dir_emitter *em)
{
	struct proc_info info;
	while (proc_info_next((int)(*pos - PROC_BASE), &info)) {
		char s[12];
		struct name n = { s, (unsigned)snprintf(s, sizeof s, "%d", info.pid), 0 };
		proc_info_put(&info);
		em->next = PROC_BASE + (uint64_t)info.pid + 1;
		if (!em->emit(em, &n, ino_of(&pid_dir, NULL, info.pid), S_IFDIR))
			return OK;
		*pos = em->next;
	}
	return OK;
}

static enum err proc_readdir(struct inode *dir, uint64_t *pos, struct dir_emitter *em)
{
	const struct proc_dir *d = of(dir)->dir;
	unsigned nfiles = 0, all;
	while (d->files[nfiles].name)
		nfiles++;
	for (all = nfiles; d->dirs && d->dirs[all - nfiles]; all++)
		;
	for (; *pos < PROC_BASE && *pos - 2 < all; ++*pos) {
		const struct proc_file *f = *pos - 2 < nfiles ? &d->files[*pos - 2] : NULL;
		const struct proc_dir *sub = f ? d : d->dirs[*pos - 2 - nfiles];
		const char *s = f ? f->name : sub->name;
		struct name n = { s, (unsigned)strlen(s), 0 };
		em->next = *pos + 1;
		if (!em->emit(em, &n, ino_of(sub, f, of(dir)->pid), f ? f->mode : S_IFDIR))
			return OK;
	}
	if (d != &proc_root_dir)
		return OK;
	if (*pos < PROC_BASE)
		*pos = PROC_BASE + 1;
	return list_processes(pos, em);
}

static enum err proc_readlink(struct inode *i, char *buf, size_t n, size_t *len)
{
	return of(i)->file->link(of(i)->pid, buf, n, len);
}

static void proc_free(struct inode *i) { kfree(kernel_mm, of(i)); }

static const struct inode_ops proc_ops = {
	.lookup = proc_lookup, .readdir = proc_readdir, .readlink = proc_readlink, .free = proc_free,
};

/* ---- files ---- */

static const struct proc_control *control_of(const struct proc_inode *p)
{
	static const struct proc_control *const tables[] = { proc_controls, proc_memory_controls, proc_sys_controls };
	for (unsigned k = 0; k < sizeof tables / sizeof *tables; k++)
		for (const struct proc_control *c = tables[k]; c->fill; c++)
			if (c->fill == p->file->fill)
				return c;
	return NULL;
}

static proc_obey *command_of(const struct proc_inode *p)
{
	const struct proc_command *c = proc_commands;
	while (c->fill && c->fill != p->file->fill)
		c++;
	return c->obey;
}

static const struct proc_window *window_of(const struct proc_inode *p)
{
	for (const struct proc_window *w = proc_windows; w->fill; w++)
		if (w->fill == p->file->fill)
			return w;
	return NULL;
}

/* ERR_FBIG: the text does not fit into room bytes. A control's is written when it is read. */
static enum err write_text(struct file *f, size_t room)
{
	const struct proc_inode *p = of(f->inode);
	SCOPED_TXN(txn, kernel_mm);
	struct text *t = txn_kmalloc(&txn, sizeof *t);
	char *buf = txn_kmalloc(&txn, room);
	if (!t || !buf)
		return ERR_NOMEM;
	*t = (struct text){ buf, 0, room };
	enum err e = control_of(p) ? OK : p->file->fill(t, p->pid);
	if (e == OK && t->len >= room)
		e = ERR_FBIG;
	if (e != OK)
		return e;
	f->priv = t;
	txn_commit(&txn);
	return OK;
}

static enum err proc_open(struct file *f)
{
	const struct proc_control *c = control_of(of(f->inode));
	bool obey = command_of(of(f->inode)) != NULL;
	if ((f->flags & O_ACCMODE) != O_RDONLY && !(c && c->store) && !obey)
		return ERR_ACCESS;
	enum err e = ERR_FBIG;
	for (size_t room = obey ? TEXT_ANSWER : TEXT_FIRST; e == ERR_FBIG && room <= TEXT_MAX; room *= 4)
		e = write_text(f, room);
	return e;
}

static void proc_release(struct file *f)
{
	struct text *t = f->priv;
	kfree(kernel_mm, t->buf);
	kfree(kernel_mm, t);
}

static enum err refill(struct text *t, const struct proc_inode *p)
{
	t->len = 0;
	enum err e = p->file->fill(t, p->pid);
	if (t->len > t->cap)
		t->len = t->cap;
	return e;
}

static enum err proc_read(struct file *f, struct io *io)
{
	struct text *t = f->priv;
	const struct proc_window *w = window_of(of(f->inode));
	if (w)
		return w->read(io, of(f->inode)->pid);
	enum err e = !io->pos && control_of(of(f->inode)) ? refill(t, of(f->inode)) : OK;
	if (e != OK)
		return e;
	if (io->pos >= t->len)
		return OK;
	size_t n = io->n < t->len - io->pos ? io->n : t->len - io->pos;
	size_t got = io_copy_out(io, t->buf + io->pos, n);
	io->done += got;
	io->pos += got;
	return got || !n ? OK : ERR_FAULT;
}

/* Obey a line; the offset stays, so that a fresh descriptor reads the whole answer. */
static enum err obey(struct text *t, const struct proc_inode *p, char *line)
{
	size_t n = strlen(line);
	if (n && line[n - 1] == '\n')
		line[n - 1] = 0;
	t->len = 0;
	enum err e = command_of(p)(t, line);
	if (t->len > t->cap)
		t->len = t->cap;
	return e;
}

/* The whole of a write counts as taken. Only files with a store or a command can be opened for it. */
static enum err proc_write(struct file *f, struct io *io)
{
	struct proc_inode *p = of(f->inode);
	char s[64];
	size_t n = io->n < sizeof s ? io->n : sizeof s - 1;
	if (io_copy_in(io, s, n) < n)
		return ERR_FAULT;
	s[n] = 0;
	enum err e = command_of(p) ? obey(f->priv, p, s) : control_of(p)->store(s, p->pid);
	if (e == OK)
		io->done = io->n;
	return e;
}

static const struct file_ops proc_file_ops = { .open = proc_open, .release = proc_release, .read = proc_read, .write = proc_write };

/* ---- the file system ---- */

static void proc_unmount(struct fs *fs) { inode_put(fs->root); }
static const struct fs_ops proc_fs_ops = { .unmount = proc_unmount };

static enum err proc_mount(struct fs *fs, const char *source)
{
	(void)source;
	fs->ops = &proc_fs_ops;
	struct proc_inode *p = new_inode(fs, &proc_root_dir, NULL, 0);
	fs->root = p ? &p->i : NULL;
	return p ? OK : ERR_NOMEM;
}

const struct fs_type proc_type = { .name = "proc", .mount = proc_mount };
