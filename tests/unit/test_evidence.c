/* test_evidence.c - the tails behind the score: against the published figures, against
 * sums term by term, and over a grid that no batch leaves. */
#include "scoring/evidence.h"

#include <check.h>
#include <math.h>
#include <stdbool.h>

typedef double (*evidence_fn)(int64_t n, int64_t k);

static const struct kind {
    const char *name;
    evidence_fn fn;
} kinds[] = {{"errors", evidence_errors}, {"failed logins", evidence_failed_logins}};

/* The score of a batch as the detector makes it: the stronger one, looked at twice. */
static double score_of(int64_t n, int64_t errors, int64_t logins)
{
    return evidence_score(
        fmax(evidence_errors(n, errors), evidence_failed_logins(n, logins)) - log10(2));
}

static const struct published {
    int64_t n, errors, logins;
    double score;
    double within;
} published[] = {
    {3, 2, 2, .819, .001},  {50, 5, 5, .754, .001},     {50, 12, 0, .854, .001},
    {50, 1, 1, .208, .001}, {1000, 20, 20, .407, .001}, {20, 20, 20, .9999, .0001},
    {1, 0, 0, 0, 0},        {1000000, 0, 0, 0, 0},
};

START_TEST(gives_the_published_scores)
{
    const struct published *p = &published[_i];
    double got = score_of(p->n, p->errors, p->logins);
    ck_assert_msg(fabs(got - p->score) <= p->within, "%lld/%lld/%lld: %.5f, not %.4f",
                  (long long)p->n, (long long)p->errors, (long long)p->logins, got,
                  p->score);
}
END_TEST

START_TEST(the_score_is_what_its_scale_says)
{
    ck_assert_double_eq_tol(evidence_score(3), 0.8, 1e-12);
    ck_assert_double_eq_tol(evidence_score(6), 0.96, 1e-12);
    ck_assert_double_eq_tol(evidence_score(-log10(.05)), 0.5, .005);
    ck_assert_double_eq_tol(evidence_score(-log10(.01)), 0.66, .005);
    ck_assert(evidence_score(0) <= 0 && evidence_score(0) >= 0);
    ck_assert(evidence_score(-5) <= 0 && evidence_score(-5) >= 0);
    ck_assert(evidence_score(1e-12) > 0); /* small evidence is not lost */
    for (double z = 0; z < 60; z += 0.25) {
        ck_assert(evidence_score(z + 0.25) > evidence_score(z));
        ck_assert(evidence_score(z) < 1);
    }
    ck_assert(evidence_score(1e300) <= 1);
}
END_TEST

/* --- against sums --- */

/* The chance of just k errors: a beta-binomial with a = 1, b = 49, made step by step. */
static void fill_errors(double *p, int64_t n)
{
    p[0] = 49.0 / (49.0 + (double)n);
    for (int64_t k = 0; k < n; k++) {
        double dk = (double)k, dn = (double)n;
        p[k + 1] = p[k] * (dn - dk) / (dn - dk - 1 + 49);
    }
}

/* The chance of just k failed logins: a negative binomial, shape .5, rate 99.5. */
static void fill_logins(double *p, int64_t n, int64_t most)
{
    double q = (double)n / ((double)n + 99.5);
    p[0] = sqrt(1 - q);
    for (int64_t k = 0; k < most; k++) {
        p[k + 1] = p[k] * ((double)k + .5) / ((double)k + 1) * q;
    }
}

static const int64_t some_n[] = {1, 2, 3, 10, 50, 333, 1000, 2000};
enum { SOME_N = sizeof some_n / sizeof some_n[0], TERMS = 4000 };

static void assert_tail(const char *name, evidence_fn fn, const double *p, int64_t terms,
                        int64_t n)
{
    double tail = 0;
    for (int64_t k = terms; k > 0; k--) {
        tail += p[k];
        if (k <= n && tail > 1e-280) {
            double got = fn(n, k), expected = -log10(tail);
            ck_assert_msg(fabs(got - expected) <= 1e-7 * fmax(1, expected),
                          "%s, n %lld, k %lld: %.12g, by summation %.12g", name,
                          (long long)n, (long long)k, got, expected);
        }
    }
    ck_assert_double_eq_tol(tail + p[0], 1, 1e-9); /* the sum itself is right */
}

START_TEST(the_tail_of_errors_is_the_sum_of_its_terms)
{
    static double p[TERMS + 1];
    fill_errors(p, some_n[_i]);
    assert_tail("errors", evidence_errors, p, some_n[_i], some_n[_i]);
}
END_TEST

START_TEST(the_tail_of_failed_logins_is_the_sum_of_its_terms)
{
    static double p[100 * TERMS + 1];
    int64_t terms = some_n[_i] <= 50 ? TERMS : 100 * TERMS; /* until they are nothing */
    fill_logins(p, some_n[_i], terms);
    assert_tail("failed logins", evidence_failed_logins, p, terms, some_n[_i]);
}
END_TEST

/* --- a service with a history --- */

static const int64_t grid[] = {1,   2,    3,    5,     10,     20,     50,     100,
                               500, 1000, 5000, 10000, 100000, 999999, 1000000};
enum { GRID_N = sizeof grid / sizeof grid[0] };

/* The k that are tried for n: all small ones, then ever larger ones, then n itself. */
static int64_t next_k(int64_t k, int64_t n)
{
    int64_t next = k < 40 ? k + 1 : k + k / 4;
    return k < n && next > n ? n : next;
}

/* The sums of exact distributions, from k on, in logarithms: ln_tail[k]. */
enum { EXACT_N = 3000 };

static void sum_up(const long double *ln_p, int64_t n, long double *ln_tail)
{
    ln_tail[n + 1] = -INFINITY;
    for (int64_t k = n; k >= 0; k--) {
        long double more = ln_tail[k + 1], top = ln_p[k] > more ? ln_p[k] : more;
        ln_tail[k] = top + logl(expl(ln_p[k] - top) + expl(more - top));
    }
    ck_assert(fabsl(ln_tail[0]) < 1e-9L); /* all of them are 1 */
}

static void assert_exact(const char *name, int64_t n, int64_t k, double got,
                         long double ln_tail)
{
    double z = (double)(-ln_tail / logl(10));
    ck_assert_msg(fabs(got - z) <= 1e-10 + 1e-9 * z,
                  "%s, n %lld, k %lld: %.15g, not %.15g", name, (long long)n,
                  (long long)k, got, z);
}

static const struct history {
    int64_t n;
    double a, b;
} histories[] = {
    {1, 3, 60},       {10, 1, 1},      {50, 1, 49},        {50, 1.5, 60},
    {300, 41, 2009},  {1000, 1, 2049}, {1000, 1500, 500},  {3000, 2001, 49},
    {3000, .5, 99.5}, {3000, 20, 20},  {EXACT_N, 1, 1000},
};
enum { HISTORIES_N = sizeof histories / sizeof histories[0] };

START_TEST(a_share_from_history_gives_the_exact_sum)
{
    static long double ln_p[EXACT_N + 1], ln_tail[EXACT_N + 2];
    const struct history *h = &histories[_i];
    long double a = (long double)h->a, b = (long double)h->b;
    ln_p[0] = 0;
    for (int64_t i = 0; i < h->n; i++) {
        ln_p[0] += logl((b + (long double)i) / (a + b + (long double)i));
    }
    for (int64_t k = 0; k < h->n; k++) {
        long double left = (long double)(h->n - k), dk = (long double)k;
        ln_p[k + 1] = ln_p[k] + logl(left / (dk + 1) * (dk + a) / (left - 1 + b));
    }
    sum_up(ln_p, h->n, ln_tail);
    for (int64_t k = 1; k <= h->n; k++) {
        assert_exact("beta-binomial", h->n, k,
                     evidence_beta_binomial(h->n, k, h->a, h->b), ln_tail[k]);
    }
}
END_TEST

START_TEST(a_known_share_gives_the_exact_sum)
{
    static const double shares[] = {1e-9, .001, .02, .5, .98};
    static long double ln_p[EXACT_N + 1], ln_tail[EXACT_N + 2];
    int64_t n = histories[_i].n;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        long double share = (long double)shares[i];
        ln_p[0] = (long double)n * log1pl(-share);
        for (int64_t k = 0; k < n; k++) {
            ln_p[k + 1] = ln_p[k] + logl((long double)(n - k) / (long double)(k + 1)) +
                          logl(share) - log1pl(-share);
        }
        sum_up(ln_p, n, ln_tail);
        for (int64_t k = 1; k <= n; k++) {
            assert_exact("binomial", n, k, evidence_binomial(n, k, shares[i]),
                         ln_tail[k]);
        }
    }
}
END_TEST

/* Where the sums have a closed form: as far as batches go. */
START_TEST(sums_agree_with_closed_forms)
{
    int64_t n = grid[_i];
    double dn = (double)n;
    for (int64_t k = 1; k <= n; k = next_k(k, n)) {
        double dk = (double)k;
        double even = evidence_beta_binomial(n, k, 1, 1);
        double rising = evidence_beta_binomial(n, k, 2, 1);
        double geometric = evidence_gamma_poisson(n, k, 1, 99.5);
        double tolerance = 1e-8;
        ck_assert_double_eq_tol(even, -log10((dn + 1 - dk) / (dn + 1)), tolerance);
        ck_assert_double_eq_tol(
            rising, -log10((dn + 1 - dk) / (dn + 1) * (dn + 2 + dk) / (dn + 2)),
            tolerance);
        ck_assert_double_eq_tol(geometric, dk * log10((dn + 99.5) / dn),
                                tolerance * fmax(1, geometric));
    }
    ck_assert_double_eq_tol(evidence_binomial(n, 1, .01),
                            -log10(-expm1(dn * log1p(-.01))), 1e-8);
    ck_assert_double_eq_tol(evidence_binomial(n, n, .01), 2 * dn, 1e-8 * dn);
}
END_TEST

START_TEST(more_history_of_errors_makes_them_less_unusual)
{
    double last = evidence_beta_binomial(100, 10, 1, 49);
    for (double seen = 1; seen <= 200; seen *= 2) { /* one in ten */
        double z = evidence_beta_binomial(100, 10, 1 + seen, 49 + 9 * seen);
        ck_assert_double_lt(z, last);
        last = z;
    }
    last = evidence_gamma_poisson(100, 10, .5, 99.5);
    for (double seen = 1; seen <= 200; seen *= 2) {
        double z = evidence_gamma_poisson(100, 10, .5 + seen, 99.5 + 10 * seen);
        ck_assert_double_lt(z, last);
        last = z;
    }
}
END_TEST

START_TEST(nothing_is_no_evidence)
{
    ck_assert(evidence_beta_binomial(50, 0, 3, 60) <= 0);
    ck_assert(evidence_gamma_poisson(50, 0, 3, 60) <= 0);
    ck_assert(evidence_binomial(50, 0, .1) <= 0);
    ck_assert(evidence_binomial(50, 50, 1) <= 0); /* all of them, as always */
    ck_assert(evidence_beta_binomial(0, 0, 1, 49) <= 0);
}
END_TEST

/* --- shape --- */

START_TEST(evidence_grows_with_the_count_and_is_always_a_number)
{
    for (size_t kind = 0; kind < 2; kind++) {
        int64_t n = grid[_i];
        double last = kinds[kind].fn(n, 0);
        ck_assert(last <= 0 && last >= 0);
        for (int64_t k = 1; k <= n; k = next_k(k, n)) {
            double z = kinds[kind].fn(n, k);
            ck_assert_msg(isfinite(z) && z >= last, "%s, n %lld, k %lld: %g after %g",
                          kinds[kind].name, (long long)n, (long long)k, z, last);
            ck_assert_msg(n < 1000 || k < 3 || z > 0, "%s: nothing", kinds[kind].name);
            double s = evidence_score(z);
            ck_assert(s >= 0 && s <= 1);
            last = z;
        }
    }
}
END_TEST

START_TEST(the_same_count_is_less_unusual_among_more_records)
{
    for (size_t kind = 0; kind < 2; kind++) {
        for (int64_t k = 1; k <= grid[_i] && k <= 1000; k = next_k(k, 1000)) {
            for (size_t i = (size_t)_i; i + 1 < GRID_N; i++) {
                ck_assert_msg(kinds[kind].fn(grid[i], k) >=
                                  kinds[kind].fn(grid[i + 1], k),
                              "%s, k %lld", kinds[kind].name, (long long)k);
            }
        }
    }
}
END_TEST

START_TEST(five_hundred_failed_logins_are_more_than_twenty)
{
    ck_assert(evidence_failed_logins(500, 500) > evidence_failed_logins(20, 20));
    ck_assert(evidence_failed_logins(500, 500) > evidence_failed_logins(500, 20));
    ck_assert(score_of(500, 500, 500) >= score_of(20, 20, 20));
    ck_assert(score_of(500, 0, 500) > score_of(500, 0, 20));
}
END_TEST

START_TEST(usual_max_is_the_bound_of_99_in_100)
{
    for (size_t kind = 0; kind < 2; kind++) {
        int64_t n = grid[_i], m = evidence_usual_max(n, kinds[kind].fn);
        ck_assert_int_ge(m, 0);
        ck_assert_int_le(m, n);
        ck_assert_msg(m == n || kinds[kind].fn(n, m + 1) >= 2,
                      "%s, n %lld: %lld is too small", kinds[kind].name, (long long)n,
                      (long long)m);
        ck_assert_msg(m == 0 || kinds[kind].fn(n, m) < 2, "%s, n %lld: %lld is too large",
                      kinds[kind].name, (long long)n, (long long)m);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("evidence");
    TCase *tc = tcase_create("tails");
    tcase_add_loop_test(tc, gives_the_published_scores, 0,
                        sizeof published / sizeof published[0]);
    tcase_add_test(tc, the_score_is_what_its_scale_says);
    tcase_add_loop_test(tc, the_tail_of_errors_is_the_sum_of_its_terms, 0, SOME_N);
    tcase_add_loop_test(tc, the_tail_of_failed_logins_is_the_sum_of_its_terms, 0, SOME_N);
    tcase_add_loop_test(tc, a_share_from_history_gives_the_exact_sum, 0, HISTORIES_N);
    tcase_add_loop_test(tc, a_known_share_gives_the_exact_sum, 0, HISTORIES_N);
    tcase_add_loop_test(tc, sums_agree_with_closed_forms, 0, GRID_N);
    tcase_add_test(tc, more_history_of_errors_makes_them_less_unusual);
    tcase_add_test(tc, nothing_is_no_evidence);
    tcase_add_loop_test(tc, evidence_grows_with_the_count_and_is_always_a_number, 0,
                        GRID_N);
    tcase_add_loop_test(tc, the_same_count_is_less_unusual_among_more_records, 0, GRID_N);
    tcase_add_test(tc, five_hundred_failed_logins_are_more_than_twenty);
    tcase_add_loop_test(tc, usual_max_is_the_bound_of_99_in_100, 0, GRID_N);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
