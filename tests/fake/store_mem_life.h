/* store_mem_life.h - the part of the store in memory that keeps the life of incidents and
 * the lanes of services. Inside the fake: store_mem.c calls it with its lock held, and keeps
 * the texts. */
#ifndef FAKE_STORE_MEM_LIFE_H
#define FAKE_STORE_MEM_LIFE_H

#include "sql/store_lanes.h"
#include "sql/store_life.h"

/* Rows of one kind; before: as they were when the transaction began. */
struct mem_rows {
    char *p, *before;
    size_t size, n, cap, before_n;
};

struct mem_life {
    struct mem_rows history, occurrences, lanes;
    bool in_transaction;
};

void mem_life_init(struct mem_life *l);
void mem_life_free(struct mem_life *l);
void mem_life_begin(struct mem_life *l);
void mem_life_end(struct mem_life *l, bool stays);

/* Their texts stay until mem_life_free. */
void mem_life_add_history(struct mem_life *l, const struct store_history *h);
void mem_life_add_occurrence(struct mem_life *l, const struct store_occurrence *o);
void mem_life_add_lanes(struct mem_life *l, const struct store_lane *lanes, size_t n,
                        struct str (*keep)(void *arg, struct str s), void *arg);

/* committed: as others see it. The copies are the caller's to free. */
struct store_history *mem_life_history(const struct mem_life *l, bool committed,
                                       int64_t incident_id, size_t *n);
size_t mem_life_occurrences(const struct mem_life *l, bool committed, int64_t incident_id,
                            struct occurrences *list, int64_t *width_us);
struct store_lane *mem_life_lanes(const struct mem_life *l, bool committed, int64_t from,
                                  int64_t to, size_t *n);

#endif
