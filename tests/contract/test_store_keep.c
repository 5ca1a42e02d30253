/* test_store_keep.c - what every back end of sql/store_keep.h has to do with records, over
 * SQLite and over the fake; and what SQLite does with the rest (the fake keeps that). */
#include "sql/store_imports.h"
#include "sql/store_incidents.h"
#include "sql/store_keep.h"
#include "sql/store_lanes.h"
#include "sql/store_life.h"
#include "sql/store_outbox.h"
#include "sql/store_read.h"
#include "tests/contract/backends.h"

#include <sqlite3.h>

enum { BATCH_MAX = 3 * STORE_PURGE_ROWS };

static struct record records[BATCH_MAX];

/* --- doing --- */

/* A batch that was received then. */
static int64_t add(size_t n, int64_t received_us)
{
    struct store_batch_ids ids;
    ck_assert_uint_le(n, BATCH_MAX);
    for (size_t i = 0; i < n; i++) {
        records[i] = (struct record){.timestamp = STR("t"),
                                     .service = STR("s"),
                                     .level = STR("info"),
                                     .message = STR("message"),
                                     .metadata = STR("{}")};
    }
    struct store_batch b = {
        .received_us = received_us, .records = records, .n = n, .scorer = "in-process"};
    must_begin();
    ck_assert_msg(!store_add_batch(writer, &b, &ids, &e), "%s", e.msg);
    must_commit();
    return ids.batch_id;
}

static struct store_purged purge(int64_t before_us)
{
    struct store_purged p;
    must_begin();
    ck_assert_msg(!store_purge_records(writer, before_us, &p, &e), "%s", e.msg);
    must_commit();
    return p;
}

static bool count(void *arg, int64_t log_id, const struct record *r)
{
    (void)log_id, (void)r;
    ++*(int64_t *)arg;
    return true;
}

static int64_t records_n(void)
{
    int64_t n = 0;
    ck_assert(!store_list_records(reader, 1, 100000, count, &n, &e));
    return n;
}

static int64_t first_batch(void)
{
    struct store_batch_row row;
    bool found;
    ck_assert(!store_next_batch(reader, 0, &row, &found, &e));
    return found ? row.id : 0;
}

static struct store_usage usage(void)
{
    struct store_usage u;
    ck_assert_msg(!store_get_usage(reader, &u, &e), "%s", e.msg);
    return u;
}

/* --- records --- */

START_TEST(an_empty_store_has_nothing_to_drop)
{
    struct store_purged p = purge(INT64_MAX);
    ck_assert_int_eq(p.records + p.batches, 0);
    ck_assert_int_eq(usage().oldest_us, 0);
    ck_assert_int_eq(usage().newest_us, 0);
    ck_assert_int_eq(usage().last_incident, 0);
}
END_TEST

START_TEST(what_is_older_goes_and_nothing_else)
{
    add(2, 100);
    add(3, 200);
    add(4, 300);
    ck_assert_int_eq(usage().oldest_us, 100);
    ck_assert_int_eq(usage().newest_us, 300);
    struct store_purged p = purge(100);
    ck_assert_int_eq(p.records + p.batches, 0);
    p = purge(201);
    ck_assert_int_eq(p.records, 5);
    ck_assert_int_eq(p.batches, 2);
    ck_assert_int_eq(records_n(), 4);
    ck_assert_int_eq(first_batch(), 3);
    ck_assert_int_eq(usage().oldest_us, 300);
}
END_TEST

START_TEST(the_newest_row_stays_without_its_records)
{
    int64_t last = 0;
    add(2, 100);
    add(3, 200);
    struct store_purged p = purge(1000);
    ck_assert_int_eq(p.records, 5);
    ck_assert_int_eq(p.batches, 1);
    ck_assert_int_eq(records_n(), 0);
    ck_assert(!store_last_batch(reader, &last, &e));
    ck_assert_int_eq(last, 2);
    ck_assert_int_eq(usage().oldest_us, 0);
    p = purge(1000);
    ck_assert_int_eq(p.records + p.batches, 0);
    must_begin();
    ck_assert_int_eq(store_next_log_id(writer), 6); /* ids are not used again */
    store_rollback(writer);
}
END_TEST

START_TEST(a_step_is_so_many_records_at_most)
{
    add(STORE_PURGE_ROWS + 1, 100);
    add(1, 200);
    struct store_purged p = purge(150);
    ck_assert_int_eq(p.records, STORE_PURGE_ROWS);
    ck_assert_int_eq(p.batches, 0);
    ck_assert_int_eq(records_n(), 2);
    ck_assert_int_eq(usage().oldest_us, 100);
    p = purge(150);
    ck_assert_int_eq(p.records, 1);
    ck_assert_int_eq(p.batches, 1);
    ck_assert_int_eq(records_n(), 1);
}
END_TEST

START_TEST(many_small_batches_go_in_one_step)
{
    for (int k = 0; k < 50; k++) {
        add(1, 100 + k);
    }
    struct store_purged p = purge(INT64_MAX);
    ck_assert_int_eq(p.records, 50);
    ck_assert_int_eq(p.batches, 49);
}
END_TEST

START_TEST(of_a_clock_that_was_ahead_records_go_with_those_beside_them)
{
    add(1, 100);
    add(2, INT64_C(900000000));
    add(3, 200);
    add(4, 300);
    add(5, 400);
    struct store_purged p = purge(350);
    ck_assert_int_eq(p.records, 10);
    ck_assert_int_eq(first_batch(), 5);
    ck_assert_int_eq(usage().oldest_us, 400);
}
END_TEST

START_TEST(of_a_clock_that_was_behind_records_take_no_others_with_them)
{
    add(1, 100);
    add(2, 200);
    add(3, 210);
    add(4, 5);
    add(5, 220);
    struct store_purged p = purge(150);
    ck_assert_int_eq(p.records, 1);
    ck_assert_int_eq(first_batch(), 2);
    p = purge(150);
    ck_assert_int_eq(p.records + p.batches, 0);
    p = purge(205); /* and go with those beside them */
    ck_assert_int_eq(p.records, 2);
    p = purge(215);
    ck_assert_int_eq(p.records, 7);
    ck_assert_int_eq(records_n(), 5);
}
END_TEST

START_TEST(what_is_rolled_back_is_there)
{
    struct store_purged p;
    add(2, 100);
    add(2, 200);
    must_begin();
    ck_assert(!store_purge_records(writer, 150, &p, &e));
    ck_assert_int_eq(records_n(), 4); /* not committed yet */
    store_rollback(writer);
    ck_assert_int_eq(records_n(), 4);
    ck_assert_int_eq(first_batch(), 1);
}
END_TEST

/* --- the rest, in SQLite --- */

static int64_t rows(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return n;
}

static void change(const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* The prototype's: no batch is theirs. */
START_TEST(records_of_no_batch_are_as_old_as_the_first_batch)
{
    change("INSERT INTO logs(id,message) VALUES(1,'a'),(2,'b')");
    struct store_purged p = purge(1000);
    ck_assert_int_eq(p.records, 0);
    p = purge(INT64_MAX); /* for their size they go at once */
    ck_assert_int_eq(p.records, 2);
    change("INSERT INTO logs(id,message) VALUES(3,'c')");
    add(1, 100);
    add(1, 200);
    p = purge(150);
    ck_assert_int_eq(p.records, 2);
    ck_assert_int_eq(rows("SELECT min(id) FROM logs"), 5);
}
END_TEST

static int64_t put_incident(int64_t last_us)
{
    int64_t id;
    struct store_incident i = {.core = {.first_us = 1, .last_us = last_us},
                               .key = STR("k"),
                               .summary = STR("s"),
                               .features = STR("{}"),
                               .reasons = STR("[]")};
    must_begin();
    ck_assert_msg(!store_put_incident(writer, &i, &id, &e), "%s", e.msg);
    struct store_incident_key key = {id, STR("t1"), 1, true, STR("text")};
    struct store_history h = {id, 1, STR("opened"), STR_NONE};
    struct store_occurrence o = {id, 1, 1, 0.9};
    struct store_notice n = {.incident_id = id, .kind = NOTICE_NEW, .at_us = 1};
    ck_assert(!store_put_incident_key(writer, &key, &e));
    ck_assert(!store_add_history(writer, &h, &e));
    ck_assert(!store_add_occurrence(writer, &o, &e));
    ck_assert(!store_push_notice(writer, &n, &e));
    must_commit();
    return id;
}

static struct store_incidents_purged sweep(int64_t before_us, int64_t from_id,
                                           int64_t through_id)
{
    struct store_incident_purge p = {before_us, from_id, through_id};
    struct store_incidents_purged out;
    must_begin();
    ck_assert_msg(!store_purge_incidents(writer, &p, &out, &e), "%s", e.msg);
    must_commit();
    return out;
}

START_TEST(an_old_incident_goes_with_all_that_hangs_on_it)
{
    put_incident(100);
    put_incident(200);
    struct store_incidents_purged p = sweep(150, 1, 0);
    ck_assert_int_eq(p.incidents, 1);
    ck_assert_int_eq(p.rows, 4);
    ck_assert_int_eq(p.next_id, 0);
    ck_assert_int_eq(rows("SELECT min(id) FROM incidents"), 2);
    ck_assert_int_eq(rows("SELECT count(*) FROM incident_keys"), 1);
    ck_assert_int_eq(rows("SELECT count(*) FROM incident_history"), 1);
    ck_assert_int_eq(rows("SELECT count(*) FROM incident_occurrences"), 1);
    ck_assert_int_eq(rows("SELECT count(*) FROM notices"), 1);
}
END_TEST

static const char *const alive[] = {
    "UPDATE incidents SET last_us=500",
    "UPDATE incidents SET changed_us=500",
    "UPDATE incidents SET muted_until_us=500",
    "UPDATE incident_history SET at_us=500",
};

START_TEST(an_incident_to_which_something_has_happened_since_stays)
{
    put_incident(100);
    change(alive[_i]);
    ck_assert_int_eq(sweep(500, 1, 0).incidents, 0);
    ck_assert_int_eq(sweep(501, 1, 0).incidents, 1);
}
END_TEST

START_TEST(incidents_beyond_the_number_go_whenever_they_were)
{
    for (int k = 0; k < 5; k++) {
        put_incident(1000);
    }
    struct store_incidents_purged p = sweep(INT64_MIN, 1, 3);
    ck_assert_int_eq(p.incidents, 3);
    ck_assert_int_eq(usage().first_incident, 4);
    ck_assert_int_eq(usage().last_incident, 5);
}
END_TEST

START_TEST(incidents_are_walked_a_few_at_a_time)
{
    for (int k = 0; k < STORE_INCIDENTS_WALK + 1; k++) {
        put_incident(k == STORE_INCIDENTS_WALK ? 1 : 1000);
    }
    struct store_incidents_purged p = sweep(500, 1, 0);
    ck_assert_int_eq(p.incidents, 0);
    ck_assert_int_eq(p.next_id, STORE_INCIDENTS_WALK + 1);
    p = sweep(500, p.next_id, 0);
    ck_assert_int_eq(p.incidents, 1);
    ck_assert_int_eq(p.next_id, 0);
}
END_TEST

START_TEST(a_large_incident_goes_in_several_steps)
{
    put_incident(1);
    put_incident(1);
    change("INSERT INTO incident_keys(incident_id,key,first_us,last_us) "
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<2500) "
           "SELECT 1,i,1,1 FROM n");
    struct store_incidents_purged p = sweep(500, 1, 0);
    ck_assert_int_eq(p.incidents, 0);
    ck_assert_int_eq(p.rows, STORE_PURGE_ROWS);
    ck_assert_int_eq(p.next_id, 1);
    p = sweep(500, p.next_id, 0);
    ck_assert_int_eq(p.incidents, 2);
    ck_assert_int_eq(rows("SELECT count(*) FROM incident_keys"), 0);
}
END_TEST

static void add_import(char name, int64_t received_us)
{
    struct store_import i = {
        .bytes = 10, .records = 1, .marks = STR("12345678"), .received_us = received_us};
    enum store_import_state state;
    memset(i.position.b, name, sizeof i.position.b);
    memset(i.parent.b, name - 1, sizeof i.parent.b);
    must_begin();
    ck_assert(!store_add_import(writer, &i, &state, &e) && state == IMPORT_ADDED);
    must_commit();
}

START_TEST(parts_of_files_lose_their_marks_and_the_oldest_go)
{
    size_t n;
    for (char c = 'b'; c < 'g'; c++) {
        add_import(c, c);
    }
    must_begin();
    ck_assert(!store_purge_imports(writer, 'e', 4, &n, &e));
    must_commit();
    ck_assert_uint_eq(n, 4); /* three marks, one row */
    ck_assert_int_eq(rows("SELECT count(*) FROM imports"), 4);
    ck_assert_int_eq(rows("SELECT count(*) FROM imports WHERE length(marks)=8"), 2);
    must_begin();
    ck_assert(!store_purge_imports(writer, 'e', 0, &n, &e));
    must_commit();
    ck_assert_int_eq(rows("SELECT min(received_us) FROM imports"), 'e');
}
END_TEST

START_TEST(lanes_of_a_clock_that_was_ahead_go)
{
    struct store_lane lanes[] = {{.bucket = 100, .service = STR("a"), .records = 1},
                                 {.bucket = 101, .service = STR("a"), .records = 1},
                                 {.bucket = 102, .service = STR("a"), .records = 1},
                                 {.bucket = 102, .service = STR("b"), .records = 1}};
    size_t n;
    must_begin();
    ck_assert(!store_add_lanes(writer, lanes, 4, &e));
    must_commit();
    ck_assert_int_eq(usage().newest_lane, 102);
    must_begin();
    ck_assert_msg(!store_purge_lanes(writer, 101, &n, &e), "%s", e.msg);
    must_commit();
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(usage().newest_lane, 101);
    ck_assert_int_eq(rows("SELECT count(*) FROM lanes"), 2);
}
END_TEST

START_TEST(unused_pages_are_given_back)
{
    add(BATCH_MAX, 100);
    add(1, 200);
    struct store_usage before = usage();
    ck_assert(before.shrinks);
    for (int k = 0; k < 3; k++) {
        purge(150);
    }
    struct store_usage after = usage();
    ck_assert_int_lt(after.used_bytes, before.used_bytes / 2);
    ck_assert_int_gt(after.unused_bytes, before.used_bytes / 2);
    must_begin();
    ck_assert_msg(!store_shrink(writer, &e), "%s", e.msg);
    must_commit();
    ck_assert_int_eq(usage().unused_bytes, 0);
    ck_assert_int_eq(rows("SELECT count(*) FROM logs"), 1);
}
END_TEST

/* --- the suite --- */

static void add_backend(Suite *s, const char *name, SFun set_up)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, an_empty_store_has_nothing_to_drop);
    tcase_add_test(tc, what_is_older_goes_and_nothing_else);
    tcase_add_test(tc, the_newest_row_stays_without_its_records);
    tcase_add_test(tc, a_step_is_so_many_records_at_most);
    tcase_add_test(tc, many_small_batches_go_in_one_step);
    tcase_add_test(tc, of_a_clock_that_was_ahead_records_go_with_those_beside_them);
    tcase_add_test(tc, of_a_clock_that_was_behind_records_take_no_others_with_them);
    tcase_add_test(tc, what_is_rolled_back_is_there);
    suite_add_tcase(s, tc);
}

static void add_sqlite(Suite *s)
{
    TCase *tc = tcase_create("rest");
    tcase_add_checked_fixture(tc, set_up_sqlite, tear_down);
    tcase_add_test(tc, records_of_no_batch_are_as_old_as_the_first_batch);
    tcase_add_test(tc, an_old_incident_goes_with_all_that_hangs_on_it);
    tcase_add_loop_test(tc, an_incident_to_which_something_has_happened_since_stays, 0,
                        sizeof alive / sizeof alive[0]);
    tcase_add_test(tc, incidents_beyond_the_number_go_whenever_they_were);
    tcase_add_test(tc, incidents_are_walked_a_few_at_a_time);
    tcase_add_test(tc, a_large_incident_goes_in_several_steps);
    tcase_add_test(tc, parts_of_files_lose_their_marks_and_the_oldest_go);
    tcase_add_test(tc, lanes_of_a_clock_that_was_ahead_go);
    tcase_add_test(tc, unused_pages_are_given_back);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("store_keep");
    add_backend(s, "sqlite", set_up_sqlite);
    add_backend(s, "memory", set_up_mem);
    add_sqlite(s);
    return temp_dir_run(s);
}
