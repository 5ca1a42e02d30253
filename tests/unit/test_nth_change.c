/* test_nth_change.c - one PATCH of an incident and one "that is normal", once for each call
 * to the disk that could fail in it and once for each taking of memory: all of the change is
 * there or none, an answer of success means all, and the next request is served. And the
 * turns that changes take.
 *
 * incidents.c is included, main and all: what is called is what serves. */
#define main incidents_main
int incidents_main(void);
#include "fcgi/incidents.c" /* NOLINT: see above */
#undef main

#include "sql/db.h"
#include "sql/writer.h"
#include "tests/fake/memory_fake.h"
#include "tests/fake/temp_dir.h"
#include "tests/fake/vfs_fake.h"
#include "tests/unit/unit.h"

enum { ARENA_BYTES = 1 << 26, RECORDS_N = 4, TRIES_MAX = 5000 };
#define NOW_US  (INT64_C(1795348848) * CLOCK_SECOND_US)
#define WAIT_US (10 * CLOCK_SECOND_US)

static struct incidents app;
static char dir[TEMP_DIR_BYTES];
static sqlite3 *db; /* to look */

static void learn_nothing(void *arg, const struct write_job *job)
{
    (void)arg;
    (void)job;
}

static void add_incident(struct writer *w)
{
    static const int64_t odd[] = {1, 2};
    static struct features features;
    struct record records[RECORDS_N];
    struct verdict v = {.score = 0.97, .raw_score = 0.98, .reasons_n = 1};
    struct err e;
    for (size_t k = 0; k < RECORDS_N; k++) {
        records[k] = (struct record){.timestamp = STR("2026-11-22T12:00:48Z"),
                                     .service = STR("s"),
                                     .level = STR("WARN"),
                                     .message = STR("Failed password for root"),
                                     .metadata = STR("{}"),
                                     .event_us = NOW_US};
    }
    v.service = STR("s");
    v.new_templates[0] = 0xabc;
    v.new_templates_n = 1;
    v.reasons[0] = (struct reason){.channel = CHANNEL_NEW_TEMPLATE,
                                   .evidence = 5,
                                   .observed = 2,
                                   .template_id = 0xabc,
                                   .records = odd,
                                   .records_n = 2,
                                   .records_total = 2,
                                   .template_text = "Failed password for *",
                                   .text = "new in s: 'Failed password for *'"};
    features_count(records, RECORDS_N, NOW_US, &features);
    struct write_job job = {.records = records,
                            .n = RECORDS_N,
                            .features = &features,
                            .verdict = &v,
                            .scorer = "in-process",
                            .now_us = NOW_US};
    ck_assert_msg(!writer_submit(w, &job, &e), "%s", e.msg);
    writer_wait_learned(&job);
    ck_assert_int_eq(job.incident_id, 1);
}

static void make_store(const char *path)
{
    struct writer_options o = {
        .threshold = 0.8, .wait_us = WAIT_US, .learn = learn_nothing};
    struct store *s;
    struct writer *w;
    struct err e;
    ck_assert_msg(!store_open_writer(path, WAIT_US, &s, &e), "%s", e.msg);
    ck_assert(!writer_start(s, &o, &w, &e));
    add_incident(w);
    writer_stop(w);
    store_close(s);
}

static void set_up(void)
{
    struct err e;
    temp_dir_make(dir);
    clearenv();
    setenv("LOGANALYZER_HOME", dir, 1);
    memory_fake_install();
    vfs_fake_install();
    ck_assert_msg(!config_load(&app.process.config, &e), "%s", e.msg);
    make_store(app.process.config.database);
    init_editing(&app);
    ck_assert_msg(!open_stores(&app, &e), "%s", e.msg);
    ck_assert(!db_open(app.process.config.database, SQLITE_OPEN_READONLY, &db, &e));
}

static void tear_down(void)
{
    sqlite3_close(db);
    close_stores(&app);
    temp_dir_remove(dir);
}

static enum err_code serve(enum method method, const char *path, const char *body,
                           struct err *e)
{
    char own[512];
    struct arena a;
    struct response resp;
    const struct route *route;
    *e = (struct err){.index = -1};
    snprintf(own, sizeof own, "%s", body);
    arena_init(&a, ARENA_BYTES);
    response_init(&resp);
    struct request req = {.method = method,
                          .path = str_of(path),
                          .content_type = STR("application/json"),
                          .body = own,
                          .body_n = strlen(own),
                          .now_us = NOW_US,
                          .arena = &a};
    enum err_code code = router_find(router, &req, &route, &resp.allow, e);
    code = code ? code : route->fn(&app, &req, &resp, e);
    if (code) {
        response_error(&resp, e);
    }
    arena_free(&a);
    response_free(&resp);
    return code;
}

static int64_t look(const char *sql)
{
    int64_t n;
    struct err e;
    ck_assert_msg(!db_number(db, sql, &n, &e), "%s: %s", sql, e.msg);
    return n;
}

/* --- what is changed --- */

/* Puts the incident in one of two states, by n; changed() tells in how many parts it is. */
static enum err_code patch(int n, struct err *e)
{
    char body[256];
    snprintf(body, sizeof body,
             "{\"note\":\"number %d\",\"verdict\":%s,\"status\":\"%s\"}", n,
             n % 2 ? "\"real\"" : "null", n % 2 ? "acknowledged" : "open");
    return serve(METHOD_PATCH, "/incidents/1", body, e);
}

/* What a change of number n leaves: its note, its two lines of history, and as many answers
 * that count as it says. 3: all; 0: nothing. */
static int patched(int n, int64_t history_before)
{
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT note='number %d' FROM incidents WHERE id=1", n);
    int64_t note = look(sql);
    int64_t lines =
        look("SELECT max(id) FROM incident_history WHERE incident_id=1") - history_before;
    int64_t real = look("SELECT count(*) FROM answers WHERE undone_seq IS NULL /*scan*/");
    return (int)note + (lines == 3) + (real == n % 2 && note == 1);
}

static char answer_path[64]; /* of the newest answer */

static enum err_code normal(int n, struct err *e)
{
    return n % 2 ? serve(METHOD_POST, "/normals",
                         "{\"incident_id\":1,\"scope\":\"template\"}", e)
                 : serve(METHOD_DELETE, answer_path, "", e);
}

/* The answer counts, its incident is noted, and that is resolved: or none of it. */
static int made_normal(int n, int64_t history_before)
{
    int64_t count =
        look("SELECT count(*) FROM answers WHERE undone_seq IS NULL /*scan*/");
    int64_t closed = look("SELECT status='resolved' FROM incidents WHERE id=1");
    int64_t lines =
        look("SELECT max(id) FROM incident_history WHERE incident_id=1") - history_before;
    snprintf(answer_path, sizeof answer_path, "/normals/%lld",
             (long long)look("SELECT max(id) FROM answers /*scan*/"));
    return (count == n % 2) + (closed == n % 2) + (lines > 0);
}

static const struct {
    const char *name;
    enum err_code (*change)(int n, struct err *e);
    int (*changed)(int n, int64_t history_before);
} changes[] = {{"PATCH", patch, patched}, {"normal", normal, made_normal}};

static const struct {
    const char *name;
    int change;
    bool memory, stays;
} rows[] = {{"PATCH, the disk fails once", 0, false, false},
            {"PATCH, the disk fails from then on", 0, false, true},
            {"PATCH, memory is short once", 0, true, false},
            {"PATCH, memory is short from then on", 0, true, true},
            {"normal, the disk fails once", 1, false, false},
            {"normal, the disk fails from then on", 1, false, true},
            {"normal, memory is short once", 1, true, false},
            {"normal, memory is short from then on", 1, true, true}};

/* Change number n with its call `at` failing; true: there was such a call. */
static bool try_once(int row, int n, int64_t at)
{
    struct err e;
    int64_t history = look("SELECT max(id) FROM incident_history WHERE incident_id=1");
    int c = rows[row].change;
    vfs_fake_fail_at(rows[row].memory ? 0 : at, VFS_FAKE_IO, rows[row].stays);
    memory_fake_fail_at(rows[row].memory ? at : 0, rows[row].stays);
    enum err_code code = changes[c].change(n, &e);
    bool failed = vfs_fake_failed() || memory_fake_failed();
    vfs_fake_fail_at(0, VFS_FAKE_IO, false);
    memory_fake_fail_at(0, false);
    int parts = changes[c].changed(n, history);
    ck_assert(!app.editing);
    ck_assert_msg(parts == 3 || (parts == 0 && code),
                  "%s, call %lld: answered %d (%s), and %d of 3 parts are there",
                  rows[row].name, (long long)at, (int)code, code ? e.msg : "", parts);
    ck_assert(code != ERR_BUG && code != ERR_INVALID && code != ERR_NOT_FOUND);
    if (parts == 0) { /* the same once more: it goes on */
        code = changes[c].change(n, &e);
        ck_assert_msg(!code, "after call %lld had failed: %s", (long long)at, e.msg);
        ck_assert_int_eq(changes[c].changed(n, history), 3);
    }
    return failed;
}

START_TEST(whichever_call_fails_a_change_is_whole)
{
    struct err e;
    int n = 1, failures = 0;
    for (; n < 3; n++) { /* statements are prepared */
        ck_assert_msg(!changes[rows[_i].change].change(n, &e), "%s", e.msg);
        (void)changes[rows[_i].change].changed(n, 0);
    }
    for (int64_t at = 1; try_once(_i, n, at); at++, n++) {
        ck_assert_int_lt(at, TRIES_MAX);
        failures++;
    }
    ck_assert_int_ge(failures, 20);
    ck_assert_int_eq(
        look("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check<>'ok'"),
        0);
}
END_TEST

START_TEST(one_that_gets_no_turn_in_time_is_refused)
{
    struct err e;
    app.process.config.store_wait_ms = 1;
    ck_assert(!incidents_begin(&app, &e));
    ck_assert_int_eq(incidents_begin(&app, &e), ERR_BUSY); /* another one has begun */
    CHECK_HAS(e.msg, "others are changing");
    incidents_rollback(&app);
    app.process.config.store_wait_ms = 1000;
    ck_assert(!incidents_begin(&app, &e)); /* it has gone on */
    incidents_rollback(&app);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("nth_change");
    TCase *tc = tcase_create("nth call");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, whichever_call_fails_a_change_is_whole, 0, ROWS(rows));
    tcase_add_test(tc, one_that_gets_no_turn_in_time_is_refused);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
