/* buf.h - text that is being built, with a maximum it cannot pass.
 *
 * Errors stick: after a call that would pass max, or that found no memory, `failed` is
 * set, the contents stay as they were, and every later call does nothing. So append
 * freely and check `failed` once at the end. The owner calls buf_free. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "fcgi/base/str.h"

struct buf {
    char *p;
    size_t n, cap, max; /* bytes in use, allocated, allowed */
    bool failed;
};

void buf_init(struct buf *b, size_t max); /* no memory is taken yet */
void buf_free(struct buf *b);             /* b may be used again as after buf_init */
void buf_clear(struct buf *b);            /* empty again, memory kept, failed reset */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_byte(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Room for n more bytes at the end, to be filled by the caller, who then adds what it
 * used to b->n. NULL (and failed) if that passes max or memory is short. */
char *buf_room(struct buf *b, size_t n);

static inline struct str buf_view(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

#endif
