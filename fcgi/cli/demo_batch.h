/* demo_batch.h - records gathered as a shipper on the host does: what comes within a
 * stretch of event time is one batch, of all services or of each. */
#ifndef CLI_DEMO_BATCH_H
#define CLI_DEMO_BATCH_H

#include "fcgi/base/json.h"
#include "fcgi/cli/demo_week.h"

enum { DEMO_BATCH_RECORDS_MAX = 1000, DEMO_SERVICES_MAX = 16 };

struct demo_batch {
    const char *service; /* NULL: all */
    struct buf records;  /* a JSON array, once it is whole */
    struct json_out out;
    size_t n;
    bool fault; /* one of the records belongs to a fault */
};

/* Takes a whole batch. */
typedef enum err_code (*demo_batch_fn)(void *arg, const struct demo_batch *batch,
                                       struct err *e);

struct demo_gatherer {
    /* Set by the caller; the rest is 0 at the beginning. */
    const struct demo_truth *truth; /* of the week that the records are of */
    int64_t flush_us;
    size_t records_max; /* at most DEMO_BATCH_RECORDS_MAX */
    bool per_service;
    demo_batch_fn send;
    void *arg;
    /* its own */
    struct demo_batch batches[DEMO_SERVICES_MAX];
    size_t n;
    int64_t until_us;
};

/* Adds one record, and hands on before it what is due; fails as send does, or ERR_NOMEM. */
enum err_code demo_gather(struct demo_gatherer *g, const struct demo_record *r,
                          struct err *e) MUST_USE;

/* Hands on what there is. */
enum err_code demo_gather_rest(struct demo_gatherer *g, struct err *e) MUST_USE;

void demo_gatherer_free(struct demo_gatherer *g);

#endif
