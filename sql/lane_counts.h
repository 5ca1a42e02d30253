/* lane_counts.h - counts what the batches of a group commit add to the lanes of services
 * (store_lanes.h), so that the store is given one row a service and piece of time for all
 * of them, not one a batch. For the writer's thread, inside a transaction. */
#ifndef SQL_LANE_COUNTS_H
#define SQL_LANE_COUNTS_H

#include "fcgi/core/verdict.h"
#include "sql/store_lanes.h"

/* So many are counted at once; when one more comes they go to the store first. */
enum { LANE_COUNTS_MAX = 1024 };

struct lane_counts {
    struct store *store;
    struct store_lane lanes[LANE_COUNTS_MAX]; /* names are views into the records */
    uint64_t hash[LANE_COUNTS_MAX];           /* of their names */
    uint16_t slot[2 * LANE_COUNTS_MAX];       /* 1 + index in lanes, by hash; 0: free */
    size_t n, last;                           /* last: the index that was used last */
};

/* Nothing is counted yet; what was is forgotten (its transaction was rolled back). */
void lane_counts_begin(struct lane_counts *c, struct store *store);

/* A batch that is stored. v NULL: it has no score. The pieces of time with the records that
 * the reasons point to, of the service that the verdict is about if it is one, have the
 * batch's score; if they point to none, those of that service, or of all. In the others
 * nothing was found: 0. The names must stay until lane_counts_put. */
enum err_code lane_counts_batch(struct lane_counts *c, const struct store_batch *b,
                                const struct verdict *v, struct err *e) MUST_USE;

/* What a minute or a session scored whose records were counted before. */
enum err_code lane_counts_window(struct lane_counts *c, const struct verdict *v,
                                 int64_t at_us, struct err *e) MUST_USE;

/* All that was counted goes to the store. */
enum err_code lane_counts_put(struct lane_counts *c, struct err *e) MUST_USE;

#endif
