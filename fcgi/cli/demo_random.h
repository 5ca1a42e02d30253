/* demo_random.h - numbers that look random and are the same everywhere for a seed.
 *
 * splitmix64 (Sebastiano Vigna, public domain, https://prng.di.unimi.it/splitmix64.c): one
 * word of state, and any word is a good one, so that whatever happens in the demo's week
 * has a stream of its own, named by a hash of what it is. Nothing fails. */
#ifndef CLI_DEMO_RANDOM_H
#define CLI_DEMO_RANDOM_H

#include "fcgi/base/str.h"

struct demo_random {
    uint64_t state;
};

uint64_t demo_random_next(struct demo_random *r);

/* A seed that follows from two. */
uint64_t demo_random_mix(uint64_t a, uint64_t b);

/* 0 <= x < 1 */
double demo_random_unit(struct demo_random *r);

/* Each of low..high alike; low <= high. */
int64_t demo_random_int(struct demo_random *r, int64_t low, int64_t high);

/* low <= x < high, each order of magnitude alike; 0 < low <= high. Sizes and durations are
 * like that, and as a rank the k-th is taken about as often as 1/k: Zipf's law. */
double demo_random_log(struct demo_random *r, double low, double high);

/* Exponential: the time to the next of what happens independently, on average mean. */
double demo_random_wait(struct demo_random *r, double mean);

bool demo_random_percent(struct demo_random *r, int percent);

#endif
