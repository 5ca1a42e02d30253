/* test_detector.c - the detector in process: minutes of services (windows.c), counts to
 * sentences (judge.c), and both behind detector.h (detector.c). Times are given. */
#include "scoring/detector.h"
#include "scoring/judge.h"
#include "scoring/windows.h"

#include <check.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#define T0                                                                               \
    (INT64_C(29922480) * CLOCK_MINUTE_US) /* 2026-11-22T12:00:00Z, a minute's edge */
#define THRESHOLD 0.8
enum { RECORDS_MAX = 2048 };

static struct detector *detector;
static struct finding window;
static struct arena arena;
static struct record records[RECORDS_MAX];

static void set_up(void)
{
    struct err e;
    ck_assert(!detector_open(THRESHOLD, &detector, &e));
    arena_init(&arena, 64 << 20);
}

static void tear_down(void)
{
    detector_close(detector);
    arena_free(&arena);
}

/* --- doing --- */

static struct record record_of(const char *service, bool error, bool login, int64_t at_us)
{
    return (struct record){.timestamp = STR("t"),
                           .service = str_of(service),
                           .level = error ? STR("error") : STR("info"),
                           .message = STR("m"),
                           .metadata = STR("{}"),
                           .event_us = at_us,
                           .rank = error ? LEVEL_ERROR : LEVEL_INFO,
                           .failed_login = {login, login}};
}

/* n records from records[at]; returns the next free place. */
static size_t fill(size_t at, size_t n, const char *service, bool error, bool login)
{
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_lt(at, RECORDS_MAX);
        records[at++] = record_of(service, error, login, T0);
    }
    return at;
}

/* Each call is a batch of its own, received at now_us + later_us. */
static void learn(struct detector *d, const struct record *batch, size_t n, bool raised,
                  int64_t now_us, int64_t later_us)
{
    static uint64_t id;
    static _Thread_local struct arena a;
    struct err e;
    arena_init(&a, 64 << 20);
    struct detector_batch b = {.records = batch,
                               .n = n,
                               .id = ++id,
                               .batch_n = (int64_t)n,
                               .raised = raised,
                               .now_us = now_us + later_us,
                               .arena = &a};
    if (detector_learn(d, &b, &e)) {
        abort();
    }
    arena_free(&a);
}

static void judge_batch(size_t n, struct features *f, struct verdict *v)
{
    struct err e;
    struct detector_question q = {records, n, T0, false, &arena};
    features_count(records, n, T0, f);
    ck_assert(!detector_score(detector, &q, v, &e));
}

/* Receipt, where a test names no other: long after the events. */
#define RECEIVED (T0 + 24 * 60 * CLOCK_MINUTE_US)

/* One record of a failed login learned: event time, time of receipt after RECEIVED. */
static void learn_login(const char *service, int64_t at_us, int64_t later_us)
{
    struct record r = record_of(service, false, true, at_us);
    learn(detector, &r, 1, false, RECEIVED, later_us);
}

static void learn_two(const char *service, int64_t at_us, int64_t later_us)
{
    learn_login(service, at_us, later_us);
    learn_login(service, at_us, later_us);
}

/* The next minute that is told; tens and hours of the same come beside it. */
static bool next_minute(struct detector *d, int64_t later_us, struct finding *out)
{
    static _Thread_local struct finding f;
    bool found;
    while ((found = detector_next(d, RECEIVED + later_us, &f)) &&
           f.slot.kind != WINDOW_MINUTE) {
    }
    if (found) { /* its texts are its own slot's, and the model's */
        *out = f;
        out->verdict.service.p = out->slot.service;
    }
    return found;
}

static bool look(int64_t later_us)
{
    return next_minute(detector, later_us, &window);
}

static void assert_nothing_left(void)
{
    ck_assert(!look(0));
    ck_assert(!look(0));
}

/* --- sentences --- */

static const struct sentence_row {
    const char *name;
    int64_t n, errors, logins;
    const char *first, *second; /* NULL: no such reason */
} sentences[] = {
    {"nothing", 50, 0, 0, NULL, NULL},
    {"no records", 0, 0, 0, NULL, NULL},
    {"one of one", 1, 0, 1, "1 failed login in 1 record, usual 0", NULL},
    {"the sample", 3, 2, 2, "2 failed logins in 3 records, usual 0 to 1",
     "2 errors in 3 records, usual 0 to 1"},
    {"errors only", 50, 12, 0, "12 errors in 50 records, usual 0 to 6", NULL},
};

START_TEST(numbers_become_a_verdict)
{
    const struct sentence_row *t = &sentences[_i];
    struct verdict v;
    struct judge_counts c = {t->n, t->errors, t->logins};
    judge_counts(&c, &v);
    ck_assert_msg(v.reasons_n == (t->first != NULL) + (size_t)(t->second != NULL),
                  "%s: %zu", t->name, v.reasons_n);
    ck_assert_msg((v.score > 0) == (t->first != NULL), "%s", t->name);
    if (t->first) {
        ck_assert_msg(strcmp(v.reasons[0].text, t->first) == 0, "%s: '%s'", t->name,
                      v.reasons[0].text);
    }
    if (t->second) {
        ck_assert_msg(strcmp(v.reasons[1].text, t->second) == 0, "%s: '%s'", t->name,
                      v.reasons[1].text);
    }
    ck_assert_ptr_null(v.service.p);
}
END_TEST

START_TEST(a_score_above_nothing_always_has_a_reason)
{
    struct verdict v;
    for (int64_t n = 0; n <= 60; n++) {
        for (int64_t errors = 0; errors <= n; errors++) {
            for (int64_t logins = 0; logins <= n; logins += 1 + n / 10) {
                struct judge_counts c = {n, errors, logins};
                judge_counts(&c, &v);
                ck_assert(!(v.score > 0) || v.reasons_n > 0);
                ck_assert(v.score >= 0 && v.score <= 1 && isfinite(v.score));
                ck_assert(v.reasons_n < 2 ||
                          v.reasons[0].evidence >= v.reasons[1].evidence);
            }
        }
    }
}
END_TEST

START_TEST(the_same_counts_give_the_same_verdict)
{
    struct features f;
    struct verdict a, b;
    struct judge_counts c = {40, 10, 7};
    size_t n = fill(0, 7, "auth", true, true);
    n = fill(n, 3, "auth", true, false);
    n = fill(n, 30, "auth", false, false);
    judge_batch(n, &f, &a);
    judge_counts(&c, &b);
    ck_assert(!(a.score < b.score) && !(a.score > b.score));
    ck_assert_str_eq(a.reasons[0].text, b.reasons[0].text);
    ck_assert(str_eq(a.service, STR("auth")));
    judge_batch(n, &f, &b); /* scoring has changed nothing */
    ck_assert(!(a.score < b.score) && !(a.score > b.score));
}
END_TEST

/* --- reasons over several services --- */

static int64_t count_of(const char *service, size_t n, enum channel channel)
{
    int64_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool it =
            channel == CHANNEL_FAILED_LOGINS
                ? records[i].failed_login.evidence
                : level_is_error(records[i].rank) && !records[i].failed_login.evidence;
        count += it && (!service || str_eq(records[i].service, str_of(service)));
    }
    return count;
}

/* Every number of the reason, counted again from the records. */
static void recount(const struct reason *r, size_t n)
{
    char expected[REASON_TEXT_BYTES];
    int64_t observed = count_of(NULL, n, r->channel);
    ck_assert_int_eq((int64_t)r->observed, observed);
    ck_assert_int_eq(r->of, (int64_t)n);
    const char *error =
        count_of(NULL, n, CHANNEL_FAILED_LOGINS) > 0 ? "other error" : "error";
    int head = snprintf(expected, sizeof expected, "%lld %s%s in %zu record%s, usual 0",
                        (long long)observed,
                        r->channel == CHANNEL_FAILED_LOGINS ? "failed login" : error,
                        observed == 1 ? "" : "s", n, n == 1 ? "" : "s");
    ck_assert_msg(strncmp(r->text, expected, (size_t)head) == 0, "'%s', not '%s'",
                  r->text, expected);
}

START_TEST(the_numbers_of_a_reason_recount_from_the_records)
{
    struct features f;
    struct verdict v;
    size_t n = fill(0, (size_t)_i, "auth", true, true);
    n = fill(n, 4, "web", true, false);
    n = fill(n, 3, "mail", false, true);
    n = fill(n, 5, "cron", false, false);
    judge_batch(n, &f, &v);
    ck_assert_uint_gt(v.reasons_n, 0);
    for (size_t i = 0; i < v.reasons_n; i++) {
        recount(&v.reasons[i], n);
    }
}
END_TEST

START_TEST(a_reason_names_the_service_that_has_most)
{
    struct features f;
    struct verdict v;
    size_t n = fill(0, 5, "mail", false, true);
    n = fill(n, 30, "auth", false, true);
    n = fill(n, 20, "web", false, false);
    judge_batch(n, &f, &v);
    ck_assert(str_ends(str_of(v.reasons[0].text), STR(", 30 of them in auth")));
    ck_assert(str_eq(v.service, STR("auth")));
}
END_TEST

START_TEST(a_reason_says_when_all_are_in_one_service_of_several)
{
    struct features f;
    struct verdict v;
    size_t n = fill(0, 30, "auth", false, true);
    n = fill(n, 20, "web", false, false);
    judge_batch(n, &f, &v);
    ck_assert(str_ends(str_of(v.reasons[0].text), STR(", all in auth")));
    ck_assert(str_eq(v.service, STR("auth")));
}
END_TEST

START_TEST(each_reason_has_its_own_service_and_the_strongest_gives_the_verdicts)
{
    struct features f;
    struct verdict v;
    size_t n = fill(0, 30, "auth", false, true);
    n = fill(n, 10, "web", true, false);
    n = fill(n, 20, "cron", false, false);
    judge_batch(n, &f, &v);
    ck_assert_uint_eq(v.reasons_n, 2);
    ck_assert_int_eq(v.reasons[0].channel, CHANNEL_FAILED_LOGINS);
    ck_assert(str_ends(str_of(v.reasons[0].text), STR(", all in auth")));
    ck_assert(str_ends(str_of(v.reasons[1].text), STR(", all in web")));
    ck_assert(str_eq(v.service, STR("auth")));
}
END_TEST

START_TEST(the_only_service_is_not_repeated_in_the_sentence)
{
    struct features f;
    struct verdict v;
    judge_batch(fill(0, 30, "auth", false, true), &f, &v);
    ck_assert_str_eq(v.reasons[0].text, "30 failed logins in 30 records, usual 0 to 2");
    ck_assert(str_eq(v.service, STR("auth")));
}
END_TEST

START_TEST(more_services_than_can_be_listed_are_still_counted)
{
    struct features f;
    struct verdict v;
    char names[FEATURES_SERVICES_MAX + 1][8];
    size_t n = 0;
    for (size_t i = 0; i <= FEATURES_SERVICES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "s%zu", i);
        n = fill(n, 2, names[i], false, i == FEATURES_SERVICES_MAX);
    }
    n = fill(n, 20, names[FEATURES_SERVICES_MAX], false, true);
    judge_batch(n, &f, &v);
    ck_assert_int_eq(f.unlisted, 22);
    ck_assert_int_eq((int64_t)v.reasons[0].observed, 22);
    recount(&v.reasons[0], n);
}
END_TEST

START_TEST(the_longest_service_name_fits_into_the_sentence)
{
    struct features f;
    struct verdict v;
    char name[CORE_SERVICE_BYTES];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    size_t n = fill(0, 30, name, false, true);
    n = fill(n, 1, "web", false, false);
    judge_batch(n, &f, &v);
    ck_assert(str_ends(str_of(v.reasons[0].text), str_of(name)));
}
END_TEST

/* --- minutes --- */

START_TEST(thirty_single_failed_logins_are_told_from_the_third_on)
{
    size_t told = 0, first = 0;
    for (size_t i = 0; i < 30; i++) {
        int64_t at = (int64_t)i * 1333 * 1000; /* 40 s */
        learn_login("auth", T0 + at, at);
        if (look(at)) {
            told++;
            first = first ? first : i + 1;
            ck_assert_int_eq(window.reported, told > 1);
            ck_assert_str_eq(window.slot.service, "auth");
            ck_assert(window.verdict.score > THRESHOLD);
            ck_assert_int_eq(window.features.all.count, (int64_t)i + 1);
        }
        ck_assert(!look(at)); /* nothing new */
    }
    ck_assert_uint_eq(first, 3);
    ck_assert_uint_eq(told, 28);
    ck_assert_ptr_nonnull(
        strstr(window.verdict.reasons[0].text,
               "30 failed logins in 30 records within a minute, usual 0 to "));
    ck_assert(!look(40 * CLOCK_SECOND_US + WINDOW_SILENCE_US)); /* was told already */
    assert_nothing_left();
}
END_TEST

START_TEST(one_failed_login_a_minute_is_ordinary)
{
    for (int64_t i = 0; i < 30; i++) {
        learn_login("auth", T0 + i * CLOCK_MINUTE_US, i * CLOCK_MINUTE_US);
        ck_assert(!look(i * CLOCK_MINUTE_US));
    }
    assert_nothing_left();
}
END_TEST

START_TEST(a_minute_begins_at_its_edge)
{
    learn_login("auth", T0 + CLOCK_MINUTE_US - 1, 0);
    learn_login("auth", T0 + CLOCK_MINUTE_US, 0);
    ck_assert(!look(0)); /* one in each minute */
    learn_two("auth", T0 + 2 * CLOCK_MINUTE_US - 1, 0);
    learn_two("auth", T0 + 2 * CLOCK_MINUTE_US - 1, 0);
    ck_assert(look(0)); /* five in the second */
    ck_assert_int_eq(window.features.all.count, 5);
    ck_assert_int_eq(window.features.latest_us, T0 + 2 * CLOCK_MINUTE_US - 1);
    ck_assert_int_eq(window.features.from_us, window.features.latest_us);
    assert_nothing_left();
}
END_TEST

START_TEST(what_comes_a_minute_late_counts_and_what_comes_later_does_not)
{
    learn_two("auth", T0 + 5 * CLOCK_MINUTE_US, 0);
    learn_two("auth", T0 + (4 - WINDOW_LATE_SPANS) * CLOCK_MINUTE_US, 0);
    ck_assert(!look(0));
    for (int i = 0; i < 6; i++) {
        learn_login("auth", T0 + (5 - WINDOW_LATE_SPANS) * CLOCK_MINUTE_US, 0);
    }
    ck_assert(look(0));
    ck_assert_int_eq(window.features.all.count, 8);
    ck_assert_int_eq(window.features.latest_us, T0 + 5 * CLOCK_MINUTE_US);
}
END_TEST

START_TEST(an_event_of_the_future_counts_at_the_time_of_receipt)
{
    struct record r = record_of("auth", false, true, T0 + 1000 * CLOCK_MINUTE_US);
    learn(detector, &r, 1, false, T0, 0);
    r.event_us = T0 + 1; /* not late: the clock did not run ahead */
    learn(detector, &r, 1, false, T0, 1);
    learn(detector, &r, 1, false, T0, 1);
    ck_assert(look(0));
    ck_assert_int_eq(window.features.all.count, 3);
    ck_assert_int_eq(window.features.latest_us, T0 + 1);
}
END_TEST

START_TEST(a_minute_that_ends_before_a_look_is_told_all_the_same)
{
    for (int i = 0; i < 5; i++) {
        learn_login("auth", T0 + i, 0);
    }
    learn_login("auth", T0 + 10 * CLOCK_MINUTE_US, 0);
    ck_assert(look(0));
    ck_assert_int_eq(window.features.all.count, 5);
    ck_assert_int_eq(window.features.latest_us, T0 + 4);
    ck_assert(!window.reported);
    ck_assert(!look(0));
    assert_nothing_left();
}
END_TEST

START_TEST(a_minute_that_ends_after_more_came_is_told_once_more_as_reported)
{
    learn_login("auth", T0, 0);
    learn_two("auth", T0 + 1, 0);
    ck_assert(look(0) && !window.reported);
    learn_login("auth", T0 + 2, 0);
    learn_login("auth", T0 + CLOCK_MINUTE_US, 0);
    ck_assert(look(0) && window.reported);
    ck_assert_int_eq(window.features.all.count, 4);
    ck_assert(!look(0));
    for (int i = 0; i < 10; i++) {
        learn_login("auth", T0 + CLOCK_MINUTE_US + 1, 0);
    }
    ck_assert(look(0) && !window.reported); /* a new minute, not told yet */
    ck_assert_int_eq(window.features.all.count, 11);
}
END_TEST

START_TEST(silence_ends_a_minute_at_its_time_and_not_before)
{
    learn_two("auth", T0, 1000);
    ck_assert(!look(1000 + WINDOW_SILENCE_US - 1));
    learn_login("auth", T0 + 1, 1000 + WINDOW_SILENCE_US - 1); /* it was still open */
    ck_assert(look(1000 + WINDOW_SILENCE_US));
    ck_assert_int_eq(window.features.all.count, 3);
    ck_assert(!look(1000 + WINDOW_SILENCE_US));     /* the end of one round of looks */
    ck_assert(!look(1000 + 2 * WINDOW_SILENCE_US)); /* told before */
    learn_two("auth", T0 + 2, 1000 + 2 * WINDOW_SILENCE_US);
    assert_nothing_left(); /* a new count: two */
}
END_TEST

/* A session's records come in batches of their own, each too little to be told; it is
 * judged when nothing was heard of it for a while, and is open for more all the same. */
START_TEST(a_silent_session_is_told_once)
{
    static struct finding f;
    size_t told = 0;
    struct record r = record_of("auth", false, true, T0);
    r.metadata = STR("{\"session\":\"a1\"}");
    for (int i = 0; i < 8; i++) { /* one in an hour: in no minute, ten or hour of it */
        r.event_us = T0 + i * CLOCK_MINUTE_US;
        learn(detector, &r, 1, i > 0, RECEIVED, i);
    }
    while (detector_next(detector, RECEIVED + WINDOW_SILENCE_US, &f)) {
        ck_assert(f.slot.kind != WINDOW_SESSION); /* by seven microseconds */
    }
    while (detector_next(detector, RECEIVED + 7 + WINDOW_SILENCE_US, &f)) {
        ck_assert_int_eq(f.slot.kind, WINDOW_SESSION);
        ck_assert_int_eq(f.features.all.count, 8);
        ck_assert_int_eq(f.features.from_us, T0);
        ck_assert(!f.reported);
        told++;
    }
    ck_assert_uint_eq(told, 1);
    r.event_us += 1;
    learn(detector, &r, 1, true, RECEIVED,
          2 * WINDOW_SILENCE_US); /* ends and begins it */
    ck_assert(!detector_next(detector, RECEIVED + 2 * WINDOW_SILENCE_US, &f));
}
END_TEST

START_TEST(a_raised_batch_does_not_count_for_its_minute)
{
    struct record batch[20];
    for (int i = 0; i < 20; i++) {
        batch[i] = record_of("auth", false, true, T0);
    }
    learn(detector, batch, 20, true, T0, 0);
    assert_nothing_left();
    learn(detector, batch, 1, false, T0, 0);
    assert_nothing_left(); /* one alone: the twenty are not there */
    learn(detector, batch, 10, false, T0, 0);
    learn(detector, batch, 10, false, T0, 0);
    ck_assert(look(0));
}
END_TEST

START_TEST(a_minute_that_came_in_one_batch_is_not_judged_again)
{
    struct record batch[20];
    for (int i = 0; i < 20; i++) {
        batch[i] = record_of("auth", false, true, T0);
    }
    learn(detector, batch, 20, false, T0, 0);
    assert_nothing_left();
    learn(detector, batch, 10, false, T0 + CLOCK_MINUTE_US, 0);
    ck_assert(!look(0));
    learn(detector, batch, 10, false, T0 + CLOCK_MINUTE_US, 0);
    ck_assert(look(0));
    ck_assert_int_eq(window.features.all.count, 20);
}
END_TEST

/* A shipper sends all services once a minute: twenty failed logins among a thousand
 * requests of a web server are as unusual as in a batch of their own. */
START_TEST(a_minute_that_was_hidden_in_a_batch_of_others_is_judged)
{
    size_t n = fill(0, 20, "sshd", false, true);
    learn(detector, records, fill(n, 21, "web", false, false), false, T0, 0);
    ck_assert(look(0));
    ck_assert_str_eq(window.slot.service, "sshd");
    ck_assert_int_eq(window.features.all.count, 20);
    assert_nothing_left();
    n = fill(0, 20, "sshd", false, true); /* half of it: not hidden */
    n = fill(n, 20, "web", false, false);
    for (size_t i = 0; i < n; i++) {
        records[i].event_us += 2 * CLOCK_MINUTE_US;
    }
    learn(detector, records, n, false, T0, 2 * CLOCK_MINUTE_US);
    assert_nothing_left();
}
END_TEST

START_TEST(an_error_that_is_a_failed_login_is_the_latter_only)
{
    struct features f;
    struct verdict v;
    size_t n = fill(0, 40, "auth", true, true);
    n = fill(n, 2, "auth", true, false);
    n = fill(n, 8, "auth", false, false);
    judge_batch(n, &f, &v);
    ck_assert_int_eq(v.reasons[0].channel, CHANNEL_FAILED_LOGINS);
    ck_assert_int_eq((int64_t)v.reasons[0].observed, 40);
    ck_assert_int_eq(f.all.error, 42);
    ck_assert_int_eq(f.all.other_error, 2);
}
END_TEST

START_TEST(a_minute_that_could_not_be_told_comes_back)
{
    learn_two("auth", T0, 0);
    learn_login("auth", T0, 0);
    ck_assert(look(0) && !window.reported);
    static struct finding first;
    first = window;
    detector_put_back(detector, &first);
    ck_assert(look(0));
    ck_assert(!window.reported); /* nobody was told, so it is to be counted */
    ck_assert_int_eq(window.features.all.count, 3);
    ck_assert(str_eq(window.verdict.service, STR("auth")));
    ck_assert_str_eq(window.verdict.reasons[0].text, first.verdict.reasons[0].text);
    ck_assert(!look(0));
    assert_nothing_left();
}
END_TEST

/* The store is away for long: so many wait, one more is lost. */
START_TEST(as_many_findings_wait_as_there_is_room_for)
{
    static struct finding f;
    learn_two("auth", T0, 0);
    learn_login("auth", T0, 0);
    ck_assert(look(0));
    f = window;
    for (int i = 0; i <= DETECTOR_ENDED_MAX; i++) {
        ck_assert_int_eq(detector_waits(detector), i > 0);
        detector_put_back(detector, &f);
    }
    int told = 0;
    while (look(0)) {
        ck_assert_str_eq(window.verdict.reasons[0].text, f.verdict.reasons[0].text);
        told++;
    }
    ck_assert_int_eq(told, DETECTOR_ENDED_MAX);
    ck_assert(!detector_waits(detector));
}
END_TEST

/* Many more come before it is told: they change nothing of what was judged. */
START_TEST(a_minute_that_is_over_is_told_as_it_was_judged)
{
    for (int i = 0; i < 30; i++) {
        learn_login("auth", T0, 0);
    }
    for (int minute = 1; minute < 100;
         minute++) { /* what it learns of itself and others */
        for (int i = 0; i < 30; i++) {
            learn_login("auth", T0 + minute * CLOCK_MINUTE_US, 0);
        }
    }
    ck_assert(look(0));
    ck_assert_int_eq(window.features.all.count, 30);
    ck_assert_double_gt(window.verdict.score, .95);
    ck_assert_ptr_nonnull(
        strstr(window.verdict.reasons[0].text, "30 failed logins in 30 records"));
}
END_TEST

START_TEST(services_have_minutes_of_their_own)
{
    for (int i = 0; i < 3; i++) {
        learn_login("a", T0, 0);
        learn_login("b", T0 + 90 * CLOCK_MINUTE_US, 0);
    }
    learn_login("c", T0, 0);
    ck_assert(look(0));
    bool was_a = window.slot.service[0] == 'a';
    ck_assert_int_eq(window.features.all.count, 3);
    ck_assert(str_eq(window.verdict.service, str_of(window.slot.service)));
    ck_assert(look(0));
    ck_assert_int_eq(window.slot.service[0], was_a ? 'b' : 'a');
    ck_assert(!look(0));
}
END_TEST

/* --- as many services as are followed --- */

static size_t used(struct windows *w)
{
    size_t n = 0;
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        n += windows_at(w, i) != NULL;
    }
    return n;
}

struct closed {
    size_t n;
    char service[CORE_SERVICE_BYTES];
};

static void closing(void *arg, const struct window_slot *slot)
{
    struct closed *c = arg;
    c->n++;
    memcpy(c->service, slot->service, slot->service_n);
    c->service[slot->service_n] = '\0';
}

static struct windows *minutes(void)
{
    static struct windows w;
    windows_init(&w, WINDOW_MINUTE, CLOCK_MINUTE_US);
    return &w;
}

static void add_record(struct windows *w, const struct record *r, int64_t now_us,
                       struct closed *c)
{
    struct trace t = {.slot = -1, .at_us = r->event_us < now_us ? r->event_us : now_us};
    struct windows_arrival arrival = {now_us, 1, 1, false};
    struct windows_record added = {r, &t, 1};
    windows_add(w, &added, &arrival, (struct windows_closing){c ? closing : NULL, c});
}

static void add_service(struct windows *w, size_t i, int64_t later_us, struct closed *c)
{
    char name[32];
    snprintf(name, sizeof name, "service-%zu", i);
    struct record r = record_of(name, false, false, T0);
    add_record(w, &r, T0 + later_us, c);
}

START_TEST(the_service_that_was_silent_for_longest_makes_room)
{
    struct closed c = {0, ""};
    struct windows *w = minutes();
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        add_service(w, i, 1000 + (int64_t)i, &c);
    }
    ck_assert_uint_eq(used(w), WINDOWS_MAX);
    ck_assert_uint_eq(c.n, 0);
    add_service(w, 0, 9999,
                &c); /* the first one speaks again: now the second is oldest */
    ck_assert_uint_eq(c.n, 0);
    add_service(w, WINDOWS_MAX, 10000, &c);
    ck_assert_uint_eq(c.n, 1);
    ck_assert_str_eq(c.service, "service-1");
    ck_assert_uint_eq(used(w), WINDOWS_MAX);
    for (size_t i = 0; i < 3 * WINDOWS_MAX; i++) { /* any order, twice round */
        add_service(w, i * 7919 % (2 * WINDOWS_MAX), 20000 + (int64_t)i, NULL);
    }
    ck_assert_uint_eq(used(w), WINDOWS_MAX);
}
END_TEST

START_TEST(closed_minutes_leave_the_others_reachable)
{
    struct closed c = {0, ""};
    struct windows *w = minutes();
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        add_service(w, i, 0, &c);
    }
    for (size_t i = 0; i < WINDOWS_MAX; i += 2) {
        windows_close(w, windows_at(w, i));
    }
    ck_assert_uint_eq(used(w), WINDOWS_MAX / 2);
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        add_service(w, i, 0, &c);
    }
    ck_assert_uint_eq(used(w), WINDOWS_MAX); /* none was there twice */
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        int64_t n = windows_at(w, i)->t.count;
        ck_assert_msg(n == 1 + (int64_t)(i % 2), "slot %zu: %lld", i, (long long)n);
    }
    ck_assert_uint_eq(c.n, 0);
}
END_TEST

START_TEST(an_unusual_minute_that_has_to_make_room_is_told)
{
    char name[32];
    learn_login("auth", T0, 1);
    learn_login("auth", T0, 1);
    for (int i = 0; i < WINDOWS_MAX; i++) {
        snprintf(name, sizeof name, "service-%d", i);
        struct record r = record_of(name, false, false, T0);
        learn(detector, &r, 1, false, T0, 2 + i);
    }
    ck_assert(look(WINDOWS_MAX));
    ck_assert_str_eq(window.slot.service, "auth");
    ck_assert_int_eq(window.features.all.count, 2);
    assert_nothing_left();
}
END_TEST

START_TEST(the_longest_name_is_one_service)
{
    char name[2 * CORE_SERVICE_BYTES];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct windows *w = minutes();
    name[CORE_SERVICE_BYTES - 1] = '\0'; /* the longest that configuration allows */
    struct record r = record_of(name, false, false, T0);
    add_record(w, &r, T0, NULL);
    add_record(w, &r, T0, NULL);
    ck_assert_uint_eq(used(w), 1);
}
END_TEST

/* --- threads --- */

enum { LEARNED = 2000, LOOK_EVERY = 20, SCORERS = 4 };
static atomic_bool done;
static sem_t to_look; /* as in a responder, which looks now and then: a look goes through
                       * all windows with the lock held, and looks without end leave the
                       * others no turn */
static atomic_size_t told_records;

static void *learner_main(void *arg)
{
    (void)arg;
    for (int i = 0; i < LEARNED; i++) {
        char name[32];
        snprintf(name, sizeof name, "s%d", i % 7);
        struct record r = record_of(name, false, true, T0 + i * CLOCK_SECOND_US);
        learn(detector, &r, 1, i % 50 == 0, T0 + i * CLOCK_SECOND_US, i);
        if (i % LOOK_EVERY == 0) {
            sem_post(&to_look);
        }
    }
    atomic_store(&done, true);
    sem_post(&to_look);
    return NULL;
}

static void *looker_main(void *arg)
{
    static struct finding f;
    (void)arg;
    while (!atomic_load(&done)) {
        sem_wait(&to_look);
        while (next_minute(detector, 0, &f)) {
            atomic_fetch_add(&told_records, 1);
        }
    }
    while (next_minute(detector, 0, &f)) {
        atomic_fetch_add(&told_records, 1);
    }
    return NULL;
}

static void *score_main(void *arg)
{
    struct record batch[10];
    struct arena a;
    struct verdict v;
    struct model_info info;
    struct err e;
    arena_init(&a, 64 << 20);
    (void)arg;
    for (int i = 0; i < 10; i++) {
        batch[i] = record_of("auth", false, true, T0);
    }
    while (!atomic_load(&done)) {
        struct detector_question q = {batch, 10, T0, false, &a};
        if (detector_score(detector, &q, &v, &e) || !(v.score > THRESHOLD)) {
            abort();
        }
        arena_reset(&a);
        detector_info(detector, &info);
    }
    arena_free(&a);
    return NULL;
}

START_TEST(scoring_learning_and_looking_go_on_at_once)
{
    pthread_t learner, looker, scorers[SCORERS];
    sem_init(&to_look, 0, 0);
    for (int i = 0; i < SCORERS; i++) {
        ck_assert_int_eq(pthread_create(&scorers[i], NULL, score_main, NULL), 0);
    }
    ck_assert_int_eq(pthread_create(&looker, NULL, looker_main, NULL), 0);
    ck_assert_int_eq(pthread_create(&learner, NULL, learner_main, NULL), 0);
    pthread_join(learner, NULL);
    pthread_join(looker, NULL);
    for (int i = 0; i < SCORERS; i++) {
        pthread_join(scorers[i], NULL);
    }
    sem_destroy(&to_look);
    /* 2000 s are 34 minutes of 7 services, each with 8 or 9 failed logins, which becomes
     * usual for them */
    ck_assert_uint_ge(atomic_load(&told_records), 1);
    assert_nothing_left();
}
END_TEST

START_TEST(the_shipped_model_says_what_it_is)
{
    struct model_info info;
    detector_info(detector, &info);
    ck_assert_str_eq(info.version, DETECTOR_SHIPPED_VERSION);
    ck_assert_int_eq(info.trained_at_us, 0);
}
END_TEST

START_TEST(a_score_of_just_the_threshold_is_not_told)
{
    struct err e;
    struct detector *strict;
    learn_two("auth", T0, 0);
    learn_login("auth", T0, 0);
    ck_assert(look(0));
    ck_assert(!detector_open(window.verdict.score, &strict, &e));
    struct record r = record_of("auth", false, true, T0);
    for (int i = 0; i < 3; i++) {
        learn(strict, &r, 1, false, RECEIVED, 0);
    }
    ck_assert(!next_minute(strict, 0, &window));
    learn(strict, &r, 1, false, RECEIVED, 0);
    ck_assert(next_minute(strict, 0, &window));
    detector_close(strict);
    detector_close(NULL);
}
END_TEST

/* --- the suite --- */

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return tc;
}

static void add_judge_tests(Suite *s)
{
    TCase *tc = add_case(s, "judge");
    tcase_add_test(tc, the_shipped_model_says_what_it_is);
    tcase_add_loop_test(tc, numbers_become_a_verdict, 0,
                        sizeof sentences / sizeof sentences[0]);
    tcase_add_test(tc, a_score_above_nothing_always_has_a_reason);
    tcase_add_test(tc, the_same_counts_give_the_same_verdict);
    tcase_add_loop_test(tc, the_numbers_of_a_reason_recount_from_the_records, 0, 20);
    tcase_add_test(tc, a_reason_names_the_service_that_has_most);
    tcase_add_test(tc, a_reason_says_when_all_are_in_one_service_of_several);
    tcase_add_test(tc,
                   each_reason_has_its_own_service_and_the_strongest_gives_the_verdicts);
    tcase_add_test(tc, the_only_service_is_not_repeated_in_the_sentence);
    tcase_add_test(tc, more_services_than_can_be_listed_are_still_counted);
    tcase_add_test(tc, the_longest_service_name_fits_into_the_sentence);
}

static void add_minute_tests(Suite *s)
{
    TCase *tc = add_case(s, "minutes");
    tcase_add_test(tc, thirty_single_failed_logins_are_told_from_the_third_on);
    tcase_add_test(tc, one_failed_login_a_minute_is_ordinary);
    tcase_add_test(tc, a_minute_begins_at_its_edge);
    tcase_add_test(tc, what_comes_a_minute_late_counts_and_what_comes_later_does_not);
    tcase_add_test(tc, an_event_of_the_future_counts_at_the_time_of_receipt);
    tcase_add_test(tc, a_minute_that_ends_before_a_look_is_told_all_the_same);
    tcase_add_test(tc, a_minute_that_ends_after_more_came_is_told_once_more_as_reported);
    tcase_add_test(tc, silence_ends_a_minute_at_its_time_and_not_before);
    tcase_add_test(tc, a_silent_session_is_told_once);
    tcase_add_test(tc, a_minute_that_came_in_one_batch_is_not_judged_again);
    tcase_add_test(tc, a_minute_that_was_hidden_in_a_batch_of_others_is_judged);
    tcase_add_test(tc, an_error_that_is_a_failed_login_is_the_latter_only);
    tcase_add_test(tc, a_raised_batch_does_not_count_for_its_minute);
    tcase_add_test(tc, a_minute_that_could_not_be_told_comes_back);
    tcase_add_test(tc, as_many_findings_wait_as_there_is_room_for);
    tcase_add_test(tc, a_minute_that_is_over_is_told_as_it_was_judged);
    tcase_add_test(tc, services_have_minutes_of_their_own);
    tcase_add_test(tc, a_score_of_just_the_threshold_is_not_told);
    tc = add_case(s, "room");
    tcase_add_test(tc, the_service_that_was_silent_for_longest_makes_room);
    tcase_add_test(tc, closed_minutes_leave_the_others_reachable);
    tcase_add_test(tc, an_unusual_minute_that_has_to_make_room_is_told);
    tcase_add_test(tc, the_longest_name_is_one_service);
    tcase_add_test(add_case(s, "threads"), scoring_learning_and_looking_go_on_at_once);
}

int main(void)
{
    Suite *s = suite_create("scorer");
    add_judge_tests(s);
    add_minute_tests(s);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
