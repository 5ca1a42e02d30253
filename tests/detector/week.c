/* week.c - the hosting week (fcgi/cli/demo_week.h) through the detector, at full speed, and
 * what it found of what was planted.
 *
 *   build/detector_week [-v] [SEED...]      default: seed 1; -v names faults and incidents
 *
 * For each seed the week with faults and the clean one. A fault is found by an incident of
 * one of its services whose first record lies between the fault's start and five minutes
 * after it was evident. False is, from the third day on, an incident that belongs to no
 * fault (of its own service up to half an hour after its end, of another one up to ten
 * minutes) and to no event (up to an hour). Exit status 1 if a gate does not hold. */
#include "tests/detector/feed.h"
#include "tests/detector/live.h"

#include <stdlib.h>
#include <string.h>

/* The gates. The aim (DETECTOR.md, section 6) is 22 found, at most one false a day, and
 * none in a clean week. The last is not there yet with all seeds: it holds what was reached,
 * so that it does not get worse unseen (2026-11-25, seeds 1 to 5: 22, 23, 22, 22, 23 found;
 * false from the third day on 0, 3, 0, 0, 0; in a clean week 2, 2, 1, 0, 0). */
#define WEEK_FOUND_MIN       22
#define WEEK_FOUND_AIM       22
#define WEEK_FALSE_A_DAY_MAX 1.0
#define WEEK_CLEAN_MAX       2 /* from the third day on, in all; the aim: 0 */

enum { DAYS = 7, FALSE_FROM_DAY = 2, SEEDS_MAX = 64 };
#define EARLY_US  (1 * CLOCK_SECOND_US) /* batches' times are cut to whole ones */
#define FOUND_US  (5 * CLOCK_MINUTE_US)
#define OWN_US    (30 * CLOCK_MINUTE_US)
#define OTHERS_US (10 * CLOCK_MINUTE_US)
#define EVENT_US  (60 * CLOCK_MINUTE_US)

struct result {
    size_t faults, found, false_n;
    size_t missed[DEMO_TRUTH_MAX], missed_n; /* rows of the truth */
};

static bool within(int64_t at_us, int64_t from_us, int64_t to_us)
{
    return at_us >= from_us && at_us <= to_us;
}

/* Is service one of the list's, with commas between them? "*" is all. */
static bool is_of(const char *service, const char *list)
{
    struct str left = str_of(list);
    while (left.p && left.n > 0) {
        struct str one = str_split(&left, ',');
        if (str_eq(one, STR("*")) || str_eq(one, str_of(service))) {
            return true;
        }
    }
    return false;
}

static bool finds(const struct demo_truth *t, const struct raised_incident *i)
{
    return t->fault && is_of(i->service, t->service) &&
           within(i->core.first_us, t->start_us - EARLY_US, t->evident_us + FOUND_US);
}

static bool belongs(const struct demo_truth *t, const struct raised_incident *i)
{
    if (!t->fault) {
        return within(i->core.first_us, t->start_us - CLOCK_MINUTE_US,
                      t->end_us + EVENT_US);
    }
    return within(i->core.first_us, t->start_us - EARLY_US,
                  t->end_us + (is_of(i->service, t->service) ? OWN_US : OTHERS_US));
}

/* --- the comparison --- */

static const struct raised_incident *find(const struct raised *r,
                                          const struct demo_truth *t)
{
    for (size_t i = 0; i < r->n; i++) {
        if (finds(t, &r->incident[i])) {
            return &r->incident[i];
        }
    }
    return NULL;
}

static bool is_late_enough(const struct raised_incident *i)
{
    return i->core.first_us >= FEED_START_US + FALSE_FROM_DAY * FEED_DAY_US;
}

static void print_fault(const struct demo_truth *t, const struct raised_incident *i)
{
    char at[CLOCK_TEXT_BYTES];
    if (!i) {
        printf("  missed  %-22s %-14s %.16s  %s\n", t->name, t->service,
               clock_format(t->start_us, at).p, t->description);
        return;
    }
    printf("  found   %-22s %-14s %.16s  %+5.0f s  %s\n", t->name, i->service,
           clock_format(i->core.first_us, at).p,
           (double)(i->core.first_us - t->evident_us) / 1e6, i->sentence);
}

static void print_false(const struct raised_incident *i)
{
    char at[CLOCK_TEXT_BYTES];
    printf("  false   %.3f %-4lld %-18s %.19s  %s\n", i->core.severity,
           (long long)i->core.count, i->service, clock_format(i->core.first_us, at).p,
           i->sentence);
}

static void compare(const struct raised *r, const struct demo_truth *t, size_t n,
                    bool verbose, struct result *out)
{
    *out = (struct result){0};
    for (size_t k = 0; k < n; k++) {
        if (!t[k].fault) {
            continue;
        }
        const struct raised_incident *i = find(r, &t[k]);
        out->faults++;
        out->found += i != NULL;
        if (!i) {
            out->missed[out->missed_n++] = k;
        }
        if (verbose) {
            print_fault(&t[k], i);
        }
    }
    for (size_t i = 0; i < r->n; i++) {
        bool mine = !is_late_enough(&r->incident[i]);
        for (size_t k = 0; k < n && !mine; k++) {
            mine = belongs(&t[k], &r->incident[i]);
        }
        out->false_n += !mine;
        if (!mine && verbose) {
            print_false(&r->incident[i]);
        }
    }
}

/* --- one week --- */

static enum err_code post(void *arg, const struct feed_batch *b, struct err *e)
{
    return live_post(arg, b->records, b->n, b->now_us, e);
}

/* truth: of the week, DEMO_TRUTH_MAX of them. */
static enum err_code run_week(uint64_t seed, bool clean, bool verbose, struct result *out,
                              struct demo_truth *truth, struct err *e)
{
    struct demo_options o = {
        .seed = seed, .start_us = FEED_START_US, .days = DAYS, .clean = clean};
    struct live l;
    struct feed f = {.fn = post, .arg = &l};
    struct demo_week *week;
    size_t n;
    if (demo_week_open(&o, &week, e)) {
        return e->code;
    }
    enum err_code code = live_open(&l, e);
    code = code ? code : feed_week(&f, week, e);
    if (!code) {
        const struct demo_truth *t = demo_week_truth(week, &n);
        memcpy(truth, t, n * sizeof *t);
        if (verbose) {
            printf("seed %llu%s: %lld records in %lld batches, %lld over the threshold, "
                   "%lld of them held, %zu incidents\n",
                   (unsigned long long)seed, clean ? ", clean" : "", (long long)l.records,
                   (long long)l.batches, (long long)l.crossings, (long long)l.held,
                   l.raised.n);
        }
        compare(&l.raised, truth, n, verbose, out);
    }
    feed_free(&f);
    live_close(&l);
    demo_week_close(week);
    return code;
}

/* Both weeks of a seed; *held: all gates. */
static enum err_code run_seed(uint64_t seed, bool verbose, bool *held, struct err *e)
{
    static struct demo_truth truth[DEMO_TRUTH_MAX], clean_truth[DEMO_TRUTH_MAX];
    struct result r, clean;
    if (run_week(seed, false, verbose, &r, truth, e) ||
        run_week(seed, true, verbose, &clean, clean_truth, e)) {
        return e->code;
    }
    double a_day = (double)r.false_n / (DAYS - FALSE_FROM_DAY);
    bool ok = r.found >= WEEK_FOUND_MIN && a_day <= WEEK_FALSE_A_DAY_MAX &&
              clean.false_n <= WEEK_CLEAN_MAX;
    printf("%-6llu %2zu of %2zu  %5.1f  %5zu   %-4s ", (unsigned long long)seed, r.found,
           r.faults, a_day, clean.false_n, ok ? "ok" : "FAIL");
    for (size_t i = 0; i < r.missed_n; i++) {
        printf("%s %s", i > 0 ? "," : "", truth[r.missed[i]].name);
    }
    printf("\n");
    fflush(stdout);
    *held = *held && ok;
    return ERR_NONE;
}

int main(int argc, char **argv)
{
    int64_t seeds[SEEDS_MAX] = {1};
    int n = 0;
    bool verbose = false, held = true;
    struct err e;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0) {
            verbose = true;
        } else if (n == SEEDS_MAX ||
                   !str_to_i64(str_of(argv[i]), 0, INT64_MAX, &seeds[n++])) {
            fprintf(stderr, "detector_week: [-v] [SEED...], at most %d\n", SEEDS_MAX);
            return 2;
        }
    }
    printf("gates, each seed: found >= %d (the aim: %d), false a day <= %.1f, in a clean "
           "week <= %d\n\nseed   found     false  clean        missed\n",
           WEEK_FOUND_MIN, WEEK_FOUND_AIM, WEEK_FALSE_A_DAY_MAX, WEEK_CLEAN_MAX);
    for (int i = 0; i < (n > 0 ? n : 1); i++) {
        if (run_seed((uint64_t)seeds[i], verbose, &held, &e)) {
            fprintf(stderr, "detector_week: %s\n", e.msg);
            return 2;
        }
    }
    return held ? 0 : 1;
}
