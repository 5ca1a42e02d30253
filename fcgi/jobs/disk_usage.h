/* disk_usage.h - how much space the store takes, how much there is, and by how much the
 * store grows: of its last days, from when its batches came. */
#ifndef JOBS_DISK_USAGE_H
#define JOBS_DISK_USAGE_H

#include "fcgi/core/readiness.h"
#include "sql/store_read.h"

/* Growth is looked at over so long, or since the store's first batch; not at all before so
 * much of it is known. */
#define DISK_USAGE_SPAN_US  (7 * 24 * 60 * CLOCK_MINUTE_US)
#define DISK_USAGE_KNOWN_US (60 * CLOCK_MINUTE_US)

struct disk_usage {
    struct disk_room room;
    int64_t store_bytes, wal_bytes; /* -1: no such file */
};

/* store: the path; reader: of it, for how it grew. What cannot be found out is not known. */
void disk_usage_read(const char *store, struct store *reader, int64_t now_us,
                     struct disk_usage *out);

#endif
