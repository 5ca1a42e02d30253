/* model_check.h - may what was read from a file be a model? Its checksum says only that it is
 * as it was written, not by whom: with a number that cannot be, an index would lead out of a
 * table, a chain would have no end, or a score would be no number. Pure. */
#ifndef SCORING_MODEL_CHECK_H
#define SCORING_MODEL_CHECK_H

#include "scoring/model.h"

bool model_check(const struct model *m);

#endif
