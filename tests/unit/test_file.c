/* test_file.c - the folder of a path, and its limit; that all is written. */
#include "fcgi/base/file.h"

#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const struct {
    const char *path, *folder;
} paths[] = {
    {"data.sqlite", "."}, {"/data.sqlite", "/"},   {"a/data.sqlite", "a/"},
    {"/a/b/c", "/a/b/"},  {"./data.sqlite", "./"}, {"a//c", "a//"},
};

START_TEST(a_path_has_a_folder)
{
    char out[FILE_FOLDER_BYTES];
    ck_assert(file_folder(paths[_i].path, out));
    ck_assert_str_eq(out, paths[_i].folder);
}
END_TEST

START_TEST(a_folder_may_be_so_long_and_no_longer)
{
    char path[FILE_FOLDER_BYTES + 2], out[FILE_FOLDER_BYTES];
    memset(path, 'a', sizeof path);
    path[FILE_FOLDER_BYTES - 2] = '/';
    path[FILE_FOLDER_BYTES] = '\0';
    ck_assert(file_folder(path, out));
    ck_assert_uint_eq(strlen(out), FILE_FOLDER_BYTES - 1);
    path[FILE_FOLDER_BYTES - 2] = 'a';
    path[FILE_FOLDER_BYTES - 1] = '/';
    ck_assert(!file_folder(path, out));
    ck_assert_int_eq(errno, ENAMETOOLONG);
    ck_assert(!file_sync_folder(path));
    ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

START_TEST(all_is_written_or_it_is_said)
{
    enum { N = 1 << 20 };
    static char bytes[N];
    char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
    temp_dir_make(dir);
    temp_dir_path(dir, "file", path);
    int fd = open(path, O_RDWR | O_CREAT, 0600), full = open("/dev/full", O_WRONLY);
    ck_assert(file_write_all(fd, (struct str){bytes, N}));
    ck_assert(file_write_all(fd, STR("")));
    ck_assert_int_eq(lseek(fd, 0, SEEK_END), N);
    ck_assert(file_sync_folder(path));
    ck_assert(!file_write_all(full, STR("x")));
    ck_assert_int_eq(errno, ENOSPC);
    close(fd);
    close(full);
    temp_dir_remove(dir);
    ck_assert(!file_sync_folder(path));
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("file");
    unit_table(s, "folder", a_path_has_a_folder, ROWS(paths));
    unit_case(s, "limit", a_folder_may_be_so_long_and_no_longer);
    unit_case(s, "write", all_is_written_or_it_is_said);
    return temp_dir_run(s);
}
