/* test_keeper_counts.c - what is old goes, over the real store, and what is counted has gone. The
 * thread's function is called here; its second is not waited for. */
#include "fcgi/jobs/keeper.c" /* NOLINT: for tick */
#include "sql/store_read.h"
#include "tests/fake/temp_dir.h"
#include "tests/fake/vfs_fake.h"

#include <check.h>

enum { SOON_US = 1000000, RECORDS = 50, TRIES_MAX = 2000 };

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct keeper k;
static struct store *store;
static struct err e;

static void learn(void *arg, const struct write_job *job)
{
    (void)arg, (void)job;
}

static void set_up(void)
{
    struct writer_options o = {.threshold = 0.8, .wait_us = SOON_US, .learn = learn};
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
    vfs_fake_install();
    ck_assert(!store_open_writer(path, SOON_US, &store, &e));
    k = (struct keeper){
        .limits = keep_limits(0, 1, 1, 0), .database = path, .clock_known = true};
    k.clock.clock = (struct keep_clock){clock_now_us(), clock_mono_us(), 0, 0};
    ck_assert(!store_open_reader(path, &k.reader, &e));
    ck_assert(!writer_start(store, &o, &k.writer, &e));
}

static void tear_down(void)
{
    vfs_fake_fail_at(0, VFS_FAKE_IO, false);
    writer_stop(k.writer);
    store_close(k.reader);
    store_close(store);
    temp_dir_remove(dir);
}

static void put_old(void)
{
    struct record records[RECORDS];
    struct features f = {0};
    for (size_t i = 0; i < RECORDS; i++) {
        records[i] = (struct record){.timestamp = STR("t"),
                                     .service = STR("s"),
                                     .level = STR("INFO"),
                                     .message = STR("m")};
    }
    struct write_job job = {.records = records,
                            .n = RECORDS,
                            .features = &f,
                            .scorer = "in-process",
                            .now_us = clock_now_us() - 2 * KEEP_DAY_US};
    ck_assert_msg(!writer_submit(k.writer, &job, &e), "%s", e.msg);
    writer_wait_learned(&job);
}

static bool count_one(void *arg, int64_t id, const struct record *r)
{
    int64_t *n = arg;
    (void)id, (void)r;
    (*n)++;
    return true;
}

static int64_t records_left(void)
{
    int64_t n = 0;
    ck_assert(!store_list_records(k.reader, 1, RECORDS, count_one, &n, &e));
    return n;
}

/* Whatever fails in a purge: what it counts is what has gone, and it says that it failed. */
START_TEST(what_is_counted_has_gone)
{
    int64_t before = counts_of("loganalyzer", COUNT_RETENTION_ROWS), left = RECORDS;
    int64_t failed_n = 0;
    put_old();
    for (int64_t n = 1; left > 0; n++) {
        ck_assert_int_lt(n, TRIES_MAX);
        vfs_fake_fail_at(n, VFS_FAKE_IO, true);
        tick(&k);
        bool failed = vfs_fake_failed(), fails = keeper_fails(&k, &e);
        vfs_fake_fail_at(0, VFS_FAKE_IO, false);
        left = records_left();
        int64_t counted = counts_of("loganalyzer", COUNT_RETENTION_ROWS) - before;
        ck_assert_msg(counted == RECORDS - left, "call %lld: %lld gone, %lld counted",
                      (long long)n, (long long)(RECORDS - left), (long long)counted);
        ck_assert_msg(failed || left == 0, "call %lld: nothing failed", (long long)n);
        failed_n += failed && left > 0;
        ck_assert(fails || left == 0); /* it says so, for an incident (self_watch.h) */
    }
    ck_assert_int_gt(failed_n, 5);
    tick(&k);
    ck_assert(!keeper_fails(&k, &e));
}
END_TEST

/* Else ingest would not start over a store that is damaged somewhere, to say so. */
START_TEST(what_cannot_be_read_at_the_start_is_looked_at_later)
{
    struct keeper *started;
    vfs_fake_fail_at(1, VFS_FAKE_IO, true);
    ck_assert_msg(!keeper_start(&k.limits, path, k.writer, &started, &e), "%s", e.msg);
    ck_assert(vfs_fake_failed());
    ticker_stop(started->ticker); /* its second is not waited for */
    started->ticker = NULL;
    tick(started);
    ck_assert(keeper_fails(started, &e));
    ck_assert_int_eq(started->clock.clock.wall_us, 0);
    vfs_fake_fail_at(0, VFS_FAKE_IO, false);
    tick(started);
    ck_assert_msg(!keeper_fails(started, &e), "%s", e.msg);
    ck_assert_int_ne(started->clock.clock.wall_us, 0);
    keeper_stop(started, false);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("keeper_counts");
    TCase *tc = tcase_create("counted");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_is_counted_has_gone);
    tcase_add_test(tc, what_cannot_be_read_at_the_start_is_looked_at_later);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
