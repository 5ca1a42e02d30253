/* metrics_state.h - the part of GET /metrics that is looked up when it is asked for: the
 * store and its disk, who scores, what waits to be told. */
#ifndef METRICS_STATE_H
#define METRICS_STATE_H

#include "fcgi/health.h"
#include "fcgi/metrics.h"

/* What is not known is left out. */
void metrics_put_state(struct buf *out, const struct config *c, struct store *reader,
                       const struct health *h, int64_t now_us);

#endif
