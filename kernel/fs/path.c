/* Path walking. As long as every component is in the name table the walk runs in one go under vfs_lock and takes one
 * reference at its end; a name that is not there, or a symbolic link, interrupts it. */
#include "vfs_priv.h"
#include <kernel/proc.h>
#include <lib/string.h>

enum { LINKS_MAX = 40 };

struct walk {
	struct inode *at;	/* with a reference, between runs; NULL before the first */
	struct inode *from;	/* [I] where a relative path starts, NULL: the current directory */
	const char *p;		/* what is still to be walked */
	unsigned flags, links;
	bool parent;		/* stop before the last component */
	bool must_be_dir;	/* a slash follows the last component */
	char *buf;		/* of an expanded link; p points into it */
};

enum stop { AT_END, AT_LAST, AT_MISS, AT_LINK, AT_FILE, AT_TOO_LONG };

static bool is_dot(const struct name *n) { return n->len == 1 && n->s[0] == '.'; }
static bool is_dotdot(const struct name *n) { return n->len == 2 && n->s[0] == '.' && n->s[1] == '.'; }

/* The next component from *p on, which moves past it and the slashes behind it. False at the end of the path. */
static bool next_name(const char **p, struct name *n, bool *slash)
{
	const char *s = *p;
	uint32_t h = 2166136261u;
	while (*s == '/')
		s++;
	n->s = s;
	for (; *s && *s != '/'; s++)
		h = (h ^ ((uint8_t)*s | 0x20)) * 16777619u;	/* as name_of() */
	n->len = (unsigned)(s - n->s);
	n->hash = h;
	*slash = *s == '/';
	while (*s == '/')
		s++;
	*p = s;
	return n->len;
}

static struct inode *up(struct inode *i)
{
	while (!i->parent && i->fs->point && i == i->fs->root)
		i = i->fs->point;
	return i->parent ? mount_top(i->parent) : i;
}

/* Where the path begins. vfs_lock is held, so the current directory stays what it is. */
static struct inode *origin(const struct walk *w)
{
	return *w->p == '/' ? vfs_root() : w->from ? w->from : proc_current()->fs.cwd;
}

/* Walk from i on as far as the table goes; i is where it stopped. At AT_MISS and AT_LAST, n is the next name. At AT_LINK *link is
 * the symbolic link. vfs_lock is held. */
static enum stop run(struct walk *w, struct inode **i, struct name *n, struct inode **link)
{
	for (;;) {
		const char *after = w->p;
		bool slash;
		if (!next_name(&after, n, &slash))
			return AT_END;
		if (!inode_is_dir(*i))
			return AT_FILE;
		if (n->len > NAME_MAX_BYTES)
			return AT_TOO_LONG;
		if (w->parent && !*after)
			return AT_LAST;
		if (is_dot(n) || is_dotdot(n)) {
			if (n->len == 2)
				*i = up(*i);
			w->p = after;
			continue;
		}
		struct inode *child = inode_find_locked(*i, n);
		if (!child)
			return AT_MISS;
		w->must_be_dir |= slash && !*after;
		if (inode_is_link(child) && (*after || slash || w->flags & WALK_FOLLOW)) {
			w->p = after;
			*link = child;
			return AT_LINK;
		}
		*i = mount_top(child);
		w->p = after;
	}
}

/* Replace link, just found in w->at, by its text in what is still to be walked. Takes over link's reference. */
static enum err expand(struct walk *w, struct inode *link)
{
	size_t len = 0, rest = strlen(w->p);
	char *buf = ++w->links > LINKS_MAX ? NULL : kmalloc(kernel_mm, PATH_MAX_BYTES + rest + 2);
	enum err e = w->links > LINKS_MAX ? ERR_LOOP : !buf ? ERR_NOMEM : link->ops->readlink(link, buf, PATH_MAX_BYTES, &len);
	inode_put(link);
	if (e != OK) {
		kfree(kernel_mm, buf);
		return e;
	}
	buf[len] = '/';
	memcpy(buf + len + (rest ? 1 : 0), w->p, rest + 1);
	kfree(kernel_mm, w->buf);
	w->buf = buf;
	w->p = buf;
	if (buf[0] == '/') {
		inode_put(w->at);
		w->at = vfs_root();
		inode_get(w->at);
	}
	return OK;
}

/* Go where link, just found in w->at, leads. Takes over its reference. */
static enum err follow(struct walk *w, struct inode *link)
{
	struct inode *to;
	if (!link->ops->follow)
		return expand(w, link);
	enum err e = ++w->links > LINKS_MAX ? ERR_LOOP : link->ops->follow(link, &to);
	inode_put(link);
	if (e != OK)
		return e;
	inode_put(w->at);
	w->at = to;
	return OK;
}

enum err dir_lookup_locked(struct inode *dir, const struct name *n, struct inode **out)
{
	struct inode *i = inode_find(dir, n);
	if (i) {
		*out = i;
		return OK;
	}
	if (!dir->nlink || !dir->ops->lookup)
		return ERR_NOENT;
	return dir->ops->lookup(dir, n, out);
}

/* Look n up on the medium and step to it. */
static enum err step(struct walk *w, const struct name *n)
{
	struct inode *child;
	mutex_lock(&w->at->fs->names);
	enum err e = dir_lookup_locked(w->at, n, &child);
	mutex_unlock(&w->at->fs->names);
	if (e != OK)
		return e;
	const char *after = n->s + n->len;
	bool slash = *after == '/';
	while (*after == '/')
		after++;
	w->p = after;
	w->must_be_dir |= slash && !*after;
	if (inode_is_link(child) && (*after || slash || w->flags & WALK_FOLLOW))
		return follow(w, child);
	spin_lock(&vfs_lock);
	struct inode *top = mount_top(child);
	if (top != child)
		inode_get_locked(top);
	spin_unlock(&vfs_lock);
	if (top != child)
		inode_put(child);
	inode_put(w->at);
	w->at = top;
	inode_trim();
	return OK;
}

/* Walk to the end (or before the last name); w->at is the result, with a reference also on failure. */
static enum err walk(struct walk *w, struct name *n)
{
	for (;;) {
		struct inode *was = w->at, *link = NULL;
		spin_lock(&vfs_lock);
		struct inode *i = was ? was : origin(w);
		enum stop why = run(w, &i, n, &link);
		if (i != was)
			inode_get_locked(i);
		if (link)
			inode_get_locked(link);
		spin_unlock(&vfs_lock);
		if (was && i != was)
			inode_put(was);
		w->at = i;
		enum err e = OK;
		switch (why) {
		case AT_END: case AT_LAST: return OK;
		case AT_FILE: return ERR_NOTDIR;
		case AT_TOO_LONG: return ERR_NAMETOOLONG;
		case AT_MISS: e = step(w, n); break;
		case AT_LINK: e = follow(w, link); break;
		}
		if (e != OK)
			return e;
	}
}

enum err path_lookup(struct inode *from, const char *path, unsigned flags, struct inode **out)
{
	struct walk w = { .from = from, .p = path, .flags = flags };
	struct name n;
	if (!*path)
		return ERR_NOENT;
	enum err e = walk(&w, &n);
	if (e == OK && (flags & WALK_DIR || w.must_be_dir) && !inode_is_dir(w.at))
		e = ERR_NOTDIR;
	if (w.buf)
		kfree(kernel_mm, w.buf);
	if (e == OK)
		*out = w.at;
	else
		inode_put(w.at);
	return e;
}

enum err path_parent(struct inode *from, const char *path, struct path_last *out)
{
	struct walk w = { .from = from, .p = path, .parent = true };
	struct name n = { .len = 0 };
	if (!*path)
		return ERR_NOENT;
	enum err e = walk(&w, &n);
	if (e != OK) {
		kfree(kernel_mm, w.buf);
		inode_put(w.at);
		return e;
	}
	*out = (struct path_last){ .dir = w.at, .last = n, .links = w.buf };
	out->special = !n.len || is_dot(&n) || is_dotdot(&n);
	out->slash = n.len && n.s[n.len] == '/';
	return OK;
}

void path_last_drop(struct path_last *p)
{
	inode_put(p->dir);
	if (p->links)
		kfree(kernel_mm, p->links);
}
