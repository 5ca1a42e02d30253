/* test_alarm.c - not more than about one ordinary crossing a week, however clients batch;
 * what is news counts at once. */
#include "scoring/alarm.h"
#include "tests/unit/lessons.h"

#include <math.h>

#define SECOND_US CLOCK_SECOND_US
#define DAY_US    LESSONS_DAY_US

static struct model_alarms a;
static int64_t now_us;

static void set_up(void)
{
    memset(&a, 0, sizeof a);
    now_us = LESSONS_START_US;
}

/* A week of windows, one in so many seconds; each thousandth is a crossing, as calibration
 * promises. */
static void live_a_week(enum window_kind kind, int64_t seconds)
{
    for (int64_t i = 0; i * seconds * SECOND_US < 7 * DAY_US; i++) {
        alarm_count(&a, kind, i % 1000 == 999, now_us);
        alarm_pass(&a, seconds * SECOND_US);
        now_us += seconds * SECOND_US;
    }
    now_us += 2 * 60 * CLOCK_MINUTE_US; /* and no crossing lately */
}

static struct alarm_view look(struct alarm_window w)
{
    struct alarm_view v;
    w.at_us = now_us;
    alarm_look(&a, &w, &v);
    return v;
}

static bool counts(double z, enum window_kind kind)
{
    return look((struct alarm_window){.z = z, .kind = kind}).counts;
}

START_TEST(a_busy_service_is_not_heard_for_one_in_a_thousand)
{
    live_a_week(WINDOW_ONE, 1);
    ck_assert(!counts(ALARM_CROSSING_Z, WINDOW_ONE));
    ck_assert(!counts(ALARM_CROSSING_Z + 1, WINDOW_ONE));
}
END_TEST

START_TEST(but_for_several_in_one_minute)
{
    live_a_week(WINDOW_ONE, 1); /* one crossing in 17 minutes */
    int needed = 1;
    for (; !counts(ALARM_CROSSING_Z, WINDOW_ONE) && needed < 20; needed++) {
        alarm_count(&a, WINDOW_ONE, true, now_us);
        now_us += SECOND_US;
    }
    ck_assert_msg(needed > 1 && needed <= ALARM_BURST_LEAST, "%d", needed);
    ck_assert(counts(ALARM_CROSSING_Z, WINDOW_ONE)); /* and so it stays in this minute */
    now_us += 2 * 60 * CLOCK_MINUTE_US;
    ck_assert(!counts(ALARM_CROSSING_Z, WINDOW_ONE));
}
END_TEST

START_TEST(or_for_many_in_one_hour)
{
    live_a_week(WINDOW_ONE, 1);
    now_us += 60 * CLOCK_MINUTE_US - now_us % (60 * CLOCK_MINUTE_US);
    int needed = 1;
    for (; !counts(ALARM_CROSSING_Z, WINDOW_ONE) && needed < 50; needed++) {
        alarm_count(&a, WINDOW_ONE, true, now_us);
        now_us += CLOCK_MINUTE_US; /* one a minute is no burst of its minute */
    }
    ck_assert_msg(needed > 5 && needed <= 25, "%d", needed);
}
END_TEST

START_TEST(the_busier_it_is_the_more_it_takes)
{
    static const int64_t seconds[] = {60, 10, 1};
    int last = 0;
    for (int i = 0; i < ROWS(seconds); i++) {
        set_up();
        live_a_week(WINDOW_ONE, seconds[i]);
        int needed = 1;
        for (; !counts(ALARM_CROSSING_Z, WINDOW_ONE); needed++) {
            alarm_count(&a, WINDOW_ONE, true, now_us);
        }
        ck_assert_int_ge(needed, last);
        last = needed;
    }
    ck_assert_int_gt(last, 2);
}
END_TEST

/* The rarest in so long: at the budget it counts, a little under it does not. */
START_TEST(what_an_ordinary_week_does_not_have_counts_at_once)
{
    live_a_week(WINDOW_ONE, 1);
    double windows = 7 * 24 * 3600;
    double z = log10(windows / ALARM_A_WEEK), grave = log10(windows / ALARM_GRAVE_A_WEEK);
    struct alarm_window w = {.z = ALARM_CROSSING_Z, .kind = WINDOW_ONE};
    ck_assert(counts(z + .1, WINDOW_ONE));
    ck_assert(!counts(z - .1, WINDOW_ONE));
    w.grave = grave + .1;
    ck_assert(look(w).counts);
    w.grave = grave - .1;
    ck_assert(!look(w).counts);
    ck_assert(grave < z); /* for what is grave there is more room */
}
END_TEST

START_TEST(it_is_told_how_often_a_week_has_the_same)
{
    live_a_week(WINDOW_ONE, 10);
    double windows = 7 * 24 * 360;
    for (double z = 1; z < 9; z++) {
        double got =
            look((struct alarm_window){.z = z, .kind = WINDOW_ONE}).ordinary_a_week;
        ck_assert_double_eq_tol(got / (windows * pow(10, -z)), 1, .02);
    }
}
END_TEST

START_TEST(batches_are_counted_together_whatever_their_size)
{
    live_a_week(WINDOW_ONE, 2);
    live_a_week(WINDOW_MANY, 2);
    double many =
        look((struct alarm_window){.z = 3, .kind = WINDOW_MANY}).ordinary_a_week;
    double few = look((struct alarm_window){.z = 3, .kind = WINDOW_FEW}).ordinary_a_week;
    ck_assert_double_eq_tol(many / few, 1, 1e-9);
}
END_TEST

START_TEST(minutes_have_a_budget_of_their_own)
{
    live_a_week(WINDOW_ONE, 1);
    for (int i = 0; i < 7 * 24 * 60; i++) {
        alarm_count(&a, WINDOW_MINUTE, false, now_us);
    }
    double windows = 7 * 24 * 60, z = log10(windows / ALARM_A_WEEK);
    ck_assert(counts(z + .1, WINDOW_MINUTE));
    ck_assert(!counts(z - .1, WINDOW_MINUTE));
    ck_assert(!counts(z + .1, WINDOW_ONE));
    for (int i = 0; i < 100; i++) { /* crossings of minutes are no batches' */
        alarm_count(&a, WINDOW_MINUTE, true, now_us);
    }
    ck_assert(!counts(ALARM_CROSSING_Z, WINDOW_ONE));
    ck_assert(!counts(z - .1, WINDOW_MINUTE));
}
END_TEST

START_TEST(a_slow_service_has_no_discount_for_what_is_grave)
{
    live_a_week(WINDOW_ONE, (int64_t)(7 * 24 * 3600 / (ALARM_FREE_A_WEEK / 2)));
    struct alarm_window w = {
        .z = ALARM_CROSSING_Z, .grave = ALARM_CROSSING_Z, .kind = WINDOW_ONE};
    ck_assert(look(w).counts);
    set_up();
    live_a_week(WINDOW_ONE, (int64_t)(7 * 24 * 3600 / (ALARM_FREE_A_WEEK * 2)));
    w.grave = log10(2 * ALARM_FREE_A_WEEK / ALARM_GRAVE_A_WEEK) - .1;
    ck_assert(!look(w).counts);
}
END_TEST

START_TEST(a_service_in_its_first_hour_counts)
{
    for (int64_t us = 0; us < (int64_t)ALARM_FRESH_US; us += SECOND_US) {
        ck_assert(counts(ALARM_CROSSING_Z, WINDOW_ONE));
        alarm_count(&a, WINDOW_ONE, false, now_us);
        alarm_pass(&a, SECOND_US);
        now_us += SECOND_US;
    }
    ck_assert(!counts(ALARM_CROSSING_Z, WINDOW_ONE));
}
END_TEST

/* However young the service is and however it batches. */
START_TEST(new_messages_of_failure_count_if_they_are_few_a_week)
{
    struct alarm_window w = {.z = ALARM_CROSSING_Z, .kind = WINDOW_ONE};
    for (int64_t i = 0; i < 2 * 3600; i++) {
        alarm_count(&a, WINDOW_ONE, false, now_us);
        alarm_pass(&a, SECOND_US);
    }
    w.failures = ALARM_FAILURES_A_WEEK;
    ck_assert(look(w).counts);
    w.failures = ALARM_FAILURES_A_WEEK + .1;
    ck_assert(!look(w).counts);
    w.failures = 0; /* there is none */
    ck_assert(!look(w).counts);
    alarm_pass(&a, 14 * DAY_US);
    w.failures = 2 * ALARM_FAILURES_A_WEEK;
    ck_assert(look(w).counts);
}
END_TEST

START_TEST(what_one_event_makes_is_no_burst)
{
    live_a_week(WINDOW_ONE, 60); /* ten crossings a week */
    for (int i = 1; i < ALARM_BURST_LEAST; i++) {
        ck_assert_msg(!counts(ALARM_CROSSING_Z, WINDOW_ONE), "%d", i);
        alarm_count(&a, WINDOW_ONE, true, now_us);
    }
    ck_assert(counts(ALARM_CROSSING_Z, WINDOW_ONE));
}
END_TEST

START_TEST(a_service_that_was_never_seen_counts)
{
    ck_assert(counts(ALARM_CROSSING_Z, WINDOW_ONE));
    ck_assert(counts(ALARM_CROSSING_Z, WINDOW_HOUR));
}
END_TEST

START_TEST(an_older_half_counts_half_and_rates_stay)
{
    live_a_week(WINDOW_ONE, 1);
    struct alarm_window w = {.z = 4, .kind = WINDOW_ONE};
    double before = look(w).ordinary_a_week;
    float windows = a.windows[WINDOW_ONE], crossings = a.crossings;
    alarm_halve(&a);
    ck_assert_double_eq_tol(look(w).ordinary_a_week / before, 1, 1e-3);
    ck_assert_double_eq_tol((double)a.windows[WINDOW_ONE], (double)windows / 2, 1);
    ck_assert_double_eq_tol((double)a.crossings, (double)crossings / 2, 1);
    live_a_week(WINDOW_ONE, 10); /* it has become slower, and that is seen */
    ck_assert_double_lt(look(w).ordinary_a_week, .6 * before);
}
END_TEST

/* What calibration promises, for ten weeks: -log10 p of each window by chance. */
static const int64_t busy[] = {1, 5, 60, 500};

START_TEST(ordinary_windows_count_hardly_ever)
{
    uint64_t chance = (uint64_t)_i + 1;
    int counted = 0;
    live_a_week(WINDOW_ONE, busy[_i]);
    int64_t end = now_us + 70 * DAY_US, step = busy[_i] * SECOND_US;
    for (; now_us < end; now_us += step) {
        double z = -log10(chance_share(&chance));
        bool crossing = z > ALARM_CROSSING_Z;
        counted += crossing && counts(z, WINDOW_ONE);
        alarm_count(&a, WINDOW_ONE, crossing, now_us);
        alarm_pass(&a, step);
    }
    ck_assert_msg(counted <= 10, "%d in ten weeks", counted);
}
END_TEST

START_TEST(times_before_1970_and_going_back_do_no_harm)
{
    now_us = -5 * DAY_US;
    live_a_week(WINDOW_ONE, 60);
    alarm_count(&a, WINDOW_ONE, true, -3 * DAY_US);
    alarm_count(&a, WINDOW_ONE, true, -4 * DAY_US);
    struct alarm_view v = look((struct alarm_window){.z = 3, .kind = WINDOW_ONE});
    ck_assert(isfinite(v.ordinary_a_week) && v.ordinary_a_week > 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_busy_service_is_not_heard_for_one_in_a_thousand,
        but_for_several_in_one_minute,
        or_for_many_in_one_hour,
        the_busier_it_is_the_more_it_takes,
        what_an_ordinary_week_does_not_have_counts_at_once,
        it_is_told_how_often_a_week_has_the_same,
        batches_are_counted_together_whatever_their_size,
        minutes_have_a_budget_of_their_own,
        a_slow_service_has_no_discount_for_what_is_grave,
        a_service_in_its_first_hour_counts,
        new_messages_of_failure_count_if_they_are_few_a_week,
        what_one_event_makes_is_no_burst,
        a_service_that_was_never_seen_counts,
        an_older_half_counts_half_and_rates_stay,
        times_before_1970_and_going_back_do_no_harm,
    };
    Suite *s = suite_create("alarm");
    TCase *tc = tcase_create("alarm");
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_set_timeout(tc, 30);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    tcase_add_loop_test(tc, ordinary_windows_count_hardly_ever, 0, ROWS(busy));
    suite_add_tcase(s, tc);
    return unit_run(s);
}
