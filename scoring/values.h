/* values.h - a value never seen at a place where few different ones occur: exit status 1
 * where it was always 0, a user who never logged in, a state that is not one of the known.
 *
 * A place is one variable token of one template. Per place it is counted how many
 * records, how many different values, how many of them seen once; the chance of a new one
 * is (once + 1/2) / (records + 1) (Good-Turing). A place with more than VALUES_FEW different
 * values is not looked at any more. Which values were seen is a hash table of fixed size.
 * Plain data: saved as bytes. The caller locks. */
#ifndef SCORING_VALUES_H
#define SCORING_VALUES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    VALUES_PLACES_MAX = 1 << 16, /* a further one takes the place of one seen less */
    VALUES_FEW = 64,
    VALUES_SEEN_MAX = 1 << 18, /* cells of the table of values */
    VALUES_WAYS = 4
};

struct values_place {
    uint32_t tag;         /* 0: free */
    uint32_t n;           /* records */
    uint16_t kinds, once; /* different values, and those seen once */
};

struct values {
    struct values_place place[VALUES_PLACES_MAX];
    uint32_t seen[VALUES_SEEN_MAX]; /* tag << 1 | seen more than once; 0: free */
    uint64_t evicted;
};

/* place: a template's id and the number of its token, mixed by the caller into 64 bits.
 *
 * -log10 of the chance of a value that is new at its place; 0 if it is known, or the
 * place has seen too little or too much to tell. */
double values_z(const struct values *s, uint64_t place, uint32_t value);

void values_learn(struct values *s, uint64_t place, uint32_t value);

#endif
