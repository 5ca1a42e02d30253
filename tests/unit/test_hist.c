/* test_hist.c - what is ordinary is found so, a short history claims little, and what lies
 * beyond all that was seen is judged by the tail that was seen. */
#include "scoring/hist.h"
#include "tests/unit/lessons.h"

#include <math.h>

static struct hist h;

static void set_up(void)
{
    memset(&h, 0, sizeof h);
}

/* Evidence of n ordinary windows, -log10 p with each p in turn: the highest first. */
static double ordinary(int k, int n)
{
    return -log10((k + .5) / n);
}

static void add_ordinary(int n)
{
    for (int k = 0; k < n; k++) {
        hist_add(&h, ordinary(k, n));
    }
}

static const int histories[] = {200, 1000, 10000, 100000};

START_TEST(the_kth_highest_of_n_has_a_chance_of_k_in_n)
{
    int n = histories[_i];
    add_ordinary(n);
    for (int k = 1; k < n; k = k * 2 + 1) {
        double want = -log10((k + .5) / n), got = hist_z(&h, ordinary(k, n));
        ck_assert_msg(fabs(got - want) < .2, "n %d, k %d: %g, not %g", n, k, got, want);
    }
}
END_TEST

START_TEST(more_is_never_less_unusual)
{
    add_ordinary(histories[_i]);
    double last = 0;
    for (double x = -1; x < 300; x += .01) {
        double z = hist_z(&h, x);
        ck_assert_msg(isfinite(z) && z >= last, "%g: %g after %g", x, z, last);
        last = z;
    }
}
END_TEST

START_TEST(nothing_is_known_without_a_history)
{
    ck_assert(hist_z(&h, 5) <= 0);
    ck_assert(hist_z(&h, 1e9) <= 0);
}
END_TEST

START_TEST(no_evidence_is_never_unusual)
{
    add_ordinary(1000);
    ck_assert(hist_z(&h, 0) <= 0);
    ck_assert(hist_z(&h, -3) <= 0);
}
END_TEST

START_TEST(values_of_zero_and_below_count)
{
    for (int i = 0; i < 999; i++) {
        hist_add(&h, i % 2 ? 0 : -1);
    }
    hist_add(&h, 2);
    ck_assert_double_eq_tol((double)h.n, 1000, .1);
    ck_assert_double_ge(hist_z(&h, 2), 2.7);
}
END_TEST

START_TEST(a_short_history_claims_no_more_than_its_length)
{
    for (int n = 1; n < (int)HIST_FEW; n++) {
        hist_add(&h, ordinary(n % 17, 17));
        double highest = (double)h.max;
        ck_assert_msg(hist_z(&h, highest) <= log10(n) + 1e-9, "n %d: %g", n,
                      hist_z(&h, highest));
    }
}
END_TEST

/* Ten times what n ordinary windows have at most. */
START_TEST(far_beyond_is_the_more_unusual_the_longer_the_history)
{
    double last = 0;
    for (int n = 2; n <= 2000; n = n * 3) {
        set_up();
        add_ordinary(n);
        double z = hist_z(&h, 10 * (1 + log10(n)));
        ck_assert_msg(z > last, "n %d: %g after %g", n, z, last);
        last = z;
    }
}
END_TEST

/* One history has all values near its highest, the other few there: both up to 7. */
START_TEST(beyond_the_highest_a_heavy_tail_is_believed_less)
{
    struct hist light = {0}, heavy = {0};
    for (int i = 0; i < 5000; i++) {
        hist_add(&light, 6 + (i % 100) * .01);
        hist_add(&heavy, pow((i + .5) / 5000, -.2258) - 1);
    }
    ck_assert_double_eq_tol((double)light.max, (double)heavy.max, .05);
    double from = (double)fmaxf(light.max, heavy.max) + .01;
    double of_light = hist_z(&light, 4 * from) - hist_z(&light, from);
    double of_heavy = hist_z(&heavy, 4 * from) - hist_z(&heavy, from);
    ck_assert_msg(of_light > 1.5 * of_heavy, "%g, %g", of_light, of_heavy);
    ck_assert(of_heavy > 0);
}
END_TEST

START_TEST(halving_keeps_the_shares)
{
    add_ordinary(20000);
    struct hist before = h;
    hist_halve(&h);
    ck_assert_double_eq_tol((double)h.n, (double)before.n / 2, 1);
    ck_assert_double_eq_tol((double)h.max, (double)before.max, 1e-9);
    for (double x = .1; x < 4; x += .1) {
        ck_assert_double_eq_tol(hist_z(&h, x), hist_z(&before, x), .1);
    }
}
END_TEST

START_TEST(what_was_halved_weighs_less_than_what_is_new)
{
    add_ordinary(2000);
    double before = hist_z(&h, 5);
    hist_halve(&h);
    hist_halve(&h);
    for (int i = 0; i < 500; i++) {
        hist_add(&h, 5.5);
    }
    ck_assert_double_lt(hist_z(&h, 5), .6);
    ck_assert_double_gt(before, 3);
}
END_TEST

START_TEST(counts_go_on_after_a_float_is_full)
{
    h.bin[3] = h.n = HIST_FULL;
    h.max = 1;
    for (int i = 0; i < 1000; i++) {
        hist_add(&h, 4);
    }
    ck_assert_double_lt((double)h.n, (double)HIST_FULL);
    ck_assert_double_eq_tol((double)h.n, (double)HIST_FULL / 2 + 1000, 1);
    ck_assert_double_eq_tol(hist_z(&h, 2), log10((double)HIST_FULL / 2000), .05);
}
END_TEST

START_TEST(the_highest_bin_takes_all_that_is_higher)
{
    hist_add(&h, 1e30);
    hist_add(&h, INFINITY);
    ck_assert_double_eq_tol((double)h.bin[HIST_BINS - 1], 2, .1);
}
END_TEST

START_TEST(the_order_of_values_does_not_matter)
{
    struct hist other = {0};
    for (int i = 0; i < 1000; i++) {
        hist_add(&h, ordinary(i, 1000));
        hist_add(&other, ordinary(999 - i, 1000));
    }
    ck_assert_mem_eq(&h, &other, sizeof h);
}
END_TEST

START_TEST(what_was_seen_once_is_forgotten_after_some_halvings)
{
    for (int half = 0; half < 8; half++) {
        add_ordinary(1000);
        if (half == 0) {
            hist_add(&h, 40);
        }
        ck_assert_msg(half > 4 || h.max > 20, "after %d: %g", half, (double)h.max);
        hist_halve(&h);
    }
    ck_assert_double_lt((double)h.max, 5);
    ck_assert_double_gt((double)h.max, 2.5);
}
END_TEST

int main(void)
{
    const TTest *const with_history[] = {the_kth_highest_of_n_has_a_chance_of_k_in_n,
                                         more_is_never_less_unusual};
    const TTest *const tests[] = {
        nothing_is_known_without_a_history,
        no_evidence_is_never_unusual,
        values_of_zero_and_below_count,
        a_short_history_claims_no_more_than_its_length,
        far_beyond_is_the_more_unusual_the_longer_the_history,
        beyond_the_highest_a_heavy_tail_is_believed_less,
        halving_keeps_the_shares,
        what_was_seen_once_is_forgotten_after_some_halvings,
        what_was_halved_weighs_less_than_what_is_new,
        counts_go_on_after_a_float_is_full,
        the_highest_bin_takes_all_that_is_higher,
        the_order_of_values_does_not_matter,
    };
    Suite *s = suite_create("hist");
    TCase *tc = tcase_create("hist");
    tcase_add_checked_fixture(tc, set_up, NULL);
    for (int i = 0; i < ROWS(with_history); i++) {
        tcase_add_loop_test(tc, with_history[i], 0, ROWS(histories));
    }
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
