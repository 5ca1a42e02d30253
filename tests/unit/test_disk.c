/* test_disk.c - how much room there is, and room that is kept. */
#include "fcgi/base/ballast.h"
#include "fcgi/base/disk.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

static struct err e;

START_TEST(the_room_is_that_of_the_files_folder_be_it_there_or_not)
{
    struct disk root, here;
    ck_assert_msg(!disk_look("/no-such-file", &root, &e), "%s", e.msg);
    ck_assert_int_gt(root.bytes, 0);
    ck_assert(root.free_bytes >= 0 && root.free_bytes <= root.bytes);
    ck_assert(!disk_look("no-such-file", &here, &e));
    ck_assert_int_gt(here.bytes, 0);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_error)
{
    struct disk d;
    ck_assert_int_eq(disk_look("/no-such-folder/x", &d, &e), ERR_IO);
}
END_TEST

START_TEST(a_ballast_takes_the_room_that_it_is_for_until_it_is_dropped)
{
    char dir[] = "/tmp/test_disk.XXXXXX", store[64], path[96];
    struct stat st;
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(store, sizeof store, "%s/data.sqlite", dir);
    snprintf(path, sizeof path, "%s" BALLAST_SUFFIX, store);
    ck_assert(!ballast_is_there(store));
    ck_assert_msg(!ballast_make(store, 100000, &e), "%s", e.msg);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_ge(st.st_blocks * 512, 100000);
    ck_assert_int_eq((int)(st.st_mode & 0777), 0600);
    ck_assert(!ballast_make(store, 1, &e)); /* it is there */
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_size, 100000);
    ballast_drop(store);
    ck_assert(!ballast_is_there(store));
    ballast_drop(store);
    ck_assert_int_ne(ballast_make(store, INT64_MAX, &e), ERR_NONE);
    ck_assert(!ballast_is_there(store)); /* nothing is left of it */
    ck_assert_int_eq(rmdir(dir), 0);
    ck_assert_int_eq(ballast_make(store, 1, &e), ERR_IO); /* in no folder */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("disk");
    TCase *tc = tcase_create("disk");
    tcase_add_test(tc, the_room_is_that_of_the_files_folder_be_it_there_or_not);
    tcase_add_test(tc, a_folder_that_is_not_there_is_an_error);
    tcase_add_test(tc, a_ballast_takes_the_room_that_it_is_for_until_it_is_dropped);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
