/* backends.h - the beginning and the end of a contract test: a writer and a reader of one
 * back end or the other, and transactions. Included once, by the test itself. */
#ifndef CONTRACT_BACKENDS_H
#define CONTRACT_BACKENDS_H

#include "sql/store.h"
#include "tests/fake/store_mem.h"
#include "tests/fake/temp_dir.h"

#include <check.h>

enum { SOON_US = 1000000 };

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct store *writer, *reader;
static struct err e;

static void set_up_sqlite(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
    ck_assert_msg(!store_open_writer(path, SOON_US, &writer, &e), "%s", e.msg);
    ck_assert(!store_open_reader(path, &reader, &e));
}

static void set_up_mem(void)
{
    dir[0] = '\0';
    writer = store_mem_open();
    reader = store_mem_reader(writer);
}

static void tear_down(void)
{
    store_close(reader);
    store_close(writer);
    if (dir[0] != '\0') {
        temp_dir_remove(dir);
    }
}

static void must_begin(void)
{
    ck_assert_msg(!store_begin(writer, clock_mono_us() + SOON_US, &e), "%s", e.msg);
}

static void must_commit(void)
{
    ck_assert_msg(!store_commit(writer, &e), "%s", e.msg);
}

#endif
