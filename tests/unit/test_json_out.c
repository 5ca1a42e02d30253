/* test_json_out.c - the writer of json.h. */
#include "fcgi/base/json.h"

#include "tests/unit/unit.h"

#include <float.h>
#include <math.h>

static struct buf b;
static struct json_out o;

static void set_up(void)
{
    buf_init(&b, 4096);
    o = json_out(&b);
}

static void tear_down(void)
{
    buf_free(&b);
}

START_TEST(puts_commas_where_they_belong)
{
    json_open(&o, '{');
    json_key(&o, "a");
    json_open(&o, '[');
    json_int(&o, 1);
    json_str(&o, STR("x"));
    json_open(&o, '{');
    json_close(&o, '}');
    json_null(&o);
    json_close(&o, ']');
    json_key(&o, "b");
    json_bool(&o, true);
    json_key(&o, "c");
    json_raw(&o, STR("[1, 2]"));
    json_key(&o, "d");
    json_num(&o, 0.5);
    json_close(&o, '}');
    CHECK_STR("all", buf_view(&b),
              STR("{\"a\":[1,\"x\",{},null],\"b\":true,\"c\":[1, 2],\"d\":0.5}"));
}
END_TEST

START_TEST(separates_nothing_in_empty_containers)
{
    json_open(&o, '[');
    json_open(&o, '[');
    json_close(&o, ']');
    json_open(&o, '{');
    json_close(&o, '}');
    json_close(&o, ']');
    CHECK_STR("empty ones", buf_view(&b), STR("[[],{}]"));
}
END_TEST

static const struct {
    struct str text;
    const char *json;
} plain_texts[] = {
    {LIT("plain"), "\"plain\""},
    {LIT("\xc3\xa9 \xf0\x9f\x98\x80 <"), "\"\xc3\xa9 \xf0\x9f\x98\x80 <\""},
    {LIT("\n\r\t\b\f\"\\/"), "\"\\n\\r\\t\\b\\f\\\"\\\\/\""},
    {LIT("\x01\x1b["), "\"\\u0001\\u001b[\""},
    {LIT("a\0b"), "\"a\\ufffdb\""},
    {LIT("\xff\xc3\xa9\xc3"), "\"\\ufffd\xc3\xa9\\ufffd\""},
    {LIT("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\""},
    {LIT(""), "\"\""},
};

START_TEST(writes_texts_as_they_are_for_programs)
{
    o = json_out_utf8(&b);
    json_str(&o, plain_texts[_i].text);
    CHECK_STR(plain_texts[_i].json, buf_view(&b), str_of(plain_texts[_i].json));
}
END_TEST

START_TEST(writes_null_for_no_text)
{
    json_text(&o, STR_NONE);
    json_text(&o, STR("x"));
    CHECK_STR("text", buf_view(&b), STR("null,\"x\""));
}
END_TEST

static const struct {
    const char *name;
    struct str text;
    const char *written;
} texts[] = {
    {"plain", LIT("it's plain; ok > no & yes"), "\"it's plain; ok > no & yes\""},
    {"empty", LIT(""), "\"\""},
    {"none", {NULL, 0}, "\"\""},
    {"quote and backslash", LIT("a\"b\\c"), "\"a\\\"b\\\\c\""},
    {"a tag", LIT("</script>"), "\"\\u003c/script>\""},
    {"controls", LIT("\n\r\t\x01\x1f\x7f"),
     "\"\\u000a\\u000d\\u0009\\u0001\\u001f\\u007f\""},
    {"two bytes", LIT("\xC3\xA9"), "\"\\u00e9\""},
    {"three bytes", LIT("\xE2\x82\xAC"), "\"\\u20ac\""},
    {"four bytes", LIT("a\xF0\x9F\x98\x80z"), "\"a\\ud83d\\ude00z\""},
    {"the last code point", LIT("\xF4\x8F\xBF\xBF"), "\"\\udbff\\udfff\""},
    {"the first of four bytes", LIT("\xF0\x90\x80\x80"), "\"\\ud800\\udc00\""},
    {"no UTF-8", LIT("a\xFF\xC3"), "\"a\\ufffd\\ufffd\""},
    {"a surrogate", LIT("\xED\xA0\x80"), "\"\\ufffd\\ufffd\\ufffd\""},
};

START_TEST(writes_texts_in_ascii)
{
    json_str(&o, texts[_i].text);
    CHECK_STR(texts[_i].name, buf_view(&b), str_of(texts[_i].written));
}
END_TEST

static const struct {
    const char *name;
    struct str text;
    const char *written;
} raws[] = {
    {"stays", LIT("{\"a\": [1e999, \"\\u0041\\\"\"]}"),
     "{\"a\": [1e999, \"\\u0041\\\"\"]}"},
    {"line ends between tokens", LIT("[\n\t1\r\n]"), "[  1  ]"},
    {"letters", LIT("\"\xC3\xA9\xF0\x9F\x98\x80\""), "\"\\u00e9\\ud83d\\ude00\""},
    {"a tag", LIT("{\"\x3C\":\"<b>\"}"), "{\"\\u003c\":\"\\u003cb>\"}"},
    {"DEL", LIT("\"\x7f\""), "\"\\u007f\""},
    {"digits are kept", LIT("9007199254740993"), "9007199254740993"},
};

START_TEST(makes_json_from_elsewhere_ascii)
{
    json_raw(&o, raws[_i].text);
    CHECK_STR(raws[_i].name, buf_view(&b), str_of(raws[_i].written));
}
END_TEST

static const struct {
    double value;
    const char *written;
} doubles[] = {
    {0, "0"},
    {1, "1"},
    {-1.5, "-1.5"},
    {0.1, "0.1"},
    {0.3, "0.3"},
    {0.1 + 0.2, "0.30000000000000004"},
    {1.0 / 3, "0.3333333333333333"},
    {0.8, "0.8"},
    {100000, "100000"},
    {1e21, "1e+21"},
    {1e23, "1e+23"},
    {9007199254740993.0, "9007199254740992"},
    {1e-7, "1e-07"},
    {DBL_MAX, "1.7976931348623157e+308"},
    {DBL_MIN, "2.2250738585072014e-308"},
    {1 - 0x1p-53, "0.9999999999999999"},
    {NAN, "null"},
    {INFINITY, "null"},
    {-INFINITY, "null"},
};

START_TEST(writes_the_shortest_number_that_reads_back_the_same)
{
    json_num(&o, doubles[_i].value);
    CHECK_STR("number", buf_view(&b), str_of(doubles[_i].written));
}
END_TEST

/* Doubles of all sizes from a fixed generator. */
START_TEST(loses_no_bit_of_a_double)
{
    uint64_t x = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        double v;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        memcpy(&v, &x, sizeof v);
        if (isfinite(v)) {
            buf_clear(&b);
            o = json_out(&b);
            json_num(&o, v);
            buf_byte(&b, '\0');
            ck_assert_msg(strtod(b.p, NULL) == v, "%a became %s", v, b.p);
        }
    }
}
END_TEST

static const struct {
    int64_t value;
    const char *written;
} integers[] = {
    {0, "0"},
    {-1, "-1"},
    {INT64_C(9007199254740993), "9007199254740993"},
    {INT64_MAX, "9223372036854775807"},
    {INT64_MIN, "-9223372036854775808"},
};

START_TEST(writes_every_digit_of_an_integer)
{
    json_int(&o, integers[_i].value);
    CHECK_STR("integer", buf_view(&b), str_of(integers[_i].written));
}
END_TEST

START_TEST(fails_as_a_whole_when_the_buffer_is_full)
{
    struct buf small;
    buf_init(&small, 5);
    struct json_out out = json_out(&small);
    json_str(&out, STR("abc"));
    ck_assert(!small.failed);
    buf_clear(&small);
    json_str(&out, STR("abcd"));
    ck_assert(small.failed);
    buf_free(&small);
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

int main(void)
{
    Suite *s = suite_create("json_out");
    TCase *tc = add_case(s, "commas");
    tcase_add_test(tc, puts_commas_where_they_belong);
    tcase_add_test(tc, separates_nothing_in_empty_containers);
    tcase_add_test(tc, writes_null_for_no_text);
    tcase_add_loop_test(tc, writes_texts_as_they_are_for_programs, 0, ROWS(plain_texts));
    tcase_add_loop_test(add_case(s, "text"), writes_texts_in_ascii, 0, ROWS(texts));
    tcase_add_loop_test(add_case(s, "raw"), makes_json_from_elsewhere_ascii, 0,
                        ROWS(raws));
    tc = add_case(s, "number");
    tcase_add_loop_test(tc, writes_the_shortest_number_that_reads_back_the_same, 0,
                        ROWS(doubles));
    tcase_add_test(tc, loses_no_bit_of_a_double);
    tcase_add_loop_test(add_case(s, "integer"), writes_every_digit_of_an_integer, 0,
                        ROWS(integers));
    tcase_add_test(add_case(s, "limit"), fails_as_a_whole_when_the_buffer_is_full);
    return unit_run(s);
}
