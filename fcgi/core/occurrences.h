/* occurrences.h - when an incident came, in a bounded number of pieces of time.
 *
 * Each piece is as wide as the others; when there would be too many they become wider and
 * those that fall together are added. Only pieces in which it came are kept. */
#ifndef CORE_OCCURRENCES_H
#define CORE_OCCURRENCES_H

#include "fcgi/base/clock.h"

#include <stddef.h>

enum { OCCURRENCES_MAX = 200 };
#define OCCURRENCES_LEAST_US CLOCK_MINUTE_US

struct occurrences {
    int64_t at_us; /* where the piece begins */
    int64_t count;
    double severity; /* the highest in it */
};

/* The width after width_us: 1, 5, 15 minutes, 1, 6 hours, 1, 7 days, then twice as much. */
int64_t occurrences_wider(int64_t width_us);

/* Where the piece with this time begins. */
int64_t occurrences_start(int64_t at_us, int64_t width_us);

/* Makes pieces of width_us of n that are narrower, ascending by time; returns how many. */
size_t occurrences_merge(struct occurrences *list, size_t n, int64_t width_us);

#endif
