/* test_breaker.c - when the scoring service is asked; time is given. */
#include "scoring/breaker.h"
#include "tests/unit/unit.h"

static struct breaker b;
static struct breaker_pass pass;

static void set_up(void)
{
    breaker_init(&b, 42);
}

static bool ask(int64_t at_us)
{
    return breaker_ask(&b, at_us, &pass);
}

/* Asks and fails n times. */
static void fail_n(int n, int64_t at_us)
{
    for (int i = 0; i < n; i++) {
        ck_assert_msg(ask(at_us), "%d", i);
        breaker_tell(&b, pass, false, at_us);
    }
}

/* The pause that began at at_us is us long, give or take the jitter, and one may ask after
 * it. */
static int64_t assert_pause(int64_t at_us, int64_t us)
{
    int64_t span = us * BREAKER_JITTER_PERCENT / 100, until = b.until_us;
    ck_assert_int_ge(until, at_us + us - span);
    ck_assert_int_le(until, at_us + us + span);
    ck_assert(!ask(until - 1));
    ck_assert(breaker_rests(&b, until - 1));
    ck_assert(!breaker_rests(&b, until));
    return until;
}

START_TEST(opens_at_the_fifth_failure_in_a_row_and_not_before)
{
    fail_n(BREAKER_FAILURES - 1, 0);
    ck_assert_int_eq(b.state, BREAKER_CLOSED);
    fail_n(1, 0);
    ck_assert_int_eq(b.state, BREAKER_OPEN);
    ck_assert(!ask(0));
}
END_TEST

START_TEST(a_success_begins_the_count_anew)
{
    for (int round = 0; round < 3; round++) {
        fail_n(BREAKER_FAILURES - 1, 0);
        ck_assert(ask(0));
        breaker_tell(&b, pass, true, 0);
    }
    ck_assert_int_eq(b.state, BREAKER_CLOSED);
}
END_TEST

START_TEST(one_probe_at_a_time_after_the_pause)
{
    fail_n(BREAKER_FAILURES, 0);
    int64_t until = assert_pause(0, BREAKER_FIRST_US);
    ck_assert(ask(until));
    struct breaker_pass probe = pass;
    ck_assert(!ask(until));
    ck_assert(!ask(until + BREAKER_MAX_US));
    breaker_tell(&b, probe, true, until);
    ck_assert_int_eq(b.state, BREAKER_CLOSED);
    ck_assert(ask(until));
}
END_TEST

START_TEST(pauses_double_up_to_a_minute_and_begin_anew_after_a_success)
{
    int64_t now = 0, want = BREAKER_FIRST_US;
    fail_n(BREAKER_FAILURES, now);
    for (int i = 0; i < 6; i++) { /* 5, 10, 20, 40, 60, 60 */
        now = assert_pause(now, want);
        ck_assert(ask(now));
        breaker_tell(&b, pass, false, now);
        want = 2 * want < BREAKER_MAX_US ? 2 * want : BREAKER_MAX_US;
    }
    now = assert_pause(now, BREAKER_MAX_US);
    ck_assert(ask(now));
    breaker_tell(&b, pass, true, now);
    fail_n(BREAKER_FAILURES, now);
    assert_pause(now, BREAKER_FIRST_US);
}
END_TEST

START_TEST(what_was_asked_before_counts_no_more)
{
    ck_assert(ask(0));
    struct breaker_pass old = pass;
    fail_n(BREAKER_FAILURES, 0);
    int64_t until = b.until_us;
    breaker_tell(&b, old, false, 1);
    breaker_tell(&b, old, true, 1);
    ck_assert_int_eq(b.state, BREAKER_OPEN);
    ck_assert_int_eq(b.until_us, until);
    ck_assert(ask(until));
    breaker_tell(&b, old, true, until); /* not the probe */
    ck_assert_int_eq(b.state, BREAKER_PROBING);
}
END_TEST

START_TEST(a_probe_that_was_not_sent_is_the_next_ones)
{
    fail_n(BREAKER_FAILURES, 0);
    int64_t until = b.until_us;
    ck_assert(ask(until));
    breaker_drop(&b, pass);
    ck_assert(ask(until));
    breaker_tell(&b, pass, true, until);
    ck_assert_int_eq(b.state, BREAKER_CLOSED);
    ck_assert(ask(until));
    breaker_drop(&b, pass);
    ck_assert_int_eq(b.failures, 0);
}
END_TEST

START_TEST(the_jitter_differs)
{
    int64_t seen[8];
    for (int i = 0; i < 8; i++) {
        breaker_init(&b, (uint64_t)i * 7919);
        fail_n(BREAKER_FAILURES, 0);
        seen[i] = assert_pause(0, BREAKER_FIRST_US);
    }
    int different = 0;
    for (int i = 1; i < 8; i++) {
        different += seen[i] != seen[0];
    }
    ck_assert_int_ge(different, 5);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("breaker");
    TCase *tc = tcase_create("breaker");
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_test(tc, opens_at_the_fifth_failure_in_a_row_and_not_before);
    tcase_add_test(tc, a_success_begins_the_count_anew);
    tcase_add_test(tc, one_probe_at_a_time_after_the_pause);
    tcase_add_test(tc, pauses_double_up_to_a_minute_and_begin_anew_after_a_success);
    tcase_add_test(tc, what_was_asked_before_counts_no_more);
    tcase_add_test(tc, a_probe_that_was_not_sent_is_the_next_ones);
    tcase_add_test(tc, the_jitter_differs);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
