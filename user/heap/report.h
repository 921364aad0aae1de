#pragma once
#include <stddef.h>
/* The heap's own figures, and the choice of a heap. All under the lock. */
void heap_choose(void);
void heap_note_alloc(size_t nbytes);
void heap_note_free(size_t nbytes);
void heap_note_resize(size_t from, size_t to);
