/* metrics.h - GET /metrics: what was counted (fcgi/base/counts.h) and what is so now, in the
 * text format of Prometheus, version 0.0.4. All names begin with "loganalyzer_". */
#ifndef METRICS_H
#define METRICS_H

#include "fcgi/base/buf.h"
#include "fcgi/base/str.h"

#include <stdbool.h>
#include <stddef.h>

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metrics_type { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM };

/* A family: its name without the prefix, and what it means. */
struct metrics_family {
    const char *name;
    enum metrics_type type;
    bool micros; /* counted in microseconds, shown in seconds */
    const char *help;
};

/* The two lines that come before a family's samples, and one sample. labels: what stands
 * between the brackets, "" none. */
void metrics_put_family(struct buf *out, const struct metrics_family *f);
void metrics_put(struct buf *out, const char *name, const char *labels, double value);

/* All that our programs have counted, by family; what is no family of ours is left out. */
void metrics_put_counted(struct buf *out);

/* Which programs run, and what they take. */
void metrics_put_programs(struct buf *out);

/* The family that a counter's name belongs to; NULL: none that is shown. */
const struct metrics_family *metrics_family_of(struct str name);

#endif
