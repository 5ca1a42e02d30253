/* test_power_cut.c - the power fails: at 200 places of a life of writing, with more or less
 * of what was not synced lost or torn, what was promised is there, and nothing is in part.
 *
 * The disk (tests/fake/vfs_fake.h) keeps a record while batches are written, by a store that
 * is opened and closed in between, so that checkpoints are in it. Each cut makes a folder of
 * what would be left, which the product then opens. */
#include "fcgi/base/clock.h"
#include "sql/db.h"
#include "sql/store_incidents.h"
#include "sql/writer.h"
#include "tests/fake/temp_dir.h"
#include "tests/fake/vfs_fake.h"
#include "tests/unit/unit.h"

enum { CUTS = 200, LIVES = 3, BATCHES = 8, RECORDS_MAX = 120 };
#define SOON_US (10 * CLOCK_SECOND_US)

static char dir[TEMP_DIR_BYTES], cut_dir[TEMP_DIR_BYTES];
static int64_t promised; /* batches are numbered from 1, as the store does */

static void learn_nothing(void *arg, const struct write_job *job)
{
    (void)arg;
    (void)job;
}

/* Every third batch opens or extends an incident. */
static void write_batch(struct writer *w, int64_t number)
{
    static struct record records[RECORDS_MAX];
    static struct features features;
    static const int64_t first[] = {0};
    struct verdict v = {.score = 0.9, .raw_score = 0.9, .reasons_n = 1};
    struct err e;
    size_t n = (size_t)(1 + number * 37 % RECORDS_MAX);
    v.service = STR("s");
    v.reasons[0] = (struct reason){
        .evidence = 4, .records = first, .records_n = 1, .records_total = 1};
    for (size_t i = 0; i < n; i++) {
        records[i] = (struct record){.timestamp = STR("2026-11-22T12:00:48Z"),
                                     .service = STR("s"),
                                     .level = STR("INFO"),
                                     .message = STR("a message of some length, so that "
                                                    "batches take several pages"),
                                     .metadata = STR("{}"),
                                     .event_us = number};
    }
    features_count(records, n, number, &features);
    struct write_job job = {.records = records,
                            .n = n,
                            .features = &features,
                            .verdict = number % 3 == 0 ? &v : NULL,
                            .scorer = "in-process",
                            .now_us = number};
    ck_assert_msg(!writer_submit(w, &job, &e), "%s", e.msg);
    vfs_fake_promise(job.ids.batch_id);
    writer_wait_learned(&job);
    promised = job.ids.batch_id;
}

static void live_once(const char *path)
{
    struct writer_options o = {
        .threshold = 0.8, .wait_us = SOON_US, .learn = learn_nothing};
    struct store *s;
    struct writer *w;
    struct err e;
    ck_assert_msg(!store_open_writer(path, SOON_US, &s, &e), "%s", e.msg);
    ck_assert(!writer_start(s, &o, &w, &e));
    for (int i = 0; i < BATCHES; i++) {
        write_batch(w, promised + 1);
    }
    writer_stop(w);
    store_close(s);
}

static void set_up(void)
{
    char path[TEMP_DIR_BYTES];
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
    promised = 0;
    vfs_fake_install();
    vfs_fake_record();
    for (int i = 0; i < LIVES; i++) {
        live_once(path);
    }
    ck_assert_int_eq(promised, LIVES * BATCHES);
}

static void tear_down(void)
{
    vfs_fake_forget();
    temp_dir_remove(dir);
}

/* --- what is left --- */

static int64_t number(sqlite3 *db, const char *sql)
{
    int64_t n;
    struct err e;
    ck_assert_msg(!db_number(db, sql, &n, &e), "%s: %s", sql, e.msg);
    return n;
}

/* Batches that lack a record, records of no batch, incidents that no batch made. */
static const char *const faults[] = {
    "SELECT count(*) FROM batches b WHERE b.n<>(SELECT count(*) FROM logs l WHERE l.id "
    "BETWEEN b.first_log_id AND b.first_log_id+b.n-1) /*scan*/",
    "SELECT (SELECT count(*) FROM logs)-(SELECT coalesce(sum(n),0) FROM batches) "
    "/*scan*/",
    "SELECT count(*) FROM batches b LEFT JOIN incidents i ON i.id=b.incident_id WHERE "
    "b.incident_id IS NOT NULL AND i.id IS NULL /*scan*/",
    "SELECT (SELECT count(*) FROM batches)-(SELECT coalesce(max(id),0) FROM batches) "
    "/*scan*/",
    "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check<>'ok' /*scan*/",
    "SELECT count(*) FROM incident_history h LEFT JOIN incidents i ON i.id=h.incident_id "
    "WHERE i.id IS NULL /*scan*/",
};

/* Opens what is left of a cut as ingest does; how many batches there are. */
static int64_t batches_left(const char *what, size_t at)
{
    char path[TEMP_DIR_BYTES];
    struct store *s;
    sqlite3 *db;
    struct err e;
    temp_dir_path(cut_dir, "data.sqlite", path);
    ck_assert_msg(!store_open_writer(path, SOON_US, &s, &e), "%s at %zu: %s", what, at,
                  e.msg);
    ck_assert(!db_open(path, SQLITE_OPEN_READONLY, &db, &e));
    for (int i = 0; i < ROWS(faults); i++) {
        int64_t n = number(db, faults[i]);
        ck_assert_msg(n == 0, "%s at %zu: %lld: %s", what, at, (long long)n, faults[i]);
    }
    int64_t left = number(db, "SELECT count(*) FROM batches /*scan*/");
    sqlite3_close(db);
    store_close(s);
    return left;
}

static const struct {
    const char *name;
    enum vfs_fake_loss loss;
} losses[] = {{"all is lost", VFS_FAKE_LOSE_ALL},
              {"some is lost", VFS_FAKE_LOSE_SOME},
              {"the last write is torn", VFS_FAKE_LOSE_TORN}};

START_TEST(what_was_promised_is_there_after_a_power_cut)
{
    size_t steps = vfs_fake_steps();
    int64_t seen = 0;
    ck_assert_uint_gt(steps, 2 * CUTS);
    for (size_t i = 0; i < CUTS; i++) {
        size_t at = steps * (i + 1) / CUTS, kind = i % ROWS(losses);
        temp_dir_make(cut_dir);
        int64_t said = vfs_fake_cut(at, losses[kind].loss, i, cut_dir);
        int64_t left = batches_left(losses[kind].name, at);
        ck_assert_msg(left == said || left == said + 1,
                      "%s at %zu of %zu: %lld batches, %lld were promised",
                      losses[kind].name, at, steps, (long long)left, (long long)said);
        seen += said > 0;
        temp_dir_remove(cut_dir);
    }
    ck_assert_int_gt(seen, CUTS / 2);
}
END_TEST

/* Else the test above could not fail: without syncs what was promised is lost. */
START_TEST(a_disk_that_lies_loses_what_was_promised)
{
    temp_dir_make(cut_dir);
    int64_t said = vfs_fake_cut(vfs_fake_steps(), VFS_FAKE_LIES, 0, cut_dir);
    ck_assert_int_eq(said, LIVES * BATCHES);
    ck_assert_int_eq(batches_left("a lie", 0), 0);
    temp_dir_remove(cut_dir);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("power_cut");
    TCase *tc = tcase_create("power cut");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, what_was_promised_is_there_after_a_power_cut);
    tcase_add_test(tc, a_disk_that_lies_loses_what_was_promised);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
