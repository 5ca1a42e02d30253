/* counts.h - what our programs count of themselves, by the names under which GET /metrics
 * shows it (fcgi/metrics.h, which also has their meaning in words). Where something happens
 * one of these is called; it costs some atomic additions and never fails or waits.
 *
 * A process-wide facility as diag.h is. Any thread, after counts_open. */
#ifndef BASE_COUNTS_H
#define BASE_COUNTS_H

#include "fcgi/base/err.h"

enum count {
    COUNT_STARTS, /* of the program */
    COUNT_RECORDS,
    COUNT_BATCHES,
    COUNT_UNSCORED,       /* batches that were stored without a score */
    COUNT_RETENTION_ROWS, /* records that were deleted because of their age or the space */
    /* What is so now, not how often: set, or added to and taken from. All after the first
     * two are 0 when the program starts. */
    COUNT_PID,
    COUNT_STARTED_US,
    COUNT_REQUESTS_WAITING,
    COUNT_REQUESTS_IN_WORK,
    COUNT_JOBS_WAITING,     /* for the writer */
    COUNT_COMMITTED_US,     /* monotonic: the last transaction that succeeded, */
    COUNT_COMMIT_FAILED_US, /* and that failed, */
    COUNT_COMMIT_ERROR,     /* and why: enum err_code; 0: it did not */
    COUNT_FULL_US /* monotonic: for want of space; 0: not since records were stored */
};
enum { COUNTS_N = COUNT_FULL_US + 1 };

/* How long something took. */
enum count_time {
    COUNT_TIME_REQUEST, /* from its turn to its reply */
    COUNT_TIME_SCORE,   /* of a batch */
    COUNT_TIME_LOCK,    /* until the store's lock is got, or not */
    COUNT_TIME_COMMIT   /* of a transaction, from the lock to the disk */
};
enum { COUNT_TIMES_N = COUNT_TIME_COMMIT + 1 };

/* Upper ends of the pieces in which times are counted, ascending. */
enum { COUNT_TIME_STEPS = 12 };
extern const int64_t count_time_steps_us[COUNT_TIME_STEPS];

/* After counters_open, at a process's start. program: "ingest"; static. Says that it runs,
 * and that nothing waits in it. */
void counts_open(const char *program);

/* If counters_open has failed, now and then (counters_retry), at any time after counts_open. */
enum err_code counts_retry(const char *path, struct err *e) MUST_USE;

void counts_add(enum count c, int64_t n);
void counts_set(enum count c, int64_t value);
void counts_time(enum count_time t, int64_t us);

/* One more of the series family{program="...",name="value",...}. Values are words of ours,
 * of which there are few, without quotes. A label with the name NULL ends them, else there
 * are COUNT_LABELS_MAX. */
struct count_label {
    const char *name, *value;
};
enum { COUNT_LABELS_MAX = 3 };
void counts_series(const char *family, const struct count_label *labels);

/* The value of this or another program's count, 0 if it has none. */
int64_t counts_of(const char *program, enum count c);

#endif
