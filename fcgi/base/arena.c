/* arena.c - see arena.h. A list of malloc'ed blocks with a fill mark each. Under
 * AddressSanitizer what is not handed out is poisoned, so that an overrun of one piece
 * into the next is found. */
#include "fcgi/base/arena.h"

#include <stdalign.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
enum { RED_ZONE_BYTES = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
enum { RED_ZONE_BYTES = 0 };
#endif

struct arena_block {
    struct arena_block *next;
    size_t used, cap;
    alignas(max_align_t) char bytes[];
};

struct arena_deferred {
    struct arena_deferred *next;
    void (*fn)(void *);
    void *arg;
};

void arena_init(struct arena *a, size_t max)
{
    *a = (struct arena){.max = max};
}

static void run_deferred(struct arena *a)
{
    while (a->deferred) {
        struct arena_deferred *d = a->deferred;
        a->deferred = d->next;
        d->fn(d->arg);
    }
}

static void free_block(struct arena_block *b)
{
    ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->cap);
    free(b);
}

void arena_free(struct arena *a)
{
    run_deferred(a);
    while (a->blocks) {
        struct arena_block *next = a->blocks->next;
        free_block(a->blocks);
        a->blocks = next;
    }
    a->used = 0;
}

void arena_reset(struct arena *a)
{
    run_deferred(a);
    struct arena_block *first = NULL; /* the oldest that is no large piece's own */
    while (a->blocks) {
        struct arena_block *b = a->blocks, *drop = b;
        a->blocks = b->next;
        if (b->cap == ARENA_BLOCK_BYTES) {
            drop = first;
            first = b;
        }
        if (drop) {
            free_block(drop);
        }
    }
    if (first) {
        first->next = NULL;
        first->used = 0;
        ASAN_POISON_MEMORY_REGION(first->bytes, first->cap);
    }
    a->blocks = first;
    a->used = 0;
}

static struct arena_block *new_block(size_t cap)
{
    struct arena_block *b = malloc(sizeof *b + cap);
    if (b) {
        b->next = NULL;
        b->used = 0;
        b->cap = cap;
        ASAN_POISON_MEMORY_REGION(b->bytes, cap);
    }
    return b;
}

/* A block with room for n: the newest one, else a new one. A large piece's own block
 * goes behind the newest, so that the newest is filled up first. */
static struct arena_block *block_for(struct arena *a, size_t n)
{
    struct arena_block *top = a->blocks;
    if (top && n <= top->cap - top->used) {
        return top;
    }
    bool large = n > ARENA_LARGE_BYTES;
    struct arena_block *b = new_block(large ? n : ARENA_BLOCK_BYTES);
    if (!b) {
        return NULL;
    }
    if (large && top) {
        b->next = top->next;
        top->next = b;
    } else {
        b->next = top;
        a->blocks = b;
    }
    return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
    const size_t align = alignof(max_align_t);
    if (n > a->max - a->used) {
        return NULL;
    }
    size_t room = (n + RED_ZONE_BYTES + align - 1) / align * align;
    struct arena_block *b = block_for(a, room);
    if (!b) {
        return NULL;
    }
    char *p = b->bytes + b->used;
    b->used += room;
    a->used += n;
    ASAN_UNPOISON_MEMORY_REGION(p, n);
    return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
    void *p = arena_alloc(a, n);
    return p ? memset(p, 0, n) : NULL;
}

struct str arena_str(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (!p) {
        return STR_NONE;
    }
    if (s.n > 0) {
        memcpy(p, s.p, s.n);
    }
    p[s.n] = '\0';
    return (struct str){p, s.n};
}

bool arena_copy(struct arena *a, struct str from, struct str *to)
{
    *to = from.p ? arena_str(a, from) : STR_NONE;
    return !from.p || to->p != NULL;
}

bool arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
    struct arena_deferred *d = arena_alloc(a, sizeof *d);
    if (!d) {
        return false;
    }
    *d = (struct arena_deferred){a->deferred, fn, arg};
    a->deferred = d;
    return true;
}
