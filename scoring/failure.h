/* failure.h - does a message speak of a failure? Words that programs use when something has
 * gone wrong, whatever the level they log it at. A prior for messages that were never seen:
 * what is known is judged by its history. No memory, any thread. */
#ifndef SCORING_FAILURE_H
#define SCORING_FAILURE_H

#include "fcgi/base/str.h"

bool failure_in(struct str message);

/* Does it say that somebody has logged in? */
bool entrance_in(struct str message);

#endif
