/* test_disk_usage.c - how much space the store takes, and how it grows. The file is only a
 * size here; its batches are those of the fake. */
#include "fcgi/jobs/disk_usage.h"

#include "fcgi/core/keep.h"
#include "tests/fake/store_mem.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <string.h>
#include <unistd.h>

#define DAY_US (24 * 60 * CLOCK_MINUTE_US)
#define NOW    (INT64_C(20000) * DAY_US)
enum { FILE_BYTES = 100000, BATCH_MAX = 100 };

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct config config;
static struct store *store, *reader;
static struct err e;

static void make_file(const char *name, off_t bytes)
{
    char out[TEMP_DIR_BYTES];
    FILE *f = fopen(temp_dir_path(dir, name, out), "w");
    ck_assert(f && ftruncate(fileno(f), bytes) == 0);
    fclose(f);
}

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
    memcpy(config.database, path, sizeof path);
    make_file("data.sqlite", FILE_BYTES);
    store = store_mem_open();
    reader = store_mem_reader(store);
}

static void tear_down(void)
{
    store_close(reader);
    store_close(store);
    temp_dir_remove(dir);
}

static void add(int64_t at_us, size_t n)
{
    static struct record records[BATCH_MAX];
    struct store_batch_ids ids;
    for (size_t i = 0; i < n; i++) {
        records[i] = (struct record){.timestamp = STR("t"),
                                     .service = STR("s"),
                                     .level = STR("INFO"),
                                     .message = STR("m")};
    }
    struct store_batch b = {
        .received_us = at_us, .records = records, .n = n, .scorer = "in-process"};
    ck_assert(!store_begin(store, clock_mono_us() + CLOCK_SECOND_US, &e));
    ck_assert(!store_add_batch(store, &b, &ids, &e));
    ck_assert(!store_commit(store, &e));
}

static struct disk_usage look(void)
{
    struct disk_usage u;
    disk_usage_read(&config, reader, NOW, &u);
    return u;
}

START_TEST(looks_at_the_files_and_where_they_are)
{
    struct disk_usage u = look();
    ck_assert(u.room.known);
    ck_assert_int_gt(u.room.total_bytes, 0);
    ck_assert_int_eq(u.store_bytes, FILE_BYTES);
    ck_assert_int_eq(u.wal_bytes, -1);
    make_file("data.sqlite-wal", 4096);
    ck_assert_int_eq(look().wal_bytes, 4096);
    snprintf(config.database, sizeof config.database, "/proc/none/data.sqlite");
    u = look();
    ck_assert(!u.room.known);
    ck_assert_int_eq(u.store_bytes, -1);
}
END_TEST

START_TEST(knows_how_much_more_the_store_may_take)
{
    config.store_bytes_max = 2 * FILE_BYTES;
    config.free_bytes_min = 12345;
    ck_assert_int_eq(look().room.left_bytes, FILE_BYTES);
    make_file("data.sqlite-ballast", 1);
    ck_assert_int_eq(look().room.floor_bytes, 12345);
    config.store_bytes_max = FILE_BYTES / 2;
    ck_assert_int_eq(look().room.left_bytes, 0);
}
END_TEST

/* 10 batches of 10 records, so many days before now the first one and so many between two of
 * them, are 1000 bytes a record. */
static const struct {
    const char *name;
    double first_day, between;
    double bytes_a_day;
} growths[] = {
    {"all within the span", 5, 0.5, 20 * 1000},
    {"the first half before it", 10, 1, 10 * 1000},
    {"none on the last day", 30, 3, 20 * 1000 / 6.0},
    {"all before it", 50, 1, 10 * 1000 / 41.0},
    {"more than usual on the last day", 8, 0.87, 80 * 1000 / 6.26},
    {"two days are enough", 2, 0.1, 0.909 * 10 * 1000},
    {"less is not", 1.99, 0.1, 0},
};

/* As ingest does: else it would be ready where a batch is refused. */
START_TEST(without_a_ballast_its_room_must_be_free_too)
{
    config.free_bytes_min = 12345;
    struct disk_room r = look().room;
    struct keep_limits l = keep_limits(0, 12345, 0, r.total_bytes);
    ck_assert_int_gt(l.ballast_bytes, 0);
    ck_assert_int_eq(r.floor_bytes, 12345 + l.ballast_bytes);
    make_file("data.sqlite-ballast", 1);
    ck_assert_int_eq(look().room.floor_bytes, 12345);
}
END_TEST

START_TEST(knows_how_the_store_grew)
{
    for (int i = 0; i < 10; i++) {
        double days = growths[_i].first_day - i * growths[_i].between;
        add(NOW - (int64_t)(days * (double)DAY_US), 10);
    }
    double got = look().room.bytes_a_day, want = growths[_i].bytes_a_day;
    ck_assert_msg(got >= want * 0.999 && got <= want * 1.001, "%s: %f, not %f",
                  growths[_i].name, got, want);
}
END_TEST

START_TEST(knows_nothing_of_growth_without_batches)
{
    ck_assert(look().room.bytes_a_day <= 0);
    add(NOW - 3 * DAY_US, 10);
    ck_assert(look().room.bytes_a_day > 0);
    store_mem_fail(store, 1, ERR_IO, false);
    ck_assert(look().room.bytes_a_day <= 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("disk_usage");
    TCase *tc = tcase_create("disk_usage");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, looks_at_the_files_and_where_they_are);
    tcase_add_test(tc, knows_how_much_more_the_store_may_take);
    tcase_add_test(tc, without_a_ballast_its_room_must_be_free_too);
    tcase_add_loop_test(tc, knows_how_the_store_grew, 0, ROWS(growths));
    tcase_add_test(tc, knows_nothing_of_growth_without_batches);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
