/* test_features.c - what is counted in a batch. */
#include "fcgi/core/features.h"

#include "tests/unit/unit.h"

enum { NOW_US = 1000000 };

static struct features f;

static struct record record_of(struct str service, enum level rank, int64_t event_us)
{
    return (struct record){.service = service, .rank = rank, .event_us = event_us};
}

/* So many records, each of a service of its own. */
static void count_services(size_t n)
{
    static char names[FEATURES_SERVICES_MAX + 2][24];
    struct record records[FEATURES_SERVICES_MAX + 2];
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "s%zu", i);
        records[i] = record_of(str_of(names[i]), LEVEL_ERROR, 5);
    }
    features_count(records, n, NOW_US, &f);
}

START_TEST(counts_levels_and_failed_logins)
{
    struct record records[] = {
        record_of(STR("a"), LEVEL_WARN, 1),  record_of(STR("a"), LEVEL_ERROR, 2),
        record_of(STR("b"), LEVEL_FATAL, 3), record_of(STR("a"), LEVEL_UNKNOWN, 4),
        record_of(STR("b"), LEVEL_INFO, 5),
    };
    records[0].failed_login = (struct failed_login){true, true};
    records[4].failed_login = (struct failed_login){false, true};
    features_count(records, 5, NOW_US, &f);
    ck_assert_int_eq(f.all.count, 5);
    ck_assert_int_eq(f.all.warn, 1);
    ck_assert_int_eq(f.all.error, 2);
    ck_assert_int_eq(f.all.failed_login, 1);
    ck_assert_int_eq(f.all.failed_evidence, 2);
}
END_TEST

START_TEST(counts_by_service_in_order_of_appearance)
{
    struct record records[] = {
        record_of(STR("b"), LEVEL_INFO, 1), record_of(STR("a"), LEVEL_ERROR, 1),
        record_of(STR("b"), LEVEL_WARN, 1), record_of(STR("b"), LEVEL_WARN, 1),
        record_of(STR("B"), LEVEL_INFO, 1),
    };
    features_count(records, 5, NOW_US, &f);
    ck_assert_uint_eq(f.services_n, 3);
    CHECK_STR("first", f.services[0].service, STR("b"));
    ck_assert_int_eq(f.services[0].t.count, 3);
    ck_assert_int_eq(f.services[0].t.warn, 2);
    CHECK_STR("second", f.services[1].service, STR("a"));
    ck_assert_int_eq(f.services[1].t.error, 1);
    CHECK_STR("case matters", f.services[2].service, STR("B"));
    ck_assert_int_eq(f.unlisted, 0);
}
END_TEST

START_TEST(lists_services_up_to_its_limit)
{
    count_services(FEATURES_SERVICES_MAX);
    ck_assert_uint_eq(f.services_n, FEATURES_SERVICES_MAX);
    ck_assert_int_eq(f.unlisted, 0);
}
END_TEST

START_TEST(counts_records_of_services_past_its_limit)
{
    count_services(FEATURES_SERVICES_MAX + 2);
    ck_assert_uint_eq(f.services_n, FEATURES_SERVICES_MAX);
    ck_assert_int_eq(f.unlisted, 2);
    ck_assert_int_eq(f.all.count, FEATURES_SERVICES_MAX + 2);
    ck_assert_int_eq(f.all.error, FEATURES_SERVICES_MAX + 2);
}
END_TEST

START_TEST(takes_the_newest_time_but_none_from_the_future)
{
    struct record records[] = {record_of(STR("a"), LEVEL_INFO, 70),
                               record_of(STR("a"), LEVEL_INFO, 90),
                               record_of(STR("a"), LEVEL_INFO, 80)};
    features_count(records, 3, NOW_US, &f);
    ck_assert_int_eq(f.latest_us, 90);
    records[2].event_us = NOW_US;
    features_count(records, 3, NOW_US, &f);
    ck_assert_int_eq(f.latest_us, NOW_US);
    records[2].event_us = NOW_US + 1;
    features_count(records, 3, NOW_US, &f);
    ck_assert_int_eq(f.latest_us, NOW_US);
}
END_TEST

START_TEST(counts_an_empty_batch_as_now)
{
    features_count(NULL, 0, NOW_US, &f);
    ck_assert_int_eq(f.all.count, 0);
    ck_assert_uint_eq(f.services_n, 0);
    ck_assert_int_eq(f.latest_us, NOW_US);
}
END_TEST

static int64_t errors_of(const struct tally *t)
{
    return t->error;
}

START_TEST(finds_the_service_with_the_most)
{
    struct record records[] = {
        record_of(STR("a"), LEVEL_ERROR, 1), record_of(STR("b"), LEVEL_ERROR, 1),
        record_of(STR("b"), LEVEL_ERROR, 1), record_of(STR("c"), LEVEL_INFO, 1)};
    features_count(records, 4, NOW_US, &f);
    const struct service_tally *most = features_most(&f, errors_of);
    ck_assert_ptr_nonnull(most);
    CHECK_STR("most errors", most->service, STR("b"));
    features_count(records + 3, 1, NOW_US, &f);
    ck_assert_ptr_null(features_most(&f, errors_of));
}
END_TEST

static void print(struct buf *b)
{
    struct json_out o = json_out(b);
    json_open(&o, '{');
    features_print(&o, &f);
    json_close(&o, '}');
}

START_TEST(prints_what_the_reply_promises)
{
    struct buf b;
    struct record records[] = {record_of(STR("a<"), LEVEL_WARN, 1),
                               record_of(STR("\xC3\xA9"), LEVEL_ERROR, 1)};
    records[1].failed_login = (struct failed_login){true, true};
    features_count(records, 2, NOW_US, &f);
    buf_init(&b, 4096);
    print(&b);
    CHECK_STR(
        "features", buf_view(&b),
        STR("{\"count\":2,\"warn_count\":1,\"error_count\":1,\"failed_login_count\":1,"
            "\"services\":[\"a\\u003c\",\"\\u00e9\"]}"));
    buf_free(&b);
}
END_TEST

START_TEST(prints_that_services_are_not_listed_only_if_so)
{
    struct buf b;
    buf_init(&b, 8192);
    count_services(FEATURES_SERVICES_MAX + 1);
    print(&b);
    buf_byte(&b, '\0');
    CHECK_HAS(b.p, "],\"unlisted_count\":1}");
    buf_free(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("features");
    unit_case(s, "counts", counts_levels_and_failed_logins);
    unit_case(s, "services", counts_by_service_in_order_of_appearance);
    unit_case(s, "services-limit", lists_services_up_to_its_limit);
    unit_case(s, "services-past-limit", counts_records_of_services_past_its_limit);
    unit_case(s, "latest", takes_the_newest_time_but_none_from_the_future);
    unit_case(s, "empty", counts_an_empty_batch_as_now);
    unit_case(s, "most", finds_the_service_with_the_most);
    unit_case(s, "print", prints_what_the_reply_promises);
    unit_case(s, "print-unlisted", prints_that_services_are_not_listed_only_if_so);
    return unit_run(s);
}
