/* disk_usage.h - how much space the store takes, how much there is, and by how much the
 * store grows: the lesser of what its last day and its last days say, so that one import is
 * not taken for what comes each day. */
#ifndef JOBS_DISK_USAGE_H
#define JOBS_DISK_USAGE_H

#include "fcgi/base/config.h"
#include "fcgi/core/readiness.h"
#include "sql/store_read.h"

/* Growth is looked at over so long, and over one day; not before two are known. */
#define DISK_USAGE_DAY_US   (24 * 60 * CLOCK_MINUTE_US)
#define DISK_USAGE_SPAN_US  (7 * DISK_USAGE_DAY_US)
#define DISK_USAGE_KNOWN_US (2 * DISK_USAGE_DAY_US)

struct disk_usage {
    struct disk_room room;
    int64_t store_bytes, wal_bytes; /* -1: no such file */
};

/* Of the store that DATABASE names; reader: of it, for how it grew. What cannot be found out
 * is not known. */
void disk_usage_read(const struct config *c, struct store *reader, int64_t now_us,
                     struct disk_usage *out);

#endif
