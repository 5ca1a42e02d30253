/* live.h - a detector driven as ingest drives it: a batch is scored with the alarm budget,
 * what is over the threshold becomes an incident or a part of one, the batch is learned,
 * and what minutes and sessions have to say is asked for. No store, no threads, and the
 * clock is that of the batches. */
#ifndef TESTS_LIVE_H
#define TESTS_LIVE_H

#include "fcgi/base/arena.h"
#include "scoring/detector.h"
#include "scoring/raised.h"

#define LIVE_THRESHOLD .8

struct live {
    struct detector *d;
    struct raised raised;
    struct arena arena;
    struct finding *finding;
    int64_t records, batches;
    int64_t crossings, held; /* raw scores over the threshold; of these, by the budget */
    int64_t findings;        /* that were told */
};

enum err_code live_open(struct live *l, struct err *e) MUST_USE;
void live_close(struct live *l);

enum err_code live_post(struct live *l, const struct record *records, size_t n,
                        int64_t now_us, struct err *e) MUST_USE;

/* As live_post does it after each batch. */
enum err_code live_look(struct live *l, int64_t now_us, struct err *e) MUST_USE;

#endif
