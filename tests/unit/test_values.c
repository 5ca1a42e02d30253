/* test_values.c - a value is new with the chance that new ones had, places of many values
 * are let alone, and the tables keep what is frequent whatever comes. */
#include "scoring/values.h"
#include "tests/unit/lessons.h"

#include <math.h>

static struct values *s;
enum { LONG = 200 }; /* records after which every place is looked at */

static void set_up(void)
{
    s = calloc(1, sizeof *s);
    ck_assert_ptr_nonnull(s);
}

static void tear_down(void)
{
    free(s);
}

/* As analysis.h mixes it: of a template and a token. */
static uint64_t place(uint32_t number)
{
    return (number + 1) * 0x9e3779b97f4a7c15U;
}

static void learn(uint32_t at, uint32_t value, int times)
{
    for (int i = 0; i < times; i++) {
        values_learn(s, place(at), value);
    }
}

static double z_of(uint32_t at, uint32_t value)
{
    return values_z(s, place(at), value);
}

static const struct seen {
    int records, once; /* of the records so many values that came once */
} seen[] = {{LONG, 0}, {LONG, 1}, {LONG, 10}, {10000, 0}, {10000, 60}};

START_TEST(a_new_value_has_the_chance_that_new_ones_had)
{
    const struct seen *p = &seen[_i];
    for (int i = 0; i < p->once; i++) {
        learn(1, 100 + (uint32_t)i, 1);
    }
    learn(1, 7, p->records - p->once);
    ck_assert_double_eq_tol(z_of(1, 99999), -log10((p->once + .5) / (p->records + 1.0)),
                            1e-9);
}
END_TEST

START_TEST(a_known_value_is_never_odd)
{
    for (uint32_t v = 0; v < VALUES_FEW; v++) {
        learn(1, v, v % 3 == 0 ? 1 : 20);
        for (uint32_t k = 0; k <= v; k++) {
            ck_assert(z_of(1, k) <= 0);
        }
    }
}
END_TEST

START_TEST(a_place_that_was_hardly_seen_says_nothing)
{
    ck_assert(z_of(1, 7) <= 0);
    learn(1, 7, 10);
    ck_assert(z_of(1, 8) <= 0);
    learn(1, 7, LONG);
    ck_assert(z_of(1, 8) > 1);
}
END_TEST

START_TEST(a_place_of_more_than_few_values_is_not_looked_at)
{
    learn(1, 999, LONG);
    for (uint32_t v = 1; v < VALUES_FEW; v++) {
        learn(1, v, 2);
    }
    ck_assert(z_of(1, 5000) > 1); /* it has VALUES_FEW */
    learn(1, 2000, 1);
    ck_assert(z_of(1, 5000) <= 0);
    learn(1, 999, 100000); /* for good */
    ck_assert(z_of(1, 5000) <= 0);
}
END_TEST

START_TEST(a_value_that_comes_again_makes_new_ones_rarer)
{
    learn(1, 1, LONG);
    learn(1, 2, 1);
    double before = z_of(1, 3);
    learn(1, 2, 1);
    ck_assert_double_gt(z_of(1, 3), before + .3);
    learn(1, 2, 1); /* a third time says no more than a second */
    ck_assert_double_eq_tol(z_of(1, 3), -log10(.5 / (LONG + 4)), 1e-9);
}
END_TEST

START_TEST(places_do_not_see_each_other)
{
    learn(1, 1, LONG);
    learn(2, 2, LONG);
    ck_assert(z_of(1, 2) > 1 && z_of(2, 1) > 1);
    ck_assert(z_of(1, 1) <= 0 && z_of(2, 2) <= 0);
}
END_TEST

START_TEST(looking_changes_nothing)
{
    learn(1, 1, LONG);
    struct values *copy = malloc(sizeof *copy);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, s, sizeof *s);
    (void)z_of(1, 5);
    (void)z_of(2, 5);
    ck_assert_mem_eq(copy, s, sizeof *s);
    free(copy);
}
END_TEST

/* Every place new, every value new. */
START_TEST(what_is_frequent_stays_whatever_comes)
{
    uint64_t chance = 4;
    for (uint32_t v = 1; v <= 20; v++) {
        learn(1, v, LONG);
    }
    for (int i = 0; i < 4 * VALUES_SEEN_MAX; i++) {
        learn(10 + chance_next(&chance) % 1000000000, chance_next(&chance), 1);
    }
    for (uint32_t v = 1; v <= 20; v++) {
        ck_assert_msg(z_of(1, v) <= 0, "%u", v);
    }
    ck_assert_double_eq_tol(z_of(1, 4000000000U), -log10(.5 / (20 * LONG + 1)), .2);
    ck_assert_uint_gt(s->evicted, 4ULL * VALUES_SEEN_MAX); /* places and values */
}
END_TEST

START_TEST(nothing_is_evicted_while_there_is_room)
{
    for (uint32_t at = 0; at < VALUES_PLACES_MAX / 64; at++) {
        learn(at, at % 5, 3);
    }
    ck_assert_uint_eq(s->evicted, 0);
}
END_TEST

/* A place takes the cell of one that was seen less; the other begins anew. */
START_TEST(a_place_that_was_evicted_is_known_as_hardly_seen)
{
    uint32_t gone = 0;
    for (uint32_t at = 0; at < 2 * VALUES_PLACES_MAX; at++) {
        learn(at, 1, 60);
    }
    ck_assert_uint_gt(s->evicted, VALUES_PLACES_MAX / 2);
    for (uint32_t at = 0; at < 2 * VALUES_PLACES_MAX; at++) {
        double z = z_of(at, 2);
        gone += z <= 0;
        ck_assert_msg(z <= 0 || fabs(z + log10(.5 / 61)) < 1 + 1e-9, "%u: %g", at, z);
    }
    ck_assert_uint_ge(gone, VALUES_PLACES_MAX);
    ck_assert_uint_lt(gone, 2 * VALUES_PLACES_MAX - VALUES_PLACES_MAX / 2);
}
END_TEST

START_TEST(a_count_stays_at_its_highest)
{
    learn(1, 1, 1);
    for (size_t i = 0; i < VALUES_PLACES_MAX; i++) {
        s->place[i].n = s->place[i].tag ? UINT32_MAX : 0;
    }
    learn(1, 1, 3);
    ck_assert_double_gt(z_of(1, 2), 9);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_known_value_is_never_odd,
        a_place_that_was_hardly_seen_says_nothing,
        a_place_of_more_than_few_values_is_not_looked_at,
        a_value_that_comes_again_makes_new_ones_rarer,
        places_do_not_see_each_other,
        looking_changes_nothing,
        what_is_frequent_stays_whatever_comes,
        nothing_is_evicted_while_there_is_room,
        a_place_that_was_evicted_is_known_as_hardly_seen,
        a_count_stays_at_its_highest,
    };
    Suite *suite = suite_create("values");
    TCase *tc = tcase_create("values");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, a_new_value_has_the_chance_that_new_ones_had, 0, ROWS(seen));
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
