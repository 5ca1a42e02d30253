/* test_migrate.c - stores of every earlier version, with rows, are brought up to date and
 * lose nothing. */
#include "sql/migrate.h"

#include "fcgi/base/clock.h"
#include "sql/store_incidents.h"
#include "sql/store_read.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include "migrations.h"

#define SOON_US (10 * CLOCK_SECOND_US)
enum { VERSIONS = ROWS(migrations) };

enum { HISTORY_VERSION = 5 }; /* begins with what was there then */

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

static void exec(sqlite3 *db, const char *sql)
{
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
}

static int64_t number(const char *sql)
{
    int64_t n;
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_msg(!db_number(db, sql, &n, &e), "%s", e.msg);
    sqlite3_close(db);
    return n;
}

/* As the first version of this program left it, and what came later up to version. */
static void make_store(int version)
{
    sqlite3 *db;
    char sql[64];
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    for (int i = 0; i < version; i++) {
        exec(db, migrations[i]);
    }
    exec(db,
         "INSERT INTO logs VALUES(1,'t','auth','INFO','one','{}','c',5),"
         "(2,'t','auth','INFO','two','{}','c',6);"
         "INSERT INTO incidents(id,detected_at,service,severity,summary,features,reasons,"
         "key,count,first_us,last_us,threshold) "
         "VALUES(7,'2026-01-01T00:00:00.250Z','auth',0.9,"
         "'auth: many','{}','[]','failed_logins|auth',3,100,200,0.8);"
         "INSERT INTO batches VALUES(4,9,1,2,'in-process',0.9,0.9,7)");
    snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
             MIGRATE_APPLICATION_ID, version);
    exec(db, sql);
    sqlite3_close(db);
}

static void take_row(void *arg, const struct store_incident_row *row)
{
    int *n = arg;
    ck_assert(row->core.id == 7 && row->core.count == 3);
    ck_assert(row->core.first_us == 100 && row->core.last_us == 200);
    CHECK_STR("summary", row->summary, STR("auth: many"));
    ck_assert_int_eq(row->templates.p ? (int)row->templates_n : 0, *n);
    *n = -1;
}

static void check_list(struct store *s, int templates)
{
    ck_assert_msg(!store_list_incidents(s, INT64_MAX, 9, take_row, &templates, &e), "%s",
                  e.msg);
    ck_assert_int_eq(templates, -1);
}

START_TEST(a_store_of_an_earlier_version_keeps_its_rows_and_takes_new_ones)
{
    struct store *s;
    struct incident found_one;
    bool found;
    struct store_span span = {STR("failed_logins|auth"), 0, 150};
    struct record r = {.service = STR("auth"), .message = STR("three"), .event_us = 7};
    struct store_batch b = {.records = &r, .n = 1, .scorer = "in-process"};
    struct store_incident_key key = {7, STR("t1"), 150, true, STR("a *")};
    struct store_batch_ids ids;
    make_store(_i);
    ck_assert_msg(!store_open_writer(path, SOON_US, &s, &e), "%s", e.msg);
    ck_assert_int_eq(number("PRAGMA user_version"), VERSIONS);
    check_list(s, 0);
    ck_assert(!store_find_incident(s, &span, &found_one, &found, &e) && found);
    ck_assert_int_eq(found_one.id, 7);
    ck_assert(!store_begin(s, clock_mono_us() + SOON_US, &e));
    ck_assert(!store_add_batch(s, &b, &ids, &e));
    ck_assert(ids.first_log_id == 3 && ids.batch_id == 5);
    ck_assert_msg(!store_put_incident_key(s, &key, &e), "%s", e.msg);
    ck_assert(!store_commit(s, &e));
    check_list(s, 1);
    store_close(s);
    ck_assert_int_eq(number("SELECT count(*) FROM incidents WHERE status='open' AND "
                            "regressions=0 AND muted_until_us IS NULL AND "
                            "verdict IS NULL AND changed_us IS NULL"),
                     1);
    ck_assert_int_eq(number("SELECT coalesce(max(at_us),0) FROM incident_history "
                            "WHERE incident_id=7 AND event='opened'"),
                     _i < HISTORY_VERSION ? 1767225600250000 : 0);
    ck_assert_int_eq(number("SELECT count(*) FROM logs WHERE message IN "
                            "('one','two','three')"),
                     3);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("migrate");
    TCase *tc = tcase_create("migrate");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(
        tc, a_store_of_an_earlier_version_keeps_its_rows_and_takes_new_ones, 1, VERSIONS);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
