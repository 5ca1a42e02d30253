/* test_utf8.c - what is UTF-8, and what becomes of bytes that are not. */
#include "fcgi/base/utf8.h"

#include "tests/unit/unit.h"

static const struct {
    const char *name;
    struct str text;
    size_t good; /* bytes before the first that is not valid */
} prefixes[] = {
    {"nothing", {NULL, 0}, 0},
    {"ASCII", LIT("plain text, rather long"), 23},
    {"two bytes", LIT("\xC3\xA9"), 2},
    {"three bytes", LIT("\xE2\x82\xAC"), 3},
    {"four bytes", LIT("\xF0\x9F\x98\x80"), 4},
    {"the last code point", LIT("\xF4\x8F\xBF\xBF"), 4},
    {"just before the surrogates", LIT("\xED\x9F\xBF"), 3},
    {"just after the surrogates", LIT("\xEE\x80\x80"), 3},
    {"the first of two bytes", LIT("\xC2\x80"), 2},
    {"the first of three bytes", LIT("\xE0\xA0\x80"), 3},
    {"the first of four bytes", LIT("\xF0\x90\x80\x80"), 4},
    {"NUL", LIT("ab\0cd"), 2},
    {"NUL after eight bytes", LIT("abcdefgh\0"), 8},
    {"NUL within eight bytes", LIT("abcd\0fgh"), 4},
    {"0x80 next to NUL", LIT("abcdef\0\x80"), 6},
    {"a tail alone", LIT("a\x80"), 1},
    {"FF FE", LIT("\xFF\xFE"), 0},
    {"overlong NUL", LIT("\xC0\x80"), 0},
    {"overlong slash", LIT("\xC1\xAF"), 0},
    {"overlong three bytes", LIT("\xE0\x9F\xBF"), 0},
    {"overlong four bytes", LIT("\xF0\x8F\xBF\xBF"), 0},
    {"a high surrogate", LIT("\xED\xA0\x80"), 0},
    {"a low surrogate", LIT("\xED\xBF\xBF"), 0},
    {"past the last code point", LIT("\xF4\x90\x80\x80"), 0},
    {"a lead that is none", LIT("\xF5\x80\x80\x80"), 0},
    {"two bytes cut", LIT("ab\xC3"), 2},
    {"three bytes cut", LIT("ab\xE2\x82"), 2},
    {"four bytes cut", LIT("ab\xF0\x9F\x98"), 2},
    {"a tail that is none", LIT("\xE2\x82g"), 0},
    {"bad after sixteen bytes", LIT("0123456789abcdef\xFF"), 16},
};

START_TEST(finds_the_first_byte_that_is_not_valid)
{
    size_t good = utf8_valid_prefix(prefixes[_i].text);
    ck_assert_msg(good == prefixes[_i].good, "%s: got %zu, want %zu", prefixes[_i].name,
                  good, prefixes[_i].good);
}
END_TEST

static const struct {
    const char *name;
    struct str text, mended;
    size_t repaired;
} repairs[] = {
    {"valid text stays", LIT("Gr\xC3\xBC\xC3\x9F\x65"), LIT("Gr\xC3\xBC\xC3\x9F\x65"), 0},
    {"Latin-1 umlaut", LIT("Gr\xFC\xDF\x65"), LIT("Gr\xC3\xBC\xC3\x9F\x65"), 2},
    {"Windows-1252 quotes", LIT("\x93ok\x94"), LIT("\xE2\x80\x9Cok\xE2\x80\x9D"), 2},
    {"Windows-1252 euro", LIT("\x80"), LIT("\xE2\x82\xAC"), 1},
    {"Windows-1252 last row", LIT("\x9F"), LIT("\xC5\xB8"), 1},
    {"no-break space", LIT("\xA0"), LIT("\xC2\xA0"), 1},
    {"FF", LIT("\xFF"), LIT("\xC3\xBF"), 1},
    {"the five open bytes", LIT("\x81\x8D\x8F\x90\x9D"),
     LIT("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"), 5},
    {"NUL", LIT("a\0b"), LIT("a\xEF\xBF\xBD\x62"), 1},
    {"overlong NUL", LIT("\xC0\x80"), LIT("\xC3\x80\xE2\x82\xAC"), 2},
    {"a surrogate", LIT("\xED\xA0\x80"), LIT("\xC3\xAD\xC2\xA0\xE2\x82\xAC"), 3},
    {"cut at the end", LIT("a\xC3"), LIT("a\xC3\x83"), 1},
    {"valid beside bad", LIT("\xC3\xA9\xE9"), LIT("\xC3\xA9\xC3\xA9"), 1},
    {"nothing", {NULL, 0}, LIT(""), 0},
};

START_TEST(reads_other_bytes_as_windows_1252)
{
    struct buf out;
    buf_init(&out, repairs[_i].text.n * 3);
    size_t repaired = utf8_repair(repairs[_i].text, &out);
    ck_assert_msg(!out.failed, "%s: three times the bytes must do", repairs[_i].name);
    CHECK_STR(repairs[_i].name, buf_view(&out), repairs[_i].mended);
    ck_assert_msg(repaired == repairs[_i].repaired, "%s: %zu repaired", repairs[_i].name,
                  repaired);
    buf_free(&out);
}
END_TEST

START_TEST(mends_any_two_bytes_into_valid_text)
{
    struct buf out;
    buf_init(&out, 6);
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        char bytes[2] = {(char)(pair >> 8), (char)pair};
        buf_clear(&out);
        utf8_repair((struct str){bytes, 2}, &out);
        ck_assert_msg(!out.failed && utf8_valid_prefix(buf_view(&out)) == out.n, "%04x",
                      pair);
    }
    buf_free(&out);
}
END_TEST

START_TEST(tells_when_the_mended_text_does_not_fit)
{
    struct buf out;
    buf_init(&out, 2);
    utf8_repair(STR("\x80"), &out); /* becomes three bytes */
    ck_assert(out.failed);
    buf_free(&out);
}
END_TEST

static const uint32_t code_points[] = {0x1,    0x7F,   0x80,   0x7FF,   0x800,
                                       0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};

START_TEST(decodes_what_it_encodes)
{
    char text[4];
    size_t n = utf8_encode(code_points[_i], text), taken = 0;
    ck_assert_uint_eq(utf8_valid_prefix((struct str){text, n}), n);
    uint32_t cp = utf8_decode((struct str){text, n}, &taken);
    ck_assert_msg(cp == code_points[_i], "U+%04X gave U+%04X", (unsigned)code_points[_i],
                  (unsigned)cp);
    ck_assert_uint_eq(taken, n);
}
END_TEST

static const struct {
    const char *name;
    struct str wide; /* little endian */
    const char *text;
    size_t repaired;
} wides[] = {
    {"nothing", LIT(""), "", 0},
    {"a letter", LIT("a\0"), "a", 0},
    {"two and three bytes", LIT("\xE9\0\xAC\x20"), "\xC3\xA9\xE2\x82\xAC", 0},
    {"a pair", LIT("\x3D\xD8\x00\xDE"), "\xF0\x9F\x98\x80", 0},
    {"a NUL", LIT("\0\0"), "\xEF\xBF\xBD", 1},
    {"half a pair", LIT("\x3D\xD8"), "\xEF\xBF\xBD", 1},
    {"the other half",
     LIT("\x00\xDE"
         "a\0"),
     "\xEF\xBF\xBD"
     "a",
     1},
    {"a pair the wrong way round", LIT("\x00\xDE\x3D\xD8"), "\xEF\xBF\xBD\xEF\xBF\xBD",
     2},
    {"an odd byte", LIT("a\0b"), "a\xEF\xBF\xBD", 1},
};

START_TEST(reads_utf_16_in_both_orders)
{
    struct buf out;
    char swapped[16];
    struct str wide = wides[_i].wide;
    buf_init(&out, 64);
    ck_assert_uint_eq(utf8_from_utf16(wide, false, &out), wides[_i].repaired);
    ck_assert_msg(str_eq(buf_view(&out), str_of(wides[_i].text)), "%s", wides[_i].name);
    for (size_t i = 0; i < wide.n; i++) {
        swapped[i] = wide.p[(i ^ 1) < wide.n ? i ^ 1 : i];
    }
    buf_clear(&out);
    ck_assert_uint_eq(utf8_from_utf16((struct str){swapped, wide.n}, true, &out),
                      wides[_i].repaired);
    ck_assert_msg(str_eq(buf_view(&out), str_of(wides[_i].text)), "%s", wides[_i].name);
    buf_free(&out);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("utf8");
    unit_table(s, "valid", finds_the_first_byte_that_is_not_valid, ROWS(prefixes));
    unit_table(s, "repair", reads_other_bytes_as_windows_1252, ROWS(repairs));
    unit_case(s, "repair-any", mends_any_two_bytes_into_valid_text);
    unit_case(s, "repair-limit", tells_when_the_mended_text_does_not_fit);
    unit_table(s, "code-point", decodes_what_it_encodes, ROWS(code_points));
    unit_table(s, "utf-16", reads_utf_16_in_both_orders, ROWS(wides));
    return unit_run(s);
}
