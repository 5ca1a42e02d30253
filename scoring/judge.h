/* judge.h - from counts to a verdict: the pure middle of the detector, used for batches,
 * for minutes of a service, and for the bare numbers of POST /score. */
#ifndef SCORING_JUDGE_H
#define SCORING_JUDGE_H

#include "fcgi/core/features.h"
#include "fcgi/core/verdict.h"

struct judge_counts {
    int64_t n, errors, failed_logins; /* 0 <= errors, failed_logins <= n */
};

/* Numbers only: verdict->service stays empty and the reasons name no service. */
void judge_counts(const struct judge_counts *c, struct verdict *out);

/* What was counted in a batch, or (within: " within a minute") in some time. */
void judge_features(const struct features *f, const char *within, struct verdict *out);

/* -log10 p of a verdict that judge_features makes of such a tally, without its words. */
double judge_tally_z(const struct tally *t);

#endif
