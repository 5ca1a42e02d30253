/* test_verdict.c - reasons as JSON. */
#include "fcgi/core/verdict.h"

#include "tests/unit/unit.h"

static const struct verdict verdict = {
    .score = 0.9,
    .reasons = {{CHANNEL_FAILED_LOGINS, 2, 37, 50, 2, "37 failed logins, usual 0 to 2"},
                {CHANNEL_ERROR_SHARE, 0, 5, 50, 9, "h\xC3\xA9 <b>"}},
    .reasons_n = 2,
};

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

START_TEST(names_channels)
{
    ck_assert_str_eq(channel_name(CHANNEL_FAILED_LOGINS), "failed_logins");
    ck_assert_str_eq(channel_name(CHANNEL_ERROR_SHARE), "error_share");
}
END_TEST

START_TEST(prints_sentences)
{
    verdict_print_sentences(&o, &verdict);
    CHECK_STR("sentences", buf_view(&b),
              STR("[\"37 failed logins, usual 0 to 2\",\"h\\u00e9 \\u003cb>\"]"));
}
END_TEST

START_TEST(prints_all_parts_of_a_reason)
{
    verdict_print_reasons(&o, &verdict);
    buf_byte(&b, '\0');
    CHECK_HAS(
        b.p,
        "[{\"text\":\"37 failed logins, usual 0 to 2\",\"channel\":\"failed_logins\","
        "\"observed\":37,\"of\":50,\"usual_max\":2,\"p\":0.01,\"bits\":6.64385618");
    CHECK_HAS(b.p, "\"usual_max\":9,\"p\":1,\"bits\":0}]");
}
END_TEST

START_TEST(prints_an_empty_list_when_there_is_no_reason)
{
    static const struct verdict none = {.score = 0};
    verdict_print_reasons(&o, &none);
    verdict_print_sentences(&o, &none);
    CHECK_STR("none", buf_view(&b), STR("[],[]"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("verdict");
    TCase *tc = tcase_create("print");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, names_channels);
    tcase_add_test(tc, prints_sentences);
    tcase_add_test(tc, prints_all_parts_of_a_reason);
    tcase_add_test(tc, prints_an_empty_list_when_there_is_no_reason);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
