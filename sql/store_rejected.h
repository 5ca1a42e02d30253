/* store_rejected.h - records that were refused while the others of their batch were taken,
 * for a person to look at: verbs of store.h. The newest REJECTED_ROWS_MAX are kept. */
#ifndef SQL_STORE_REJECTED_H
#define SQL_STORE_REJECTED_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

enum { REJECTED_ROWS_MAX = 10000 };

struct store_rejected {
    int64_t received_us;
    size_t place;      /* in the request, from 0 */
    const char *field; /* that was wrong; NULL: the record as a whole */
    struct str reason;
    struct str text; /* the beginning of what was sent, UTF-8 */
    size_t bytes;    /* of all of it */
};

/* One that is there. Its texts are valid until the callback returns. */
struct store_rejected_row {
    int64_t id, received_us, place;
    struct str field; /* p NULL: the record as a whole */
    struct str reason, text;
    int64_t bytes;
};
typedef void (*store_rejected_fn)(void *arg, const struct store_rejected_row *row);

struct store;

/* In the transaction that stores the others; oldest ones that are too many go. */
enum err_code store_add_rejected(struct store *s, const struct store_rejected *r,
                                 struct err *e) MUST_USE;

/* In a transaction: of the oldest `limit`, those before before_us go; *n tells how many. */
enum err_code store_purge_rejected(struct store *s, int64_t before_us, size_t limit,
                                   size_t *n, struct err *e) MUST_USE;

/* Those with ids below before_id, newest first, at most limit. */
enum err_code store_list_rejected(struct store *s, int64_t before_id, size_t limit,
                                  store_rejected_fn fn, void *arg,
                                  struct err *e) MUST_USE;

#endif
