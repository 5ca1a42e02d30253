/* test_buf.c - text that is being built, and the maximum it cannot pass. */
#include "fcgi/base/buf.h"

#include "tests/unit/unit.h"

enum { MAX = 10 };

static struct buf b;

static void set_up(void)
{
    buf_init(&b, MAX);
}

static void tear_down(void)
{
    buf_free(&b);
}

START_TEST(appends_bytes_texts_and_formats)
{
    buf_add(&b, "ab", 2);
    buf_str(&b, STR("c"));
    buf_byte(&b, 'd');
    buf_fmt(&b, "%d-%s", 12, "x");
    ck_assert(!b.failed);
    CHECK_STR("all", buf_view(&b), STR("abcd12-x"));
}
END_TEST

START_TEST(takes_no_memory_before_it_is_needed)
{
    buf_add(&b, NULL, 0);
    buf_str(&b, STR_NONE);
    ck_assert(!b.failed);
    ck_assert_ptr_null(b.p);
    ck_assert_uint_eq(buf_view(&b).n, 0);
}
END_TEST

START_TEST(fills_up_to_its_limit)
{
    buf_add(&b, "0123456789", MAX);
    ck_assert(!b.failed);
    buf_add(&b, "", 0);
    ck_assert(!b.failed);
    CHECK_STR("full", buf_view(&b), STR("0123456789"));
}
END_TEST

START_TEST(refuses_to_pass_its_limit)
{
    buf_add(&b, "0123456789x", MAX + 1);
    ck_assert(b.failed);
    ck_assert_uint_eq(b.n, 0);
}
END_TEST

START_TEST(keeps_its_contents_when_an_addition_does_not_fit)
{
    buf_add(&b, "0123456789", MAX);
    buf_byte(&b, 'x');
    ck_assert(b.failed);
    CHECK_STR("after the failure", buf_view(&b), STR("0123456789"));
}
END_TEST

START_TEST(does_nothing_more_after_a_failure)
{
    buf_add(&b, "ab", 2);
    buf_add(&b, "0123456789", MAX);
    buf_byte(&b, 'c');
    buf_fmt(&b, "%d", 1);
    ck_assert_ptr_null(buf_room(&b, 1));
    ck_assert(b.failed);
    CHECK_STR("what was there", buf_view(&b), STR("ab"));
}
END_TEST

START_TEST(formats_up_to_its_limit)
{
    buf_fmt(&b, "%s", "0123456789");
    ck_assert_msg(!b.failed, "a text of exactly max bytes fits");
    CHECK_STR("full", buf_view(&b), STR("0123456789"));
}
END_TEST

START_TEST(refuses_to_format_past_its_limit)
{
    buf_fmt(&b, "%s", "0123456789x");
    ck_assert(b.failed);
    ck_assert_uint_eq(b.n, 0);
}
END_TEST

START_TEST(gives_room_up_to_its_limit)
{
    char *p = buf_room(&b, MAX);
    ck_assert_ptr_nonnull(p);
    memset(p, 'x', MAX);
    b.n += MAX;
    CHECK_STR("filled by the caller", buf_view(&b), STR("xxxxxxxxxx"));
    ck_assert_ptr_null(buf_room(&b, 1));
    ck_assert(b.failed);
}
END_TEST

START_TEST(starts_anew_after_clear)
{
    buf_add(&b, "0123456789x", MAX + 1);
    buf_clear(&b);
    ck_assert(!b.failed);
    buf_byte(&b, 'a');
    CHECK_STR("after clear", buf_view(&b), STR("a"));
}
END_TEST

START_TEST(may_be_used_again_after_free)
{
    buf_byte(&b, 'a');
    buf_free(&b);
    ck_assert_uint_eq(b.max, MAX);
    buf_byte(&b, 'b');
    CHECK_STR("after free", buf_view(&b), STR("b"));
}
END_TEST

START_TEST(grows_to_any_size_below_a_large_limit)
{
    b.max = 100000;
    for (int i = 0; i < 100000; i++) {
        buf_byte(&b, (char)('a' + i % 26));
    }
    ck_assert(!b.failed);
    ck_assert_uint_eq(b.n, 100000);
    ck_assert_int_eq(b.p[99999], 'a' + 99999 % 26);
    buf_byte(&b, 'x');
    ck_assert(b.failed);
}
END_TEST

START_TEST(does_not_overflow_on_a_huge_addition)
{
    buf_byte(&b, 'a');
    ck_assert_ptr_null(buf_room(&b, SIZE_MAX));
    ck_assert(b.failed);
    CHECK_STR("what was there", buf_view(&b), STR("a"));
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
    Suite *s = suite_create("buf");
    TCase *tc = add_case(s, "append");
    tcase_add_test(tc, appends_bytes_texts_and_formats);
    tcase_add_test(tc, takes_no_memory_before_it_is_needed);
    tcase_add_test(tc, grows_to_any_size_below_a_large_limit);
    tc = add_case(s, "limit");
    tcase_add_test(tc, fills_up_to_its_limit);
    tcase_add_test(tc, refuses_to_pass_its_limit);
    tcase_add_test(tc, formats_up_to_its_limit);
    tcase_add_test(tc, refuses_to_format_past_its_limit);
    tcase_add_test(tc, gives_room_up_to_its_limit);
    tcase_add_test(tc, does_not_overflow_on_a_huge_addition);
    tc = add_case(s, "failure");
    tcase_add_test(tc, keeps_its_contents_when_an_addition_does_not_fit);
    tcase_add_test(tc, does_nothing_more_after_a_failure);
    tc = add_case(s, "again");
    tcase_add_test(tc, starts_anew_after_clear);
    tcase_add_test(tc, may_be_used_again_after_free);
    return unit_run(s);
}
