#pragma once
#include "tools.h"
/* The live pane: a drawing of memory as it is now, made anew twice a second. */

/* What /watch and the configuration may say: "zones", "vm 12", "off" ... False: why, at once, is in the answer. */
bool live_choose(struct meow *m, const char *what);
/* Look, and draw into m->live.rows. */
void live_refresh(struct meow *m);
/* Valid until the next call. */
const char *live_title(const struct live *l);
/* The window of an address space as n cells, in UTF-8: how full each is. out has room for 3 * n + 1 bytes. */
void live_strip(const struct address_space *a, unsigned n, char *out);
