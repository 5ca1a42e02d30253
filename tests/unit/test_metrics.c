/* test_metrics.c - what was counted, as Prometheus reads it. */
#include "fcgi/metrics.h"

#include "fcgi/base/counters.h"
#include "fcgi/base/counts.h"
#include "tests/unit/unit.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 1 << 20 };

static struct buf out;

static void set_up(void)
{
    counters_close();
    counts_open("ingest");
    buf_init(&out, TEXT_BYTES_MAX);
}

static void tear_down(void)
{
    buf_free(&out);
    counters_close();
}

static const char *text(void)
{
    buf_clear(&out);
    metrics_put_counted(&out);
    buf_add(&out, "", 1);
    ck_assert(!out.failed);
    return out.p;
}

START_TEST(what_is_counted_is_shown_or_known_to_be_hidden)
{
    const char *const hidden[] = {"pid", "committed_us", "commit_failed_us",
                                  "commit_error", "full_us"};
    struct counter_row row;
    size_t hidden_n = 0;
    for (size_t c = 0; c < COUNTS_N; c++) {
        counts_add((enum count)c, 1);
    }
    for (size_t t = 0; t < COUNT_TIMES_N; t++) {
        counts_time((enum count_time)t, 1);
    }
    for (size_t at = 0; counters_next(&at, &row);) {
        struct str rest = str_of(row.name), name = str_split(&rest, '{');
        bool is_hidden = false;
        for (size_t i = 0; i < ROWS(hidden); i++) {
            is_hidden = is_hidden || str_eq(name, str_of(hidden[i]));
        }
        ck_assert_msg((metrics_family_of(str_of(row.name)) == NULL) == is_hidden, "%s",
                      row.name);
        hidden_n += is_hidden;
    }
    ck_assert_uint_eq(hidden_n, ROWS(hidden));
}
END_TEST

START_TEST(a_family_stands_together_below_its_meaning)
{
    counts_add(COUNT_RECORDS, 3);
    counts_add(COUNT_BATCHES, 1);
    atomic_fetch_add(counters_find("records_total{program=\"other\"}"), 4);
    CHECK_HAS(text(), "# HELP loganalyzer_records_total Records that were stored.\n"
                      "# TYPE loganalyzer_records_total counter\n"
                      "loganalyzer_records_total{program=\"ingest\"} 3\n"
                      "loganalyzer_records_total{program=\"other\"} 4\n"
                      "# HELP");
}
END_TEST

START_TEST(times_are_seconds)
{
    counts_time(COUNT_TIME_COMMIT, 1500);
    counts_time(COUNT_TIME_COMMIT, 2500000);
    CHECK_HAS(text(),
              "\nloganalyzer_commit_seconds_bucket{program=\"ingest\",le=\"0.002\"} 1\n");
    CHECK_HAS(text(),
              "\nloganalyzer_commit_seconds_bucket{program=\"ingest\",le=\"+Inf\"} 2\n"
              "loganalyzer_commit_seconds_sum{program=\"ingest\"} 2.501500\n"
              "loganalyzer_commit_seconds_count{program=\"ingest\"} 2\n");
}
END_TEST

START_TEST(what_is_no_series_of_ours_is_left_out)
{
    atomic_fetch_add(counters_find("unheard_of_total{a=\"b\"}"), 1);
    atomic_fetch_add(counters_find("records_total{cut"), 1);
    atomic_fetch_add(counters_find("commit_seconds_middle{a=\"b\"}"), 1);
    ck_assert(strstr(text(), "unheard_of") == NULL);
    ck_assert(strstr(text(), "cut") == NULL);
    ck_assert(strstr(text(), "middle") == NULL);
    ck_assert(strstr(text(), "pid") == NULL);
}
END_TEST

START_TEST(numbers_are_written_as_they_are)
{
    buf_clear(&out);
    metrics_put(&out, "a", "", 0);
    metrics_put(&out, "b", "x=\"y\"", 12345678901.0);
    metrics_put(&out, "c", "", 0.25);
    metrics_put(&out, "d", "", 1764122400.123);
    CHECK_STR("numbers", buf_view(&out),
              STR("loganalyzer_a 0\nloganalyzer_b{x=\"y\"} 12345678901\n"
                  "loganalyzer_c 0.25\nloganalyzer_d 1764122400.123\n"));
}
END_TEST

START_TEST(a_full_table_fits_into_a_reply)
{
    char name[COUNTER_NAME_BYTES];
    for (int i = 0; i < 2 * COUNTERS_MAX; i++) {
        snprintf(name, sizeof name, "requests_total{route=\"%d-%070d\"}", i, 0);
        atomic_fetch_add(counters_find(name), INT64_MAX);
    }
    CHECK_HAS(text(), "loganalyzer_metrics_refused_total ");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("metrics");
    const TTest *tests[] = {what_is_counted_is_shown_or_known_to_be_hidden,
                            a_family_stands_together_below_its_meaning,
                            times_are_seconds,
                            what_is_no_series_of_ours_is_left_out,
                            numbers_are_written_as_they_are,
                            a_full_table_fits_into_a_reply};
    TCase *tc = tcase_create("metrics");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
