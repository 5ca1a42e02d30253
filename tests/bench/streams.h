/* streams.h - records for benches and for tests by the hundred thousand: made up, the same
 * each time, all in memory.
 *
 *   web      access lines of a site with people and crawlers on it
 *   steady   four services that say the same few things, each in its rhythm
 *   worst    every token new, in free text, for one service
 *   week     the demo's week (fcgi/cli/demo_week.h), clean
 */
#ifndef TESTS_STREAMS_H
#define TESTS_STREAMS_H

#include "tests/detector/feed.h"

enum stream_kind { STREAM_WEB, STREAM_STEADY, STREAM_WORST };

struct stream {
    struct arena arena; /* of the texts */
    struct record *record;
    size_t n, cap;
    size_t *end; /* of each batch: the index behind its last record */
    size_t batches;
};

/* n records of the kind, from FEED_START_US on, all of them one batch. ERR_NOMEM. */
enum err_code stream_make(struct stream *s, enum stream_kind kind, size_t n,
                          struct err *e) MUST_USE;

/* `days` of the week of seed 1, in batches as the demo makes them. */
enum err_code stream_week(struct stream *s, int days, struct err *e) MUST_USE;

/* The same records in batches of so many. */
enum err_code stream_cut(struct stream *s, size_t batch, struct err *e) MUST_USE;

void stream_free(struct stream *s);

/* When the batch of records[0..n) came. */
int64_t stream_receipt(const struct record *records, size_t n);

#endif
