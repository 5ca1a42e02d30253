/* evaluate_store.h - what a model would have raised, had it been there: the batches of a
 * store once more, in their order, scored, learned and looked at by the minute as the
 * running server does. */
#ifndef SCORING_EVALUATE_STORE_H
#define SCORING_EVALUATE_STORE_H

#include "scoring/detector.h"

struct evaluate_store {
    const char *store;
    double threshold;
    /* Times of receipt. From begin_us on batches are learned; what was raised is told of
     * those from since_us on, and before until_us. */
    int64_t begin_us, since_us, until_us;
    bool json;
};

/* d has the model, opened with the same threshold; it learns. Prints what would have been
 * an incident, and how many there were. */
enum err_code evaluate_store(const struct evaluate_store *o, struct detector *d,
                             struct err *e) MUST_USE;

#endif
