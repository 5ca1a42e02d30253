/* test_str.c - pieces of text that somebody else owns. */
#include "tests/unit/unit.h"

START_TEST(makes_an_empty_text_of_NULL)
{
    struct str s = str_of(NULL);
    ck_assert_uint_eq(s.n, 0);
    ck_assert_ptr_null(s.p);
    CHECK_STR("a C string", str_of("abc"), STR("abc"));
}
END_TEST

static const struct {
    struct str a, b;
    bool equal, equal_nocase;
} pairs[] = {
    {LIT("abc"), LIT("abc"), true, true},
    {LIT("abc"), LIT("aBC"), false, true},
    {LIT("abc"), LIT("ab"), false, false},
    {LIT(""), LIT(""), true, true},
    {LIT(""), {NULL, 0}, true, true},
    {LIT("a\0b"), LIT("a\0c"), false, false},
    {LIT("[z"), LIT("{Z"), false, false},             /* 0x20 apart, no letters */
    {LIT("\xC3\x84"), LIT("\xC3\xA4"), false, false}, /* Ä and ä: ASCII only */
};

START_TEST(compares_bytes_and_ascii_letters_without_case)
{
    struct str a = pairs[_i].a, b = pairs[_i].b;
    ck_assert_msg(str_eq(a, b) == pairs[_i].equal, "str_eq %.*s, %.*s", STR_ARGS(a),
                  STR_ARGS(b));
    ck_assert_msg(str_eq_nocase(a, b) == pairs[_i].equal_nocase,
                  "str_eq_nocase %.*s, %.*s", STR_ARGS(a), STR_ARGS(b));
}
END_TEST

START_TEST(knows_how_a_text_begins_and_ends)
{
    ck_assert(str_starts(STR("/ingest"), STR("/ing")));
    ck_assert(str_starts(STR("/ingest"), STR("/ingest")));
    ck_assert(!str_starts(STR("/in"), STR("/ing")));
    ck_assert(str_starts(STR_NONE, STR("")));
    ck_assert(str_ends(STR("a.json"), STR(".json")));
    ck_assert(!str_ends(STR("json"), STR(".json")));
    ck_assert(str_ends(STR("a"), STR("")));
}
END_TEST

static const struct {
    struct str text, trimmed;
} blanks[] = {
    {LIT(" \t\r\na b\n\r\t "), LIT("a b")},
    {LIT("a"), LIT("a")},
    {LIT(" \n"), LIT("")},
    {LIT(""), LIT("")},
    {{NULL, 0}, LIT("")},
    {LIT("\va\v"), LIT("\va\v")}, /* not a blank of JSON */
};

START_TEST(trims_blanks_at_both_ends)
{
    CHECK_STR("trimmed", str_trim(blanks[_i].text), blanks[_i].trimmed);
}
END_TEST

START_TEST(gives_what_is_left_from_a_byte)
{
    CHECK_STR("from 0", str_from(STR("abc"), 0), STR("abc"));
    CHECK_STR("from 1", str_from(STR("abc"), 1), STR("bc"));
    CHECK_STR("from the end", str_from(STR("abc"), 3), STR(""));
    CHECK_STR("nothing from 0", str_from(STR_NONE, 0), STR(""));
}
END_TEST

START_TEST(splits_at_the_first_separator)
{
    struct str left = STR("a=b=c");
    CHECK_STR("first", str_split(&left, '='), STR("a"));
    CHECK_STR("rest", left, STR("b=c"));
    CHECK_STR("second", str_split(&left, '='), STR("b"));
    CHECK_STR("last", str_split(&left, '='), STR("c"));
    ck_assert_ptr_null(left.p);
    ck_assert_uint_eq(left.n, 0);
}
END_TEST

START_TEST(tells_an_empty_rest_from_no_separator)
{
    struct str left = STR("a=");
    CHECK_STR("before", str_split(&left, '='), STR("a"));
    ck_assert_uint_eq(left.n, 0);
    ck_assert_ptr_nonnull(left.p);

    left = STR_NONE;
    CHECK_STR("of nothing", str_split(&left, '='), STR(""));
}
END_TEST

static const struct {
    struct str text;
    int64_t min, max, value;
    bool ok;
} numbers[] = {
    {LIT("0"), 0, 9, 0, true},
    {LIT("+7"), 0, 9, 7, true},
    {LIT("-7"), -9, 9, -7, true},
    {LIT("007"), 0, 9, 7, true},
    {LIT("9"), 0, 9, 9, true},
    {LIT("10"), 0, 9, 0, false},
    {LIT("-9"), -9, 9, -9, true},
    {LIT("-10"), -9, 9, 0, false},
    {LIT("9223372036854775807"), INT64_MIN, INT64_MAX, INT64_MAX, true},
    {LIT("9223372036854775808"), INT64_MIN, INT64_MAX, 0, false},
    {LIT("-9223372036854775808"), INT64_MIN, INT64_MAX, INT64_MIN, true},
    {LIT("-9223372036854775809"), INT64_MIN, INT64_MAX, 0, false},
    {LIT("99999999999999999999"), INT64_MIN, INT64_MAX, 0, false},
    {LIT(""), 0, 9, 0, false},
    {LIT("+"), 0, 9, 0, false},
    {LIT("-"), 0, 9, 0, false},
    {LIT("--1"), -9, 9, 0, false},
    {LIT(" 1"), 0, 9, 0, false},
    {LIT("1 "), 0, 9, 0, false},
    {LIT("1\0"), 0, 9, 0, false},
    {LIT("0x1"), 0, 9, 0, false},
    {LIT("1e1"), 0, 99, 0, false},
    {LIT("1.0"), 0, 9, 0, false},
    {LIT("1,0"), 0, 9, 0, false},
};

START_TEST(reads_whole_numbers_within_bounds)
{
    int64_t v = 42;
    bool ok = str_to_i64(numbers[_i].text, numbers[_i].min, numbers[_i].max, &v);
    ck_assert_msg(ok == numbers[_i].ok, "\"%.*s\"", STR_ARGS(numbers[_i].text));
    ck_assert_msg(v == (ok ? numbers[_i].value : 42), "\"%.*s\" gave %lld",
                  STR_ARGS(numbers[_i].text), (long long)v);
}
END_TEST

START_TEST(hashes_as_fnv_1a_does)
{
    ck_assert(str_hash(STR("")) == UINT64_C(0xcbf29ce484222325));
    ck_assert(str_hash(STR("a")) == UINT64_C(0xaf63dc4c8601ec8c));
    ck_assert(str_hash(STR("foobar")) == UINT64_C(0x85944171f73967e8));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("str");
    unit_case(s, "of", makes_an_empty_text_of_NULL);
    unit_table(s, "equal", compares_bytes_and_ascii_letters_without_case, ROWS(pairs));
    unit_case(s, "ends", knows_how_a_text_begins_and_ends);
    unit_table(s, "trim", trims_blanks_at_both_ends, ROWS(blanks));
    unit_case(s, "from", gives_what_is_left_from_a_byte);
    unit_case(s, "split", splits_at_the_first_separator);
    unit_case(s, "split-empty", tells_an_empty_rest_from_no_separator);
    unit_table(s, "number", reads_whole_numbers_within_bounds, ROWS(numbers));
    unit_case(s, "hash", hashes_as_fnv_1a_does);
    return unit_run(s);
}
