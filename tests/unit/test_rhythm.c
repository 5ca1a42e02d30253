/* test_rhythm.c - what comes evenly and stays away is overdue, once; what does not come
 * evenly never is. */
#include "scoring/rhythm.h"
#include "tests/unit/lessons.h"

#define MINUTE(n) (LESSONS_START_US + (int64_t)(n)*CLOCK_MINUTE_US)

static struct rhythm r;

static void come(int times, int minutes)
{
    static int64_t now;
    now = r.last_us ? r.last_us : LESSONS_START_US;
    for (int i = 0; i < times; i++) {
        rhythm_note(&r, now);
        now += minutes * CLOCK_MINUTE_US;
    }
}

static bool overdue_after(int minutes)
{
    return r.last_us + minutes * CLOCK_MINUTE_US > rhythm_due(&r);
}

static void set_up(void)
{
    r = (struct rhythm){0};
}

START_TEST(a_job_that_stays_away_is_overdue)
{
    come(100, 10);
    ck_assert(!overdue_after(10) && !overdue_after(10 * RHYTHM_MISSED - 1));
    ck_assert(overdue_after(10 * RHYTHM_MISSED + 5));
    r.said = true;
    ck_assert(!overdue_after(1000)); /* it is said once, */
    rhythm_note(&r, r.last_us + 1000 * CLOCK_MINUTE_US);
    ck_assert(!r.said); /* until it is back */
}
END_TEST

START_TEST(a_few_times_are_no_rhythm)
{
    come(RHYTHM_MIN / 2, 10);
    ck_assert(!overdue_after(100000));
}
END_TEST

START_TEST(what_comes_unevenly_is_never_overdue)
{
    uint64_t chance = 3;
    int64_t now = LESSONS_START_US;
    for (int i = 0; i < 500; i++) {
        rhythm_note(&r, now);
        now += (1 + chance_below(&chance, 20)) * CLOCK_MINUTE_US;
    }
    ck_assert(!overdue_after(100000));
}
END_TEST

START_TEST(some_lateness_does_not_spoil_a_rhythm)
{
    uint64_t chance = 3;
    for (int i = 0; i < 500; i++) {
        rhythm_note(&r, MINUTE(10 * i) + chance_below(&chance, 20) * CLOCK_SECOND_US);
    }
    ck_assert(overdue_after(45));
}
END_TEST

/* From 6 to 18 each day. */
START_TEST(a_job_of_the_day_is_not_missed_at_night)
{
    for (int day = 0; day < 20; day++) {
        for (int i = 6 * 6; i < 18 * 6; i++) {
            rhythm_note(&r, MINUTE(10 * (144 * day + i)));
        }
        ck_assert(day < 1 || !overdue_after(11 * 60));
    }
}
END_TEST

START_TEST(lines_of_one_run_are_one)
{
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 5; k++) {
            rhythm_note(&r, MINUTE(10 * i) + k * CLOCK_SECOND_US / 2);
        }
    }
    ck_assert_int_eq(r.n, 99);
    ck_assert(overdue_after(45));
}
END_TEST

START_TEST(what_comes_late_moves_no_time)
{
    come(100, 10);
    struct rhythm before = r;
    rhythm_note(&r, r.last_us - 500 * CLOCK_MINUTE_US);
    ck_assert(r.last_us == before.last_us && r.n == before.n);
    ck_assert(!(r.mean_us < before.mean_us) && !(r.mean_us > before.mean_us));
}
END_TEST

START_TEST(seconds_are_no_rhythm_worth_watching)
{
    for (int i = 0; i < 1000; i++) {
        rhythm_note(&r, LESSONS_START_US + i * 10 * CLOCK_SECOND_US);
    }
    ck_assert(!overdue_after(60));
}
END_TEST

START_TEST(a_long_absence_is_forgotten)
{
    come(100, 10);
    rhythm_note(&r, r.last_us + 3 * LESSONS_DAY_US); /* the host was off */
    come(100, 10);
    ck_assert(!overdue_after(24 * 60));
    come(60 * 24 * 6, 10); /* two months */
    ck_assert(overdue_after(36 * 60));
}
END_TEST

START_TEST(a_rhythm_goes_on_when_time_goes_back)
{
    come(100, 10);
    int64_t now = r.last_us;
    rhythm_note(&r, now - 10 * LESSONS_DAY_US);
    come(2, 10);
    rhythm_note(&r, now + 10 * CLOCK_MINUTE_US); /* and forward again */
    come(2, 10);
    ck_assert(!overdue_after(10 * RHYTHM_MISSED - 1));
    ck_assert(overdue_after(10 * RHYTHM_MISSED + 5));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_job_that_stays_away_is_overdue,
        a_few_times_are_no_rhythm,
        what_comes_unevenly_is_never_overdue,
        some_lateness_does_not_spoil_a_rhythm,
        a_job_of_the_day_is_not_missed_at_night,
        lines_of_one_run_are_one,
        what_comes_late_moves_no_time,
        seconds_are_no_rhythm_worth_watching,
        a_long_absence_is_forgotten,
        a_rhythm_goes_on_when_time_goes_back,
    };
    Suite *s = suite_create("rhythm");
    TCase *tc = tcase_create("rhythm");
    tcase_add_checked_fixture(tc, set_up, NULL);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
