/* test_import_file.c - each record once, whatever happened to the file and the importer in
 * between. Over a ledger in memory that keeps the server's rules. */
#include "fcgi/cli/import_file.h"
#include "tests/fake/ledger_fake.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <zlib.h>

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct importer *im, *other;
static struct progress progress;
static struct ledger *ledger;
static struct err e;
static struct import_counts counts;
static size_t incidents;

static void take_incident(void *arg, int64_t id)
{
    (void)arg;
    ck_assert_int_gt(id, 0);
    incidents++;
}

static struct importer *new_importer(void)
{
    struct importer *i = calloc(1, sizeof *i);
    ck_assert_ptr_nonnull(i);
    ck_assert(!importer_open(i, &e));
    i->ledger = ledger;
    i->limits = (struct record_limits){CHUNK_RECORD_BYTES_MAX, 256, 32, 32};
    i->incident = take_incident;
    i->progress = &progress;
    return i;
}

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "x.log", path);
    ledger = ledger_fake_open();
    im = new_importer();
    other = new_importer();
    incidents = 0;
}

static void tear_down(void)
{
    importer_close(im);
    importer_close(other);
    free(im);
    free(other);
    ledger_close(ledger);
    temp_dir_remove(dir);
}

/* Lines "[<i>]" for i from..to-1, in a file of its own or behind what is there. */
static void put_lines(const char *mode, size_t from, size_t to)
{
    FILE *f = fopen(path, mode);
    ck_assert_ptr_nonnull(f);
    for (size_t i = from; i < to; i++) {
        fprintf(f, "[%zu] something happened here\n", i);
    }
    ck_assert_int_eq(fclose(f), 0);
}

static void put_text(const char *mode, const char *text)
{
    FILE *f = fopen(path, mode);
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    ck_assert_int_eq(fclose(f), 0);
}

static void import(int64_t stored, int64_t known)
{
    ck_assert_msg(!import_file(im, path, &counts, &e), "%s", e.msg);
    ck_assert_int_eq(counts.stored, stored);
    ck_assert_int_eq(counts.known, known);
}

static void each_once(size_t n)
{
    char text[32];
    ck_assert_uint_eq(ledger_fake_records(ledger), n);
    for (size_t i = 0; i < n; i++) {
        snprintf(text, sizeof text, "[%zu] ", i);
        ck_assert_msg(ledger_fake_stored(ledger, text) == 1, "record %zu: %zu", i,
                      ledger_fake_stored(ledger, text));
    }
}

/* --- the same again --- */

static const size_t sizes[] = {1, 2, 999, 1000, 1001, 2000, 2500};

START_TEST(again_nothing_is_stored)
{
    size_t n = sizes[_i];
    put_lines("w", 0, n);
    import((int64_t)n, 0);
    ck_assert_uint_eq(ledger_fake_lists(ledger), 1); /* it does not ask for what is new */
    ck_assert_uint_eq(incidents, ledger_fake_posts(ledger));
    import(0, (int64_t)n);
    each_once(n);
}
END_TEST

START_TEST(a_grown_file_adds_what_is_new)
{
    size_t n = sizes[_i];
    put_lines("w", 0, n);
    import((int64_t)n, 0);
    for (size_t more = 1; more < 1200; more = 3 * more + 1) {
        put_lines("a", n, n + more);
        import((int64_t)more, (int64_t)n);
        n += more;
    }
    import(0, (int64_t)n);
    each_once(n);
}
END_TEST

START_TEST(another_name_and_compression_do_not_matter)
{
    char text[64 * 1024];
    put_lines("w", 0, 1500);
    import(1500, 0);
    FILE *f = fopen(path, "r");
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    temp_dir_path(dir, "y.log.2.gz", path);
    gzFile gz = gzopen(path, "wb");
    ck_assert_int_eq(gzwrite(gz, text, (unsigned)n), (int)n);
    ck_assert_int_eq(gzclose(gz), Z_OK);
    import(0, 1500);
    each_once(1500);
}
END_TEST

/* An older copy of a file, or one that was cut, whatever it ends in. */
START_TEST(a_shorter_copy_stores_nothing)
{
    size_t n = sizes[_i];
    put_lines("w", 0, 2600);
    import(2600, 0);
    put_lines("w", 0, n);
    import(0, (int64_t)n);
    import(0, (int64_t)n);
    put_lines("w", 0, 2600);
    import(0, 2600);
    each_once(2600);
}
END_TEST

/* Two programs that say the same when they start. */
START_TEST(files_that_only_begin_alike_are_stored_both)
{
    put_text("w", "starting\nlistening\n[0] a\n");
    import(3, 0);
    put_text("w", "starting\nlistening\n[1] b\n");
    import(3, 0);
    import(0, 3);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "starting"), 2);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "[0]"), 1);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "[1]"), 1);
}
END_TEST

/* Logs of jobs that all begin alike: no more questions, the more of them there are. */
START_TEST(files_that_begin_alike_and_are_no_shorter_are_not_asked_for)
{
    char text[64];
    enum { FILES = 9 };
    for (int i = 1; i <= FILES; i++) {
        snprintf(text, sizeof text, "begin\n%d files\n", i);
        put_text("w", text);
        import(2, 0);
    }
    ck_assert_uint_eq(ledger_fake_marks(ledger), 0);
    put_text("w", "begin\n7\n"); /* shorter than all of them */
    import(2, 0);
    ck_assert_uint_eq(ledger_fake_marks(ledger), FILES);
}
END_TEST

START_TEST(a_copy_that_ends_inside_a_record_stores_only_that)
{
    put_text("w", "[0] a\n[1] b\n  at x\n  at y\n[2] c\n");
    import(3, 0);
    put_text("w", "[0] a\n[1] b\n  at x\n");
    import(1, 1);
    import(0, 2);
    put_text("w", "[0] a\n[1");
    import(1, 1);
    import(0, 2);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "[0]"), 1);
}
END_TEST

/* --- the last line --- */

START_TEST(a_last_line_without_an_end_is_stored_once)
{
    put_lines("w", 0, 3);
    put_text("a", "[3] cut");
    import(4, 0);
    import(0, 4);
    put_text("a", "\n"); /* just its end: the same record */
    import(0, 4);
    put_lines("a", 4, 6);
    import(2, 4);
    each_once(6);
}
END_TEST

START_TEST(a_file_of_one_line_without_an_end_is_stored_once)
{
    put_text("w", "[0] cut");
    import(1, 0);
    put_text("a", "\n");
    put_lines("a", 1, 3);
    import(2, 1);
    each_once(3);
}
END_TEST

START_TEST(a_last_line_that_has_grown_is_a_new_record)
{
    put_lines("w", 0, 3);
    put_text("a", "[3] cut");
    import(4, 0);
    put_text("a", " off\n");
    put_lines("a", 4, 5);
    import(2, 3);
    import(0, 5);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "[3] cut off"), 1);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "[3] cut"), 2);
    ck_assert_uint_eq(ledger_fake_records(ledger), 6);
}
END_TEST

START_TEST(lines_that_continue_a_stored_record_are_a_record)
{
    put_text("w", "[0] a\n[1] b\n");
    import(2, 0);
    put_text("a", "  at x\n[2] c\n");
    import(2, 2);
    import(0, 4);
    ck_assert_uint_eq(ledger_fake_records(ledger), 4);
}
END_TEST

START_TEST(a_stanza_that_had_not_ended_is_stored_anew_when_it_has)
{
    put_text("w", "\nStart-Date: 2026-11-22  10:00:00\nInstall: [0]\nEnd-Date: "
                  "2026-11-22  10:00:01\n\nStart-Date: 2026-11-22  11:00:00\n");
    import(2, 0);
    put_text("a", "Install: [1]\nEnd-Date: 2026-11-22  11:00:01\n");
    import(1, 1);
    import(0, 2);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "[0]"), 1);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "[1]"), 1);
}
END_TEST

/* --- killed, overtaken, refused --- */

/* _i: at which of the four posts, and whether that one was stored. */
START_TEST(an_import_that_was_killed_is_gone_on_with)
{
    size_t nth = (size_t)_i / 2 + 1, had = 1000 * (nth - 1);
    bool stored = _i % 2;
    put_lines("w", 0, 3500);
    ledger_fake_stop(ledger, nth, stored);
    ck_assert_int_eq(import_file(im, path, &counts, &e), ERR_UPSTREAM);
    ck_assert_int_eq(counts.stored, (int64_t)had);
    had = stored ? (nth == 4 ? 3500 : had + 1000) : had;
    import(3500 - (int64_t)had, (int64_t)had);
    each_once(3500);
}
END_TEST

static void import_by_other(void *arg)
{
    struct import_counts n;
    (void)arg;
    ck_assert_msg(!import_file(other, path, &n, &e), "%s", e.msg);
}

START_TEST(two_at_once_store_each_record_once)
{
    put_lines("w", 0, 3500);
    ledger_fake_before(ledger, (size_t)_i + 1, import_by_other, NULL);
    import(1000 * _i, 3500 - 1000 * _i);
    each_once(3500);
}
END_TEST

static void grow_and_import_by_other(void *arg)
{
    size_t *n = arg;
    put_lines("a", *n, *n + 100);
    *n += 100;
    import_by_other(NULL);
}

/* The first one has read the file to its end before it grew, and asked what is known. */
static const struct {
    size_t lines, before; /* which post */
    int64_t stored;
} growing[] = {{200, 1, 0}, {1200, 1, 0}, {1200, 2, 1000}};

START_TEST(two_at_once_of_a_file_that_grows_store_each_record_once)
{
    size_t n = growing[_i].lines;
    put_lines("w", 0, n);
    ledger_fake_before(ledger, growing[_i].before, grow_and_import_by_other, &n);
    import(growing[_i].stored, (int64_t)growing[_i].lines - growing[_i].stored);
    import(0, (int64_t)n);
    each_once(n);
}
END_TEST

START_TEST(a_refused_record_is_named_by_its_line)
{
    put_text("w", "\n\n");
    put_lines("a", 0, 1500);
    ledger_fake_refuse(ledger, 2, 7);
    ck_assert_int_eq(import_file(im, path, &counts, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "line 1010: the server refuses it: the test refuses it");
    ck_assert_int_eq(counts.stored, 1000);
}
END_TEST

START_TEST(an_empty_file_is_no_error)
{
    put_text("w", "");
    import(0, 0);
    ck_assert_uint_eq(ledger_fake_lists(ledger), 0);
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return tc;
}

int main(void)
{
    Suite *s = suite_create("import_file");
    TCase *tc = add_case(s, "again");
    tcase_add_loop_test(tc, again_nothing_is_stored, 0, ROWS(sizes));
    tcase_add_loop_test(tc, a_grown_file_adds_what_is_new, 0, ROWS(sizes));
    tcase_add_test(tc, another_name_and_compression_do_not_matter);
    tcase_add_loop_test(tc, a_shorter_copy_stores_nothing, 0, ROWS(sizes));
    tcase_add_test(tc, files_that_only_begin_alike_are_stored_both);
    tcase_add_test(tc, files_that_begin_alike_and_are_no_shorter_are_not_asked_for);
    tcase_add_test(tc, a_copy_that_ends_inside_a_record_stores_only_that);
    tc = add_case(s, "last");
    tcase_add_test(tc, a_last_line_without_an_end_is_stored_once);
    tcase_add_test(tc, a_file_of_one_line_without_an_end_is_stored_once);
    tcase_add_test(tc, a_last_line_that_has_grown_is_a_new_record);
    tcase_add_test(tc, lines_that_continue_a_stored_record_are_a_record);
    tcase_add_test(tc, a_stanza_that_had_not_ended_is_stored_anew_when_it_has);
    tc = add_case(s, "trouble");
    tcase_add_loop_test(tc, an_import_that_was_killed_is_gone_on_with, 0, 8);
    tcase_add_loop_test(tc, two_at_once_store_each_record_once, 0, 4);
    tcase_add_loop_test(tc, two_at_once_of_a_file_that_grows_store_each_record_once, 0,
                        2);
    tcase_add_test(tc, a_refused_record_is_named_by_its_line);
    tcase_add_test(tc, an_empty_file_is_no_error);
    return temp_dir_run(s);
}
