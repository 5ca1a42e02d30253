/* cause_check.h - are the records that a verdict's reasons name its cause? Without them,
 * what is left of the batch must be at or under the threshold. */
#ifndef TESTS_CAUSE_CHECK_H
#define TESTS_CAUSE_CHECK_H

#include "scoring/verdicts.h"

enum cause { CAUSE_NOT_FLAGGED, CAUSE_NAMED, CAUSE_MISSED, CAUSE_NO_MEMORY };

struct cause_batch {
    const struct model *m;
    const struct record *records;
    size_t n;
    int64_t now_us;
    double threshold;
    struct arena *arena; /* the verdict's lists stay in it */
};

struct cause_found {
    struct verdict verdict;
    size_t named; /* records */
    double left;  /* the raw score of the others; 0 if there are none */
};
enum cause cause_check(const struct cause_batch *b, struct cause_found *out);

#endif
