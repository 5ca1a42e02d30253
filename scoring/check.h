/* check.h - what is asked of numbers that a file has brought: may they be used? */
#ifndef SCORING_CHECK_H
#define SCORING_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECK_COUNT_MOST INT64_C(1000000000000000)   /* of whole numbers */
#define CHECK_FLOAT_MOST 1e9                         /* of counts in a float */
#define CHECK_SPAN_MOST  1e18                        /* microseconds */
#define CHECK_TIME_MOST  INT64_C(300000000000000000) /* the year 9999 is before it */
#define CHECK_DAY_MOST   4000000                     /* the same in days */

/* A byte that is neither 0 nor 1 is no bool, and to read it as one is undefined. */
static inline bool check_bool(const bool *b)
{
    return *(const unsigned char *)b <= 1;
}

static inline bool check_count(int64_t n)
{
    return n >= 0 && n <= CHECK_COUNT_MOST;
}

static inline bool check_span(double x) /* false for NaN */
{
    return x >= 0 && x <= CHECK_SPAN_MOST;
}

/* So many counts that stand one after the other. */
static inline bool check_floats(const float *x, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        ok = ok && x[i] >= 0 && (double)x[i] <= CHECK_FLOAT_MOST;
    }
    return ok;
}

/* INT64_MIN: there is none yet. */
static inline bool check_time(int64_t us)
{
    return us == INT64_MIN || (us >= -CHECK_TIME_MOST && us <= CHECK_TIME_MOST);
}

static inline bool check_day(int32_t day)
{
    return day >= -CHECK_DAY_MOST && day <= CHECK_DAY_MOST;
}

/* An index into n, or -1. */
static inline bool check_link(int64_t i, int64_t n)
{
    return i >= -1 && i < n;
}

#endif
