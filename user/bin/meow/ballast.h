#pragma once
#include "meow.h"
/* Children that hold memory, so that it is one of them that the kernel ends for want of it, and not meow. A child touches what it was asked for
 * page by page; a page shared with meow says how far it has come. It lives until meow lets go of it or ends. */

/* Start one; m->waiting until it holds nbytes, has been refused, or is dead. SIZE_MAX: as much as there is, until it is dead. */
void ballast_start(struct meow *m, size_t nbytes);
/* Has the one that is waited for come to its end? Then says so. */
void ballast_poll(struct meow *m);
/* The same, for those who have nothing else to do meanwhile: lets a moment pass. */
void ballast_wait(struct meow *m);
/* End it. */
void ballast_drop(struct meow *m, int index);
/* End all. Returns how many bytes they had held. */
size_t ballast_drop_all(struct meow *m);
/* Bytes held by all. */
size_t ballast_held(const struct meow *m);
