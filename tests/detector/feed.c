/* feed.c - see feed.h. */
#include "tests/detector/feed.h"

#include "fcgi/cli/demo_batch.h"
#include "fcgi/core/batch.h"

#include <string.h>

#define ARENA_BYTES_MAX (size_t)1 << 31

static const struct batch_limits limits = {
    .records_max = DEMO_BATCH_RECORDS_MAX,
    .record = {.record_bytes_max = 1 << 20,
               .service_bytes_max = 256,
               .level_bytes_max = 32,
               .json_depth_max = 32},
};

static int64_t latest_of(const struct batch *b)
{
    int64_t latest = INT64_MIN;
    for (size_t i = 0; i < b->n; i++) {
        int64_t at = b->records[i].event_us;
        latest = at > latest ? at : latest;
    }
    return latest;
}

static enum err_code take_batch(void *arg, const struct demo_batch *made, struct err *e)
{
    struct feed *f = arg;
    struct batch *b = arena_alloc(&f->arena, sizeof *b); /* its records go with it */
    struct str json = buf_view(&made->records);
    char *copy = arena_alloc(&f->arena, json.n + 1); /* reading changes it */
    if (!b || !copy) {
        return err_set(e, ERR_NOMEM, "not enough memory for a batch");
    }
    memcpy(copy, json.p, json.n);
    struct batch_body body = {
        .p = copy, .n = json.n, .content_type = STR_NONE, .service = STR_NONE};
    if (batch_parse(&f->arena, body, &limits, b, e)) {
        return e->code;
    }
    struct feed_batch out = {b->records, b->n, latest_of(b) + FEED_TRANSPORT_US};
    enum err_code code = f->fn(f->arg, &out, e);
    if (!f->keep) {
        arena_reset(&f->arena);
    }
    return code;
}

enum err_code feed_week(struct feed *f, struct demo_week *week, struct err *e)
{
    size_t truth_n;
    struct demo_record r;
    struct demo_gatherer g = {.truth = demo_week_truth(week, &truth_n),
                              .flush_us = FEED_FLUSH_US,
                              .records_max = DEMO_BATCH_RECORDS_MAX,
                              .send = take_batch,
                              .arg = f};
    enum err_code code = ERR_NONE;
    arena_init(&f->arena, ARENA_BYTES_MAX);
    while (!code && demo_week_next(week, &r)) {
        code = demo_gather(&g, &r, e);
    }
    code = code ? code : demo_gather_rest(&g, e);
    demo_gatherer_free(&g);
    return code;
}

void feed_free(struct feed *f)
{
    arena_free(&f->arena);
}
