/* readiness.c - see readiness.h. */
#include "fcgi/core/readiness.h"

#include "fcgi/base/size_text.h"

#include <stdio.h>

#define DAYS_MAX 36500.0

const char *readiness_check_name(enum readiness_check c)
{
    static const char *const names[READINESS_CHECKS_N] = {"store", "model", "lag",
                                                          "disk"};
    return names[c];
}

const char *readiness_state_name(enum readiness_state s)
{
    static const char *const names[] = {"ok", "warning", "failing"};
    return names[s];
}

/* --- the disk --- */

double disk_room_days(const struct disk_room *d)
{
    int64_t usable = d->free_bytes - d->floor_bytes;
    usable = usable > 0 ? usable : 0;
    if (!d->known || !(d->bytes_a_day > 0) || d->left_bytes <= usable) {
        return -1;
    }
    double days = (double)usable / d->bytes_a_day;
    return days < DAYS_MAX ? days : DAYS_MAX;
}

static bool is_full(const struct disk_room *d)
{
    return d->known && d->free_bytes < d->floor_bytes;
}

bool disk_room_is_low(const struct disk_room *d, bool was_low)
{
    int64_t part = d->total_bytes / READINESS_LOW_PART;
    int64_t bytes = part < READINESS_LOW_BYTES ? part : READINESS_LOW_BYTES;
    int64_t floors = READINESS_LOW_FLOORS * d->floor_bytes;
    double days = READINESS_LOW_DAYS, left = disk_room_days(d);
    bytes = bytes > floors ? bytes : floors;
    if (was_low) {
        bytes += bytes / 10;
        days += days / 10;
    }
    return d->known && (d->free_bytes < bytes || (left >= 0 && left < days));
}

static void decide_disk(const struct disk_room *d, struct readiness_answer *a)
{
    char is[SIZE_TEXT_BYTES], least[SIZE_TEXT_BYTES], must[96] = "", in_days[64] = "";
    double days = disk_room_days(d);
    bool full = is_full(d);
    if (!d->known) {
        a->state = READINESS_FAILING;
        snprintf(a->why, sizeof a->why, "the store's file system cannot be looked at");
        return;
    }
    if (!full && !disk_room_is_low(d, false)) {
        return;
    }
    if (days >= 0) {
        snprintf(in_days, sizeof in_days, ", used up in %.1f days as things go", days);
    }
    if (full) {
        snprintf(must, sizeof must,
                 ", and it must be %s (FREE_BYTES_MIN): nothing is taken",
                 size_text(d->floor_bytes, least));
    }
    a->state = full ? READINESS_FAILING : READINESS_WARNING;
    snprintf(a->why, sizeof a->why, "%s free where the store is%s%s",
             size_text(d->free_bytes, is), must, in_days);
}

/* --- the store, and who scores --- */

static const char no_ingest[] = "loganalyzer-ingest does not run";

static const char *commit_error_text(enum err_code code)
{
    static const struct {
        enum err_code code;
        const char *text;
    } texts[] = {{ERR_BUSY, "another program has it locked"},
                 {ERR_FULL, "the disk is full"},
                 {ERR_IO, "the disk failed"},
                 {ERR_NOMEM, "memory is short"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].code == code) {
            return texts[i].text;
        }
    }
    return "it cannot be used: the log says why";
}

/* What is wrong with the file, as who reads it sees it. */
static const char *read_trouble(const struct readiness_facts *f)
{
    return f->read_error ? f->read_error : "it cannot be read";
}

/* NULL: it can be written. */
static const char *store_trouble(const struct readiness_facts *f)
{
    bool refused = f->full_us > 0 && f->mono_us - f->full_us < READINESS_REFUSED_US;
    int64_t last = f->committed_us > f->failed_us ? f->committed_us : f->failed_us;
    if (!f->ingest_runs) {
        return no_ingest;
    }
    if (last == 0) {
        return f->store_read_fails ? read_trouble(f) : "it is being opened";
    }
    if (f->mono_us - last > READINESS_SILENT_US) {
        return "its writer does not answer";
    }
    if (f->failed_us > f->committed_us) {
        return f->commit_error == ERR_DOWN && f->store_read_fails
                   ? read_trouble(f)
                   : commit_error_text(f->commit_error);
    }
    if (is_full(&f->disk) || refused) {
        return commit_error_text(ERR_FULL);
    }
    return f->store_read_fails ? read_trouble(f)
           : !f->store_there   ? "there is none"
                               : NULL;
}

static void fail(struct readiness_answer *a, const char *why)
{
    a->state = READINESS_FAILING;
    snprintf(a->why, sizeof a->why, "%s", why);
}

static void decide_model(const struct readiness_facts *f, struct readiness_answer *a)
{
    if (!f->ingest_runs) {
        fail(a, no_ingest);
    } else if (!f->scorer_known) {
        fail(a, "nothing was heard of who scores");
    } else if (!f->scorer_ok) {
        fail(a, "who scores is away, or not ready: records are stored without a score");
    } else if (f->model_refused) {
        a->state = READINESS_WARNING;
        snprintf(a->why, sizeof a->why,
                 "a newer model was refused; the one before scores");
    }
}

void readiness_decide(const struct readiness_facts *f,
                      struct readiness_answer out[static READINESS_CHECKS_N])
{
    const char *trouble = store_trouble(f);
    for (size_t i = 0; i < READINESS_CHECKS_N; i++) {
        out[i] = (struct readiness_answer){READINESS_OK, ""};
    }
    if (trouble) {
        fail(&out[READINESS_STORE], trouble);
    }
    decide_model(f, &out[READINESS_MODEL]);
    if (f->lag_us > READINESS_LAG_US) {
        out[READINESS_LAG].state = READINESS_FAILING;
        snprintf(out[READINESS_LAG].why, READINESS_TEXT_BYTES,
                 "%lld batches are not learned yet, the first one for %lld s",
                 (long long)f->lag_batches, (long long)(f->lag_us / CLOCK_SECOND_US));
    }
    decide_disk(&f->disk, &out[READINESS_DISK]);
}
