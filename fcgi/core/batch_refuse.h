/* batch_refuse.h - what becomes of what is no record: a part of batch.c. */
#ifndef CORE_BATCH_REFUSE_H
#define CORE_BATCH_REFUSE_H

#include "fcgi/core/batch.h"

/* Says why a body that begins so is no batch, and what to do; ERR_INVALID. */
enum err_code batch_refuse_body(struct str body, struct err *e);

/* Leaves a record out, for which e says why: it is counted, and kept as far as a batch
 * keeps them. text is what was sent. ERR_NOMEM. */
enum err_code batch_reject(struct arena *a, struct batch *b, struct str text,
                           struct err *e) MUST_USE;

/* Where a value ends with which text begins and which is not JSON: at the end of its line,
 * if at_top (not in an array) and it does not look like the first of several; else where its
 * brackets are closed, as far as strings can be told. False: that cannot be said. */
bool batch_broken_end(struct str text, bool at_top, size_t *n);

/* Is the first line one of several, of which the next begins with an object? */
bool batch_has_lines(struct str text);

#endif
