/* test_raised.c - incidents in memory are grouped as the writer groups them in the store. */
#include "scoring/raised.h"

#include "tests/unit/unit.h"

#define T0 (INT64_C(29922480) * CLOCK_MINUTE_US)

static struct raised raised;
static struct err e;

static void tear_down(void)
{
    raised_free(&raised);
}

static struct verdict verdict_of(const char *service, enum channel c, double score)
{
    struct verdict v = {.raw_score = score,
                        .score = score,
                        .service = service ? str_of(service) : STR_NONE,
                        .reasons_n = 1};
    v.reasons[0].channel = c;
    snprintf(v.reasons[0].text, sizeof v.reasons[0].text, "it scores %.2f", score);
    return v;
}

static void add(const struct verdict *v, int64_t minute)
{
    struct occurrence o = {
        .verdict = v, .at_us = T0 + minute * CLOCK_MINUTE_US, .now_us = T0};
    ck_assert(!raised_add(&raised, .8, &o, &e));
}

START_TEST(the_same_within_half_an_hour_is_one_incident)
{
    struct verdict v = verdict_of("auth", CHANNEL_FAILED_LOGINS, .9);
    struct verdict worse = verdict_of("auth", CHANNEL_FAILED_LOGINS, .95);
    add(&v, 0);
    add(&worse, 30);
    add(&v, 40);
    ck_assert_uint_eq(raised.n, 1);
    ck_assert_int_eq(raised.incident[0].core.count, 3);
    ck_assert_int_eq(raised.incident[0].core.last_us, T0 + 40 * CLOCK_MINUTE_US);
    ck_assert_str_eq(raised.incident[0].sentence, "it scores 0.95");
    ck_assert_str_eq(raised.incident[0].service, "auth");
    add(&v, 71);
    ck_assert_uint_eq(raised.n, 2);
    ck_assert_int_eq(raised.incident[1].core.id, 2);
    add(&v, 60); /* near both: the later one */
    ck_assert_int_eq(raised.incident[1].core.count, 2);
}
END_TEST

START_TEST(another_service_or_kind_is_another_incident)
{
    struct verdict v = verdict_of("auth", CHANNEL_FAILED_LOGINS, .9);
    struct verdict other = verdict_of("mail", CHANNEL_FAILED_LOGINS, .9);
    struct verdict errors = verdict_of("auth", CHANNEL_ERROR_SHARE, .9);
    struct verdict several = verdict_of(NULL, CHANNEL_ERROR_SHARE, .9);
    add(&v, 0);
    add(&other, 0);
    add(&errors, 0);
    add(&several, 0);
    ck_assert_uint_eq(raised.n, 4);
    ck_assert_str_eq(raised.incident[3].service, "");
}
END_TEST

START_TEST(what_is_not_over_the_threshold_is_none)
{
    struct verdict v = verdict_of("auth", CHANNEL_FAILED_LOGINS, .8);
    add(&v, 0);
    ck_assert_uint_eq(raised.n, 0);
}
END_TEST

START_TEST(a_new_kind_of_message_is_known_for_a_day)
{
    struct verdict first = verdict_of("shop", CHANNEL_NEW_TEMPLATE, .9);
    struct verdict again = verdict_of("shop", CHANNEL_ERROR_SHARE, .9);
    first.new_templates[0] = 17;
    first.new_templates_n = 1;
    again.new_templates[0] = 18;
    again.new_templates[1] = 17;
    again.new_templates_n = 2;
    add(&first, 0);
    add(&again, 20 * 60); /* by 17, and 18 is its key now, and so is the main one */
    ck_assert_uint_eq(raised.n, 1);
    again.new_templates_n = 0;
    add(&again, 20 * 60 + 29);
    ck_assert_uint_eq(raised.n, 1);
    again.new_templates_n = 1;
    add(&again, 43 * 60);
    ck_assert_uint_eq(raised.n, 1);
    again.new_templates_n = 0;
    add(&again, 48 * 60);
    ck_assert_uint_eq(raised.n, 2);
}
END_TEST

START_TEST(there_may_be_many)
{
    for (int64_t i = 0; i < 3000; i++) {
        char service[32];
        snprintf(service, sizeof service, "s%lld", (long long)(i % 1500));
        struct verdict v = verdict_of(service, CHANNEL_RARE, .9);
        add(&v, i / 1500);
    }
    ck_assert_uint_eq(raised.n, 1500);
    ck_assert_int_eq(raised.incident[1499].core.count, 2);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("raised");
    TCase *tc = tcase_create("grouping");
    tcase_add_checked_fixture(tc, NULL, tear_down);
    tcase_add_test(tc, the_same_within_half_an_hour_is_one_incident);
    tcase_add_test(tc, another_service_or_kind_is_another_incident);
    tcase_add_test(tc, what_is_not_over_the_threshold_is_none);
    tcase_add_test(tc, a_new_kind_of_message_is_known_for_a_day);
    tcase_add_test(tc, there_may_be_many);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
