/* expiry.h - what is kept for a time and then goes: receipts of answered requests, records
 * that were refused. A thread that looks once a minute and hands the writer small steps, so
 * that nobody waits long behind one. By a clock that has jumped nothing goes (core/keep.h). */
#ifndef JOBS_EXPIRY_H
#define JOBS_EXPIRY_H

#include "fcgi/base/clock.h"
#include "sql/writer.h"

#define EXPIRY_RECEIPTS_US (7 * 24 * 3600 * CLOCK_SECOND_US)
#define EXPIRY_REJECTED_US (30 * 24 * 3600 * CLOCK_SECOND_US)
enum {
    EXPIRY_RECEIPTS_MAX = 2000000, /* of more the oldest go, however young */
    EXPIRY_STORE_SHARE = 8,        /* all together an eighth of its largest size */
    EXPIRY_STEP_ROWS = 1000,
    EXPIRY_SECONDS = 60
};

struct expiry;

/* How many receipts are kept in a store of at most so many bytes. */
int64_t expiry_receipts_max(int64_t store_bytes_max);

enum err_code expiry_start(struct writer *writer, int64_t store_bytes_max,
                           struct expiry **out, struct err *e) MUST_USE;

/* NULL allowed. Before the writer is stopped. */
void expiry_stop(struct expiry *x);

#endif
