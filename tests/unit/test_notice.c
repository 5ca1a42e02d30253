/* test_notice.c - when somebody is told: each rule, and each limit at it and one past it. */
#include "fcgi/core/notice.h"

#include "tests/unit/unit.h"

#define NOW (INT64_C(1800000000) * CLOCK_SECOND_US)
#define OLD (NOW - NOTICE_OLD_US - 1)

static const struct {
    const char *name;
    struct notice_case c;
    enum notice_kind kind;
} cases[] = {
    {"new", {.opened = true, .last_us = NOW}, NOTICE_NEW},
    {"new, just not old", {.opened = true, .last_us = OLD + 1}, NOTICE_NEW},
    {"new, and old news", {.opened = true, .last_us = OLD}, NOTICE_OLD},
    {"new, of tomorrow", {.opened = true, .last_us = NOW + NOTICE_OLD_US}, NOTICE_NEW},
    {"once more", {.last_us = NOW}, NOTICE_NONE},
    {"much worse", {.much_worse = true, .last_us = NOW}, NOTICE_WORSE},
    {"much worse, long ago", {.much_worse = true, .last_us = OLD}, NOTICE_OLD_WORSE},
    {"much worse, just not old", {.much_worse = true, .last_us = OLD + 1}, NOTICE_WORSE},
    {"once more, long ago", {.last_us = OLD}, NOTICE_NONE},
    {"back", {.reopened = true, .last_us = NOW}, NOTICE_REGRESSION},
    {"back, long ago", {.reopened = true, .last_us = OLD}, NOTICE_OLD_REGRESSION},
    {"back, just not old", {.reopened = true, .last_us = OLD + 1}, NOTICE_REGRESSION},
    {"back and much worse, long ago",
     {.reopened = true, .much_worse = true, .last_us = OLD},
     NOTICE_OLD_REGRESSION},
    {"back, long ago, muted",
     {.reopened = true, .muted = true, .last_us = OLD},
     NOTICE_NONE},
    {"back and much worse: once",
     {.reopened = true, .much_worse = true, .last_us = NOW},
     NOTICE_REGRESSION},
    {"new, muted", {.opened = true, .muted = true, .last_us = NOW}, NOTICE_NONE},
    {"worse, muted", {.much_worse = true, .muted = true, .last_us = NOW}, NOTICE_NONE},
    {"back, muted", {.reopened = true, .muted = true, .last_us = NOW}, NOTICE_NONE},
    {"old, muted", {.opened = true, .muted = true, .last_us = OLD}, NOTICE_NONE},
    {"old news that goes on now", {.untold = NOTICE_OLD, .last_us = NOW}, NOTICE_NEW},
    {"old news that goes on, worse",
     {.untold = NOTICE_OLD, .much_worse = true, .last_us = NOW},
     NOTICE_NEW},
    {"old news that comes back",
     {.untold = NOTICE_OLD, .reopened = true, .last_us = NOW},
     NOTICE_REGRESSION},
    {"back long ago, goes on now",
     {.untold = NOTICE_OLD_REGRESSION, .last_us = NOW},
     NOTICE_REGRESSION},
    {"worse long ago, goes on now",
     {.untold = NOTICE_OLD_WORSE, .last_us = NOW},
     NOTICE_WORSE},
    {"old news that is still old", {.untold = NOTICE_OLD, .last_us = OLD}, NOTICE_NONE},
    {"old news that goes on, muted",
     {.untold = NOTICE_OLD, .muted = true, .last_us = NOW},
     NOTICE_NONE},
};

START_TEST(somebody_is_told_when_there_is_something_new)
{
    struct notice_case c = cases[_i].c;
    c.now_us = NOW;
    ck_assert_msg(notice_decide(&c) == cases[_i].kind, "%s: %s", cases[_i].name,
                  notice_kind_name(notice_decide(&c)));
}
END_TEST

static const struct {
    struct notice_backlog b;
    enum notice_kind kind;
} backlogs[] = {
    {{0, 0, 0, 5}, NOTICE_NONE},
    {{1, 1, 0, 5}, NOTICE_NEW},
    {{5, 5, 0, 5}, NOTICE_NEW},
    {{6, 6, 0, 5}, NOTICE_DIGEST},
    {{1, 1, 4, 5}, NOTICE_NEW},
    {{2, 2, 4, 5}, NOTICE_DIGEST},
    {{1, 1, 5, 5}, NOTICE_NONE},
    {{99, 99, 5, 5}, NOTICE_NONE},
    {{99, 99, 6, 5}, NOTICE_NONE},
    {{1, 1, 0, 1}, NOTICE_NEW},
    {{2, 2, 0, 1}, NOTICE_DIGEST},
    {{99, 5, 0, 5}, NOTICE_NEW}, /* the rest is not wanted */
    {{1, 0, 0, 5}, NOTICE_DIGEST},
    {{1, 0, 5, 5}, NOTICE_NONE},
};

START_TEST(a_storm_is_told_together)
{
    ck_assert_int_eq(notice_next(&backlogs[_i].b), backlogs[_i].kind);
}
END_TEST

START_TEST(an_import_is_through_when_nothing_comes)
{
    ck_assert(!notice_old_is_due(NOW, NOW, NOW));
    ck_assert(!notice_old_is_due(NOW, NOW, NOW + NOTICE_QUIET_US - 1));
    ck_assert(notice_old_is_due(NOW, NOW, NOW + NOTICE_QUIET_US));
    int64_t last = NOW + NOTICE_LAST_US - 1;
    ck_assert(!notice_old_is_due(NOW, last, last));
    ck_assert(notice_old_is_due(NOW, last, last + 1));
    ck_assert(notice_old_is_due(NOW, NOW, NOW - 1)); /* the clock was set back */
}
END_TEST

static int64_t pause_of(int64_t attempts, uint32_t random)
{
    struct notice_try t = {attempts, 5 * CLOCK_SECOND_US, 0, NOW, NOW, random};
    int64_t next;
    ck_assert(notice_retry(&t, &next));
    return next - NOW;
}

START_TEST(pauses_double_up_to_a_quarter_of_an_hour)
{
    enum { MIDDLE = 200 }; /* of the jitter */
    ck_assert_int_eq(pause_of(1, MIDDLE), 5 * CLOCK_SECOND_US);
    ck_assert_int_eq(pause_of(2, MIDDLE), 10 * CLOCK_SECOND_US);
    ck_assert_int_eq(pause_of(8, MIDDLE), 640 * CLOCK_SECOND_US);
    ck_assert_int_eq(pause_of(9, MIDDLE), NOTICE_RETRY_MAX_US);
    ck_assert_int_eq(pause_of(INT64_MAX, MIDDLE), NOTICE_RETRY_MAX_US);
}
END_TEST

START_TEST(pauses_vary_by_a_fifth)
{
    int64_t least = INT64_MAX, most = 0;
    for (uint32_t r = 0; r < 5000; r++) {
        int64_t pause = pause_of(1, r * 2654435761u);
        least = pause < least ? pause : least;
        most = pause > most ? pause : most;
    }
    ck_assert_int_ge(least, 4 * CLOCK_SECOND_US);
    ck_assert_int_lt(least, 41 * CLOCK_SECOND_US / 10);
    ck_assert_int_le(most, 6 * CLOCK_SECOND_US);
    ck_assert_int_gt(most, 59 * CLOCK_SECOND_US / 10);
}
END_TEST

START_TEST(who_asks_for_time_gets_it)
{
    struct notice_try t = {1, 5 * CLOCK_SECOND_US, 120, NOW, NOW, 0};
    int64_t next;
    ck_assert(notice_retry(&t, &next));
    ck_assert_int_eq(next - NOW, 120 * CLOCK_SECOND_US);
    t.asked_s = 1; /* less than our own pause */
    ck_assert(notice_retry(&t, &next));
    ck_assert_int_eq(next - NOW, 4 * CLOCK_SECOND_US);
    t.asked_s = INT64_MAX;
    t.now_us = NOW + 1;
    ck_assert(!notice_retry(&t, &next));
}
END_TEST

START_TEST(after_three_days_it_is_given_up)
{
    struct notice_try t = {300, 5 * CLOCK_SECOND_US, 0, NOW, 0, 200};
    int64_t next;
    t.now_us = NOW + NOTICE_GIVE_UP_US - NOTICE_RETRY_MAX_US;
    ck_assert(notice_retry(&t, &next));
    t.now_us++;
    ck_assert(!notice_retry(&t, &next));
}
END_TEST

START_TEST(who_is_not_there_is_doubted_for_an_hour)
{
    struct notice_doubt d = {0};
    for (int64_t at = 0; at < NOTICE_DOUBT_US; at += NOTICE_RETRY_MAX_US) {
        ck_assert(notice_doubt(&d, NOW + at));
    }
    ck_assert(notice_doubt(&d, NOW + NOTICE_DOUBT_US - 1));
    ck_assert(!notice_doubt(&d, NOW + NOTICE_DOUBT_US));
    ck_assert(!notice_doubt(&d, NOW + 2 * NOTICE_DOUBT_US - 1)); /* still the same time */
    ck_assert(notice_doubt(&d, NOW + 3 * NOTICE_DOUBT_US));      /* another one */
    ck_assert(notice_doubt(&d, NOW)); /* the clock was set back */
    ck_assert_int_eq(d.since_us, NOW);
}
END_TEST

START_TEST(kinds_have_names)
{
    for (int i = NOTICE_NEW; i < NOTICE_KINDS_N; i++) {
        ck_assert_int_eq(notice_kind_of(str_of(notice_kind_name((enum notice_kind)i))),
                         i);
    }
    ck_assert_int_eq(notice_kind_of(STR("else")), NOTICE_NONE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("notice");
    unit_table(s, "decide", somebody_is_told_when_there_is_something_new, ROWS(cases));
    unit_table(s, "storm", a_storm_is_told_together, ROWS(backlogs));
    unit_case(s, "import", an_import_is_through_when_nothing_comes);
    unit_case(s, "pauses", pauses_double_up_to_a_quarter_of_an_hour);
    unit_case(s, "jitter", pauses_vary_by_a_fifth);
    unit_case(s, "asked", who_asks_for_time_gets_it);
    unit_case(s, "given_up", after_three_days_it_is_given_up);
    unit_case(s, "doubt", who_is_not_there_is_doubted_for_an_hour);
    unit_case(s, "names", kinds_have_names);
    return unit_run(s);
}
