/* rhythm.h - something that comes at even intervals, such as a cron job's lines, and stays
 * away. Plain data; time is stream time.
 *
 * Even: after RHYTHM_MIN intervals their mean deviation is at most a tenth of their mean.
 * Overdue: RHYTHM_MISSED intervals are over, and it is away for longer than it ever was
 * (so that a job of the day is not missed every night). It is said once, until it is back. */
#ifndef SCORING_RHYTHM_H
#define SCORING_RHYTHM_H

#include "scoring/stream_time.h"

#include <stdbool.h>

enum { RHYTHM_MIN = 30, RHYTHM_MISSED = 3 };
#define RHYTHM_LEAST_US 30e6 /* shorter intervals are no rhythm worth watching */
#define RHYTHM_BURST_US 5e6  /* what comes within this is one */
#define RHYTHM_LATE_US  (60 * CLOCK_MINUTE_US) /* what is later than this is not noted */
#define RHYTHM_ABSENT_US                                                                 \
    (96 * 60 * CLOCK_MINUTE_US)  /* longer than a long weekend: no interval */
#define RHYTHM_FORGETS_US 5.2e12 /* 60 days: in so long the longest interval fades by e */

struct rhythm {
    int64_t last_us; /* 0: never */
    float mean_us, deviation_us, longest_us;
    uint16_t n; /* intervals; stays at its end */
    bool said;
};

static inline void rhythm_note(struct rhythm *r, int64_t at_us)
{
    float gap = (float)(at_us - r->last_us);
    if (gap < -(float)STREAM_BACK_US) { /* time went back (stream_time.h) */
        r->last_us = at_us;
        return;
    }
    if (r->last_us != 0 && gap < (float)RHYTHM_BURST_US) {
        return;
    }
    if (r->last_us != 0 && gap < (float)RHYTHM_ABSENT_US) {
        float rate = 1.0F / (float)(r->n < 50 ? r->n + 1 : 50);
        float off = gap > r->mean_us ? gap - r->mean_us : r->mean_us - gap;
        r->deviation_us += (r->n > 0 ? off - r->deviation_us : 0) * rate;
        r->mean_us += (gap - r->mean_us) * rate;
        float fade =
            gap < (float)RHYTHM_FORGETS_US ? 1 - gap / (float)RHYTHM_FORGETS_US : 0;
        r->longest_us = gap > r->longest_us * fade ? gap : r->longest_us * fade;
        r->n = r->n < UINT16_MAX ? (uint16_t)(r->n + 1) : r->n;
    }
    r->last_us = at_us;
    r->said = false;
}

/* From when on it is overdue; INT64_MAX: it has no rhythm, or it was said. */
static inline int64_t rhythm_due(const struct rhythm *r)
{
    float missed = RHYTHM_MISSED * r->mean_us, longest = 1.2F * r->longest_us;
    bool even = r->n >= RHYTHM_MIN && r->mean_us >= (float)RHYTHM_LEAST_US &&
                r->deviation_us <= r->mean_us / 10;
    return even && !r->said ? r->last_us + (int64_t)(missed > longest ? missed : longest)
                            : INT64_MAX;
}

#endif
