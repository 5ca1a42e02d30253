/* writer_counts.h - a part of the writer: what it counts of its transactions and of what it
 * has stored in them (fcgi/base/counts.h). */
#ifndef SQL_WRITER_COUNTS_H
#define SQL_WRITER_COUNTS_H

#include "sql/writer.h"

/* When a writer starts: nothing waits, and nothing was committed yet. */
void writer_counts_begin(void);

/* A transaction is over, well (code 0) or not. began_us, locked_us, monotonic: when it asked
 * for the store's lock, and when it had it or was refused. A fault of one job, and not of the
 * store, is not counted. */
struct writer_times {
    int64_t began_us, locked_us;
    size_t bytes; /* of records */
};
void writer_counts_group(const struct writer_times *t, enum err_code code);

/* A job waits from when it is submitted to when it is committed (code 0) or refused. */
void writer_counts_submitted(void);
void writer_counts_job(const struct write_job *job, enum err_code code);

/* Is the job in the store, or to be? Else it was there before it came. */
static inline bool write_job_is_new(const struct write_job *job)
{
    return job->import_state == IMPORT_ADDED &&
           (!job->receipt || job->receipt->state == RECEIPT_NONE);
}

#endif
