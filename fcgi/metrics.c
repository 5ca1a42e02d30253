/* metrics.c - see metrics.h. */
#include "fcgi/metrics.h"

#include "fcgi/base/counters.h"
#include "fcgi/programs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "loganalyzer_"

static const struct metrics_family families[] = {
    {"starts_total", METRICS_COUNTER, false,
     "Starts of the program, those after a crash too."},
    {"start_time_seconds", METRICS_GAUGE, true,
     "When the program started, in seconds since 1970."},
    {"requests_total", METRICS_COUNTER, false,
     "Requests that were answered, by route, method (none and other: there is no such "
     "route, or it was refused before) and status. Those that the web server refuses are "
     "not among them."},
    {"request_seconds", METRICS_HISTOGRAM, true,
     "Time from a request's turn to its reply."},
    {"requests_waiting", METRICS_GAUGE, false, "Requests that wait for their turn."},
    {"requests_in_work", METRICS_GAUGE, false, "Requests that are being worked on."},
    {"records_total", METRICS_COUNTER, false, "Records that were stored."},
    {"batches_total", METRICS_COUNTER, false, "Batches that were stored."},
    {"batches_unscored_total", METRICS_COUNTER, false,
     "Batches that were stored without a score, as who scores gave none."},
    {"score_seconds", METRICS_HISTOGRAM, true, "Time that scoring a batch took."},
    {"scorer_requests_total", METRICS_COUNTER, false,
     "Batches that the scoring service was to score, by outcome: ok, failed, too_large, "
     "resting (it was not asked, as it had failed before)."},
    {"learn_requests_total", METRICS_COUNTER, false,
     "Requests by which the scoring service is told what was stored, by outcome."},
    {"incidents_total", METRICS_COUNTER, false,
     "Incidents, by what happened (opened, worse, regression) and by what was looked "
     "at."},
    {"writer_jobs_waiting", METRICS_GAUGE, false,
     "What waits to be written to the store."},
    {"store_lock_wait_seconds", METRICS_HISTOGRAM, true,
     "Time that a transaction waited for the store's lock."},
    {"commit_seconds", METRICS_HISTOGRAM, true,
     "Time that a transaction took, from the lock to the disk."},
    {"commit_failures_total", METRICS_COUNTER, false,
     "Transactions that failed, by reason: locked, disk_full, disk_error, unusable, "
     "memory."},
    {"notifications_total", METRICS_COUNTER, false,
     "Messages that were sent, by channel and outcome: delivered, failed (it is tried "
     "again), undeliverable."},
    {"retention_deleted_records_total", METRICS_COUNTER, false,
     "Records that were deleted because of their age or the space they take."},
    {COUNTERS_LOST, METRICS_COUNTER, false,
     "How often something was not counted because there are too many names."},
};
enum { FAMILIES_N = sizeof families / sizeof families[0] };

void metrics_put_family(struct buf *out, const struct metrics_family *f)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    buf_fmt(out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", f->name, f->help,
            f->name, types[f->type]);
}

void metrics_put(struct buf *out, const char *name, const char *labels, double value)
{
    buf_fmt(out, PREFIX "%s%s%s%s ", name, labels[0] ? "{" : "", labels,
            labels[0] ? "}" : "");
    if (value == rint(value) && fabs(value) < 9e15) {
        buf_fmt(out, "%.0f\n", value);
    } else {
        buf_fmt(out, "%.15g\n", value);
    }
}

/* --- what was counted --- */

/* What stands before the labels. */
static struct str base_of(struct str name)
{
    return str_split(&name, '{');
}

static bool is_of(const struct metrics_family *f, struct str base)
{
    struct str name = str_of(f->name);
    if (f->type != METRICS_HISTOGRAM) {
        return str_eq(base, name);
    }
    if (!str_starts(base, name)) {
        return false;
    }
    struct str rest = str_from(base, name.n);
    return str_eq(rest, STR("_bucket")) || str_eq(rest, STR("_sum")) ||
           str_eq(rest, STR("_count"));
}

const struct metrics_family *metrics_family_of(struct str name)
{
    struct str base = base_of(name);
    for (size_t i = 0; i < FAMILIES_N; i++) {
        if (is_of(&families[i], base)) {
            return &families[i];
        }
    }
    return NULL;
}

/* All rows, each name once: two processes may have made a slot each. Names are text of ours,
 * or of a file that only we write to: one that is not a series is left out. */
struct rows {
    struct counter_row list[COUNTERS_MAX];
    const struct metrics_family *family[COUNTERS_MAX];
    size_t n;
};

static bool is_series(struct str name)
{
    struct str rest = name, base = str_split(&rest, '{');
    return base.n > 0 && (base.n == name.n || str_ends(name, STR("}")));
}

static void add_row(struct rows *r, const struct counter_row *row)
{
    const struct metrics_family *f = metrics_family_of(str_of(row->name));
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->list[i].name, row->name) == 0) {
            r->list[i].value += row->value;
            return;
        }
    }
    if (f && is_series(str_of(row->name))) {
        r->list[r->n] = *row;
        r->family[r->n] = f;
        r->n++;
    }
}

static void put_row(struct buf *out, const struct metrics_family *f,
                    const struct counter_row *row)
{
    /* Of a histogram only the sum is a time. */
    bool micros = f->micros && (f->type != METRICS_HISTOGRAM ||
                                str_ends(base_of(str_of(row->name)), STR("_sum")));
    if (micros) {
        buf_fmt(out, PREFIX "%s %.6f\n", row->name, (double)row->value / 1e6);
    } else {
        buf_fmt(out, PREFIX "%s %lld\n", row->name, (long long)row->value);
    }
}

void metrics_put_counted(struct buf *out)
{
    struct rows r = {.n = 0};
    struct counter_row row;
    for (size_t at = 0; r.n < COUNTERS_MAX && counters_next(&at, &row);) {
        add_row(&r, &row);
    }
    for (size_t f = 0; f < FAMILIES_N; f++) {
        bool headed = false;
        for (size_t i = 0; i < r.n; i++) {
            if (r.family[i] != &families[f]) {
                continue;
            }
            if (!headed) {
                metrics_put_family(out, &families[f]);
                headed = true;
            }
            put_row(out, &families[f], &r.list[i]);
        }
    }
}

/* --- the programs --- */

struct program_number {
    struct metrics_family family;
    int64_t (*of)(const struct program_state *s); /* -1: not known */
};

static int64_t runs(const struct program_state *s)
{
    return s->runs;
}

static int64_t resident(const struct program_state *s)
{
    return s->runs ? s->resident_bytes : -1;
}

static int64_t descriptors(const struct program_state *s)
{
    return s->runs ? s->descriptors : -1;
}

static int64_t threads(const struct program_state *s)
{
    return s->runs ? s->threads : -1;
}

void metrics_put_programs(struct buf *out)
{
    static const struct program_number numbers[] = {
        {{"up", METRICS_GAUGE, false, "1: the program runs; 0: it did, and does not."},
         runs},
        {{"resident_memory_bytes", METRICS_GAUGE, false, "Memory of the program."},
         resident},
        {{"open_descriptors", METRICS_GAUGE, false, "Open files and connections."},
         descriptors},
        {{"threads", METRICS_GAUGE, false, "Threads of the program."}, threads},
    };
    struct program_state states[PROGRAMS_N];
    char label[64];
    for (size_t p = 0; p < PROGRAMS_N; p++) {
        program_look(programs[p], &states[p]);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        metrics_put_family(out, &numbers[i].family);
        for (size_t p = 0; p < PROGRAMS_N; p++) {
            int64_t n = states[p].known ? numbers[i].of(&states[p]) : -1;
            snprintf(label, sizeof label, "program=\"%s\"", programs[p]);
            if (n >= 0) {
                metrics_put(out, numbers[i].family.name, label, (double)n);
            }
        }
    }
}
