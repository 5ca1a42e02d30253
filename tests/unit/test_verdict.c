/* test_verdict.c - verdicts as JSON, and back. */
#include "fcgi/core/verdict.h"

#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>

static const int64_t two_records[] = {3, 17};

static const struct verdict full = {
    .score = 0.9,
    .raw_score = 0.95,
    .ordinary_a_week = 1.0 / 3,
    .service = {"auth", 4},
    .reasons = {{.channel = CHANNEL_FAILED_LOGINS,
                 .evidence = 2,
                 .observed = 37,
                 .expected = 0.25,
                 .of = 50,
                 .usual_max = 2,
                 .text = "37 failed logins, usual 0 to 2"},
                {.channel = CHANNEL_ODD_VALUE,
                 .evidence = 1.1,
                 .observed = 12.5,
                 .expected = 3,
                 .usual_max = -1,
                 .template_id = 0x1a2b,
                 .template_text = "GET * <b>",
                 .value = "id=1' OR",
                 .records = two_records,
                 .records_n = 2,
                 .records_total = 40,
                 .text = "h\xC3\xA9 <b>"},
                {.channel = CHANNEL_RARE,
                 .observed = 5,
                 .usual_max = 0,
                 .records = two_records,
                 .records_n = 2,
                 .records_total = 2,
                 .stored = true,
                 .text = "rare"}},
    .reasons_n = 3,
    .new_templates = {1, UINT64_MAX},
    .new_templates_n = 2,
};

static struct buf b;
static struct json_out o;
static struct arena arena;
static struct err e;

static void set_up(void)
{
    buf_init(&b, 1 << 20);
    o = json_out(&b);
    arena_init(&arena, 1 << 20);
}

static void tear_down(void)
{
    buf_free(&b);
    arena_free(&arena);
}

/* --- printing --- */

static const char *const names[] = {
    "failed_logins", "error_share",    "signature",   "new_template",
    "new_failure",   "template_count", "combination", "new_value",
    "odd_value",     "rare",           "volume",      "overdue",
};

START_TEST(names_channels)
{
    ck_assert_uint_eq(ROWS(names), CHANNELS_N);
    ck_assert_str_eq(channel_name((enum channel)_i), names[_i]);
}
END_TEST

START_TEST(prints_sentences)
{
    verdict_print_sentences(&o, &full);
    CHECK_STR(
        "sentences", buf_view(&b),
        STR("[\"37 failed logins, usual 0 to 2\",\"h\\u00e9 \\u003cb>\",\"rare\"]"));
}
END_TEST

START_TEST(prints_the_parts_of_a_reason_that_are_there)
{
    verdict_print_reasons(&o, &full, 0);
    buf_byte(&b, '\0');
    CHECK_HAS(
        b.p,
        "[{\"text\":\"37 failed logins, usual 0 to 2\",\"channel\":\"failed_logins\","
        "\"observed\":37,\"expected\":0.25,\"of\":50,\"usual_max\":2,\"p\":0.01,"
        "\"bits\":6.64385618");
    CHECK_HAS(b.p, "\"observed\":12.5,\"expected\":3,\"p\":0.0794328");
    CHECK_HAS(b.p, ",\"template_id\":\"t1a2b\",\"template\":\"GET * \\u003cb>\","
                   "\"value\":\"id=1' OR\",\"records\":[3,17],\"records_total\":40},");
    CHECK_HAS(b.p, "{\"text\":\"rare\",\"channel\":\"rare\",\"observed\":5,"
                   "\"expected\":0,\"usual_max\":0,\"p\":1,\"bits\":0,"
                   "\"log_ids\":[3,17],\"records_total\":2}]");
}
END_TEST

START_TEST(names_the_records_in_the_store_as_well_when_they_are_there)
{
    verdict_print_reasons(&o, &full, 100);
    buf_byte(&b, '\0');
    CHECK_HAS(b.p, "\"records\":[3,17],\"log_ids\":[103,117],\"records_total\":40},");
    CHECK_HAS(b.p, "\"bits\":0,\"log_ids\":[3,17],\"records_total\":2}]");
}
END_TEST

START_TEST(prints_an_empty_list_when_there_is_no_reason)
{
    static const struct verdict none = {.score = 0};
    verdict_print_reasons(&o, &none, 1);
    verdict_print_sentences(&o, &none);
    CHECK_STR("none", buf_view(&b), STR("[],[]"));
}
END_TEST

START_TEST(prints_members_that_are_there)
{
    static const struct verdict none = {.score = 0};
    json_open(&o, '{');
    verdict_print_members(&o, &none, 0);
    json_close(&o, '}');
    CHECK_STR("none", buf_view(&b),
              STR("{\"score\":0,\"raw_score\":0,\"service\":null,\"reasons\":[]}"));
    buf_clear(&b);
    o = json_out(&b);
    verdict_print_members(&o, &full, 0);
    buf_byte(&b, '\0');
    CHECK_HAS(b.p, "\"score\":0.9,\"raw_score\":0.95,\"ordinary_a_week\":0.333333333");
    CHECK_HAS(b.p, ",\"service\":\"auth\",\"reasons\":[{");
    CHECK_HAS(b.p, "}],\"new_templates\":[\"t1\",\"tffffffffffffffff\"]");
}
END_TEST

/* --- reading --- */

static enum err_code read_buf(struct verdict *out)
{
    struct json_in in = {b.p, b.n, 0, 8, 0};
    struct json_value object;
    ck_assert_msg(!json_read(&in, &object, &e), "%s", e.msg);
    return verdict_read(&arena, object, out, &e);
}

static enum err_code read_text(const char *text, struct verdict *out)
{
    buf_clear(&b);
    buf_str(&b, str_of(text));
    return read_buf(out);
}

static void print(const struct verdict *v)
{
    buf_clear(&b);
    o = json_out_utf8(&b);
    json_open(&o, '{');
    verdict_print_members(&o, v, 0);
    json_close(&o, '}');
}

static void check_reason(const struct reason *got, const struct reason *want)
{
    ck_assert_int_eq(got->channel, want->channel);
    ck_assert(got->observed == want->observed && got->expected == want->expected);
    ck_assert_int_eq(got->of, want->of);
    ck_assert_int_eq(got->usual_max, want->usual_max);
    ck_assert(got->template_id == want->template_id);
    ck_assert_str_eq(got->template_text, want->template_text);
    ck_assert_str_eq(got->value, want->value);
    ck_assert_str_eq(got->text, want->text);
    ck_assert_uint_eq(got->records_n, want->records_n);
    for (size_t i = 0; i < want->records_n; i++) {
        ck_assert_int_eq(got->records[i], want->records[i]);
    }
    ck_assert_int_eq(got->records_total, want->records_total);
    ck_assert_int_eq(got->stored, want->stored);
    ck_assert(fabs(got->evidence - want->evidence) <= 1e-15 * want->evidence);
}

START_TEST(what_is_printed_is_read_back)
{
    struct verdict v;
    print(&full);
    ck_assert_msg(!read_buf(&v), "%s", e.msg);
    ck_assert(v.score == full.score && v.raw_score == full.raw_score);
    ck_assert(v.ordinary_a_week == full.ordinary_a_week);
    CHECK_STR("service", v.service, STR("auth"));
    ck_assert_uint_eq(v.reasons_n, 3);
    for (size_t i = 0; i < 3; i++) {
        check_reason(&v.reasons[i], &full.reasons[i]);
    }
    ck_assert_uint_eq(v.new_templates_n, 2);
    ck_assert(v.new_templates[0] == 1 && v.new_templates[1] == UINT64_MAX);
}
END_TEST

/* Printed again it is the same text, whatever the evidence. */
START_TEST(what_was_read_prints_the_same)
{
    struct verdict v = full, again;
    static char first[1 << 16];
    srand(7);
    for (int i = 0; i < 20000; i++) {
        v.reasons[0].evidence = exp(20.0 * rand() / RAND_MAX - 10);
        v.reasons[1].evidence = 3.0 * rand() / RAND_MAX;
        print(&v);
        ck_assert_uint_lt(b.n, sizeof first);
        memcpy(first, b.p, b.n);
        size_t n = b.n;
        ck_assert_msg(!read_buf(&again), "%s", e.msg);
        again.service = full.service; /* it was a view into what is overwritten */
        print(&again);
        CHECK_STR("again", buf_view(&b), ((struct str){first, n}));
        arena_reset(&arena);
    }
}
END_TEST

/* A verdict of one reason, with the parts beyond what it must have. */
#define OF(reason, members)                                                              \
    "{\"score\":0.9,\"raw_score\":0.9,\"service\":null,\"reasons\":[{\"text\":\"t\","    \
    "\"channel\":\"rare\",\"observed\":1,\"expected\":0.5,\"p\":0.5,\"bits\":1" reason   \
    "}]" members "}"

START_TEST(what_is_not_there_is_none)
{
    struct verdict v;
    ck_assert_msg(!read_text(OF("", ""), &v), "%s", e.msg);
    const struct reason *r = &v.reasons[0];
    ck_assert(r->of == 0 && r->usual_max == -1 && r->template_id == 0);
    ck_assert(!r->template_text[0] && !r->value[0] && !r->stored);
    ck_assert(r->records_n == 0 && r->records_total == 0);
    ck_assert(v.ordinary_a_week == 0 && v.new_templates_n == 0 && !v.service.p);
    ck_assert(!read_text(OF(",\"records_total\":3", ""), &v));
    ck_assert_int_eq(v.reasons[0].records_total, 3);
}
END_TEST

#define SEVENTEEN                                                                        \
    "\"t1\",\"t1\",\"t1\",\"t1\",\"t1\",\"t1\",\"t1\",\"t1\",\"t1\",\"t1\",\"t1\","      \
    "\"t1\",\"t1\",\"t1\",\"t1\",\"t1\",\"t1\""

static const struct {
    const char *name, *text;
} bad[] = {
    {"a count of nothing", OF(",\"of\":0", "")},
    {"a count with a fraction", OF(",\"of\":1.5", "")},
    {"a usual count below 0", OF(",\"usual_max\":-1", "")},
    {"an id without its letter", OF(",\"template_id\":\"1a\"", "")},
    {"an id of the letter alone", OF(",\"template_id\":\"t\"", "")},
    {"an id with a capital", OF(",\"template_id\":\"tA\"", "")},
    {"an id that begins with 0", OF(",\"template_id\":\"t01\"", "")},
    {"too long an id", OF(",\"template_id\":\"t10000000000000000\"", "")},
    {"an id that is a number", OF(",\"template_id\":17", "")},
    {"an empty template", OF(",\"template\":\"\"", "")},
    {"a value that is a number", OF(",\"value\":1", "")},
    {"records that are no list", OF(",\"records\":1", "")},
    {"records that descend", OF(",\"records\":[2,1]", "")},
    {"a record twice", OF(",\"log_ids\":[2,2]", "")},
    {"a negative record", OF(",\"records\":[-1]", "")},
    {"a record as a text", OF(",\"records\":[\"1\"]", "")},
    {"half a record", OF(",\"records\":[0.5]", "")},
    {"fewer in all than listed", OF(",\"records\":[1,2],\"records_total\":1", "")},
    {"a negative week", OF("", ",\"ordinary_a_week\":-1")},
    {"a week without a number", OF("", ",\"ordinary_a_week\":null")},
    {"new templates that are no list", OF("", ",\"new_templates\":\"t1\"")},
    {"a new template that is none", OF("", ",\"new_templates\":[1]")},
    {"too many new templates", OF("", ",\"new_templates\":[" SEVENTEEN "]")},
};

START_TEST(refuses_what_is_not_so)
{
    struct verdict v;
    ck_assert_msg(read_text(bad[_i].text, &v) == ERR_INVALID, "%s", bad[_i].name);
}
END_TEST

/* A reason with n records, and a text of so many bytes under a name. */
static enum err_code read_long(const char *name, size_t bytes, size_t n)
{
    struct verdict v;
    buf_clear(&b);
    buf_str(&b, STR("{\"score\":1,\"raw_score\":1,\"service\":null,\"reasons\":[{"
                    "\"text\":\"t\",\"channel\":\"rare\",\"observed\":1,\"expected\":1,"
                    "\"p\":0.5,\"bits\":1,\""));
    buf_str(&b, str_of(name));
    buf_str(&b, STR("\":\""));
    for (size_t i = 0; i < bytes; i++) {
        buf_byte(&b, 'x');
    }
    buf_str(&b, STR("\",\"records\":[0"));
    for (size_t i = 1; i < n; i++) {
        buf_fmt(&b, ",%zu", i);
    }
    buf_str(&b, STR("]}]}"));
    enum err_code code = read_buf(&v);
    ck_assert(code == ERR_INVALID || v.reasons[0].records_total == (int64_t)n);
    return code;
}

START_TEST(lists_and_texts_at_their_limits_are_taken_and_one_more_is_not)
{
    ck_assert(!read_long("value", 1, REASON_RECORDS_MAX));
    ck_assert(read_long("value", 1, REASON_RECORDS_MAX + 1));
    ck_assert(!read_long("value", REASON_VALUE_BYTES - 1, 1));
    ck_assert(read_long("value", REASON_VALUE_BYTES, 1));
    ck_assert(!read_long("template", REASON_TEMPLATE_BYTES - 1, 1));
    ck_assert(read_long("template", REASON_TEMPLATE_BYTES, 1));
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
    Suite *s = suite_create("verdict");
    TCase *tc = add_case(s, "print");
    tcase_add_loop_test(tc, names_channels, 0, ROWS(names));
    tcase_add_test(tc, prints_sentences);
    tcase_add_test(tc, prints_the_parts_of_a_reason_that_are_there);
    tcase_add_test(tc, names_the_records_in_the_store_as_well_when_they_are_there);
    tcase_add_test(tc, prints_an_empty_list_when_there_is_no_reason);
    tcase_add_test(tc, prints_members_that_are_there);
    tc = add_case(s, "read");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_is_printed_is_read_back);
    tcase_add_test(tc, what_was_read_prints_the_same);
    tcase_add_test(tc, what_is_not_there_is_none);
    tcase_add_loop_test(tc, refuses_what_is_not_so, 0, ROWS(bad));
    tcase_add_test(tc, lists_and_texts_at_their_limits_are_taken_and_one_more_is_not);
    return unit_run(s);
}
