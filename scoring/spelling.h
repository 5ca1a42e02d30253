/* spelling.h - a value spelled unlike all others of its field.
 *
 * Counts of characters, pairs and triples per field (paths of a site, values of its
 * queries, user agents), in tables of fixed size that all fields share. What counts is the
 * worst window: the highest mean of bits a character over SPELLING_WINDOW characters, so
 * that a short attack in a long value is not averaged away (after Kruegel, Vigna, CCS 2003,
 * who score whole values). Letters without case, digits as one. Nothing is forgotten. Plain
 * data: saved as bytes. The caller locks. */
#ifndef SCORING_SPELLING_H
#define SCORING_SPELLING_H

#include "fcgi/base/str.h"

enum {
    SPELLING_TRIPLES = 1 << 19,
    SPELLING_PAIRS = 1 << 17,
    SPELLING_SINGLES = 1 << 14,
    SPELLING_WINDOW = 8,
    SPELLING_BYTES_MAX = 512 /* of a value; the rest is not looked at */
};

/* A count of 16 bits: exact up to 8192, then a float of 12 bits that goes up by chance, so
 * that a field which is seen a million times takes nothing from the others (R. Morris,
 * Counting large numbers of events in small registers, CACM 21(10), 1978). */
typedef uint16_t spelling_count;

struct spelling {
    spelling_count triple[SPELLING_TRIPLES];
    spelling_count pair[SPELLING_PAIRS];
    uint32_t single[SPELLING_SINGLES]; /* of each field one is all its characters */
};

struct spelling_view {
    double bits;  /* a character, in the worst window */
    size_t at, n; /* where it is in the value */
};

void spelling_look(const struct spelling *s, uint64_t field, struct str value,
                   struct spelling_view *out);
void spelling_learn(struct spelling *s, uint64_t field, struct str value);

#endif
