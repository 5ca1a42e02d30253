/* test_spelling.c - a value unlike the others of its field is found, and where in it. */
#include "scoring/spelling.h"
#include "tests/unit/lessons.h"

#include <math.h>

static struct spelling *s;
enum { FIELD = 1 << 20, OTHER = 2 << 20 };

static void set_up(void)
{
    s = calloc(1, sizeof *s);
    ck_assert_ptr_nonnull(s);
}

static void tear_down(void)
{
    free(s);
}

/* Values of a shop's queries: names, numbers, words. */
static struct str ordinary(uint64_t *chance)
{
    static const char *const words[] = {"shoes", "red", "winter", "coat", "size",
                                        "kids",  "new", "price",  "asc",  "page"};
    static char text[64];
    int n;
    switch (chance_below(chance, 3)) {
    case 0:
        n = snprintf(text, sizeof text, "%u", chance_below(chance, 100000));
        break;
    case 1:
        n = snprintf(text, sizeof text, "%s-%s_%u", words[chance_below(chance, 10)],
                     words[chance_below(chance, 10)], chance_below(chance, 100));
        break;
    default:
        n = snprintf(text, sizeof text, "%s %s %s", words[chance_below(chance, 10)],
                     words[chance_below(chance, 10)], words[chance_below(chance, 10)]);
        break;
    }
    return (struct str){text, (size_t)n};
}

static void learn_ordinary(int n)
{
    uint64_t chance = 1;
    for (int i = 0; i < n; i++) {
        spelling_learn(s, FIELD, ordinary(&chance));
    }
}

static struct spelling_view look(struct str value)
{
    struct spelling_view v;
    spelling_look(s, FIELD, value, &v);
    ck_assert(isfinite(v.bits) && v.bits >= 0);
    ck_assert_uint_le(v.at, value.n);
    ck_assert_uint_le(v.n, SPELLING_WINDOW);
    ck_assert_uint_le(v.at + v.n, value.n);
    return v;
}

static double bits(const char *value)
{
    return look(str_of(value)).bits;
}

/* The highest of a thousand further ordinary ones. */
static double most_ordinary(void)
{
    uint64_t chance = 99;
    double most = 0;
    for (int i = 0; i < 1000; i++) {
        most = fmax(most, look(ordinary(&chance)).bits);
    }
    return most;
}

static const char *const attacks[] = {
    "' OR '1'='1",      "1;DROP TABLE users--", "<script>alert(1)</script>",
    "../../etc/passwd", "$(cat /etc/shadow)",   "%{(#a=@x@y)}",
};

START_TEST(an_attack_is_odder_than_all_that_is_ordinary)
{
    learn_ordinary(3000);
    ck_assert_double_gt(bits(attacks[_i]), 1.3 * most_ordinary());
}
END_TEST

/* "red winter coat red winter coat ... ' OR '1'='1 red winter coat ..." */
START_TEST(an_attack_within_a_long_ordinary_value_is_found_there)
{
    char text[400] = "";
    size_t n = strlen(attacks[_i]), at = 10 * strlen("red winter coat ");
    for (int i = 0; i < 20; i++) {
        memcpy(text + strlen(text), "red winter coat ", sizeof "red winter coat ");
    }
    learn_ordinary(3000);
    double without = bits(text);
    memmove(text + at + n, text + at, strlen(text + at) + 1);
    memcpy(text + at, attacks[_i], n);
    struct spelling_view v = look(str_of(text));
    ck_assert_double_gt(v.bits, 1.3 * fmax(without, most_ordinary()));
    ck_assert_msg(v.at < at + n && v.at + v.n > at, "at %zu, not in %zu to %zu", v.at, at,
                  at + n);
    ck_assert_double_ge(v.bits, .6 * bits(attacks[_i])); /* it is not averaged away */
}
END_TEST

START_TEST(what_was_never_seen_is_odder_than_what_was)
{
    double before = bits("winter coat");
    learn_ordinary(3000);
    ck_assert_double_lt(bits("winter coat"), before / 2);
    ck_assert_double_gt(bits("vvqzxkjq"), bits("winter coat"));
}
END_TEST

START_TEST(case_and_digits_make_no_difference)
{
    learn_ordinary(3000);
    ck_assert_double_eq_tol(bits("WINTER Coat-17"), bits("winter coat-42"), 1e-9);
    spelling_learn(s, FIELD, STR("ABC[9]"));
    ck_assert_double_eq_tol(bits("abc[1]"), bits("AbC[7]"), 1e-9);
}
END_TEST

START_TEST(only_the_first_bytes_are_looked_at)
{
    static char text[2 * SPELLING_BYTES_MAX];
    memset(text, '7', sizeof text);
    learn_ordinary(3000);
    for (int i = 0; i < 100; i++) {
        spelling_learn(s, FIELD, (struct str){text, 200});
    }
    double without = look((struct str){text, SPELLING_BYTES_MAX}).bits;
    text[SPELLING_BYTES_MAX] = '\'';
    double beyond = look((struct str){text, sizeof text}).bits;
    ck_assert_double_eq_tol(beyond, without, 1e-9);
    text[SPELLING_BYTES_MAX - 1] = '\'';
    ck_assert_double_gt(look((struct str){text, sizeof text}).bits, without + .5);
}
END_TEST

START_TEST(short_and_empty_values_have_their_place_too)
{
    learn_ordinary(3000);
    struct spelling_view v = look(STR(""));
    ck_assert_uint_eq(v.at + v.n, 0);
    v = look(STR("'"));
    ck_assert_uint_eq(v.at, 0);
    ck_assert_uint_eq(v.n, 1);
    ck_assert_double_gt(v.bits, bits("7"));
}
END_TEST

START_TEST(fields_do_not_see_each_other)
{
    for (int i = 0; i < 500; i++) {
        spelling_learn(s, OTHER, STR("<a href='x'>"));
    }
    learn_ordinary(2000);
    ck_assert_double_gt(bits("<a href='x'>"), 1.3 * most_ordinary());
}
END_TEST

START_TEST(any_byte_is_a_character)
{
    char text[256];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)i;
    }
    spelling_learn(s, FIELD, (struct str){text, sizeof text});
    (void)look((struct str){text, sizeof text});
    /* of other alphabets it is told only that they are others */
    ck_assert_double_eq_tol(bits("\xc3\xa9\xc3\xa9"), bits("\xd0\xb0\xd0\xb1"), 1e-9);
}
END_TEST

/* A site whose images have numbers for names fills its cells a thousand times over. */
START_TEST(a_busy_field_takes_nothing_from_another_one)
{
    learn_ordinary(3000);
    double coat = bits("winter coat"), attack = bits(attacks[0]);
    char path[32];
    for (int i = 0; i < 400000; i++) {
        snprintf(path, sizeof path, "/img/%06d.jpg", i);
        spelling_learn(s, OTHER, str_of(path));
    }
    ck_assert_double_eq_tol(bits("winter coat"), coat, .1);
    ck_assert_double_eq_tol(bits(attacks[0]), attack, .1);
    struct spelling_view v;
    spelling_look(s, OTHER, STR("/img/000017.jpg"), &v);
    ck_assert_double_lt(v.bits, .6);
    spelling_look(s, OTHER, STR("/img/' OR '1'='1"), &v);
    ck_assert_double_gt(v.bits, 6);
}
END_TEST

/* Shares stay what they are, however often: three of four values end in a, the rest in b. */
START_TEST(large_counts_keep_their_shares)
{
    for (int i = 0; i < 400000; i++) {
        spelling_learn(s, FIELD, i % 4 ? STR("a") : STR("b"));
    }
    ck_assert_double_eq_tol(bits("b") * SPELLING_WINDOW, 2, .15); /* a quarter */
    ck_assert_double_eq_tol(bits("a") * SPELLING_WINDOW, log2(4 / 3.0), .1);
}
END_TEST

/* Counts have 16 bits. */
START_TEST(a_value_may_come_without_end)
{
    static char text[SPELLING_BYTES_MAX];
    memset(text, 'a', sizeof text);
    learn_ordinary(3000);
    for (int i = 0; i < 600; i++) { /* 300,000 of one triple */
        spelling_learn(s, FIELD, (struct str){text, sizeof text});
    }
    ck_assert_double_lt(look((struct str){text, sizeof text}).bits, 1.5);
    ck_assert_double_lt(bits("aaaaaaaaaaaa"), bits("'''''''''''"));
    for (int i = 0; i < 200000; i++) {
        spelling_learn(s, FIELD, STR(""));
    }
    ck_assert_double_lt(bits(""), .2);
    ck_assert_double_lt(bits("aaaaaaaaaaaa"), bits("'''''''''''"));
    ck_assert_double_gt(bits(attacks[0]), 3);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_was_never_seen_is_odder_than_what_was,
        case_and_digits_make_no_difference,
        only_the_first_bytes_are_looked_at,
        short_and_empty_values_have_their_place_too,
        fields_do_not_see_each_other,
        any_byte_is_a_character,
        a_busy_field_takes_nothing_from_another_one,
        large_counts_keep_their_shares,
        a_value_may_come_without_end,
    };
    Suite *suite = suite_create("spelling");
    TCase *tc = tcase_create("spelling");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, an_attack_is_odder_than_all_that_is_ordinary, 0,
                        ROWS(attacks));
    tcase_add_loop_test(tc, an_attack_within_a_long_ordinary_value_is_found_there, 0,
                        ROWS(attacks));
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
