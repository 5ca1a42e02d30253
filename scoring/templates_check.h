/* templates_check.h - may what was read from a file be templates? Else an index would lead out
 * of a table, or a chain would have no end. Pure. */
#ifndef SCORING_TEMPLATES_CHECK_H
#define SCORING_TEMPLATES_CHECK_H

#include "scoring/templates.h"

bool templates_check(const struct templates *s);

#endif
