/* demo_batch.c - see demo_batch.h. */
#include "fcgi/cli/demo_batch.h"

#include "fcgi/base/clock.h"

#include <assert.h>

enum { BATCH_BYTES_MAX = 16 << 20 };

static struct demo_batch *find_batch(struct demo_gatherer *g, const char *service)
{
    for (size_t i = 0; i < g->n; i++) {
        const char *z = g->batches[i].service;
        if (!z || strcmp(z, service) == 0) {
            return &g->batches[i];
        }
    }
    assert(g->n < DEMO_SERVICES_MAX);
    struct demo_batch *b = &g->batches[g->n++];
    b->service = g->per_service ? service : NULL;
    buf_init(&b->records, BATCH_BYTES_MAX);
    return b;
}

static enum err_code hand_on(struct demo_gatherer *g, struct demo_batch *b, struct err *e)
{
    if (b->n == 0) {
        return ERR_NONE;
    }
    json_close(&b->out, ']');
    enum err_code code = b->records.failed
                             ? err_set(e, ERR_NOMEM, "not enough memory for a batch")
                             : g->send(g->arg, b, e);
    buf_clear(&b->records);
    b->n = 0;
    b->fault = false;
    return code;
}

static void add(struct demo_batch *b, const struct demo_record *r)
{
    char time[CLOCK_TEXT_BYTES];
    if (b->n++ == 0) {
        b->out = json_out(&b->records);
        json_open(&b->out, '[');
    }
    json_open(&b->out, '{');
    json_key(&b->out, "timestamp");
    json_str(&b->out, clock_format(r->at_us, time));
    json_key(&b->out, "service");
    json_str(&b->out, str_of(r->service));
    json_key(&b->out, "level");
    json_str(&b->out, str_of(r->level));
    json_key(&b->out, "message");
    json_str(&b->out, r->message);
    json_key(&b->out, "metadata");
    json_raw(&b->out, r->metadata);
    json_close(&b->out, '}');
}

enum err_code demo_gather(struct demo_gatherer *g, const struct demo_record *r,
                          struct err *e)
{
    if (r->at_us >= g->until_us) {
        if (demo_gather_rest(g, e)) {
            return e->code;
        }
        g->until_us = r->at_us - r->at_us % g->flush_us + g->flush_us;
    }
    struct demo_batch *b = find_batch(g, r->service);
    add(b, r);
    b->fault = b->fault || (r->truth >= 0 && g->truth[r->truth].fault);
    return b->n < g->records_max ? ERR_NONE : hand_on(g, b, e);
}

enum err_code demo_gather_rest(struct demo_gatherer *g, struct err *e)
{
    for (size_t i = 0; i < g->n; i++) {
        if (hand_on(g, &g->batches[i], e)) {
            return e->code;
        }
    }
    return ERR_NONE;
}

void demo_gatherer_free(struct demo_gatherer *g)
{
    for (size_t i = 0; i < g->n; i++) {
        buf_free(&g->batches[i].records);
    }
    g->n = 0;
}
