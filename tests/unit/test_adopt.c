/* test_adopt.c - the prototype's store is taken over with its rows; what only looks like
 * it is left alone. */
#include "fcgi/base/clock.h"
#include "sql/migrate.h"
#include "sql/store_incidents.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOON_US (10 * CLOCK_SECOND_US)

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct err e;

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
}

static void tear_down(void)
{
    temp_dir_remove(dir);
}

/* --- the prototype's schema, in the variants that are taken --- */

#define LOGS                                                                             \
    "CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT, service "  \
    "TEXT, level TEXT, message TEXT, metadata TEXT, created_at DATETIME DEFAULT "        \
    "CURRENT_TIMESTAMP);"
#define LOGS_STRICTER                                                                    \
    "CREATE TABLE IF NOT EXISTS logs(id integer primary key, timestamp TEXT NOT NULL, "  \
    "service TEXT NOT NULL, level TEXT CHECK(level<>''), message TEXT UNIQUE, metadata " \
    "TEXT NOT NULL, created_at TEXT);"
#define SCORES                                                                           \
    "CREATE TABLE incidents (id INTEGER PRIMARY KEY AUTOINCREMENT, score REAL, "         \
    "threshold REAL, features TEXT, created_at DATETIME DEFAULT CURRENT_TIMESTAMP);"
#define SUMMARIES                                                                        \
    "CREATE TABLE incidents (id INTEGER PRIMARY KEY AUTOINCREMENT, detected_at TEXT, "   \
    "service TEXT NOT NULL, severity REAL, summary TEXT NOT NULL, features TEXT);"

/* Ids with a gap; a time that is understood, and one that is not. */
#define LOG_ROWS                                                                         \
    "INSERT INTO logs VALUES(3,'2026-01-01T12:00:00.5Z','web','INFO','one','{}',"        \
    "'2026-01-01 12:00:01');"                                                            \
    "INSERT INTO logs VALUES(9,'yesterday','web','ERROR','two','{\"a\":1}',"             \
    "'2026-01-01 12:00:02');"
#define FEATURES                                                                         \
    "'{\"count\":3,\"warn_count\":1,\"error_count\":2,\"failed_login_count\":2,"         \
    "\"services\":{\"auth\":2,\"Auth\":1}}'"
#define SCORE_ROW                                                                        \
    "INSERT INTO incidents VALUES(5,0.93,0.8," FEATURES ",'2026-01-01 12:00:03');"
#define SUMMARY_ROW                                                                      \
    "INSERT INTO incidents VALUES(5,'2026-01-01T12:00:03.000Z','auth',0.93,"             \
    "'logins'," FEATURES ");"
#define WAL "PRAGMA journal_mode=WAL;"

static const struct taken_row {
    const char *name;
    const char *sql;
    const char *service, *summary; /* of the incident */
} taken[] = {
    {"scores", LOGS SCORES LOG_ROWS SCORE_ROW, "",
     "2 failed logins and 2 errors in 3 records"},
    {"scores, WAL", WAL LOGS SCORES LOG_ROWS SCORE_ROW, "",
     "2 failed logins and 2 errors in 3 records"},
    {"summaries", LOGS SUMMARIES LOG_ROWS SUMMARY_ROW, "auth", "logins"},
    {"summaries, WAL", WAL LOGS SUMMARIES LOG_ROWS SUMMARY_ROW, "auth", "logins"},
    {"stricter columns", LOGS_STRICTER SUMMARIES LOG_ROWS SUMMARY_ROW, "auth", "logins"},
    {"an index of the user's",
     LOGS SUMMARIES LOG_ROWS SUMMARY_ROW "CREATE INDEX i ON logs(service); ANALYZE",
     "auth", "logins"},
};

static void make_file(const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* The only value of a query, as text. */
static void expect(const char *row, const char *sql, const char *want)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s",
                  sql, sqlite3_errmsg(db));
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    CHECK_STR(row, db_column_str(stmt, 0), str_of(want));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static struct store *must_open(void)
{
    struct store *s = NULL;
    ck_assert_msg(!store_open_writer(path, SOON_US, &s, &e), "%s", e.msg);
    return s;
}

static void open_and_close(void)
{
    store_close(must_open());
}

START_TEST(every_row_is_there_under_its_id)
{
    const struct taken_row *t = &taken[_i];
    make_file(t->sql);
    ck_assert_msg(!store_check(path, &e), "%s: %s", t->name, e.msg);
    open_and_close();
    expect(t->name,
           "SELECT group_concat(id||timestamp||service||level||message||metadata||"
           "created_at||event_us,'|') FROM logs",
           "32026-01-01T12:00:00.5ZwebINFOone{}2026-01-01 12:00:011767268800500000|"
           "9yesterdaywebERRORtwo{\"a\":1}2026-01-01 12:00:021767268802000000");
    expect(t->name,
           "SELECT id||severity||detected_at||count||reasons||first_us||last_us FROM "
           "incidents",
           "50.932026-01-01T12:00:03.000Z1[]17672688030000001767268803000000");
    expect(t->name, "SELECT coalesce(service,'') FROM incidents", t->service);
    expect(t->name, "SELECT summary FROM incidents", t->summary);
    expect(t->name, "SELECT features FROM incidents",
           "{\"count\":3,\"warn_count\":1,\"error_count\":2,\"failed_login_count\":2,"
           "\"services\":[\"auth\",\"Auth\"],\"service_counts\":[2,1]}");
    expect(t->name, "PRAGMA integrity_check", "ok");
    ck_assert_int_eq(temp_dir_files(dir), 1);
}
END_TEST

/* What it has become is what a new store is, to the letter. */
START_TEST(the_tables_are_those_of_a_new_store)
{
    char fresh[TEMP_DIR_BYTES], sql[2 * TEMP_DIR_BYTES];
    temp_dir_path(dir, "new.sqlite", fresh);
    make_file(taken[_i].sql);
    open_and_close();
    struct store *s = NULL;
    ck_assert(!store_open_writer(fresh, SOON_US, &s, &e));
    store_close(s);
    snprintf(sql, sizeof sql, "ATTACH '%s' AS fresh;", fresh);
    sqlite3 *db;
    int64_t n;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert(!db_number(db,
                         "SELECT count(*) FROM (SELECT type,name,tbl_name,sql FROM "
                         "main.sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' EXCEPT "
                         "SELECT type,name,tbl_name,sql FROM fresh.sqlite_schema)",
                         &n, &e));
    ck_assert_int_eq(n, 0);
    ck_assert(!db_number(db,
                         "SELECT (SELECT user_version FROM pragma_user_version)="
                         "(SELECT user_version FROM fresh.pragma_user_version)",
                         &n, &e));
    ck_assert_int_eq(n, 1);
    sqlite3_close(db);
}
END_TEST

START_TEST(new_ids_go_on_after_the_old)
{
    struct record r = {.timestamp = STR("t"),
                       .service = STR("s"),
                       .level = STR("info"),
                       .message = STR("one")};
    struct store_batch b = {.records = &r, .n = 1, .scorer = "in-process"};
    struct store_incident i = {
        .summary = STR("s"), .features = STR("{}"), .reasons = STR("[]")};
    struct store_batch_ids ids = {0};
    int64_t id = 0;
    make_file(taken[_i].sql);
    struct store *s = must_open();
    ck_assert(!store_begin(s, clock_mono_us() + SOON_US, &e));
    ck_assert_msg(!store_add_batch(s, &b, &ids, &e), "%s", e.msg);
    ck_assert_msg(!store_put_incident(s, &i, &id, &e), "%s", e.msg);
    ck_assert(!store_commit(s, &e));
    store_close(s);
    ck_assert_int_eq(ids.first_log_id, 10);
    ck_assert_int_eq(id, 6);
}
END_TEST

/* --- features as the prototype or somebody else left them --- */

static const struct features_row {
    const char *name;
    const char *sql;      /* the column's value */
    const char *features; /* what it becomes */
    const char *summary, *service;
} features[] = {
    {"one service",
     "'{\"count\":9,\"error_count\":1,\"failed_login_count\":0,\"services\":{\"a\":9}}'",
     "{\"count\":9,\"error_count\":1,\"failed_login_count\":0,\"services\":[\"a\"],"
     "\"service_counts\":[9]}",
     "0 failed logins and 1 errors in 9 records", "a"},
    {"no services", "'{\"services\":{}}'", "{\"services\":[],\"service_counts\":[]}",
     "an unusual batch", ""},
    {"a list already", "'{\"services\":[\"a\",\"b\"]}'", "{\"services\":[\"a\",\"b\"]}",
     "an unusual batch", ""},
    {"not JSON", "'{services'", "{services", "an unusual batch", ""},
    {"no text", "NULL", "", "an unusual batch", ""},
};

START_TEST(features_of_any_kind_are_taken)
{
    const struct features_row *f = &features[_i];
    char sql[1024];
    snprintf(sql, sizeof sql, "INSERT INTO incidents(score,features) VALUES(0.9,%s)",
             f->sql);
    make_file(LOGS SCORES);
    make_file(sql);
    open_and_close();
    expect(f->name, "SELECT coalesce(features,'') FROM incidents", f->features);
    expect(f->name, "SELECT summary FROM incidents", f->summary);
    expect(f->name, "SELECT coalesce(service,'') FROM incidents", f->service);
}
END_TEST

/* --- what only looks like it --- */

static const char *const foreign[] = {
    LOGS,
    SCORES,
    LOGS "CREATE TABLE incidents(id INTEGER PRIMARY KEY, score REAL)",
    "CREATE TABLE logs(id INTEGER PRIMARY KEY, line TEXT);" SCORES,
    LOGS SCORES "CREATE TABLE users(id INTEGER PRIMARY KEY)",
    LOGS SCORES "CREATE VIEW newest AS SELECT max(id) FROM logs",
    LOGS SCORES "CREATE TRIGGER t AFTER INSERT ON logs BEGIN SELECT 1; END",
    LOGS SCORES "ALTER TABLE logs ADD COLUMN host TEXT",
    LOGS SCORES "ALTER TABLE logs ADD COLUMN n INT AS (length(message))",
    LOGS SCORES "ALTER TABLE logs RENAME COLUMN message TO text",
    LOGS SCORES "PRAGMA user_version=1",
    LOGS SCORES "PRAGMA application_id=1",
    LOGS "CREATE TABLE incidents(id TEXT PRIMARY KEY, score, threshold, features, "
         "created_at)",
    WAL LOGS SCORES "CREATE TABLE users(id INTEGER PRIMARY KEY)",
};

static char *contents(size_t *n)
{
    FILE *f = fopen(path, "re");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
    *n = (size_t)ftell(f);
    rewind(f);
    char *p = malloc(*n + 1);
    ck_assert_ptr_nonnull(p);
    ck_assert_int_eq((int)fread(p, 1, *n, f), (int)*n);
    fclose(f);
    return p;
}

START_TEST(another_programs_file_is_refused_and_not_changed)
{
    struct store *s = NULL;
    size_t n, now;
    make_file(foreign[_i]);
    char *was = contents(&n);
    ck_assert_int_eq(store_check(path, &e), ERR_INVALID);
    ck_assert_int_eq(store_open_writer(path, 0, &s, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "set DATABASE to another file");
    char *is = contents(&now);
    ck_assert_msg(n == now && memcmp(was, is, n) == 0, "row %d: changed", _i);
    ck_assert_int_eq(temp_dir_files(dir), 1);
    free(was);
    free(is);
}
END_TEST

static void count_row(void *arg, const struct store_incident_row *row)
{
    (void)row;
    ++*(size_t *)arg;
}

/* Only ingest takes it over; who reads before that finds nothing and changes nothing. */
START_TEST(a_reader_waits_for_the_writer_to_take_it)
{
    struct store *reader = NULL;
    size_t n = 0;
    make_file(taken[_i].sql);
    ck_assert(!store_open_reader(path, &reader, &e));
    ck_assert(!store_list_incidents(reader, INT64_MAX, 10, count_row, &n, &e));
    ck_assert_int_eq((int)n, 0);
    store_tidy(path);
    ck_assert_int_eq(temp_dir_files(dir), 1);
    expect(taken[_i].name, "PRAGMA user_version", "0");
    struct store *s = must_open();
    ck_assert(!store_list_incidents(reader, INT64_MAX, 10, count_row, &n, &e));
    ck_assert_int_eq((int)n, 1);
    store_close(reader);
    store_close(s);
}
END_TEST

/* --- killed half way --- */

#define MANY_ROWS                                                                        \
    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<20000) "       \
    "INSERT INTO logs(id,timestamp,service,level,message) SELECT i,'2026-01-01','web',"  \
    "'INFO','a message of the ordinary length' FROM c;"
#define MANY_LOOK "SELECT count(*)||' '||sum(id)||' '||max(length(message)) FROM logs"
#define MANY      "20000 200010000 32"

enum { KILLS_N = 12, KILL_STEP_BYTES = 512 * 1024, SHM_BYTES = 32768 };

/* A process that takes the store over and is killed by the system when a file of its
 * grows beyond so many bytes. True if it came to its end. */
static bool take_over_until(size_t bytes)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit = {bytes, bytes}, no_core = {0, 0};
        struct store *s = NULL;
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGXFSZ, SIG_DFL);
        bool ok = setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
                  !store_open_writer(path, SOON_US, &s, &e);
        store_close(s);
        _exit(ok ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status) ? WEXITSTATUS(status) == 0
                                    : WTERMSIG(status) == SIGXFSZ,
                  "it ended with %x", (unsigned)status);
    return WIFEXITED(status);
}

START_TEST(killed_half_way_it_is_the_old_store_or_the_new_one)
{
    make_file(LOGS SCORES MANY_ROWS SCORE_ROW);
    bool whole = take_over_until(SHM_BYTES + (size_t)_i * KILL_STEP_BYTES);
    ck_assert(_i > 0 || !whole);
    ck_assert(_i < KILLS_N - 1 || whole);
    expect("killed", MANY_LOOK, MANY);
    open_and_close();
    expect("taken over", MANY_LOOK, MANY);
    expect("taken over", "SELECT count(event_us) FROM logs", "20000");
    expect("taken over", "SELECT count(*)||' '||max(id) FROM incidents", "1 5");
    expect("taken over", "PRAGMA integrity_check", "ok");
    ck_assert_int_eq(temp_dir_files(dir), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("adopt");
    TCase *tc = tcase_create("adopt");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, every_row_is_there_under_its_id, 0, ROWS(taken));
    tcase_add_loop_test(tc, the_tables_are_those_of_a_new_store, 0, ROWS(taken));
    tcase_add_loop_test(tc, new_ids_go_on_after_the_old, 0, ROWS(taken));
    tcase_add_loop_test(tc, features_of_any_kind_are_taken, 0, ROWS(features));
    tcase_add_loop_test(tc, another_programs_file_is_refused_and_not_changed, 0,
                        ROWS(foreign));
    tcase_add_loop_test(tc, a_reader_waits_for_the_writer_to_take_it, 0, ROWS(taken));
    tcase_add_loop_test(tc, killed_half_way_it_is_the_old_store_or_the_new_one, 0,
                        KILLS_N);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
