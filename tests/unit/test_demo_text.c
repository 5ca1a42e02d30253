/* test_demo_text.c - the demo's grammar: its places, what binds them, and every rule. */
#include "fcgi/cli/demo_text.h"
#include "tests/unit/unit.h"

enum { TEXT_BYTES_MAX = 4096, DRAWS = 200 };

static const struct demo_context context = {
    .at_us = INT64_C(1795351448123000), .seed = 7, .story = 11, .group = 13};

/* Static, until the next call but one. */
static const char *made(const char *text, const struct demo_context *c, uint64_t seed)
{
    static char texts[2][TEXT_BYTES_MAX];
    static size_t calls;
    char *out = texts[calls++ % 2];
    struct demo_random r = {seed};
    struct buf b;
    buf_init(&b, TEXT_BYTES_MAX - 1);
    demo_text(&b, text, c, &r);
    ck_assert(!b.failed);
    snprintf(out, TEXT_BYTES_MAX, "%.*s", STR_ARGS(buf_view(&b)));
    buf_free(&b);
    return out;
}

static const struct {
    const char *text, *made;
} rows[] = {
    {"", ""},
    {"100% of %27 and {braces}", "100% of %27 and {braces}"},
    {"at the end %", "at the end %"},
    {"%{pick:one}", "one"},
    {"%{any:one}, %{pick:%{pick:two}}", "one, two"},
    {"%{pick:| a}%{pick:| a}x", NULL},
    {"%{int:5-5} %{log:7-7} %{dec:2-2}", "5 7 2.000"},
    {"%{clf}", "22/Nov/2026:13:10:48 +0000"},
    {"%{epoch}", "1795353048"},
    {"%{time:Y-m-d H:M:S b}", "2026-11-22 13:10:48 Nov"},
    {"%{version}", "2.14.6"},
};

START_TEST(fills_in)
{
    struct demo_context c = context;
    c.at_us = INT64_C(1795353048) * 1000000;
    for (uint64_t seed = 0; rows[_i].made && seed < DRAWS; seed++) {
        CHECK_STR(rows[_i].text, str_of(made(rows[_i].text, &c, seed)),
                  str_of(rows[_i].made));
    }
}
END_TEST

START_TEST(a_bound_place_is_the_same_all_through_its_story)
{
    const char *text = "%{ip#} %{ip#} %{ip#2}";
    struct demo_context other = context;
    other.story++;
    CHECK_STR(text, str_of(made(text, &context, 1)), str_of(made(text, &context, 2)));
    ck_assert_str_ne(made(text, &context, 1), made(text, &other, 1));
    CHECK_STR("group", str_of(made("%{ip@}", &context, 1)),
              str_of(made("%{ip@}", &other, 2)));
    ck_assert_str_ne(made("%{ip#}", &context, 1), made("%{ip#2}", &context, 1));
    ck_assert_str_ne(made("%{ip}", &context, 1), made("%{ip}", &context, 2));
}
END_TEST

START_TEST(the_first_alternative_is_the_likeliest)
{
    size_t n[3] = {0};
    for (uint64_t seed = 0; seed < 3000; seed++) {
        n[made("%{pick:0|1|2}", &context, seed)[0] - '0']++;
    }
    ck_assert_uint_gt(n[0], n[1] + 100);
    ck_assert_uint_gt(n[1], n[2] + 100);
    ck_assert_uint_gt(n[2], 100);
}
END_TEST

START_TEST(addresses_are_public)
{
    for (uint64_t seed = 0; seed < 20 * DRAWS; seed++) {
        int a, b;
        ck_assert_int_eq(sscanf(made("%{ip}", &context, seed), "%d.%d", &a, &b), 2);
        ck_assert(a > 0 && a < 224 && a != 10 && a != 127 && a != 192 && a != 172);
    }
}
END_TEST

START_TEST(known_peers_come_back)
{
    const char *first = made("%{peer:office/1}", &context, 1);
    CHECK_STR("peer", str_of(first), str_of(made("%{peer:office/1}", &context, 2)));
    ck_assert_str_ne(made("%{peer:office/1}", &context, 1),
                     made("%{peer:home/1}", &context, 1));
}
END_TEST

START_TEST(rules_are_sorted_and_make_text)
{
    for (size_t i = 0; i < demo_rules_n; i++) {
        char place[64];
        ck_assert(i == 0 || strcmp(demo_rules[i - 1].name, demo_rules[i].name) < 0);
        snprintf(place, sizeof place, "%%{%s}", demo_rules[i].name);
        for (uint64_t seed = 0; seed < DRAWS; seed++) {
            const char *text = made(place, &context, seed);
            ck_assert_msg(text[0] != '\0' && !strstr(text, "%{") && !strchr(text, '|'),
                          "%s: %s", place, text);
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("demo_text");
    unit_table(s, "places", fills_in, ROWS(rows));
    unit_case(s, "bound", a_bound_place_is_the_same_all_through_its_story);
    unit_case(s, "likely", the_first_alternative_is_the_likeliest);
    unit_case(s, "public", addresses_are_public);
    unit_case(s, "peers", known_peers_come_back);
    unit_case(s, "rules", rules_are_sorted_and_make_text);
    return unit_run(s);
}
