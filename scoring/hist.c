/* hist.c - see hist.h. */
#include "scoring/hist.h"

#include <math.h>

#define TAIL_NU_MIN 2.0 /* of a short history */
#define TAIL_NU_MAX 20.0
#define TAIL_SHARE  .01   /* of the values: the tail that is measured, */
#define TAIL_N_MIN  10.0  /* and as many at least, */
#define TAIL_N_MAX  100.0 /* and at most */

/* The bin is the whole part. */
static double place_of(double x)
{
    double b = x > 0 ? HIST_OCTAVE * log2(1 + x) : 0;
    return b < HIST_BINS - .001 ? b : HIST_BINS - .001;
}

void hist_add(struct hist *h, double x)
{
    if (h->n >= HIST_FULL) {
        hist_halve(h);
    }
    h->bin[(int)place_of(x)] += 1;
    h->n += 1;
    h->max = (float)x > h->max ? (float)x : h->max;
}

/* How many values were x or more; within x's own bin they are taken to lie evenly. */
static double tail(const struct hist *h, double x)
{
    double place = place_of(x);
    int own = (int)place;
    double sum = (double)h->bin[own] * (1 - (place - own));
    for (int i = HIST_BINS - 1; i > own; i--) {
        sum += (double)h->bin[i];
    }
    return sum;
}

/* How fast the tail falls, as a power of 1 + x: Hill's estimator (Ann. Stat. 3(5), 1975) of
 * the highest values, drawn to a heavy tail while they are few. */
static double tail_index(const struct hist *h)
{
    double want = (double)h->n * TAIL_SHARE, n = 0, sum = 0;
    int low = HIST_BINS;
    want = fmin(fmax(want, TAIL_N_MIN), TAIL_N_MAX);
    while (low > 0 && n < want) {
        n += (double)h->bin[--low];
    }
    for (int i = low; i < HIST_BINS; i++) {
        sum += (double)h->bin[i] * (i - low + .5) * M_LN2 / HIST_OCTAVE;
    }
    double nu = (n + 1) / (sum + 1 / TAIL_NU_MIN);
    return fmin(nu, TAIL_NU_MAX);
}

double hist_z(const struct hist *h, double x)
{
    if (x <= 0 || h->n < 1) {
        return 0;
    }
    double n = (double)h->n, max = fmax((double)h->max, log10(n + 1));
    double z = -log10((tail(h, x) + .5) / (n + 1));
    z = n < HIST_FEW ? fmin(z, log10(n)) : z;
    if (x > max) {
        z += tail_index(h) * log10((1 + x) / (1 + max));
    }
    return z > 0 ? z : 0;
}

void hist_halve(struct hist *h)
{
    int high = -1; /* the highest bin that is not empty */
    h->n = 0;
    for (int i = 0; i < HIST_BINS; i++) {
        h->bin[i] *= .5F;
        h->bin[i] = h->bin[i] < HIST_FORGET ? 0 : h->bin[i];
        h->n += h->bin[i];
        high = h->bin[i] > 0 ? i : high;
    }
    float end = exp2f((float)(high + 1) / HIST_OCTAVE) - 1; /* of that bin */
    h->max = high < HIST_BINS - 1 && h->max > end ? end : h->max;
}
