/* test_counts.c - what our programs count, and under which names. */
#include "fcgi/base/counts.h"

#include "fcgi/base/counters.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void set_up(void)
{
    counters_close();
    counts_open("ingest");
}

static int64_t listed(const char *name)
{
    struct counter_row row;
    int64_t value = -1;
    for (size_t at = 0; counters_next(&at, &row);) {
        value = strcmp(row.name, name) == 0 ? row.value : value;
    }
    return value;
}

START_TEST(names_the_program)
{
    counts_add(COUNT_RECORDS, 7);
    ck_assert_int_eq(listed("records_total{program=\"ingest\"}"), 7);
    ck_assert_int_eq(counts_of("ingest", COUNT_RECORDS), 7);
    ck_assert_int_eq(counts_of("meta", COUNT_RECORDS), 0);
    ck_assert_int_eq(counts_of("ingest", COUNT_PID), getpid());
}
END_TEST

START_TEST(a_start_goes_on_counting_but_nothing_waits)
{
    counts_add(COUNT_RECORDS, 7);
    counts_add(COUNT_REQUESTS_WAITING, 3);
    counts_add(COUNT_REQUESTS_IN_WORK, 2);
    counts_set(COUNT_COMMITTED_US, 12345);
    counts_set(COUNT_FULL_US, 12345);
    counts_open("ingest");
    counts_add(COUNT_RECORDS, 1);
    ck_assert_int_eq(counts_of("ingest", COUNT_RECORDS), 8);
    ck_assert_int_eq(counts_of("ingest", COUNT_REQUESTS_WAITING), 0);
    ck_assert_int_eq(counts_of("ingest", COUNT_REQUESTS_IN_WORK), 0);
    ck_assert_int_eq(counts_of("ingest", COUNT_COMMITTED_US), 0);
    ck_assert_int_eq(counts_of("ingest", COUNT_FULL_US), 0);
    ck_assert_int_eq(counts_of("ingest", COUNT_STARTS), 2);
}
END_TEST

START_TEST(a_file_that_comes_later_has_all_and_what_is_so_now)
{
    char path[] = "/tmp/test_counts.XXXXXX";
    struct err e;
    int fd = mkstemp(path);
    ck_assert(fd >= 0 && close(fd) == 0);
    counts_add(COUNT_RECORDS, 7);
    counts_add(COUNT_REQUESTS_IN_WORK, 2);
    counts_set(COUNT_COMMITTED_US, 12345);
    ck_assert_msg(!counts_retry(path, &e), "%s", e.msg);
    counts_add(COUNT_RECORDS, 1);
    counts_add(COUNT_REQUESTS_IN_WORK, -2);
    ck_assert(!counters_open(path, &e)); /* as another program sees it */
    ck_assert_int_eq(counts_of("ingest", COUNT_RECORDS), 8);
    ck_assert_int_eq(counts_of("ingest", COUNT_REQUESTS_IN_WORK), 0);
    ck_assert_int_eq(counts_of("ingest", COUNT_COMMITTED_US), 12345);
    ck_assert_int_eq(counts_of("ingest", COUNT_PID), getpid());
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* A piece holds all that took as long as its end or less. */
static const struct {
    const char *name;
    int64_t us;
    int64_t first, second, last, all; /* le 0.001, 0.002, 5, +Inf */
} times[] = {
    {"at the first end", 1000, 1, 1, 1, 1},     {"one past it", 1001, 0, 1, 1, 1},
    {"at the last end", 5000000, 0, 0, 1, 1},   {"one past it", 5000001, 0, 0, 0, 1},
    {"a clock that goes back", -5, 1, 1, 1, 1},
};

START_TEST(puts_a_time_into_its_pieces)
{
    counts_time(COUNT_TIME_COMMIT, times[_i].us);
    const char *name = times[_i].name;
    int64_t want[] = {times[_i].first, times[_i].second, times[_i].last, times[_i].all};
    const char *ends[] = {"0.001", "0.002", "5", "+Inf"};
    for (size_t i = 0; i < 4; i++) {
        char text[COUNTER_NAME_BYTES];
        snprintf(text, sizeof text, "commit_seconds_bucket{program=\"ingest\",le=\"%s\"}",
                 ends[i]);
        int64_t got = listed(text);
        ck_assert_msg(got == want[i], "%s, %s: %lld", name, ends[i], (long long)got);
    }
    ck_assert_int_eq(listed("commit_seconds_count{program=\"ingest\"}"), 1);
    ck_assert_int_eq(listed("commit_seconds_sum{program=\"ingest\"}"),
                     times[_i].us < 0 ? 0 : times[_i].us);
}
END_TEST

START_TEST(a_series_has_its_labels)
{
    struct count_label two[COUNT_LABELS_MAX] = {{"channel", "mail"}, {"outcome", "x"}};
    struct count_label three[COUNT_LABELS_MAX] = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
    counts_series("told_total", two);
    counts_series("told_total", two);
    counts_series("told_total", three);
    ck_assert_int_eq(
        listed("told_total{program=\"ingest\",channel=\"mail\",outcome=\"x\"}"), 2);
    ck_assert_int_eq(listed("told_total{program=\"ingest\",a=\"1\",b=\"2\",c=\"3\"}"), 1);
}
END_TEST

START_TEST(a_series_that_is_too_long_is_refused_and_counted)
{
    char word[4 * COUNTER_NAME_BYTES];
    memset(word, 'x', sizeof word);
    word[sizeof word - 1] = '\0';
    struct count_label labels[COUNT_LABELS_MAX] = {{"a", word}, {"b", word}, {"c", word}};
    counts_series("told_total", labels);
    ck_assert_int_eq(listed(COUNTERS_LOST), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("counts");
    TCase *tc = tcase_create("counts");
    tcase_add_checked_fixture(tc, set_up, counters_close);
    tcase_add_test(tc, names_the_program);
    tcase_add_test(tc, a_start_goes_on_counting_but_nothing_waits);
    tcase_add_test(tc, a_file_that_comes_later_has_all_and_what_is_so_now);
    tcase_add_test(tc, a_series_has_its_labels);
    tcase_add_test(tc, a_series_that_is_too_long_is_refused_and_counted);
    tcase_add_loop_test(tc, puts_a_time_into_its_pieces, 0, ROWS(times));
    suite_add_tcase(s, tc);
    return unit_run(s);
}
