/* store_lanes.h - what each service sent when, in pieces of ten minutes: more of the verbs
 * of store.h, by the same rules.
 *
 * The time is that of the events, but never later than the receive clock: so what is
 * imported, or a week of the demo, fills its own days, and a sender's clock that is ahead
 * makes nothing that is newer than now. Kept are the last 14 days before the newest piece. */
#ifndef SQL_STORE_LANES_H
#define SQL_STORE_LANES_H

#include "fcgi/base/clock.h"
#include "sql/store.h"

#define LANE_BUCKET_US (10 * CLOCK_MINUTE_US)
enum {
    LANE_DAYS = 14,
    LANE_BUCKETS_A_DAY = 24 * 6,
    LANE_BUCKETS_MAX = LANE_DAYS * LANE_BUCKETS_A_DAY,
    LANE_SERVICES_MAX = 1000 /* in one piece; the others' records are counted under "" */
};

struct store_lane {
    int64_t bucket; /* time / LANE_BUCKET_US */
    struct str service;
    int64_t records;
    int64_t last_us; /* the newest event */
    double score;    /* the highest; below 0: not scored */
};
/* The text is valid until the callback returns. */
typedef void (*store_lane_fn)(void *arg, const struct store_lane *row);

/* Adds to what is there: records are summed, of times and scores the highest stay. What is
 * older than LANE_DAYS before the newest is not kept: what is there of it goes, one piece of
 * time with each call, an empty one too. */
enum err_code store_add_lanes(struct store *s, const struct store_lane *lanes, size_t n,
                              struct err *e) MUST_USE;

/* Those with from <= bucket < to, by bucket, then service. */
enum err_code store_list_lanes(struct store *s, int64_t from, int64_t to,
                               store_lane_fn fn, void *arg, struct err *e) MUST_USE;

#endif
