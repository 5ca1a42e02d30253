/* stream_time.h - a service's own time: that of its latest record. Plain data.
 *
 * It goes on with the records and not back for a straggler. If STREAM_BACK_N records in turn
 * are more than STREAM_BACK_US older, they are no stragglers: somebody sends what was before
 * (a file of last week is imported, a clock was ahead), and the time goes back to theirs.
 * More than a day, so that a host whose time zone is wrong does not move it to and fro. */
#ifndef SCORING_STREAM_TIME_H
#define SCORING_STREAM_TIME_H

#include "fcgi/base/clock.h"

enum { STREAM_BACK_N = 16 };
#define STREAM_BACK_US (24 * 60 * CLOCK_MINUTE_US)

struct stream_time {
    int64_t latest_us; /* INT64_MIN: no record yet */
    uint32_t behind_n; /* records in turn that were far behind */
};

enum stream_step { STREAM_BEHIND, STREAM_ON, STREAM_BACK };

/* n records, the latest of them of at_us. STREAM_BEHIND: the time stays as it is. */
static inline enum stream_step stream_note(struct stream_time *s, int64_t at_us,
                                           uint32_t n)
{
    if (s->latest_us == INT64_MIN || at_us > s->latest_us) {
        *s = (struct stream_time){at_us, 0};
        return STREAM_ON;
    }
    s->behind_n = at_us < s->latest_us - STREAM_BACK_US ? s->behind_n + n : 0;
    if (s->behind_n < STREAM_BACK_N) {
        return STREAM_BEHIND;
    }
    *s = (struct stream_time){at_us, 0};
    return STREAM_BACK;
}

#endif
