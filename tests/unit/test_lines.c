/* test_lines.c - where records of text begin and end. */
#include "fcgi/core/lines.h"

#include "tests/unit/unit.h"

enum { BYTES_MAX = 64 };

/* The records of a text, with '|' between them. */
static const struct {
    const char *text, *records;
} rows[] = {
    {"", ""},
    {"\n", ""},
    {" \r\n\t\n\n", ""},
    {"a", "a"},
    {"a\n", "a"},
    {"a\nb", "a|b"},
    {"a\r\nb\r\n", "a|b"},
    {"\n\na\n\n\nb\n\n", "a|b"},
    {"a\n b\n\tc\nd", "a\n b\n\tc|d"},
    {"a\nCaused by: b\nd", "a\nCaused by: b|d"},
    {"Caused by: b\nd", "Caused by: b|d"},
    {"  first\n  second\nthird", "  first\n  second|third"},
    {"a\n\n b", "a| b"},
    {"a\r\n b\r\nc", "a\r\n b|c"},
    /* stanzas of apt's history.log */
    {"\nStart-Date: 1\nInstall: x\nEnd-Date: 2\n\nStart-Date: 3\nEnd-Date: 4\n",
     "Start-Date: 1\nInstall: x\nEnd-Date: 2|Start-Date: 3\nEnd-Date: 4"},
    {"Start-Date: 1\nStart-Date: 2\nError: x", "Start-Date: 1|Start-Date: 2\nError: x"},
    {"Start-Date: 1\nlower", "Start-Date: 1|lower"},
    /* the heads of W3C extended logs */
    {"#Software: x\n#Version: 1.0\n#Date: d\n#Fields: date time\na\n#Date: e\n\n#Fields: "
     "t\nb",
     "a|b"},
    {"#Fields: date\n", ""},
    {"# a comment\n#Fields:\n#fields: x", "# a comment|#Fields:|#fields: x"},
    {"#Fields: date\n  b", "  b"},
    /* octet counts */
    {"6 <1>a b", "<1>a b"},
    {"6 <1>a b6 <2>c d", "<1>a b|<2>c d"},
    {"6 <1>a b\n6 <2>c d\n", "<1>a b|<2>c d"},
    {"6 <1>a\nb4 <2>c", "<1>a\nb|<2>c"},
    {"7 <1>a b\n4 <2>c", "<1>a b|<2>c"},
    {"6 <1>a b6 <", "<1>a b|6 <"},
    {"6 <1>a b6", "<1>a b|6"},
    {"9 <3 days>\n7 men", "9 <3 days>|7 men"},
    {"9 <3 days>\n12345678", "9 <3 days>|12345678"},
    {"5 <1>a b", "5 <1>a b"},
    {"9 <1>a b", "9 <1>a b"},
    {"0 <1>a", "0 <1>a"},
    {"12345678 <1>a", "12345678 <1>a"},
    {"65 <1>a", "65 <1>a"},
    {"4 <x>a", "4 <x>a"},
    {"4 a", "4 a"},
    {"4", "4"},
    {"4 <", "4 <"},
    {"4 <1", "4 <1"},
};

START_TEST(finds_records)
{
    struct str record, text = str_of(rows[_i].text);
    char got[256];
    size_t n = 0;
    char *copy = malloc(text.n > 0 ? text.n : 1); /* for AddressSanitizer */
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text.p, text.n);
    struct lines l = {{copy, text.n}, BYTES_MAX, false, STR_NONE};
    got[0] = '\0';
    while (lines_next(&l, &record)) {
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%.*s", n > 0 ? "|" : "",
                              STR_ARGS(record));
        ck_assert_uint_lt(n, sizeof got);
    }
    ck_assert_str_eq(got, rows[_i].records);
    free(copy);
}
END_TEST

/* However the text is cut into pieces, the records are the same. */
START_TEST(finds_the_same_records_in_pieces)
{
    struct str whole = str_of(rows[_i].text), record;
    for (size_t piece = 1; piece <= whole.n; piece++) {
        char got[256] = "";
        size_t n = 0, start = 0;
        for (size_t end = 0; end < whole.n;) {
            end = end + piece < whole.n ? end + piece : whole.n;
            struct lines l = {
                {whole.p + start, end - start}, BYTES_MAX, end < whole.n, STR_NONE};
            while (lines_next(&l, &record)) {
                n += (size_t)snprintf(got + n, sizeof got - n, "%s%.*s", n > 0 ? "|" : "",
                                      STR_ARGS(record));
            }
            start = end - l.left.n;
        }
        ck_assert_msg(strcmp(got, rows[_i].records) == 0, "pieces of %zu: \"%s\"", piece,
                      got);
    }
}
END_TEST

static void expect(struct lines *l, const char *want)
{
    struct str record;
    ck_assert(lines_next(l, &record));
    CHECK_STR(want, record, str_of(want));
}

START_TEST(makes_no_record_longer_than_the_limit_of_several_lines)
{
    struct lines l = {STR("abc\n de\n fg\nh"), 11, false, STR_NONE};
    expect(&l, "abc\n de\n fg"); /* 11 bytes */
    expect(&l, "h");
    l = (struct lines){STR("abc\n de\n fg\nh"), 10, false, STR_NONE};
    expect(&l, "abc\n de");
    expect(&l, " fg");
    expect(&l, "h");
}
END_TEST

START_TEST(hands_out_a_single_line_of_any_length)
{
    struct lines l = {STR("abcdefgh\n i\nj"), 4, false, STR_NONE};
    expect(&l, "abcdefgh");
    expect(&l, " i");
    expect(&l, "j");
}
END_TEST

START_TEST(believes_an_octet_count_up_to_the_limit)
{
    struct lines l = {STR("8 <1>a\nb c\n"), 8, false, STR_NONE};
    expect(&l, "<1>a\nb c");
    l = (struct lines){STR("9 <1>a\nb cd\n"), 8, false, STR_NONE};
    expect(&l, "9 <1>a");
}
END_TEST

START_TEST(waits_for_no_more_than_the_limit)
{
    struct str record;
    struct lines l = {STR("abc\n de"), 8, true, STR_NONE};
    ck_assert(!lines_next(&l, &record)); /* it may go on */
    CHECK_STR("nothing is lost", l.left, STR("abc\n de"));
    l = (struct lines){STR("abc\n defgh"), 8, true, STR_NONE};
    expect(&l, "abc"); /* what follows does not fit */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lines");
    unit_table(s, "records", finds_records, ROWS(rows));
    unit_table(s, "pieces", finds_the_same_records_in_pieces, ROWS(rows));
    unit_case(s, "limit", makes_no_record_longer_than_the_limit_of_several_lines);
    unit_case(s, "long", hands_out_a_single_line_of_any_length);
    unit_case(s, "count", believes_an_octet_count_up_to_the_limit);
    unit_case(s, "wait", waits_for_no_more_than_the_limit);
    return unit_run(s);
}
