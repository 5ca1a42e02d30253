/* probation.h - something that came in suspicious company, and has to come again on
 * several days before it is taken for normal. Plain data. */
#ifndef SCORING_PROBATION_H
#define SCORING_PROBATION_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PROBATION_DAYS = 3
}; /* different days it has to be seen on, the last one at least
                                so many days after the first */

/* When and how something is seen. */
struct probation_day {
    int32_t day;  /* stream time / 1 day */
    bool trusted; /* in ordinary company */
};

struct probation {
    int32_t first, last; /* days */
    uint8_t days;        /* different ones */
    bool on;
};

/* Notes that it was seen. True if it is to be taken for normal now: it was not on
 * probation, or is no longer. fresh: it was never seen before. */
static inline bool probation_pass(struct probation *p, bool fresh,
                                  const struct probation_day *d)
{
    if (d->trusted) {
        p->on = false;
        return true;
    }
    if (fresh) {
        *p = (struct probation){d->day, d->day, 1, true};
        return false;
    }
    if (p->on && d->day < p->first) { /* time went back (stream_time.h) */
        *p = (struct probation){d->day, d->day, 1, true};
    } else if (p->on && d->day > p->last) {
        p->last = d->day;
        p->days = p->days < UINT8_MAX ? (uint8_t)(p->days + 1) : p->days;
        p->on = !(p->days >= PROBATION_DAYS && d->day - p->first >= PROBATION_DAYS - 1);
    }
    return !p->on;
}

#endif
