/* store_receipts.h - which requests have been answered: verbs of store.h.
 *
 * A client that got no answer sends its request again under the same key. The receipt is
 * written in the transaction that stores the records, so it is there just if they are. */
#ifndef SQL_STORE_RECEIPTS_H
#define SQL_STORE_RECEIPTS_H

#include "fcgi/base/buf.h"
#include "fcgi/base/err.h"

enum {
    RECEIPT_KEY_BYTES_MAX = 128,
    RECEIPT_DIGEST_BYTES = 32,
    RECEIPT_REPLY_BYTES_MAX = 1 << 20,
    RECEIPT_BYTES = 1000 /* that one is taken to have, if it has no more */
};

struct store_receipt {
    struct str scope;                     /* whose request; "": nobody's in particular */
    struct str key;                       /* 1..RECEIPT_KEY_BYTES_MAX */
    uint8_t digest[RECEIPT_DIGEST_BYTES]; /* of the request */
    int64_t received_us;
    struct str reply; /* at most RECEIPT_REPLY_BYTES_MAX; not looked at by find */
};

enum store_receipt_state {
    RECEIPT_NONE, /* nothing is known of scope and key */
    RECEIPT_SAME, /* this request was answered */
    RECEIPT_OTHER /* another request was, under the same scope and key */
};

/* Which ones go: those before before_us, and all but about the newest rows_max; at most limit
 * (at least 1) for each of the two reasons. Both numbers are for receipts of RECEIPT_BYTES: the
 * longer they are on average, the fewer stay, and the fewer go at a time. */
struct store_receipt_purge {
    int64_t before_us, rows_max;
    size_t limit;
};

struct store;

/* What became of the request asked. RECEIPT_SAME: *reply, cleared before, holds the reply.
 * A reader that finds no store yet finds nothing. */
enum err_code store_find_receipt(struct store *s, const struct store_receipt *asked,
                                 enum store_receipt_state *state, struct buf *reply,
                                 struct err *e) MUST_USE;

/* In the transaction that stores what the reply speaks of, and in which store_find_receipt
 * has found none. */
enum err_code store_add_receipt(struct store *s, const struct store_receipt *r,
                                struct err *e) MUST_USE;

/* In a transaction; *n tells how many went. */
enum err_code store_purge_receipts(struct store *s, const struct store_receipt_purge *p,
                                   size_t *n, struct err *e) MUST_USE;

#endif
