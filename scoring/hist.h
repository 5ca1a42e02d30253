/* hist.h - what is an ordinary value of an evidence? A histogram of what was seen.
 *
 * It is fed with every value before anything is learned from the data that gave it
 * (prequential calibration), so no data need be held back. Values are from 0 up, -log10 p
 * or the like; bins are HIST_OCTAVE to a doubling of 1 + value. Beyond all that were seen
 * the tail goes on as it falls before (Hill's estimator); it begins not below what the
 * highest of so many values would be if they were -log10 p of ordinary windows, and under
 * HIST_FEW values p is at least 1 / n up to there. Plain data. The caller locks. */
#ifndef SCORING_HIST_H
#define SCORING_HIST_H

enum { HIST_BINS = 64, HIST_OCTAVE = 8 };
#define HIST_FEW 200.0 /* below so many seen, p is at least 1 / n */
#define HIST_FORGET                                                                      \
    .05F               /* what a value counts when it is forgotten: after five halvings */
#define HIST_FULL 4e6F /* then the older half counts half: a float counts no further */

struct hist {
    float bin[HIST_BINS];
    float n;   /* sum of the bins: values seen, decayed */
    float max; /* the highest of them that still counts for HIST_FORGET */
};

void hist_add(struct hist *h, double x);

/* -log10 of the chance that an ordinary value is x or more; 0 for x <= 0. */
double hist_z(const struct hist *h, double x);

void hist_halve(struct hist *h); /* an older half counts half */

#endif
