/* expiry.c - see expiry.h. */
#include "fcgi/jobs/expiry.h"

#include "fcgi/base/diag.h"
#include "fcgi/base/ticker.h"
#include "fcgi/core/keep.h"
#include "sql/store_keep.h"
#include "sql/store_rejected.h"

#include <stdatomic.h>
#include <stdlib.h>

struct expiry {
    struct writer *writer;
    int64_t receipts_max;
    struct ticker *ticker;
    atomic_bool stopping;
    struct keep_clock clock; /* the thread's own */
};

struct step {
    struct keep_clock *clock;
    int64_t now_us, receipts_max;
    size_t receipts_n, rejected_n; /* gone */
};

static enum err_code purge(void *arg, struct store *s, struct err *e)
{
    struct step *step = arg;
    struct store_usage u;
    enum err_code code = store_get_usage(s, &u, e);
    if (code) {
        return code;
    }
    /* By a clock that has jumped a request that is sent again would be stored twice. */
    bool believed =
        keep_clock_look(step->clock, step->now_us, clock_mono_us(), u.newest_us);
    int64_t now_us = believed ? step->now_us : 0;
    struct store_receipt_purge what = {now_us - EXPIRY_RECEIPTS_US, step->receipts_max,
                                       EXPIRY_STEP_ROWS};
    code = store_purge_receipts(s, &what, &step->receipts_n, e);
    return code ? code
                : store_purge_rejected(s, now_us - EXPIRY_REJECTED_US, EXPIRY_STEP_ROWS,
                                       &step->rejected_n, e);
}

/* Until a step finds less than it might. What fails, as in a busy store, waits for the next
 * minute. */
static void tick(void *expiry)
{
    struct expiry *x = expiry;
    struct err e;
    for (bool more = true; more && !atomic_load(&x->stopping);) {
        struct step step = {&x->clock, clock_now_us(), x->receipts_max, 0, 0};
        struct write_job job = {.also = purge, .also_arg = &step, .now_us = step.now_us};
        enum err_code code = writer_submit(x->writer, &job, &e);
        writer_wait_learned(&job);
        if (code) {
            if (code != ERR_BUSY) {
                diag("old receipts could not be removed, trying again: %s", e.msg);
            }
            return;
        }
        more = step.receipts_n >= EXPIRY_STEP_ROWS || step.rejected_n >= EXPIRY_STEP_ROWS;
    }
}

int64_t expiry_receipts_max(int64_t store_bytes_max)
{
    int64_t n = store_bytes_max / EXPIRY_STORE_SHARE / RECEIPT_BYTES;
    return n < EXPIRY_RECEIPTS_MAX ? n : EXPIRY_RECEIPTS_MAX;
}

enum err_code expiry_start(struct writer *writer, int64_t store_bytes_max,
                           struct expiry **out, struct err *e)
{
    struct expiry *x = calloc(1, sizeof *x);
    if (!x) {
        return err_set(e, ERR_NOMEM, "not enough memory to remove what is old");
    }
    x->writer = writer;
    x->receipts_max = expiry_receipts_max(store_bytes_max);
    enum err_code code =
        ticker_start(EXPIRY_SECONDS * CLOCK_SECOND_US, tick, x, &x->ticker, e);
    if (code) {
        free(x);
        return code;
    }
    *out = x;
    return ERR_NONE;
}

void expiry_stop(struct expiry *x)
{
    if (x) {
        atomic_store(&x->stopping, true);
        ticker_stop(x->ticker);
        free(x);
    }
}
