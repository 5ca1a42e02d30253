/* counts.c - see counts.h. */
#include "fcgi/base/counts.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/counters.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const int64_t count_time_steps_us[COUNT_TIME_STEPS] = {1000,   2000,    5000,    10000,
                                                       20000,  50000,   100000,  200000,
                                                       500000, 1000000, 2000000, 5000000};

/* Of each program: its name is a label, so that one program's start does not set another's
 * numbers to nothing. */
static const char *const families[COUNTS_N] = {
    [COUNT_STARTS] = "starts_total",
    [COUNT_RECORDS] = "records_total",
    [COUNT_BATCHES] = "batches_total",
    [COUNT_UNSCORED] = "batches_unscored_total",
    [COUNT_RETENTION_ROWS] = "retention_deleted_records_total",
    [COUNT_PID] = "pid",
    [COUNT_STARTED_US] = "start_time_seconds",
    [COUNT_REQUESTS_WAITING] = "requests_waiting",
    [COUNT_REQUESTS_IN_WORK] = "requests_in_work",
    [COUNT_JOBS_WAITING] = "writer_jobs_waiting",
    [COUNT_COMMITTED_US] = "committed_us",
    [COUNT_COMMIT_FAILED_US] = "commit_failed_us",
    [COUNT_COMMIT_ERROR] = "commit_error",
    [COUNT_FULL_US] = "full_us",
};
static const char *const time_families[COUNT_TIMES_N] = {
    [COUNT_TIME_REQUEST] = "request_seconds",
    [COUNT_TIME_SCORE] = "score_seconds",
    [COUNT_TIME_LOCK] = "store_lock_wait_seconds",
    [COUNT_TIME_COMMIT] = "commit_seconds",
};

enum { SUM = COUNT_TIME_STEPS + 1, COUNT = SUM + 1, TIME_SLOTS = COUNT + 1 };

static const char *name_of_self = "loganalyzer";
static _Atomic(counter *) slots[COUNTS_N];
static _Atomic(counter *) time_slots[COUNT_TIMES_N][TIME_SLOTS];

static void name_slot(const char *program, enum count c,
                      char out[static COUNTER_NAME_BYTES])
{
    snprintf(out, COUNTER_NAME_BYTES, "%s{program=\"%s\"}", families[c], program);
}

static counter *slot(enum count c)
{
    counter *s = atomic_load(&slots[c]);
    if (!s) {
        char name[COUNTER_NAME_BYTES];
        name_slot(name_of_self, c, name);
        s = counters_find(name);
        atomic_store(&slots[c], s);
    }
    return s;
}

static void forget_slots(void)
{
    for (size_t c = 0; c < COUNTS_N; c++) {
        atomic_store(&slots[c], NULL);
    }
    for (size_t t = 0; t < COUNT_TIMES_N; t++) {
        for (size_t i = 0; i < TIME_SLOTS; i++) {
            atomic_store(&time_slots[t][i], NULL);
        }
    }
}

void counts_open(const char *program)
{
    name_of_self = program;
    forget_slots();
    for (size_t c = COUNT_REQUESTS_WAITING; c < COUNTS_N; c++) { /* of one before */
        if (counts_of(program, (enum count)c) != 0) {
            counts_set((enum count)c, 0);
        }
    }
    counts_set(COUNT_PID, getpid());
    counts_set(COUNT_STARTED_US, clock_now_us());
    counts_add(COUNT_STARTS, 1);
}

static enum counters_kind kind_of(const char *name)
{
    for (size_t c = COUNT_PID; c < COUNTS_N; c++) {
        char own[COUNTER_NAME_BYTES];
        name_slot(name_of_self, (enum count)c, own);
        if (strcmp(own, name) == 0) {
            return c >= COUNT_REQUESTS_WAITING && c <= COUNT_JOBS_WAITING
                       ? COUNTERS_BALANCE
                       : COUNTERS_LATEST;
        }
    }
    return COUNTERS_SUM;
}

enum err_code counts_retry(const char *path, struct err *e)
{
    enum err_code code = counters_retry(path, kind_of, e);
    if (!code) {
        forget_slots();
    }
    return code;
}

void counts_add(enum count c, int64_t n)
{
    atomic_fetch_add(slot(c), n);
}

void counts_set(enum count c, int64_t value)
{
    atomic_store(slot(c), value);
}

/* --- times --- */

static void name_time_slot(enum count_time t, size_t i,
                           char out[static COUNTER_NAME_BYTES])
{
    const char *family = time_families[t];
    if (i < COUNT_TIME_STEPS) {
        snprintf(out, COUNTER_NAME_BYTES, "%s_bucket{program=\"%s\",le=\"%g\"}", family,
                 name_of_self, (double)count_time_steps_us[i] / 1e6);
    } else if (i == COUNT_TIME_STEPS) {
        snprintf(out, COUNTER_NAME_BYTES, "%s_bucket{program=\"%s\",le=\"+Inf\"}", family,
                 name_of_self);
    } else {
        snprintf(out, COUNTER_NAME_BYTES, "%s_%s{program=\"%s\"}", family,
                 i == SUM ? "sum" : "count", name_of_self);
    }
}

static counter *time_slot(enum count_time t, size_t i)
{
    counter *s = atomic_load(&time_slots[t][i]);
    if (!s) {
        char name[COUNTER_NAME_BYTES];
        for (size_t j = 0; j <= i; j++) { /* in this order they are listed */
            name_time_slot(t, j, name);
            s = counters_find(name);
            atomic_store(&time_slots[t][j], s);
        }
    }
    return s;
}

/* From the widest piece down, as they are read from the narrowest up: so a reader never
 * sees more in a narrow one than in a wider. */
void counts_time(enum count_time t, int64_t us)
{
    us = us < 0 ? 0 : us;
    atomic_fetch_add(time_slot(t, COUNT), 1);
    atomic_fetch_add(time_slot(t, SUM), us);
    for (size_t i = COUNT_TIME_STEPS + 1; i-- > 0;) {
        if (i < COUNT_TIME_STEPS && us > count_time_steps_us[i]) {
            break;
        }
        atomic_fetch_add(time_slot(t, i), 1);
    }
}

/* --- others --- */

void counts_series(const char *family, const struct count_label *labels)
{
    char name[2 * COUNTER_NAME_BYTES]; /* a longer one is refused by counters_find */
    size_t n = (size_t)snprintf(name, COUNTER_NAME_BYTES, "%s{program=\"%s\"", family,
                                name_of_self);
    for (size_t i = 0; i < COUNT_LABELS_MAX && labels[i].name && n < COUNTER_NAME_BYTES;
         i++) {
        n += (size_t)snprintf(name + n, COUNTER_NAME_BYTES, ",%s=\"%s\"", labels[i].name,
                              labels[i].value);
    }
    if (n < sizeof name - 1) {
        memcpy(name + n, "}", 2);
    }
    atomic_fetch_add(counters_find(name), 1);
}

int64_t counts_of(const char *program, enum count c)
{
    char name[COUNTER_NAME_BYTES];
    struct counter_row row;
    int64_t value = 0;
    name_slot(program, c, name);
    for (size_t at = 0; counters_next(&at, &row);) {
        value += strcmp(row.name, name) == 0 ? row.value : 0;
    }
    return value;
}
