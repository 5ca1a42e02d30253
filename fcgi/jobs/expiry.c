/* expiry.c - see expiry.h. */
#include "fcgi/jobs/expiry.h"

#include "fcgi/base/diag.h"
#include "fcgi/base/ticker.h"

#include <stdatomic.h>
#include <stdlib.h>

struct expiry {
    struct writer *writer;
    struct ticker *ticker;
    atomic_bool stopping;
};

struct step {
    struct store_receipt_purge what;
    size_t n; /* gone */
};

static enum err_code purge(void *arg, struct store *s, struct err *e)
{
    struct step *step = arg;
    return store_purge_receipts(s, &step->what, &step->n, e);
}

/* Until a step finds less than it might. What fails, as in a busy store, waits for the next
 * minute. */
static void tick(void *expiry)
{
    struct expiry *x = expiry;
    struct err e;
    struct step step = {.n = EXPIRY_STEP_ROWS};
    while (step.n >= EXPIRY_STEP_ROWS && !atomic_load(&x->stopping)) {
        int64_t now_us = clock_now_us();
        step = (struct step){
            {now_us - EXPIRY_RECEIPTS_US, EXPIRY_RECEIPTS_MAX, EXPIRY_STEP_ROWS}, 0};
        struct write_job job = {.also = purge, .also_arg = &step, .now_us = now_us};
        enum err_code code = writer_submit(x->writer, &job, &e);
        writer_wait_learned(&job);
        if (code) {
            if (code != ERR_BUSY) {
                diag("old receipts could not be removed, trying again: %s", e.msg);
            }
            return;
        }
    }
}

enum err_code expiry_start(struct writer *writer, struct expiry **out, struct err *e)
{
    struct expiry *x = calloc(1, sizeof *x);
    if (!x) {
        return err_set(e, ERR_NOMEM, "not enough memory to remove what is old");
    }
    x->writer = writer;
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
