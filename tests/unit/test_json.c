/* test_json.c - the strict reader. The first table is what Debian's cJSON takes for good
 * and what is lost by it: each row must be refused here, or kept without loss. */
#include "fcgi/base/json.h"

#include "tests/unit/unit.h"

enum { DEPTH = 8, NUMBER_MAX = 1024 };

static struct arena a;

static void set_up(void)
{
    arena_init(&a, 1 << 20);
}

static void tear_down(void)
{
    arena_free(&a);
}

/* A copy of text that ends where its memory ends, so that AddressSanitizer sees a reader
 * that looks past it. */
static struct json_in copy_of(struct str text, int depth_max)
{
    char *p = malloc(text.n > 0 ? text.n : 1);
    ck_assert_ptr_nonnull(p);
    if (text.n > 0) {
        memcpy(p, text.p, text.n);
    }
    return (struct json_in){p, text.n, 0, depth_max, 0};
}

/* One value and nothing behind it but white space. */
static bool reads_whole(struct json_in *in, struct json_value *v, struct err *e)
{
    return json_read(in, v, e) == ERR_NONE && json_peek(in) == '\0' && in->at == in->n;
}

static const struct {
    struct str text;
    bool ok;
} strict[] = {
    {LIT("{}"), true},
    {LIT(" [ ] "), true},
    {LIT("\t\r\n{ \"a\" : [ 1 , -2.5e+3 , \"x\" , true , false , null ] }"), true},
    {LIT("0"), true},
    {LIT("-0"), true},
    {LIT("10"), true},
    {LIT("0.5"), true},
    {LIT("1E9"), true},
    {LIT("1e-9"), true},
    {LIT("\"\""), true},
    {LIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\""), true},
    {LIT("\"\x7f\xc3\xa9\""), true},
    {LIT("1e999"), true}, /* text is kept; json_number says that it is not finite */
    {LIT("9007199254740993"), true},
    {LIT("{\"a\":1,\"a\":2}"), true}, /* both are seen: record.c refuses them */
    /* text after the value */
    {LIT("{\"a\":1}xyz"), false},
    {LIT("{\"a\":1}{\"a\":2}"), false}, /* batch.c reads on */
    {LIT("truex"), false},
    {LIT("[truex]"), false},
    {LIT("1 2"), false},
    {LIT("\"a\"b"), false},
    /* control characters and escapes */
    {LIT("\"a\nb\""), false},
    {LIT("\"a\tb\""), false},
    {LIT("\"a\x01\""), false},
    {LIT("\"a\x1f\""), false},
    {LIT("\"\0\""), false},
    {LIT("\"\\u12G4\""), false},
    {LIT("\"\\u12\""), false},
    {LIT("\"\\u"), false},
    {LIT("\"\\x41\""), false},
    {LIT("\"\\'\""), false},
    {LIT("\"\\0\""), false},
    {LIT("\"\\"), false},
    {LIT("\"abc"), false},
    {LIT("'a'"), false},
    /* white space that is none */
    {LIT("\xEF\xBB\xBF{}"), false},
    {LIT("\v{}"), false},
    {LIT("[1,\f2]"), false},
    {LIT("\0{}"), false},
    {LIT("{}\0"), false},
    {LIT("[\xC2\xA0]"), false},
    /* numbers */
    {LIT("01"), false},
    {LIT("007"), false},
    {LIT("-01"), false},
    {LIT("1."), false},
    {LIT(".5"), false},
    {LIT("+1"), false},
    {LIT("1e"), false},
    {LIT("1e+"), false},
    {LIT("-"), false},
    {LIT("--1"), false},
    {LIT("0x10"), false},
    {LIT("1_000"), false},
    {LIT("NaN"), false},
    {LIT("nan"), false},
    {LIT("Infinity"), false},
    {LIT("-Infinity"), false},
    {LIT("True"), false},
    {LIT("NULL"), false},
    {LIT("nul"), false},
    {LIT("tru"), false},
    {LIT("undefined"), false},
    /* structure */
    {LIT(""), false},
    {LIT(" "), false},
    {LIT("["), false},
    {LIT("]"), false},
    {LIT("[1,]"), false},
    {LIT("[,1]"), false},
    {LIT("[1 2]"), false},
    {LIT("[1}"), false},
    {LIT("[1"), false},
    {LIT("[1,"), false},
    {LIT("{\"a\":1,}"), false},
    {LIT("{,}"), false},
    {LIT("{\"a\"}"), false},
    {LIT("{\"a\":}"), false},
    {LIT("{\"a\" 1}"), false},
    {LIT("{\"a\":1 \"b\":2}"), false},
    {LIT("{a:1}"), false},
    {LIT("{'a':1}"), false},
    {LIT("{1:1}"), false},
    {LIT("{\"a\":1]"), false},
    {LIT("{\"a\":1"), false},
    {LIT("{"), false},
    {LIT("[1] // note"), false},
    {LIT("/* note */ 1"), false},
};

START_TEST(takes_rfc_8259_and_nothing_else)
{
    struct json_in in = copy_of(strict[_i].text, DEPTH);
    struct json_value v;
    struct err e = {.msg = "taken"};
    bool ok = reads_whole(&in, &v, &e);
    ck_assert_msg(ok == strict[_i].ok, "%.*s: %s", STR_ARGS(strict[_i].text), e.msg);
    free(in.p);
}
END_TEST

static const struct {
    const char *text;
    enum json_type type;
    int depth;
} kinds[] = {
    {"null", JSON_NULL, 0},
    {"true", JSON_BOOL, 0},
    {"false", JSON_BOOL, 0},
    {"-1", JSON_NUMBER, 0},
    {"7", JSON_NUMBER, 0},
    {"\"[[\"", JSON_STRING, 0},
    {"[]", JSON_ARRAY, 1},
    {"{}", JSON_OBJECT, 1},
    {"[1,[2,{\"a\":[]}],[3]]", JSON_ARRAY, 4},
    {"{\"a\":{},\"b\":1}", JSON_OBJECT, 2},
};

START_TEST(tells_type_text_and_depth)
{
    struct json_in in = copy_of(str_of(kinds[_i].text), DEPTH);
    struct json_value v;
    struct err e;
    ck_assert(reads_whole(&in, &v, &e));
    ck_assert_msg(v.type == kinds[_i].type, "%s", kinds[_i].text);
    ck_assert_msg(v.depth == kinds[_i].depth, "%s: depth %d", kinds[_i].text, v.depth);
    CHECK_STR("text", v.text, str_of(kinds[_i].text));
    free(in.p);
}
END_TEST

START_TEST(gives_the_exact_bytes_of_a_value_without_the_space_around)
{
    struct json_in in = copy_of(STR("  [ 1 , 2 ] \n {} "), DEPTH);
    struct json_value v;
    struct err e;
    ck_assert_int_eq(json_read(&in, &v, &e), ERR_NONE);
    CHECK_STR("first", v.text, STR("[ 1 , 2 ]"));
    ck_assert_int_eq(json_peek(&in), '{');
    ck_assert_int_eq(json_read(&in, &v, &e), ERR_NONE);
    CHECK_STR("second", v.text, STR("{}"));
    ck_assert_int_eq(json_peek(&in), '\0');
    free(in.p);
}
END_TEST

START_TEST(takes_a_byte_only_if_it_is_next)
{
    struct json_in in = copy_of(STR(" \n[ x"), DEPTH);
    ck_assert(!json_take(&in, ']'));
    ck_assert(json_take(&in, '['));
    ck_assert(!json_take(&in, '\0'));
    ck_assert(json_take(&in, 'x'));
    ck_assert(!json_take(&in, '\0'));
    ck_assert_int_eq(json_peek(&in), '\0');
    free(in.p);
}
END_TEST

static const struct {
    const char *text, *message;
} faults[] = {
    {"{\"a\":01}", "byte 7: not a number"},
    {"[1,2", "byte 4: expected ',' or ']'"},
    {"{\"a\":1", "byte 6: expected ',' or '}'"},
    {"{a:1}", "byte 1: expected a name in quotes"},
    {"{\"a\" 1}", "byte 5: expected ':'"},
    {"[", "byte 1: it ends where a value is expected"},
    {"\"a\nb\"", "byte 2: a control character"},
    {"\"\\x\"", "byte 1: unknown escape"},
    {"\"\\u12\"", "byte 1: \\u wants four hex digits"},
    {"\"abc", "byte 4: the string is not closed"},
    {"[1.]", "byte 3: digits must follow the decimal point"},
    {"[1e]", "byte 3: digits must follow the exponent"},
    {"[[[[[[[[[", "nested deeper than 8 at byte 8"},
};

START_TEST(names_the_byte_and_what_is_wrong)
{
    struct json_in in = copy_of(str_of(faults[_i].text), DEPTH);
    struct json_value v;
    struct err e;
    ck_assert_int_eq(json_read(&in, &v, &e), ERR_INVALID);
    ck_assert_int_eq(e.code, ERR_INVALID);
    CHECK_HAS(e.msg, faults[_i].message);
    ck_assert_msg(!strpbrk(e.msg, "<>"), "%s", e.msg);
    free(in.p);
}
END_TEST

static const struct {
    const char *text;
    int depth_max;
    bool ok;
} depths[] = {
    {"1", 0, true},           {"[]", 0, false},        {"[]", 1, true},
    {"[[]]", 1, false},       {"[[]]", 2, true},       {"{\"a\":{}}", 2, true},
    {"{\"a\":{}}", 1, false}, {"[[],[[]]]", 2, false}, {"[[],[[]]]", 3, true},
};

START_TEST(reads_to_its_depth_limit_and_no_deeper)
{
    struct json_in in = copy_of(str_of(depths[_i].text), depths[_i].depth_max);
    struct json_value v;
    struct err e = {.msg = "taken"};
    bool ok = reads_whole(&in, &v, &e);
    ck_assert_msg(ok == depths[_i].ok, "%s with %d: %s", depths[_i].text,
                  depths[_i].depth_max, e.msg);
    free(in.p);
}
END_TEST

START_TEST(survives_a_million_opening_brackets)
{
    struct json_in in = {malloc(1 << 20), 1 << 20, 0, 200, 0};
    struct json_value v;
    struct err e;
    memset(in.p, '[', in.n);
    ck_assert_int_eq(json_read(&in, &v, &e), ERR_INVALID);
    ck_assert_uint_eq(in.at, 200);
    free(in.p);
}
END_TEST

START_TEST(reads_a_number_up_to_its_limit_and_no_longer)
{
    char digits[NUMBER_MAX + 1];
    struct json_value v;
    struct err e;
    double d;
    memset(digits, '1', sizeof digits);
    struct json_in in = copy_of((struct str){digits, NUMBER_MAX}, DEPTH);
    ck_assert(reads_whole(&in, &v, &e));
    ck_assert(!json_number(v, &d)); /* 1e1024 is not finite */
    free(in.p);
    in = copy_of((struct str){digits, NUMBER_MAX + 1}, DEPTH);
    ck_assert_int_eq(json_read(&in, &v, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "number too long");
    free(in.p);
}
END_TEST

#define FFFD "\xEF\xBF\xBD"

static const struct {
    const char *name;
    struct str text, decoded;
    size_t repaired;
} strings[] = {
    {"no escape", LIT("\"Gr\xC3\xBC\xC3\x9F\x65\""), LIT("Gr\xC3\xBC\xC3\x9F\x65"), 0},
    {"empty", LIT("\"\""), LIT(""), 0},
    {"all escapes", LIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), LIT("\"\\/\b\f\n\r\t"), 0},
    {"u escape", LIT("\"\\u00e9\\u00E9\""), LIT("\xC3\xA9\xC3\xA9"), 0},
    {"a pair", LIT("\"\\ud83d\\ude00\""), LIT("\xF0\x9F\x98\x80"), 0},
    {"the last pair", LIT("\"\\uDBFF\\uDFFF\""), LIT("\xF4\x8F\xBF\xBF"), 0},
    {"NUL", LIT("\"x\\u0000y\""), LIT("x" FFFD "y"), 1},
    {"lone high", LIT("\"a\\ud800b\""), LIT("a" FFFD "b"), 1},
    {"lone low", LIT("\"a\\udc00b\""), LIT("a" FFFD "b"), 1},
    {"high at the end", LIT("\"\\ud83d\""), LIT(FFFD), 1},
    {"high, then a letter", LIT("\"\\ud83d\\n\""), LIT(FFFD "\n"), 1},
    {"high, then no surrogate", LIT("\"\\ud83d\\u0041\""), LIT(FFFD "A"), 1},
    {"high, then a pair", LIT("\"\\ud83d\\ud83d\\ude00\""), LIT(FFFD "\xF0\x9F\x98\x80"),
     1},
    {"the wrong way round", LIT("\"\\ude00\\ud83d\""), LIT(FFFD FFFD), 2},
    {"an escaped backslash before u", LIT("\"\\\\u0000\""), LIT("\\u0000"), 0},
};

START_TEST(decodes_strings_without_loss)
{
    struct json_in in = copy_of(strings[_i].text, DEPTH);
    struct json_value v;
    struct str got;
    struct err e;
    ck_assert_msg(reads_whole(&in, &v, &e), "%s", strings[_i].name);
    ck_assert_msg(in.repaired == strings[_i].repaired, "%s: %zu repaired",
                  strings[_i].name, in.repaired);
    ck_assert_int_eq(json_decode(&a, v, &got, &e), ERR_NONE);
    CHECK_STR(strings[_i].name, got, strings[_i].decoded);
    free(in.p);
}
END_TEST

START_TEST(takes_no_memory_for_a_string_without_escapes)
{
    struct json_value v = {JSON_STRING, STR("\"abc\""), 0};
    struct str got;
    struct err e;
    ck_assert_int_eq(json_decode(&a, v, &got, &e), ERR_NONE);
    ck_assert_ptr_eq(got.p, v.text.p + 1);
    ck_assert_uint_eq(a.used, 0);
}
END_TEST

START_TEST(says_when_memory_is_short_for_a_string)
{
    struct arena small;
    struct json_value v = {JSON_STRING, STR("\"a\\nb\""), 0};
    struct str got;
    struct err e;
    arena_init(&small, 3); /* the text, and no room for its NUL */
    ck_assert_int_eq(json_decode(&small, v, &got, &e), ERR_NOMEM);
    arena_free(&small);
    arena_init(&small, 4); /* nothing but the text is kept */
    ck_assert_int_eq(json_decode(&small, v, &got, &e), ERR_NONE);
    arena_free(&small);
}
END_TEST

static const struct {
    const char *text;
    bool finite;
    double value;
} numbers[] = {
    {"0", true, 0},
    {"-2.5e+3", true, -2500},
    {"9007199254740993", true, 9007199254740992.0},
    {"4294967296", true, 4294967296.0},
    {"1e308", true, 1e308},
    {"1e-400", true, 0},
    {"1e309", false, 0},
    {"1e999", false, 0},
    {"-1e999", false, 0},
    /* cJSON reads the first 63 characters */
    {"0.00000000000000000000000000000000000000000000000000000000000000000000125", true,
     1.25e-69},
};

START_TEST(reads_finite_numbers_only)
{
    struct json_value v = {JSON_NUMBER, str_of(numbers[_i].text), 0};
    double d = 42;
    ck_assert_msg(json_number(v, &d) == numbers[_i].finite, "%s", numbers[_i].text);
    ck_assert_msg(d == (numbers[_i].finite ? numbers[_i].value : 42), "%s gave %.17g",
                  numbers[_i].text, d);
}
END_TEST

START_TEST(walks_over_the_members_of_an_object)
{
    struct json_in in = copy_of(
        STR("{ \"a\" : 1 ,\"b\":[1,{\"x\":\"]}\"}], \"c\\\"\":\"}\" , \"a\":null}"),
        DEPTH);
    static const char *const want[][2] = {{"\"a\"", "1"},
                                          {"\"b\"", "[1,{\"x\":\"]}\"}]"},
                                          {"\"c\\\"\"", "\"}\""},
                                          {"\"a\"", "null"}};
    struct json_value v, key, value;
    struct err e;
    size_t n = 0;
    ck_assert(reads_whole(&in, &v, &e));
    struct json_iter it = json_iter(v);
    while (json_next(&it, &key, &value)) {
        ck_assert_uint_lt(n, 4);
        CHECK_STR("key", key.text, str_of(want[n][0]));
        CHECK_STR("value", value.text, str_of(want[n][1]));
        n++;
    }
    ck_assert_uint_eq(n, 4);
    free(in.p);
}
END_TEST

START_TEST(walks_over_the_elements_of_an_array)
{
    struct json_in in = copy_of(STR("[ 1,\"a:b\" ,[],{\"k\":2}\n,true]"), DEPTH);
    static const char *const want[] = {"1", "\"a:b\"", "[]", "{\"k\":2}", "true"};
    struct json_value v, value;
    struct err e;
    size_t n = 0;
    ck_assert(reads_whole(&in, &v, &e));
    struct json_iter it = json_iter(v);
    while (json_next(&it, NULL, &value)) {
        ck_assert_uint_lt(n, 5);
        CHECK_STR("element", value.text, str_of(want[n]));
        n++;
    }
    ck_assert_uint_eq(n, 5);
    free(in.p);
}
END_TEST

START_TEST(finds_nothing_in_an_empty_container)
{
    struct json_value key, value, object = {JSON_OBJECT, STR("{ }"), 1};
    struct json_iter it = json_iter(object);
    ck_assert(!json_next(&it, &key, &value));
}
END_TEST

START_TEST(what_cannot_be_read_is_null_and_has_no_members)
{
    char text[] = "{\"a\":1";
    struct json_in in = {text, sizeof text - 1, 0, 4, 0};
    struct json_value v = {.type = JSON_OBJECT, .text = {text, 1}}, member;
    struct err why;
    ck_assert(json_read(&in, &v, &why));
    ck_assert_int_eq(v.type, JSON_NULL);
    struct json_iter it = json_iter(v);
    ck_assert(!json_next(&it, NULL, &member));
    ck_assert(!json_member(v, "a", &member));
}
END_TEST

START_TEST(finds_a_whole_number_within_its_bounds_only)
{
    struct str text = STR("{\"a\":5,\"b\":\"5\",\"c\":5.5,\"d\":null,\"e\":-1,\"a\":6}");
    struct json_in in = copy_of(text, DEPTH);
    struct json_value object;
    struct err e;
    int64_t n = 0;
    ck_assert(reads_whole(&in, &object, &e));
    ck_assert(json_member_i64(object, "a", 5, 5, &n));
    ck_assert_int_eq(n, 5); /* the first of that name */
    ck_assert(!json_member_i64(object, "a", 6, 9, &n));
    ck_assert(!json_member_i64(object, "a", 0, 4, &n));
    ck_assert(!json_member_i64(object, "b", 0, 9, &n));
    ck_assert(!json_member_i64(object, "c", 0, 9, &n));
    ck_assert(!json_member_i64(object, "d", 0, 9, &n));
    ck_assert(json_member_i64(object, "e", -1, 9, &n));
    ck_assert_int_eq(n, -1);
    ck_assert(!json_member_i64(object, "x", 0, 9, &n));
    ck_assert(!json_member_i64(
        (struct json_value){.type = JSON_NULL, .text = STR("null")}, "a", 0, 9, &n));
    free(in.p);
}
END_TEST

static void add_tables(Suite *s)
{
    unit_table(s, "strict", takes_rfc_8259_and_nothing_else, ROWS(strict));
    unit_table(s, "kinds", tells_type_text_and_depth, ROWS(kinds));
    unit_table(s, "faults", names_the_byte_and_what_is_wrong, ROWS(faults));
    unit_table(s, "depth", reads_to_its_depth_limit_and_no_deeper, ROWS(depths));
    unit_table(s, "number", reads_finite_numbers_only, ROWS(numbers));
}

int main(void)
{
    Suite *s = suite_create("json");
    add_tables(s);
    unit_case(s, "bytes", gives_the_exact_bytes_of_a_value_without_the_space_around);
    unit_case(s, "take", takes_a_byte_only_if_it_is_next);
    unit_case(s, "depth-hostile", survives_a_million_opening_brackets);
    unit_case(s, "number-limit", reads_a_number_up_to_its_limit_and_no_longer);
    unit_case(s, "members", walks_over_the_members_of_an_object);
    unit_case(s, "unread", what_cannot_be_read_is_null_and_has_no_members);
    unit_case(s, "number-member", finds_a_whole_number_within_its_bounds_only);
    unit_case(s, "elements", walks_over_the_elements_of_an_array);
    unit_case(s, "empty", finds_nothing_in_an_empty_container);

    TCase *tc = tcase_create("decode");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, decodes_strings_without_loss, 0, ROWS(strings));
    tcase_add_test(tc, takes_no_memory_for_a_string_without_escapes);
    tcase_add_test(tc, says_when_memory_is_short_for_a_string);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
