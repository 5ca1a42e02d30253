/* evidence.c - see evidence.h. */
#include "scoring/evidence.h"

#include <math.h>

#define LN10 2.302585092994045684

/* lgamma(3) keeps the sign in a global, which is a data race; this one does not. */
static double ln_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

double evidence_errors(int64_t n, int64_t k)
{
    return evidence_beta_binomial(n, k, EVIDENCE_ERRORS_A, EVIDENCE_ERRORS_B);
}

/* A distribution of counts: its mean, its last count, and how its terms follow on each
 * other. */
struct counts {
    double mean;
    int64_t last;
    double (*ratio)(double i, const double *p); /* of term i + 1 to term i */
    const double *p;
};

/* -log10 of the sum of its terms from k on; ln_k: the logarithm of term k. Up to the mean
 * it is the other terms that are summed, for they are few, and what is left of 1 without
 * them is exact. Terms that no longer count are left away. */
static double tail_z(const struct counts *d, int64_t k, double ln_k)
{
    double sum = 1, term = 1;
    if ((double)k <= d->mean) {
        for (int64_t i = k - 1; i > 0 && term > sum * 1e-16; i--) {
            term /= d->ratio((double)i - 1, d->p);
            sum += term;
        }
        double below = exp(ln_k - log(d->ratio((double)k - 1, d->p)) + log(sum));
        return below < 1 ? -log1p(-below) / LN10 : 0;
    }
    for (int64_t i = k; i < d->last && term > sum * 1e-16; i++) {
        term *= d->ratio((double)i, d->p);
        sum += term;
    }
    double ln_p = ln_k + log(sum);
    return ln_p < 0 ? -ln_p / LN10 : 0;
}

static double ratio_beta_binomial(double i, const double *p) /* p: n, a, b */
{
    return (p[0] - i) / (i + 1) * (i + p[1]) / (p[0] - i - 1 + p[2]);
}

double evidence_beta_binomial(int64_t n, int64_t k, double a, double b)
{
    if (k <= 0) {
        return 0;
    }
    double dn = (double)n, dk = (double)k, p[] = {dn, a, b};
    if (a == 1 && dk > dn / (1 + b)) { /* the product of (n - i) / (n + b - i), i < k */
        double ln_p = ln_gamma(dn + 1) - ln_gamma(dn - dk + 1) +
                      ln_gamma(dn + b - dk + 1) - ln_gamma(dn + b + 1);
        return -ln_p / LN10;
    }
    double ln_k = ln_gamma(dn + 1) - ln_gamma(dk + 1) - ln_gamma(dn - dk + 1) +
                  ln_gamma(dk + a) + ln_gamma(dn - dk + b) - ln_gamma(dn + a + b) +
                  ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    struct counts d = {dn * a / (a + b), n, ratio_beta_binomial, p};
    return tail_z(&d, k, ln_k);
}

double evidence_failed_logins(int64_t n, int64_t k)
{
    return evidence_gamma_poisson(n, k, EVIDENCE_LOGINS_SHAPE, EVIDENCE_LOGINS_RATE);
}

static double ratio_gamma_poisson(double i, const double *p) /* p: shape, q */
{
    return (i + p[0]) / (i + 1) * p[1];
}

double evidence_gamma_poisson(int64_t n, int64_t k, double shape, double rate)
{
    if (k <= 0) {
        return 0;
    }
    double dn = (double)n, dk = (double)k, q = dn / (dn + rate), p[] = {shape, q};
    double ln_k = ln_gamma(dk + shape) - ln_gamma(shape) - ln_gamma(dk + 1) +
                  shape * log1p(-q) + dk * log(q);
    struct counts d = {dn * shape / rate, INT64_MAX, ratio_gamma_poisson, p};
    return tail_z(&d, k, ln_k);
}

static double ratio_binomial(double i, const double *p) /* p: n, odds */
{
    return (p[0] - i) / (i + 1) * p[1];
}

double evidence_binomial(int64_t n, int64_t k, double share)
{
    if (k <= 0 || share >= 1) {
        return 0;
    }
    double dn = (double)n, dk = (double)k, p[] = {dn, share / (1 - share)};
    double ln_k = ln_gamma(dn + 1) - ln_gamma(dk + 1) - ln_gamma(dn - dk + 1) +
                  dk * log(share) + (dn - dk) * log1p(-share);
    struct counts d = {dn * share, n, ratio_binomial, p};
    return tail_z(&d, k, ln_k);
}

int64_t evidence_usual_max(int64_t n, double (*evidence)(int64_t n, int64_t k))
{
    int64_t low = 0, high = n; /* evidence grows with k: the answer is in low..high */
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (evidence(n, mid + 1) >= EVIDENCE_USUAL) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return low;
}

double evidence_score(double z)
{
    return z > 0 ? -expm1(z / 3 * log(0.2)) : 0;
}
