/* test_nth_ingest.c - one POST /ingest that opens an incident, once for each call to the
 * disk that could fail in it and once for each taking of memory: the answer says what
 * became of the batch, nothing of it is there in part, nothing leaks, and when it is sent
 * again under its key it is there once.
 *
 * ingest.c is included, main and all: what is called is what serves. Nothing else runs. */
#define main ingest_main
int ingest_main(void);
#include "fcgi/ingest.c" /* NOLINT: see above */
#undef main

#include "sql/db.h"
#include "tests/fake/memory_fake.h"
#include "tests/fake/temp_dir.h"
#include "tests/fake/vfs_fake.h"
#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 26, BODY_BYTES = 16 * 1024, RECORDS_N = 24, TRIES_MAX = 5000 };
#define NOW_US (INT64_C(1795348848) * CLOCK_SECOND_US)

static struct ingest in;
static char dir[TEMP_DIR_BYTES];
static sqlite3 *db; /* to look */

/* A responder is started with a listening socket: here one that nobody can find. */
static void listen_at_0(void)
{
    struct sockaddr anywhere = {.sa_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert(fd >= 0 && bind(fd, &anywhere, sizeof anywhere.sa_family) == 0);
    ck_assert(listen(fd, 1) == 0 && dup2(fd, SERVE_LISTEN_FD) == SERVE_LISTEN_FD);
    close(fd);
}

static void set_up(void)
{
    struct err e;
    listen_at_0();
    temp_dir_make(dir);
    clearenv();
    setenv("LOGANALYZER_HOME", dir, 1);
    memory_fake_install();
    vfs_fake_install();
    ck_assert_msg(!config_load(&in.process.config, &e), "%s", e.msg);
    in.bodies.max = (size_t)in.process.config.bodies_bytes_max;
    ck_assert_msg(!open_all(&in, &e), "%s", e.msg);
    housekeeper_stop(in.housekeeper); /* its look each second is no part of the request */
    replay_stop(in.replay);
    in.housekeeper = NULL;
    in.replay = NULL;
    ck_assert(!db_open(in.process.config.database, SQLITE_OPEN_READONLY, &db, &e));
}

static void tear_down(void)
{
    sqlite3_close(db);
    close_all(&in, SERVE_STOPPED);
    temp_dir_remove(dir);
}

/* --- a request --- */

/* Failed logins in a service of its own: an incident of its own. */
static size_t make_body(char *out, int number)
{
    size_t n = 0;
    for (int i = 0; i < RECORDS_N; i++) {
        n += (size_t)snprintf(
            out + n, BODY_BYTES - n,
            "{\"timestamp\":\"2026-11-22T12:00:48Z\",\"service\":\"s%d\","
            "\"level\":\"WARN\",\"message\":\"Failed password for root "
            "\\u00fc from 203.0.113.%d port 22\",\"metadata\":{\"n\":%d}}\n",
            number, i, number);
    }
    return n;
}

static enum err_code post(int number, struct err *e)
{
    char body[BODY_BYTES], key[32];
    struct arena a;
    struct response resp;
    *e = (struct err){.index = -1};
    snprintf(key, sizeof key, "batch-%d", number);
    arena_init(&a, ARENA_BYTES);
    response_init(&resp);
    struct request req = {.method = METHOD_POST,
                          .path = STR("/ingest"),
                          .content_type = STR("application/json"),
                          .key = str_of(key),
                          .caller = STR(""),
                          .body = body,
                          .body_n = make_body(body, number),
                          .now_us = NOW_US,
                          .arena = &a};
    enum err_code code = post_ingest(&in, &req, &resp, e);
    if (code) {
        response_error(&resp, e);
    }
    arena_free(&a); /* waits until it is learned, too */
    response_free(&resp);
    return code;
}

/* --- what is there --- */

static int64_t look(const char *sql)
{
    int64_t n;
    struct err e;
    ck_assert_msg(!db_number(db, sql, &n, &e), "%s: %s", sql, e.msg);
    return n;
}

static int64_t batches(void)
{
    return look("SELECT count(*) FROM batches /*scan*/");
}

/* Each must be 0: each batch whole, with an incident, a line of its history, and a lane. */
static const char *const faults[] = {
    "SELECT count(*) FROM batches b WHERE n<>(SELECT count(*) FROM logs l WHERE l.id "
    "BETWEEN "
    "b.first_log_id AND b.first_log_id+b.n-1) /*scan*/",
    "SELECT (SELECT count(*) FROM logs)-(SELECT coalesce(sum(n),0) FROM batches) "
    "/*scan*/",
    "SELECT count(*) FROM batches b LEFT JOIN incidents i ON i.id=b.incident_id WHERE "
    "i.id "
    "IS NULL AND b.score IS NOT NULL /*scan*/",
    "SELECT (SELECT count(*) FROM incidents)-(SELECT count(DISTINCT incident_id) FROM "
    "batches "
    "WHERE incident_id IS NOT NULL) /*scan*/",
    "SELECT (SELECT count(*) FROM incidents)-(SELECT count(*) FROM incident_history) "
    "/*scan*/",
    "SELECT (SELECT count(*) FROM logs)-(SELECT sum(records) FROM lanes) /*scan*/",
    "SELECT (SELECT count(*) FROM batches)-(SELECT count(*) FROM receipts) /*scan*/",
    "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check<>'ok' /*scan*/",
};

static void check_store(void)
{
    for (int i = 0; i < ROWS(faults); i++) {
        int64_t n = look(faults[i]);
        ck_assert_msg(n == 0, "%lld: %s", (long long)n, faults[i]);
    }
}

/* What an answer means: of ERR_IO it is not known what became of the batch. */
static void check_answer(int n, enum err_code code, const struct err *e, int64_t stored)
{
    bool right = code == ERR_NONE ? stored == 1
                 : code == ERR_IO ? stored == 0 || stored == 1
                                  : stored == 0;
    ck_assert_msg(right && code != ERR_BUG && code != ERR_INVALID,
                  "call %d: answered %d (%s), and %lld batches were stored", n, (int)code,
                  code ? e->msg : "", (long long)stored);
}

/* --- the tests --- */

enum what { DISK_FAILS, DISK_IS_FULL, MEMORY_IS_SHORT };

static void fail_at(enum what what, int64_t n, bool stays)
{
    if (what == MEMORY_IS_SHORT) {
        memory_fake_fail_at(n, stays);
    } else {
        vfs_fake_fail_at(n, what == DISK_IS_FULL ? VFS_FAKE_FULL : VFS_FAKE_IO, stays);
    }
}

static const struct {
    const char *name;
    enum what what;
    bool stays;
    int calls_min; /* fewer were not all */
} rows[] = {{"the disk fails once", DISK_FAILS, false, 20},
            {"the disk fails from then on", DISK_FAILS, true, 20},
            {"the disk is full", DISK_IS_FULL, true, 20},
            {"memory is short once", MEMORY_IS_SHORT, false, 30},
            {"memory is short from then on", MEMORY_IS_SHORT, true, 30}};

START_TEST(whichever_call_fails_the_answer_is_true)
{
    int failures = 0, refused = 0;
    bool failed = true;
    struct err e;
    ck_assert_msg(!post(0, &e), "%s", e.msg); /* statements are prepared */
    for (int n = 1; failed; n++) {
        ck_assert_int_lt(n, TRIES_MAX);
        int64_t before = batches();
        fail_at(rows[_i].what, n, rows[_i].stays);
        enum err_code code = post(n, &e);
        failed =
            rows[_i].what == MEMORY_IS_SHORT ? memory_fake_failed() : vfs_fake_failed();
        fail_at(rows[_i].what, 0, false);
        check_answer(n, code, &e, batches() - before);
        failures += failed;
        refused += code != ERR_NONE;
        code = post(n, &e); /* the same once more */
        ck_assert_msg(!code, "after call %d had failed: %s", n, e.msg);
        ck_assert_msg(batches() == before + 1,
                      "after call %d had failed, and once more: "
                      "%lld batches",
                      n, (long long)(batches() - before));
    }
    ck_assert_int_ge(failures, rows[_i].calls_min);
    ck_assert_int_ge(refused, rows[_i].calls_min / 2);
    check_store();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("nth_ingest");
    TCase *tc = tcase_create("nth call");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, whichever_call_fails_the_answer_is_true, 0, ROWS(rows));
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
