/* mask.h - one pass over a log message: its tokens, and which of them are variable.
 *
 * A token is a word between white space, brackets, quotes, commas, '=' and ':'. Masked
 * (wild) are numbers, dates and times, sizes with their unit, addresses, ids, paths,
 * URLs, what stands behind "key=", single quoted words, true, false and null. Neighbours
 * that are all masked become one token. What a token was stays reachable by at and n.
 *
 * Pure, any thread; any bytes, never past message.n; time grows with message.n only. */
#ifndef SCORING_MASK_H
#define SCORING_MASK_H

#include "fcgi/base/str.h"

enum { MASK_TOKENS_MAX = 48 }; /* what is beyond is part of the last one, which is wild */

/* The lowest two bits of a token's hash: what may take its place in the same template. */
enum mask_kind {
    MASK_WILD = 0, /* masked; "node-17" is hashed as "node#" */
    MASK_NAME = 1, /* not masked, but looks or stands like a name of something */
    MASK_WORD = 2, /* a word as in a sentence; "ssh2" is hashed as "ssh#" */
};

#define MASK_STAR  0u  /* the hash of what is masked as a whole */
#define MASK_LEAST 16u /* others are this or more */

struct token {
    uint32_t hash;
    uint32_t at, n; /* a view into the message; n may be 0: "key=" without a value */
    bool wild;      /* masked, all of it or its digits: a variable */
    bool alpha;     /* letters only, and in no place of a value */
};

struct tokens {
    struct token t[MASK_TOKENS_MAX];
    size_t n;
    uint64_t signature; /* of all hashes in their order */
};

static inline enum mask_kind mask_kind(uint32_t hash)
{
    return (enum mask_kind)(hash & 3u);
}

void mask_tokens(struct str message, struct tokens *out);

#endif
