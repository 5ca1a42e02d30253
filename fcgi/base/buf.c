/* buf.c - see buf.h. Doubles its memory as it grows, so appending is linear. */
#include "fcgi/base/buf.h"

#include <stdarg.h>

enum { BUF_FIRST_BYTES = 256 };

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_free(struct buf *b)
{
    free(b->p);
    buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

char *buf_room(struct buf *b, size_t n)
{
    if (b->failed || n > b->max - b->n) {
        b->failed = true;
        return NULL;
    }
    if (n > b->cap - b->n) {
        size_t want = b->cap > 0 ? b->cap : BUF_FIRST_BYTES;
        while (want - b->n < n) {
            want = want > b->max / 2 ? b->max : want * 2;
        }
        char *p = realloc(b->p, want + 1); /* one for the NUL of buf_fmt */
        if (!p) {
            b->failed = true;
            return NULL;
        }
        b->p = p;
        b->cap = want;
    }
    return b->p + b->n;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    char *to = n > 0 ? buf_room(b, n) : NULL;
    if (to) {
        memcpy(to, p, n);
        b->n += n;
    }
}

void buf_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void buf_byte(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *to = n > 0 ? buf_room(b, (size_t)n) : NULL;
    if (!to) {
        b->failed = b->failed || n < 0;
        return;
    }
    va_start(ap, fmt);
    vsnprintf(to, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}
