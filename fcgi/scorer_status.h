/* scorer_status.h - how the scorer is, as the store has it: ingest writes it there when it
 * changes (fcgi/jobs/scorer_note.h). For GET /meta, /readyz and /metrics. */
#ifndef SCORER_STATUS_H
#define SCORER_STATUS_H

#include "fcgi/base/config.h"
#include "sql/store_read.h"

enum { SCORER_STATUS_UNSCORED_MAX = 100000 };

/* The texts are views into note. */
struct scorer_status {
    char note[STORE_NOTE_BYTES];
    /* JSON texts, quotes included */
    struct str state, since, last_error, version, model_error;
    int64_t learned;  /* in process, while it is behind; else -1 */
    int64_t unscored; /* batches, counted up to SCORER_STATUS_UNSCORED_MAX */
    /* Committed batches that are not learned yet, and since when the first one waits. */
    int64_t lag, lag_since_us;
    bool store_fails; /* nothing of this is known; and why: */
    struct err store_error;
};

void scorer_status_read(struct store *reader, const struct config *c,
                        struct scorer_status *out);

#endif
