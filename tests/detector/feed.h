/* feed.h - the demo's week as batches of records, read as ingest reads them: the generator's
 * records gathered into JSON bodies (demo_batch.h), and these parsed (batch.h).
 *
 * Time of receipt is half a second after a batch's latest record. */
#ifndef TESTS_FEED_H
#define TESTS_FEED_H

#include "fcgi/base/arena.h"
#include "fcgi/cli/demo_week.h"
#include "fcgi/core/record.h"

#define FEED_START_US     (INT64_C(1794787200) * 1000000) /* 2026-11-16, a Monday */
#define FEED_DAY_US       (24 * 60 * CLOCK_MINUTE_US)
#define FEED_FLUSH_US     (10 * CLOCK_SECOND_US) /* what `loganalyzer demo` has */
#define FEED_TRANSPORT_US (CLOCK_SECOND_US / 2)

struct feed_batch {
    const struct record *records; /* until the call returns, unless all are kept */
    size_t n;
    int64_t now_us;
};
typedef enum err_code (*feed_fn)(void *arg, const struct feed_batch *b, struct err *e);

struct feed {
    bool keep; /* the records of all batches stay until feed_free */
    feed_fn fn;
    void *arg;
    struct arena arena; /* its own: of the records */
};

/* All of the week, through f->fn; fails as that does, or ERR_NOMEM. */
enum err_code feed_week(struct feed *f, struct demo_week *week, struct err *e) MUST_USE;
void feed_free(struct feed *f);

#endif
