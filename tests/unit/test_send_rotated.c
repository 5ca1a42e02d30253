/* test_send_rotated.c - names of rotated files, and their order. */
#include "fcgi/cli/send_rotated.h"

#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

static struct rotated a, b;
static struct rotated_list list;
static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct err e;

static void set_up(void)
{
    temp_dir_make(dir);
    list = (struct rotated_list){calloc(ROTATED_MAX, sizeof *list.files), 0};
    ck_assert_ptr_nonnull(list.files);
}

static void tear_down(void)
{
    free(list.files);
    temp_dir_remove(dir);
}

static const struct {
    const char *base, *name;
    bool is_one;
    enum rotated_scheme scheme;
    enum rotated_packing packing;
    const char *digits;
} names[] = {
    {"app.log", "app.log.1", true, ROTATED_NUMBERED, ROTATED_PLAIN, "1"},
    {"app.log", "app.log.12.gz", true, ROTATED_NUMBERED, ROTATED_GZ, "12"},
    {"app.log", "app.log.0", true, ROTATED_NUMBERED, ROTATED_PLAIN, "0"},
    {"app.log", "app.log.2.xz", true, ROTATED_NUMBERED, ROTATED_OTHER, "2"},
    {"app.log", "app.log.2.zst", true, ROTATED_NUMBERED, ROTATED_OTHER, "2"},
    {"app.log", "app.log-20261125", true, ROTATED_DATED, ROTATED_PLAIN, "20261125"},
    {"app.log", "app.log-20261125.gz", true, ROTATED_DATED, ROTATED_GZ, "20261125"},
    {"app.log", "app.log.2026-11-25T10:00", true, ROTATED_DATED, ROTATED_PLAIN,
     "202611251000"},
    {"app.log", "app.log-20261125-1764000000", true, ROTATED_DATED, ROTATED_PLAIN,
     "202611251764000000"},
    {"app.log", "app-20261125.log.gz", true, ROTATED_DATED, ROTATED_GZ, "20261125"},
    {"app.log", "app.1.log", true, ROTATED_INSIDE, ROTATED_PLAIN, "1"},
    {"app.log", "app.log.old", true, ROTATED_SINGLE, ROTATED_PLAIN, ""},
    {"app.log", "app.log~", true, ROTATED_SINGLE, ROTATED_PLAIN, ""},
    {"syslog", "syslog.1", true, ROTATED_NUMBERED, ROTATED_PLAIN, "1"},
    {"syslog", "syslog-20261125.gz", true, ROTATED_DATED, ROTATED_GZ, "20261125"},
    {"app.log", "app.log", false, 0, 0, ""},
    {"app.log", "app.log.gz", false, 0, 0, ""},
    {"app.log", "app.log.", false, 0, 0, ""},
    {"app.log", "app.log.1a", false, 0, 0, ""},
    {"app.log", "app.log1", false, 0, 0, ""},
    {"app.log", "app.log.new", false, 0, 0, ""},
    {"app.log", "app.logger.1", false, 0, 0, ""},
    {"app.log", "apps.log.1", false, 0, 0, ""},
    {"app.log", "app-worker.log", false, 0, 0, ""},
    {"app.log", "xapp.log.1", false, 0, 0, ""},
    {".log", "x.log", false, 0, 0, ""},
    {"app.log", "app.log.1234567890123456789012345678901", true, ROTATED_DATED,
     ROTATED_PLAIN, "1234567890123456789012345678901"}, /* as many digits as may be */
    {"app.log", "app.log.12345678901234567890123456789012", false, 0, 0, ""},
};

START_TEST(names_are_told)
{
    bool is_one = rotated_name(names[_i].base, names[_i].name, &a);
    ck_assert_msg(is_one == names[_i].is_one, "%s", names[_i].name);
    if (is_one) {
        ck_assert_msg(a.scheme == names[_i].scheme, "%s", names[_i].name);
        ck_assert_msg(a.packing == names[_i].packing, "%s", names[_i].name);
        ck_assert_str_eq(a.digits, names[_i].digits);
        ck_assert_str_eq(a.name, names[_i].name);
    }
}
END_TEST

/* The older one first. */
static const struct {
    const char *older, *newer;
} orders[] = {
    {"app.log.2", "app.log.1"},
    {"app.log.10.gz", "app.log.9.gz"},
    {"app.log.1", "app.log.0"},
    {"app.log-20261124", "app.log-20261125"},
    {"app-20261231.log", "app-20270101.log"},
    {"app.log-20261125", "app.log-20261125-1764000000"},
    {"app.2.log", "app.1.log"},
};

START_TEST(the_order_is_by_names)
{
    ck_assert(rotated_name("app.log", orders[_i].older, &a));
    ck_assert(rotated_name("app.log", orders[_i].newer, &b));
    a.changed_us = 2; /* whatever the times say */
    b.changed_us = 1;
    ck_assert_int_lt(rotated_compare(&a, &b), 0);
    ck_assert_int_gt(rotated_compare(&b, &a), 0);
    ck_assert_int_eq(rotated_compare(&a, &a), 0);
}
END_TEST

static void add(const char *name, int64_t changed_us)
{
    ck_assert(rotated_name("app.log", name, &list.files[list.n]));
    list.files[list.n].changed_us = changed_us;
    list.n++;
}

static const char *next_name(const char *last, int64_t changed_us)
{
    if (last) {
        ck_assert(rotated_name("app.log", last, &a));
    }
    const struct rotated *next = rotated_next(&list, last ? &a : NULL, changed_us);
    return next ? next->name : "none";
}

START_TEST(the_next_one_is_the_oldest_of_the_newer_ones)
{
    add("app.log.1", 40);
    add("app.log.3.gz", 20);
    add("app.log.2.gz", 30);
    add("app.2.log", 50); /* another program's */
    ck_assert_str_eq(next_name("app.log.4.gz", 0), "app.log.3.gz");
    ck_assert_str_eq(next_name("app.log.3.gz", 0), "app.log.2.gz");
    ck_assert_str_eq(next_name("app.log.2.gz", 0), "app.log.1");
    ck_assert_str_eq(next_name("app.log.1", 0), "none");
    ck_assert_str_eq(next_name("app.log-20261125", 0), "none");
    ck_assert_str_eq(next_name("app.3.log", 0), "app.2.log");
    ck_assert_str_eq(next_name(NULL, 25), "app.log.2.gz");
    ck_assert_str_eq(next_name(NULL, 30), "app.log.1");
    ck_assert_str_eq(next_name(NULL, 40), "none");
}
END_TEST

static void make(const char *name)
{
    temp_dir_path(dir, name, path);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fclose(f), 0);
}

START_TEST(a_file_that_is_being_compressed_is_seen_once)
{
    make("app.log.1");
    make("app.log.1.gz");
    make("app.log.2.gz");
    make("app.log.10.gz");
    make("app.log");
    make("other.log.1");
    temp_dir_path(dir, "app.log", path);
    ck_assert(!rotated_find(path, &list, &e));
    ck_assert_uint_eq(list.n, 3);
    for (size_t i = 0; i < list.n; i++) {
        ck_assert_str_ne(list.files[i].name, "app.log.1.gz");
        ck_assert_ptr_eq(
            rotated_inode(&list, (int64_t)list.files[i].dev, (int64_t)list.files[i].ino),
            &list.files[i]);
    }
    ck_assert_ptr_null(rotated_inode(&list, 0, 0));
}
END_TEST

START_TEST(more_files_than_there_is_room_for_are_refused)
{
    char name[32];
    for (int i = 1; i <= ROTATED_MAX; i++) {
        snprintf(name, sizeof name, "app.log.%d", i);
        make(name);
    }
    temp_dir_path(dir, "app.log", path);
    ck_assert(!rotated_find(path, &list, &e));
    ck_assert_uint_eq(list.n, ROTATED_MAX);
    make("app.log.0");
    temp_dir_path(dir, "app.log", path);
    ck_assert_int_eq(rotated_find(path, &list, &e), ERR_TOO_LARGE);
}
END_TEST

START_TEST(what_is_no_file_is_told_of)
{
    struct stat st;
    temp_dir_path(dir, "app.log", path);
    ck_assert_int_eq(rotated_open(path, &st, &e), -1);
    ck_assert_int_eq(e.code, ERR_NONE); /* there is none */
    ck_assert_int_eq(rotated_open(dir, &st, &e), -1);
    CHECK_HAS(e.msg, "is a folder");
    ck_assert_int_eq(rotated_open("/dev/null", &st, &e), -1);
    CHECK_HAS(e.msg, "is a device");
    ck_assert(rotated_path("/var/log/app.log", "app.log.1", path, sizeof path));
    ck_assert_str_eq(path, "/var/log/app.log.1");
    ck_assert(rotated_path("/a", "bcd", path, 5));
    ck_assert(!rotated_path("/a", "bcd", path, 4));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("send_rotated");
    TCase *tc = tcase_create("rotated");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, names_are_told, 0, ROWS(names));
    tcase_add_loop_test(tc, the_order_is_by_names, 0, ROWS(orders));
    tcase_add_test(tc, the_next_one_is_the_oldest_of_the_newer_ones);
    tcase_add_test(tc, a_file_that_is_being_compressed_is_seen_once);
    tcase_add_test(tc, more_files_than_there_is_room_for_are_refused);
    tcase_add_test(tc, what_is_no_file_is_told_of);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
