/* evidence.c - see evidence.h. */
#include "scoring/evidence.h"

#include <math.h>

#define ERRORS_B       49.0 /* Beta(1, b) on the share of errors */
#define LOGINS_SHAPE   0.5  /* Gamma on failed logins a record */
#define LOGINS_RATE    99.5
#define USUAL_EVIDENCE 2.0 /* 1 in 100 */
#define LN10           2.302585092994045684

/* lgamma(3) keeps the sign in a global, which is a data race; this one does not. */
static double ln_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

double evidence_errors(int64_t n, int64_t k)
{
    if (k <= 0) {
        return 0;
    }
    /* For a = 1 the tail has a closed form: the product of (n-i)/(n+b-i), i = 0..k-1. */
    double dn = (double)n, dk = (double)k;
    double ln_p = ln_gamma(dn + 1) - ln_gamma(dn - dk + 1) +
                  ln_gamma(dn + ERRORS_B - dk + 1) - ln_gamma(dn + ERRORS_B + 1);
    return ln_p < 0 ? -ln_p / LN10 : 0;
}

double evidence_failed_logins(int64_t n, int64_t k)
{
    if (k <= 0) {
        return 0;
    }
    double dn = (double)n, dk = (double)k;
    double q = dn / (dn + LOGINS_RATE);
    double ln_first = ln_gamma(dk + LOGINS_SHAPE) - ln_gamma(LOGINS_SHAPE) -
                      ln_gamma(dk + 1) + LOGINS_SHAPE * log1p(-q) + dk * log(q);
    /* The terms after the first, relative to it; each is less than q times the one before. */
    double sum = 1, term = 1;
    for (double j = dk; term > sum * 1e-16; j++) {
        term *= (j + LOGINS_SHAPE) / (j + 1) * q;
        sum += term;
    }
    double ln_p = ln_first + log(sum);
    return ln_p < 0 ? -ln_p / LN10 : 0;
}

int64_t evidence_usual_max(int64_t n, double (*evidence)(int64_t n, int64_t k))
{
    int64_t low = 0, high = n; /* evidence grows with k: the answer is in low..high */
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (evidence(n, mid + 1) >= USUAL_EVIDENCE) {
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
