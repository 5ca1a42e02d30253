/* temp_dir.c - see temp_dir.h. */
#include "tests/fake/temp_dir.h"

#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdbool.h>
#include <unistd.h>

static char top[TEMP_DIR_BYTES];

static void begin(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(top, sizeof top, "%s/loganalyzer-test-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(top) || setenv("TMPDIR", top, 1) != 0) {
        perror(top);
        abort();
    }
}

static void end(void)
{
    DIR *d = opendir(top);
    for (struct dirent *entry; d && (entry = readdir(d)) != NULL;) {
        char path[TEMP_DIR_BYTES];
        int n = snprintf(path, sizeof path, "%s/%s", top, entry->d_name);
        if (entry->d_name[0] != '.' && n < TEMP_DIR_BYTES) {
            temp_dir_remove(path);
        }
    }
    if (d) {
        closedir(d);
    }
    rmdir(top);
}

int temp_dir_run(Suite *s)
{
    begin();
    int failed = unit_run(s);
    end();
    return failed;
}

void temp_dir_make(char out[static TEMP_DIR_BYTES])
{
    const char *tmp = getenv("TMPDIR");
    int n = snprintf(out, TEMP_DIR_BYTES, "%s/XXXXXX", tmp ? tmp : "/tmp");
    ck_assert_int_lt(n, TEMP_DIR_BYTES);
    ck_assert_ptr_nonnull(mkdtemp(out));
}

char *temp_dir_path(const char *dir, const char *name, char out[static TEMP_DIR_BYTES])
{
    int n = snprintf(out, TEMP_DIR_BYTES, "%s/%s", dir, name);
    ck_assert_int_lt(n, TEMP_DIR_BYTES);
    return out;
}

/* No check of Check's here: it may be called outside of a test. */
static int each_file(const char *dir, bool remove_it)
{
    int n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *entry; d && (entry = readdir(d)) != NULL;) {
        char path[TEMP_DIR_BYTES];
        if (entry->d_name[0] == '.') {
            continue;
        }
        n++;
        if (remove_it &&
            snprintf(path, sizeof path, "%s/%s", dir, entry->d_name) < TEMP_DIR_BYTES) {
            unlink(path);
        }
    }
    if (d) {
        closedir(d);
    }
    return d ? n : -1;
}

int temp_dir_files(const char *dir)
{
    return each_file(dir, false);
}

void temp_dir_remove(const char *dir)
{
    each_file(dir, true);
    rmdir(dir);
}
