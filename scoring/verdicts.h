/* verdicts.h - from a batch to a verdict: its services' windows judged, the oddest one's
 * score, and the reasons.
 *
 * raw_score is of the oddest. What is told is the one with the highest score after each
 * one's alarm budget: a noisy service does not hide another one's incident.
 *
 * The reasons' records are the cause: without them what is left of the batch scores not
 * above the threshold. That is tried out, only for a batch above it, and what else was odd
 * is added to the reasons. Pure: the model is only read. */
#ifndef SCORING_VERDICTS_H
#define SCORING_VERDICTS_H

#include "fcgi/core/features.h"
#include "scoring/alarm.h"
#include "scoring/explain.h"

/* So often what is left is looked at again; the last time all that is still odd goes. */
enum { VERDICTS_ROUNDS_MAX = 4 };

struct verdicts_batch {
    const struct model *m;
    const struct record *records;
    size_t n;
    const struct analysis *a; /* of the records */
    double threshold;
    bool budget; /* hold the score at the threshold where the alarm budget says so */
    struct arena *arena;
};

/* Where memory is short the reasons name fewer records. */
void verdicts_make(const struct verdicts_batch *b, struct verdict *out);

/* Judges a window that spans batches: a service's minute, or a session. service: in the
 * model, or -1. */
struct verdicts_window {
    int service;
    enum window_kind kind;
    const struct window *w;
    int64_t at_us;
};
void verdicts_judge_window(const struct model *m, const struct verdicts_window *w,
                           struct judgement *out);

/* What is said of it; it has reasons only if it is over the threshold. x->j is j's. The
 * verdict's texts are x's. */
void verdicts_of_window(const struct explain *x, const struct judgement *j,
                        double threshold, struct verdict *out);

#endif
