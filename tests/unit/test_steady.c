/* test_steady.c - what the detector makes of time: a steady new normal is told and then is
 * normal, within three days; and a batch that is scored thirty times before it is accepted
 * leaves what one that is scored once leaves. Through detector.h, driven as ingest does. */
#include "tests/detector/live.h"
#include "tests/unit/unit.h"

#include <string.h>

#define START_US (INT64_C(29922480) * CLOCK_MINUTE_US) /* 2026-11-22T12:00:00Z */
#define EVERY_US (10 * CLOCK_MINUTE_US)                /* between batches */

enum {
    A_DAY = 144, /* batches */
    BEFORE = 6 * A_DAY,
    NEW_NORMAL = 3 * A_DAY, /* it may raise for so long, */
    AFTER = 4 * A_DAY,      /* and then not in so long */
    ORDINARY = 8,           /* records of a batch, and at most as many new ones */
    TEXT_BYTES = 128,
    STATE_BYTES_MAX = 64 << 20
};

static struct live live;
static struct record records[2 * ORDINARY];
static char texts[2 * ORDINARY][TEXT_BYTES];

static void set_up(void)
{
    struct err e;
    ck_assert_msg(!live_open(&live, &e), "%s", e.msg);
}

static void tear_down(void)
{
    live_close(&live);
}

/* --- records --- */

/* Numbers that differ from batch to batch, the same each time. */
static unsigned number(size_t batch, size_t i)
{
    return (unsigned)((batch * 31 + i) * 2654435761U >> 8) % 9000 + 1000;
}

/* text has the number in place of its #. */
static struct record say(size_t i, const char *level, const char *text, unsigned n,
                         int64_t at_us)
{
    const char *mark = strchr(text, '#');
    ck_assert_ptr_nonnull(mark);
    snprintf(texts[i], TEXT_BYTES, "%.*s%u%s", (int)(mark - text), text, n, mark + 1);
    struct str message = str_of(texts[i]);
    return (struct record){.timestamp = STR("t"),
                           .service = STR("shop"),
                           .level = str_of(level),
                           .message = message,
                           .metadata = STR("{}"),
                           .event_us = at_us,
                           .rank = level_of(str_of(level)),
                           .failed_login = failed_login_in(message)};
}

static int64_t time_of(size_t batch)
{
    return START_US + (int64_t)batch * EVERY_US;
}

/* The shop's ordinary batch. */
static size_t ordinary(size_t batch)
{
    static const char *const kinds[] = {"order # paid with card", "cart # updated",
                                        "mail to customer # sent",
                                        "order # packed and handed over"};
    size_t n = ORDINARY - number(batch, 99) % 3;
    for (size_t i = 0; i < n; i++) {
        size_t kind = number(batch, i) % 11 % 4;
        records[i] = say(i, "INFO", kinds[kind], number(batch, i), time_of(batch));
    }
    if (number(batch, 98) % 12 == 0) { /* one in a hundred is an error */
        records[0] =
            say(0, "ERROR", "payment # was declined", number(batch, 0), time_of(batch));
    }
    return n;
}

static void post(size_t n, size_t batch)
{
    struct err e;
    ck_assert_msg(!live_post(&live, records, n, time_of(batch) + CLOCK_SECOND_US, &e),
                  "%s", e.msg);
}

/* --- a new normal --- */

static const struct normal_row {
    const char *name, *level, *text;
    size_t records; /* of each batch */
    size_t every;   /* batches */
    bool told;      /* somebody is to hear of it when it begins */
} normals[] = {
    {"a new message", "INFO", "stock of article # refreshed", 1, 1, true},
    /* not told: it is one that speaks of no failure, and the budget holds it */
    {"a new message once an hour", "INFO", "report # written to the archive", 1, 6,
     false},
    {"a new error", "ERROR", "cannot reach the tracking service, error #", 1, 1, true},
    {"a new error once an hour", "ERROR", "export # failed: disk is slow", 1, 6, true},
    {"far more errors", "ERROR", "payment # was declined", 5, 1, true},
    {"failed logins", "WARN", "Failed password for customer #", 4, 1, true},
    {"twice as many records", "INFO", "cart # updated", ORDINARY, 1, false},
};

/* Batches from..to with the new normal; how many occurrences they raised. */
static int64_t go_on(const struct normal_row *t, size_t from, size_t to)
{
    int64_t before = live.crossings - live.held + live.findings;
    for (size_t batch = from; batch < to; batch++) {
        size_t n = ordinary(batch);
        for (size_t i = 0; i < t->records && batch % t->every == 0; i++, n++) {
            records[n] = say(n, t->level, t->text, number(batch, n), time_of(batch));
        }
        post(n, batch);
    }
    return live.crossings - live.held + live.findings - before;
}

START_TEST(a_steady_new_normal_is_told_and_stops_raising_within_three_days)
{
    const struct normal_row *t = &normals[_i];
    for (size_t batch = 0; batch < BEFORE; batch++) {
        post(ordinary(batch), batch);
    }
    int64_t first = go_on(t, BEFORE, BEFORE + NEW_NORMAL);
    int64_t later = go_on(t, BEFORE + NEW_NORMAL, BEFORE + NEW_NORMAL + AFTER);
    ck_assert_msg(!t->told || first > 0, "%s: nobody is told", t->name);
    ck_assert_msg(
        later == 0, "%s: raised %lld times in three days, and %lld times later: %s",
        t->name, (long long)first, (long long)later,
        live.raised.n > 0 ? live.raised.incident[live.raised.n - 1].sentence : "");
}
END_TEST

/* --- thirty times --- */

static double score(size_t n, size_t batch, bool budget)
{
    struct verdict v;
    struct err e;
    struct detector_question q = {records, n, time_of(batch) + CLOCK_SECOND_US, budget,
                                  &live.arena};
    ck_assert_msg(!detector_score(live.d, &q, &v, &e), "%s", e.msg);
    arena_reset(&live.arena);
    return v.raw_score;
}

/* A shop's week, an anomaly that is scored so many times before it is accepted, and a day
 * more; the scores of that day, and what was learned. */
struct outcome {
    double anomaly, after[A_DAY];
    struct buf state;
};

static void live_through(int times, struct outcome *out)
{
    size_t batch = 0;
    set_up();
    for (; batch < BEFORE; batch++) {
        post(ordinary(batch), batch);
    }
    size_t n = ordinary(batch);
    for (size_t i = 0; i < ORDINARY; i++, n++) {
        records[n] = say(n, "ERROR",
                         i % 2 ? "Failed password for root from 10.0.0.#"
                               : "database is gone, code #",
                         number(batch, n), time_of(batch));
    }
    for (int i = 1; i < times; i++) { /* the store is locked: 503, and once more */
        ck_assert_double_gt(score(n, batch, i % 2), LIVE_THRESHOLD);
    }
    out->anomaly = score(n, batch, true);
    post(n, batch);
    for (size_t i = 0; i < A_DAY; i++) {
        batch++;
        n = ordinary(batch);
        out->after[i] = score(n, batch, true);
        post(n, batch);
    }
    buf_init(&out->state, STATE_BYTES_MAX);
    detector_save(live.d, &out->state);
    tear_down();
}

START_TEST(scoring_thirty_times_changes_nothing)
{
    static struct outcome once, often;
    live_through(1, &once);
    live_through(30, &often);
    ck_assert_double_eq(once.anomaly, often.anomaly);
    for (size_t i = 0; i < A_DAY; i++) {
        ck_assert_msg(!(once.after[i] < often.after[i] || once.after[i] > often.after[i]),
                      "batch %zu: %f, %f", i, once.after[i], often.after[i]);
    }
    ck_assert(!once.state.failed);
    ck_assert(str_eq(buf_view(&once.state), buf_view(&often.state)));
    buf_free(&once.state);
    buf_free(&often.state);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("steady");
    TCase *tc = tcase_create("a new normal");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc,
                        a_steady_new_normal_is_told_and_stops_raising_within_three_days,
                        0, ROWS(normals));
    suite_add_tcase(s, tc);
    tc = tcase_create("thirty times");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, scoring_thirty_times_changes_nothing);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
