/* expiry.h - what is kept for a time and then goes: receipts of answered requests, records
 * that were refused. In steps, each in a transaction of the writer's, so that nobody waits long
 * behind one; jobs/keeper.h says when. */
#ifndef JOBS_EXPIRY_H
#define JOBS_EXPIRY_H

#include "fcgi/base/clock.h"
#include "sql/store.h"

#define EXPIRY_RECEIPTS_US (7 * 24 * 3600 * CLOCK_SECOND_US)
#define EXPIRY_REJECTED_US (30 * 24 * 3600 * CLOCK_SECOND_US)
enum {
    EXPIRY_RECEIPTS_MAX = 2000000, /* of more the oldest go, however young */
    EXPIRY_STORE_SHARE = 8,        /* all together an eighth of its largest size */
    EXPIRY_STEP_ROWS = 1000        /* of receipts fewer, the longer they are */
};

/* How many receipts of RECEIPT_BYTES are kept in a store of at most so many bytes. */
int64_t expiry_receipts_max(int64_t store_bytes_max);

/* What is too old, and receipts beyond receipts_max. now_us 0: the clock is not believed, and by
 * a clock that has jumped a request that is sent again would be stored twice. *n tells how many
 * went: while any did there may be more. */
enum err_code expiry_step(struct store *s, int64_t now_us, int64_t receipts_max,
                          size_t *n, struct err *e) MUST_USE;

#endif
