#pragma once
#include <kernel/exec.h>
#include <mm/space.h>
/* argbuf, for exec.c: strings packed one after the other, argv's, then envp's, then the path. */
struct argbuf {
	struct pool *pool;	/* that the text is charged to */
	size_t argc, envc;
	size_t used, room;	/* bytes of text */
	char *text;
};
/* Pack {path} alone. */
enum err argbuf_of_one(const char *path, struct argbuf **out) MUST_CHECK;
/* Append the path, the last string. ERR_NOMEM, ERR_2BIG. */
enum err argbuf_add_path(struct argbuf *b, const char *path) MUST_CHECK;
/* What runs the script at path: argv[0] gives way to {interp, arg unless that is NULL, path}. Before argbuf_add_path. ERR_NOMEM, ERR_2BIG. */
enum err argbuf_interpret(struct argbuf *b, const char *interp, const char *arg, const char *path) MUST_CHECK;
/* Where the strings will be if the text is put at address base: argc pointers, 0, envc pointers, 0, into v. Returns the offset
 * of the path in the text. */
size_t argbuf_addresses(const struct argbuf *b, vaddr_t base, uint64_t *v);
/* Put the text at address base of s. */
enum err argbuf_write(const struct argbuf *b, struct space *s, vaddr_t base) MUST_CHECK;
/* Copy up to n bytes of the arguments' text. Returns the number copied. */
size_t argbuf_copy_args(const struct argbuf *b, char *to, size_t n);
