/* body.c - see body.h. CONTENT_LENGTH is a hint: some web servers pass none, or pass on a
 * body that was cut. What counts is the end of the stream. */
#include "fcgi/web/body.h"

void body_init(struct body *b, size_t max, struct budget *budget)
{
    *b = (struct body){.budget = budget};
    buf_init(&b->bytes, max + 1); /* one more shows that there is more */
}

void body_reset(struct body *b)
{
    if (b->bytes.cap > BODY_KEEP_BYTES) {
        buf_free(&b->bytes);
    }
    buf_clear(&b->bytes);
    budget_give(b->budget, b->taken);
    b->taken = 0;
}

void body_free(struct body *b)
{
    body_reset(b);
    buf_free(&b->bytes);
}

static size_t limit(const struct body *b)
{
    return b->bytes.max - 1;
}

static enum err_code take(struct body *b, size_t n, struct err *e)
{
    if (!budget_take(b->budget, n)) {
        return err_set(e, ERR_BUSY,
                       "too many bytes of other requests are in work; try again");
    }
    b->taken += n;
    return ERR_NONE;
}

/* One piece of at most BODY_PIECE_BYTES. *end: it was the last one. */
static enum err_code read_piece(struct body *b, body_read_fn read, void *source,
                                bool *end, struct err *e)
{
    size_t left = b->bytes.max - b->bytes.n;
    size_t want = left < BODY_PIECE_BYTES ? left : BODY_PIECE_BYTES;
    size_t counted = b->taken > b->bytes.n ? b->taken - b->bytes.n : 0;
    enum err_code code = counted == 0 ? take(b, want, e) : ERR_NONE;
    want = counted > 0 && counted < want ? counted + 1 : want; /* one shows the end */
    char *to = code ? NULL : buf_room(&b->bytes, want);
    if (!to) {
        return code ? code : err_set(e, ERR_NOMEM, "not enough memory to read the body");
    }
    size_t got = read(source, to, want);
    b->bytes.n += got;
    *end = got < want;
    if (b->bytes.n > limit(b)) {
        return err_set(e, ERR_TOO_LARGE,
                       "the body has more than %zu bytes; send smaller "
                       "batches",
                       limit(b));
    }
    return ERR_NONE;
}

enum err_code body_read(struct body *b, int64_t length, body_read_fn read, void *source,
                        struct err *e)
{
    bool large = length > (int64_t)limit(b);
    enum err_code code = take(b, large ? limit(b) : (size_t)length, e);
    for (bool end = false; !code && !end;) {
        code = read_piece(b, read, source, &end, e);
    }
    if (!code && (uint64_t)length > b->bytes.n) {
        code = err_set(e, ERR_INVALID, "the body ended before its Content-Length");
    }
    return code;
}
