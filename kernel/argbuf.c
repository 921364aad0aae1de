/* The strings of an execve: see kernel/argbuf.h. */
#include <arch/trap.h>
#include <lib/string.h>
#include <mm/txn.h>
#include <kernel/argbuf.h>
#include <kernel/kmap.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>

enum { FIRST_ROOM = 1024 };

void argbuf_free(struct argbuf *b)
{
	pool_put(b->pool, b->text);
	kfree(kernel_mm, b);
}

static struct argbuf *argbuf_create(void)
{
	SCOPED_TXN(txn, kernel_mm);
	struct pool *pool = proc_current()->pool;
	struct argbuf *b = txn_kmalloc(&txn, sizeof *b);
	char *text = txn_pool(&txn, pool, FIRST_ROOM);
	if (!b || !text)
		return NULL;
	*b = (struct argbuf){ .pool = pool, .room = FIRST_ROOM, .text = text };
	txn_commit(&txn);
	return b;
}

static enum err grow(struct argbuf *b)
{
	if (b->room >= ARG_BYTES_MAX)
		return ERR_2BIG;
	char *text = pool_get(b->pool, b->room * 2);
	if (!text)
		return ERR_NOMEM;
	memcpy(text, b->text, b->used);
	pool_put(b->pool, b->text);
	b->text = text;
	b->room *= 2;
	return OK;
}

static enum err add_user_string(struct argbuf *b, vaddr_t s)
{
	for (;;) {
		size_t room = b->room - b->used;
		int64_t len = room ? copy_str_from_user(b->text + b->used, s, room) : 0;
		if (len < 0)
			return ERR_FAULT;
		if ((size_t)len < room) {
			b->used += (size_t)len + 1;
			return OK;
		}
		enum err e = grow(b);
		if (e != OK)
			return e;
	}
}

/* Add the strings of a NULL-terminated vector in user memory (0: no strings). */
static enum err add_user_vector(struct argbuf *b, vaddr_t v, size_t *count)
{
	for (; v; v += sizeof(uint64_t), ++*count) {
		uint64_t s;
		if (copy_from_user(&s, v, sizeof s) != OK)
			return ERR_FAULT;
		if (!s)
			break;
		if ((*count + 1) * sizeof s + b->used > ARG_BYTES_MAX)
			return ERR_2BIG;
		enum err e = add_user_string(b, s);
		if (e != OK)
			return e;
	}
	return OK;
}

enum err argbuf_from_user(vaddr_t argv, vaddr_t envp, struct argbuf **out)
{
	struct argbuf *b = argbuf_create();
	if (!b)
		return ERR_NOMEM;
	enum err e = add_user_vector(b, argv, &b->argc);
	if (e == OK)
		e = add_user_vector(b, envp, &b->envc);
	if (e != OK)
		argbuf_free(b);
	else
		*out = b;
	return e;
}

static enum err make_room(struct argbuf *b, size_t n)
{
	enum err e = OK;
	while (e == OK && b->room - b->used < n)
		e = grow(b);
	return e;
}

enum err argbuf_interpret(struct argbuf *b, const char *interp, const char *arg, const char *path)
{
	const char *first[] = { interp, arg, path };
	size_t old = b->argc ? strlen(b->text) + 1 : 0, n = 0, count = 0;
	for (unsigned k = 0; k < 3; k++)
		n += first[k] ? strlen(first[k]) + 1 : 0;
	enum err e = make_room(b, n);
	if (e != OK)
		return e;
	memmove(b->text + n, b->text + old, b->used - old);
	b->used += n - old;
	char *to = b->text;
	for (unsigned k = 0; k < 3; k++)
		if (first[k]) {
			strlcpy(to, first[k], n);
			to += strlen(first[k]) + 1;
			count++;
		}
	b->argc += count - (b->argc != 0);
	return OK;
}

enum err argbuf_add_path(struct argbuf *b, const char *path)
{
	size_t n = strlen(path) + 1;
	enum err e = make_room(b, n);
	if (e != OK)
		return e;
	memcpy(b->text + b->used, path, n);
	b->used += n;
	return OK;
}

enum err argbuf_of_one(const char *path, struct argbuf **out)
{
	struct argbuf *b = argbuf_create();
	if (!b)
		return ERR_NOMEM;
	enum err e = argbuf_add_path(b, path);
	if (e != OK) {
		argbuf_free(b);
		return e;
	}
	b->argc = 1;
	*out = b;
	return OK;
}

size_t argbuf_addresses(const struct argbuf *b, vaddr_t base, uint64_t *v)
{
	size_t at = 0;
	for (size_t i = 0; i < b->argc + b->envc; i++) {
		if (i == b->argc)
			*v++ = 0;
		*v++ = base + at;
		at += strlen(b->text + at) + 1;
	}
	if (!b->envc)
		*v++ = 0;
	*v = 0;
	return at;
}

enum err argbuf_write(const struct argbuf *b, struct space *s, vaddr_t base)
{
	return space_write(s, base, b->text, b->used);
}

size_t argbuf_copy_args(const struct argbuf *b, char *to, size_t n)
{
	size_t len = 0;
	for (size_t i = 0; i < b->argc; i++)
		len += strlen(b->text + len) + 1;
	len = len < n ? len : n;
	memcpy(to, b->text, len);
	return len;
}
