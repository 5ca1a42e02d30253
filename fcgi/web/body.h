/* body.h - reading a request's body, within a limit for one and a budget for all.
 *
 * Bytes are counted in the budget before they are read: as many as the sender says there
 * are, all at once, so that of many large bodies the first ones get through instead of
 * each taking a part and none its whole; beyond that piece by piece. */
#ifndef WEB_BODY_H
#define WEB_BODY_H

#include "fcgi/base/budget.h"
#include "fcgi/base/buf.h"
#include "fcgi/base/err.h"

enum { BODY_PIECE_BYTES = 64 * 1024, BODY_KEEP_BYTES = 128 * 1024 };

/* Where the bytes come from: at most n to `to`; less than n only at the end. */
typedef size_t (*body_read_fn)(void *source, char *to, size_t n);

struct body {
    struct buf bytes;
    struct budget *budget;
    size_t taken; /* from the budget */
};

void body_init(struct body *b, size_t max, struct budget *budget);

/* Empty again, for the next request; a large buffer is freed, a small one kept. */
void body_reset(struct body *b);
void body_free(struct body *b);

/* Reads all of source. length: what Content-Length says, 0 if it does not. ERR_TOO_LARGE
 * past max; ERR_BUSY if the budget has no room; ERR_INVALID if there is less than length;
 * ERR_NOMEM. What was not read then is still in source. */
enum err_code body_read(struct body *b, int64_t length, body_read_fn read, void *source,
                        struct err *e) MUST_USE;

#endif
