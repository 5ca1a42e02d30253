/* writer_counts.c - see writer_counts.h. */
#include "sql/writer_counts.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/counts.h"

void writer_counts_begin(void)
{
    static const enum count totals[] = {COUNT_RECORDS, COUNT_BATCHES, COUNT_UNSCORED,
                                        COUNT_RETENTION_ROWS};
    counts_set(COUNT_JOBS_WAITING, 0);
    counts_set(COUNT_COMMITTED_US, 0);
    counts_set(COUNT_COMMIT_FAILED_US, 0);
    counts_set(COUNT_COMMIT_ERROR, ERR_NONE);
    counts_set(COUNT_FULL_US, 0);
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
        counts_add(totals[i], 0); /* so that they are listed, with nothing */
    }
}

/* NULL: it is not the store's fault. */
static const char *reason_of(enum err_code code)
{
    static const struct {
        enum err_code code;
        const char *reason;
    } reasons[] = {{ERR_BUSY, "locked"},
                   {ERR_FULL, "disk_full"},
                   {ERR_DOWN, "unusable"},
                   {ERR_IO, "disk_error"},
                   {ERR_NOMEM, "memory"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].code == code) {
            return reasons[i].reason;
        }
    }
    return NULL;
}

void writer_counts_group(const struct writer_times *t, enum err_code code)
{
    const char *reason = reason_of(code);
    counts_time(COUNT_TIME_LOCK, t->locked_us - t->began_us);
    if (reason) {
        struct count_label labels[COUNT_LABELS_MAX] = {{"reason", reason}};
        counts_series("commit_failures_total", labels);
        counts_set(COUNT_COMMIT_ERROR, code);
        counts_set(COUNT_COMMIT_FAILED_US, clock_mono_us());
        if (code == ERR_FULL) { /* what holds no records may be stored all the same */
            counts_set(COUNT_FULL_US, clock_mono_us());
        }
    } else if (!code) {
        counts_time(COUNT_TIME_COMMIT, clock_mono_us() - t->locked_us);
        counts_set(COUNT_COMMIT_ERROR, ERR_NONE);
        counts_set(COUNT_COMMITTED_US, clock_mono_us());
        if (t->bytes > 0) {
            counts_set(COUNT_FULL_US, 0);
        }
    }
}

void writer_counts_submitted(void)
{
    counts_add(COUNT_JOBS_WAITING, 1);
}

void writer_counts_job(const struct write_job *job, enum err_code code)
{
    counts_add(COUNT_JOBS_WAITING, -1);
    if (code || !write_job_is_new(job)) {
        return;
    }
    if (job->records) {
        counts_add(COUNT_BATCHES, 1);
        counts_add(COUNT_RECORDS, (int64_t)job->n);
        counts_add(COUNT_UNSCORED, job->verdict == NULL);
    }
    if (job->incident_id > 0 && job->event != INCIDENT_EVENT_NONE) {
        struct count_label labels[COUNT_LABELS_MAX] = {
            {"event", incident_event_name(job->event)},
            {"channel", channel_name(job->verdict->reasons[0].channel)}};
        counts_series("incidents_total", labels);
    }
}
