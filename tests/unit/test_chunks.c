/* test_chunks.c - contents of files in parts: where they end, and that they do so by the
 * content alone. */
#include "fcgi/cli/chunks.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <zlib.h>

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct chunks c;
static struct err e;
static struct buf text;

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "x.log", path);
    buf_init(&text, 64 << 20);
    c = (struct chunks){0};
}

static void tear_down(void)
{
    chunks_close(&c);
    buf_free(&text);
    temp_dir_remove(dir);
}

/* --- making files --- */

static void put_lines(size_t n, size_t bytes_each)
{
    for (size_t i = 0; i < n; i++) {
        size_t start = text.n;
        buf_fmt(&text, "line %zu ", i);
        while (text.n - start < bytes_each - 1) {
            buf_byte(&text, 'x');
        }
        buf_byte(&text, '\n');
    }
}

static void write_as(const char *mode, struct str s)
{
    FILE *f = fopen(path, mode);
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(s.p, 1, s.n, f), s.n);
    ck_assert_int_eq(fclose(f), 0);
}

static void write_text(void)
{
    ck_assert(!text.failed);
    write_as("w", buf_view(&text));
}

/* In two members, as logrotate or cat make them. */
static void write_gz(void)
{
    size_t half = text.n / 2;
    for (int i = 0; i < 2; i++) {
        gzFile f = gzopen(path, i == 0 ? "wb" : "ab");
        size_t n = i == 0 ? half : text.n - half;
        ck_assert_int_eq(gzwrite(f, text.p + (i == 0 ? 0 : half), (unsigned)n), (int)n);
        ck_assert_int_eq(gzclose(f), Z_OK);
    }
}

static void open_file(void)
{
    chunks_close(&c);
    c = (struct chunks){0};
    ck_assert_msg(!chunks_open(path, &c, &e), "%s", e.msg);
}

static void refuses(const char *why)
{
    chunks_close(&c);
    c = (struct chunks){0};
    ck_assert_int_ne(chunks_open(path, &c, &e), ERR_NONE);
    CHECK_HAS(e.msg, why);
}

static size_t next(void)
{
    ck_assert_msg(!chunks_next(&c, &e), "%s", e.msg);
    return c.chunk.n;
}

static void skip_chunk(void)
{
    chunks_skip(&c, c.chunk.ends[c.chunk.n - 1]);
}

/* --- limits --- */

START_TEST(a_part_has_at_most_so_many_records)
{
    put_lines(CHUNK_RECORDS_MAX, 20);
    write_text();
    open_file();
    ck_assert_uint_eq(next(), CHUNK_RECORDS_MAX);
    skip_chunk();
    ck_assert_uint_eq(next(), 0);
    buf_str(&text, STR("one more\n"));
    write_text();
    open_file();
    ck_assert_uint_eq(next(), CHUNK_RECORDS_MAX);
    skip_chunk();
    ck_assert_uint_eq(next(), 1);
    CHECK_STR("last", c.chunk.records[0], STR("one more"));
    ck_assert_int_eq(chunks_line(&c, 0), CHUNK_RECORDS_MAX + 1);
}
END_TEST

START_TEST(a_part_has_at_most_so_many_bytes)
{
    put_lines(8, CHUNK_BYTES_MAX / 8);
    write_text();
    open_file();
    ck_assert_uint_eq(next(), 8);
    ck_assert_uint_eq(c.chunk.ends[7], CHUNK_BYTES_MAX);
    buf_clear(&text);
    put_lines(7, CHUNK_BYTES_MAX / 8);
    put_lines(1, CHUNK_BYTES_MAX / 8 + 1);
    write_text();
    open_file();
    ck_assert_uint_eq(next(), 7);
    skip_chunk();
    ck_assert_uint_eq(next(), 1);
}
END_TEST

START_TEST(a_record_may_be_so_long_and_no_longer)
{
    put_lines(2, 10);
    put_lines(1, CHUNK_RECORD_BYTES_MAX + 1); /* with its line end */
    put_lines(1, 10);
    write_text();
    open_file();
    ck_assert_uint_eq(next(), 2);
    skip_chunk();
    ck_assert_uint_eq(next(), 1);
    ck_assert_uint_eq(c.chunk.records[0].n, CHUNK_RECORD_BYTES_MAX);
    skip_chunk();
    ck_assert_uint_eq(next(), 1);
    for (size_t over = 2; over <= CHUNK_WINDOW_BYTES; over += CHUNK_WINDOW_BYTES - 2) {
        buf_clear(&text);
        put_lines(2, 10);
        put_lines(1, CHUNK_RECORD_BYTES_MAX + over);
        put_lines(1, 10);
        write_text();
        open_file();
        ck_assert_uint_eq(next(), 2); /* what comes before is good */
        skip_chunk();
        ck_assert_int_eq(chunks_next(&c, &e), ERR_INVALID);
        CHECK_HAS(e.msg, "line 3: the record has more than 1048576 bytes");
    }
}
END_TEST

/* --- positions --- */

START_TEST(the_position_is_the_digest_of_all_before_it)
{
    static const uint8_t abc[] = {0xed, 0xea, 0xaf, 0xf3, 0xf1, 0x77, 0x4a, 0xd2,
                                  0x88, 0x86, 0x73, 0x77, 0x0c, 0x6d, 0x64, 0x09,
                                  0x7e, 0x39, 0x1b, 0xc3, 0x62, 0xd7, 0xd6, 0xfb,
                                  0x34, 0x98, 0x2d, 0xdf, 0x0e, 0xfd, 0x18, 0xcb};
    write_as("w", STR("abc\n")); /* as sha256sum says */
    open_file();
    ck_assert_uint_eq(next(), 1);
    ck_assert_mem_eq(c.chunk.position.b, abc, sizeof abc);
    ck_assert_mem_eq(c.chunk.marks[0], abc, IMPORT_MARK_BYTES);
    skip_chunk();
    ck_assert_mem_eq(c.here.b, abc, sizeof abc);
    ck_assert_int_eq(c.offset, 4);
}
END_TEST

START_TEST(compressed_or_not_the_parts_are_the_same)
{
    struct import_position plain[8], root;
    size_t n = 0;
    put_lines(3500, 300);
    write_text();
    open_file();
    root = c.here;
    for (; next() > 0; n++) {
        ck_assert_uint_lt(n, 8);
        plain[n] = c.chunk.position;
        skip_chunk();
    }
    ck_assert_uint_eq(n, 4);
    write_gz();
    open_file();
    ck_assert(import_position_eq(&c.here, &root));
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_gt(next(), 0);
        ck_assert(import_position_eq(&c.chunk.position, &plain[i]));
        skip_chunk();
    }
    ck_assert_uint_eq(next(), 0);
}
END_TEST

START_TEST(contents_that_begin_with_the_same_record_begin_at_the_same_place)
{
    write_as("w", STR("a\nb\n"));
    open_file();
    struct import_position root = c.here;
    write_as("w", STR("a\nc\n"));
    open_file();
    ck_assert(import_position_eq(&c.here, &root));
    write_as("w", STR("b\na\n"));
    open_file();
    ck_assert(!import_position_eq(&c.here, &root));
}
END_TEST

/* Somebody knew the content up to `known` bytes; may it be gone on from there, and with
 * how many records is the next part then? */
static const struct {
    const char *name;
    struct str text;
    size_t known;
    bool holds;
    size_t n;
} known[] = {
    {"a line", LIT("a\nb\n"), 2, true, 1},
    {"all of it", LIT("a\nb\n"), 4, true, 0},
    {"a line without its end", LIT("a\nb\n"), 1, true, 1},
    {"a line that grew", LIT("ab\nb\n"), 1, false, 0},
    {"a line that grew, behind another", LIT("a\nbc\n"), 3, true, 1},
    {"a line that has grown lines", LIT("a\n  at\nb\n"), 2, true, 2},
    {"a stanza that grew", LIT("Start-Date: 1\nInstall: a\nEnd-Date: 1\n"), 14, false, 0},
    {"an entry that grew", LIT("__CURSOR=1\nA=1\n\n"), 11, false, 0},
    {"an object that grew", LIT("[{\"a\":\n1}]"), 7, false, 0},
    {"an object", LIT("[{\"a\":\n1},{}]"), 9, true, 1},
    {"more than there is", LIT("a\n"), 3, false, 0},
    {"nothing", LIT("a\n"), 0, false, 0},
};

START_TEST(goes_on_only_where_no_record_is_cut)
{
    struct digest d;
    size_t skip = 0, n = known[_i].known;
    struct str s = known[_i].text;
    write_as("w", s);
    open_file();
    ck_assert_uint_gt(next(), 0);
    digest_begin(&d);
    digest_add(&d, (struct str){s.p, n < s.n ? n : s.n});
    struct import_position p = digest_here(&d);
    bool holds = chunks_holds(&c, &p, (int64_t)n, &skip);
    ck_assert_msg(holds == known[_i].holds, "%s", known[_i].name);
    p.b[31] ^= 1;
    ck_assert_msg(!chunks_holds(&c, &p, (int64_t)n, &skip), "%s", known[_i].name);
    if (holds) {
        chunks_skip(&c, n);
        ck_assert_msg(next() == known[_i].n, "%s: %zu", known[_i].name, c.chunk.n);
    }
}
END_TEST

START_TEST(a_record_that_is_cut_is_a_part_by_itself)
{
    write_as("w", STR("a\nb\nc"));
    open_file();
    ck_assert_uint_eq(next(), 2);
    skip_chunk();
    ck_assert_uint_eq(next(), 1);
    CHECK_STR("last", c.chunk.records[0], STR("c"));
    skip_chunk();
    ck_assert_uint_eq(next(), 0);
}
END_TEST

/* --- what cannot be imported --- */

START_TEST(an_empty_file_has_no_parts)
{
    write_as("w", STR(""));
    open_file();
    ck_assert_uint_eq(next(), 0);
    write_as("w", STR("\n \n\n"));
    open_file();
    ck_assert_uint_eq(next(), 0);
}
END_TEST

static const struct {
    const char *name;
    struct str text;
    const char *why;
} refused[] = {
    {"a NUL", LIT("ab\0c\n"), "NUL"},
    {"xz",
     LIT("\xFD"
         "7zXZ\0abc"),
     "xz -dc"},
    {"zstd",
     LIT("\x28\xB5\x2F\xFD"
         "abc"),
     "zstd -dc"},
    {"bzip2", LIT("BZh91AY"), "bzip2 -dc"},
    {"a journal", LIT("LPKSHHRH\0\0"), "journalctl"},
    {"UTF-16",
     LIT("\xFF\xFE"
         "a\0"),
     "iconv"},
    {"UTF-16, the other way", LIT("\xFE\xFF\0a"), "iconv"},
};

START_TEST(refuses_what_is_no_text)
{
    write_as("w", refused[_i].text);
    refuses(refused[_i].why);
}
END_TEST

START_TEST(a_binary_field_of_a_journal_is_no_reason)
{
    write_as("w", STR("__CURSOR=1\nMESSAGE\n\1\0\0\0\0\0\0\0a\n\n"));
    open_file();
    ck_assert_uint_eq(next(), 1);
}
END_TEST

START_TEST(says_why_a_file_cannot_be_read)
{
    refuses("cannot be read: No such file");
    char folder[TEMP_DIR_BYTES];
    memcpy(folder, path, sizeof path);
    memcpy(path, dir, sizeof path);
    refuses("is a folder");
    snprintf(path, sizeof path, "/dev/null");
    refuses("is a device");
    memcpy(path, folder, sizeof path);
}
END_TEST

/* What is good of a compressed file that was cut is handed out, but not its last line. */
START_TEST(a_compressed_file_that_is_cut_is_good_up_to_there)
{
    put_lines(3000, 100);
    write_gz();
    FILE *f = fopen(path, "r");
    buf_clear(&text);
    char *to = buf_room(&text, 1 << 20);
    size_t size = fread(to, 1, 1 << 20, f), records = 0;
    fclose(f);
    write_as("w", (struct str){to, size - 1000});
    open_file();
    enum err_code code;
    while (!(code = chunks_next(&c, &e))) {
        ck_assert_uint_gt(c.chunk.n, 0);
        ck_assert_uint_eq(c.chunk.records[c.chunk.n - 1].n, 99);
        records += c.chunk.n;
        skip_chunk();
    }
    ck_assert_int_eq(code, ERR_IO);
    CHECK_HAS(e.msg, "ends too early");
    ck_assert_uint_gt(records, 1000);
    to[size - size / 4] ^= 0x55; /* in the second member */
    write_as("w", (struct str){to, size});
    open_file();
    while (!(code = chunks_next(&c, &e))) {
        ck_assert_uint_gt(c.chunk.n, 0);
        skip_chunk();
    }
    CHECK_HAS(e.msg, "is damaged");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("chunks");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_part_has_at_most_so_many_records);
    tcase_add_test(tc, a_part_has_at_most_so_many_bytes);
    tcase_add_test(tc, a_record_may_be_so_long_and_no_longer);
    tcase_add_test(tc, the_position_is_the_digest_of_all_before_it);
    tcase_add_test(tc, compressed_or_not_the_parts_are_the_same);
    tcase_add_test(tc, contents_that_begin_with_the_same_record_begin_at_the_same_place);
    tcase_add_loop_test(tc, goes_on_only_where_no_record_is_cut, 0, ROWS(known));
    tcase_add_test(tc, a_record_that_is_cut_is_a_part_by_itself);
    tcase_add_test(tc, an_empty_file_has_no_parts);
    tcase_add_loop_test(tc, refuses_what_is_no_text, 0, ROWS(refused));
    tcase_add_test(tc, a_binary_field_of_a_journal_is_no_reason);
    tcase_add_test(tc, says_why_a_file_cannot_be_read);
    tcase_add_test(tc, a_compressed_file_that_is_cut_is_good_up_to_there);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
