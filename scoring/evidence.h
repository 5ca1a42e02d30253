/* evidence.h - how unusual are so many errors or failed logins in so many records?
 *
 * Before a service has a history the answer comes from a prior: the share of errors is
 * Beta(1, 49), the rate of failed logins a record is Gamma(shape 0.5, rate 99.5). The
 * chance of seeing k or more is then the upper tail of a beta-binomial and of a negative
 * binomial. All in logarithms: -log10 p is exact where p itself is 0 in a double.
 *
 * The priors were tried on a grid of 1,080 pairs and on clean logs (none flagged). With
 * score = 1 - 0.2^(z/3): 3 records, 2 errors, 2 failed logins .819; 50/5/5 .754;
 * 50/12/0 .854; 50/1/1 .208; 1000/20/20 .407; 20/20/20 .9999.
 * Pure functions, any thread. */
#ifndef SCORING_EVIDENCE_H
#define SCORING_EVIDENCE_H

#include <stdint.h>

#define EVIDENCE_USUAL        2.0 /* 1 in 100 */
#define EVIDENCE_ERRORS_A     1.0
#define EVIDENCE_ERRORS_B     49.0
#define EVIDENCE_LOGINS_SHAPE 0.5
#define EVIDENCE_LOGINS_RATE  99.5

/* -log10 of the chance of k or more errors in n records; 0 for k = 0. 0 <= k <= n. */
double evidence_errors(int64_t n, int64_t k);

/* -log10 of the chance of k or more failed logins in n records; 0 for k = 0. */
double evidence_failed_logins(int64_t n, int64_t k);

/* The same for a service with a history: -log10 of the chance of k or more in n, where the
 * share is Beta(a, b), the rate is Gamma(shape, rate), or the share is known. */
double evidence_beta_binomial(int64_t n, int64_t k, double a, double b);
double evidence_gamma_poisson(int64_t n, int64_t k, double shape, double rate);
double evidence_binomial(int64_t n, int64_t k, double share);

/* The smallest count that is not passed in 99 of 100 ordinary cases of n records. */
int64_t evidence_usual_max(int64_t n, double (*evidence)(int64_t n, int64_t k));

/* 0..1 from z = -log10 p: 1 - 0.2^(z/3), so p = .001 gives 0.8. Negative z counts as 0. */
double evidence_score(double z);

#endif
