/* vectors_check.h - may what was read from a file be vectors, and their spreads? Else an index
 * would lead out of a table, a chain would have no end, or a distance would be no number.
 * Pure. */
#ifndef SCORING_VECTORS_CHECK_H
#define SCORING_VECTORS_CHECK_H

#include "scoring/vectors.h"

bool vectors_check(const struct vectors *s, unsigned slots_n); /* of templates */
bool vectors_check_spread(const struct vector_spread *x);

#endif
