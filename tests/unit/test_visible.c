/* test_visible.c - hostile text can be read and can do nothing else. */
#include "fcgi/base/visible.h"

#include "tests/unit/unit.h"

#include <stdlib.h>

static const struct {
    const char *name;
    struct str in, out;
} rows[] = {
    {"plain", LIT("abc 123 ~"), LIT("abc 123 ~")},
    {"nothing", LIT(""), LIT("")},
    {"umlauts and smileys", LIT("\xC3\xA4 \xF0\x9F\x98\x80"),
     LIT("\xC3\xA4 \xF0\x9F\x98\x80")},
    {"line ends", LIT("a\r\nb"), LIT("a\\r\\nb")},
    {"tab", LIT("a\tb"), LIT("a\\tb")},
    {"NUL", LIT("a\0b"), LIT("a\\x00b")},
    {"ESC", LIT("\x1b[31mred"), LIT("\\x1b[31mred")},
    {"DEL", LIT("\x7f"), LIT("\\x7f")},
    {"C1", LIT("\xC2\x9B"), LIT("\\x9b")},
    {"right to left override",
     LIT("a\xE2\x80\xAE"
         "b"),
     LIT("a\\u202eb")},
    {"isolate", LIT("\xE2\x81\xA6"), LIT("\\u2066")},
    {"zero width space", LIT("\xE2\x80\x8B"), LIT("\\u200b")},
    {"line separator", LIT("\xE2\x80\xA8"), LIT("\\u2028")},
    {"byte order mark", LIT("\xEF\xBB\xBF"), LIT("\\ufeff")},
    {"soft hyphen", LIT("\xC2\xAD"), LIT("\\xad")},
    {"tag", LIT("\xF3\xA0\x81\x81"), LIT("\\U000e0041")},
    {"not UTF-8", LIT("\xFF\xC3"), LIT("\xEF\xBF\xBD\xEF\xBF\xBD")},
    {"half a letter at the end", LIT("a\xE2\x82"), LIT("a\xEF\xBF\xBD\xEF\xBF\xBD")},
    {"quotes", LIT("\"'<>&`\\"), LIT("\"'<>&`\\")},
};

START_TEST(it_can_be_read_and_does_nothing)
{
    struct buf b;
    buf_init(&b, 1000);
    visible_put(&b, rows[_i].in, 1000);
    CHECK_STR(rows[_i].name, buf_view(&b), rows[_i].out);
    buf_free(&b);
}
END_TEST

START_TEST(what_fits_is_whole_and_one_byte_more_is_cut_and_says_so)
{
    char text[102];
    struct buf b;
    buf_init(&b, 1000);
    memset(text, 'x', sizeof text);
    buf_str(&b, STR("before "));
    visible_put(&b, (struct str){text, 100}, 100);
    ck_assert_uint_eq(b.n, 107);
    buf_clear(&b);
    visible_put(&b, (struct str){text, 101}, 100);
    ck_assert_uint_le(b.n, 100);
    ck_assert_uint_gt(b.n, 60);
    ck_assert(str_ends(buf_view(&b), STR("x... (101 bytes)")));
    buf_free(&b);
}
END_TEST

START_TEST(a_megabyte_is_cut_between_letters)
{
    enum { N = 1 << 20 };
    char *text = malloc(N);
    struct buf b;
    ck_assert_ptr_nonnull(text);
    buf_init(&b, 1000);
    for (size_t i = 0; i + 1 < N; i += 2) {
        memcpy(text + i, "\xC3\xA4", 2);
    }
    visible_put(&b, (struct str){text, N}, 301);
    ck_assert_uint_le(b.n, 301);
    ck_assert(str_ends(buf_view(&b), STR("\xC3\xA4... (1048576 bytes)")));
    ck_assert(!b.failed);
    buf_free(&b);
    free(text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("visible");
    unit_table(s, "rows", it_can_be_read_and_does_nothing, ROWS(rows));
    unit_case(s, "limit", what_fits_is_whole_and_one_byte_more_is_cut_and_says_so);
    unit_case(s, "megabyte", a_megabyte_is_cut_between_letters);
    return unit_run(s);
}
