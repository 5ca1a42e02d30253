/* arena.h - memory of one request: taken piece by piece, given back all at once.
 *
 * Small pieces come out of blocks; the first block is kept over arena_reset, so a thread
 * that handles small requests allocates nothing. A piece over ARENA_LARGE_BYTES has a
 * block of its own. Nothing is freed singly. Not for use by two threads at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "fcgi/base/str.h"

enum { ARENA_BLOCK_BYTES = 32 * 1024, ARENA_LARGE_BYTES = 16 * 1024 };

struct arena_block;
struct arena_deferred;

struct arena {
    struct arena_block *blocks; /* newest first */
    struct arena_deferred *deferred;
    size_t used, max; /* bytes handed out, bytes allowed */
};

void arena_init(struct arena *a, size_t max);
void arena_free(struct arena *a);  /* runs what was deferred, frees all */
void arena_reset(struct arena *a); /* the same, but keeps the first block */

/* n bytes aligned for any type, not cleared; NULL if max is passed or memory is short. */
void *arena_alloc(struct arena *a, size_t n);
void *arena_zalloc(struct arena *a, size_t n);

/* A copy of s; its p is NULL if there was no memory. A NUL follows the copy. */
struct str arena_str(struct arena *a, struct str s);

/* The same of a text that may not be there: p NULL stays NULL. False: no memory. */
bool arena_copy(struct arena *a, struct str from, struct str *to);

/* Calls fn(arg) when the arena is next reset or freed, the last deferred first. False
 * if memory is short: then nothing will be called. */
bool arena_defer(struct arena *a, void (*fn)(void *), void *arg);

#endif
