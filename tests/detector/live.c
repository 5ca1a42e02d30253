/* live.c - see live.h. */
#include "tests/detector/live.h"

#include <stdlib.h>

#define ARENA_BYTES_MAX ((size_t)1 << 30)

enum err_code live_open(struct live *l, struct err *e)
{
    *l = (struct live){.finding = malloc(sizeof *l->finding)};
    arena_init(&l->arena, ARENA_BYTES_MAX);
    return l->finding ? detector_open(LIVE_THRESHOLD, &l->d, e)
                      : err_set(e, ERR_NOMEM, "not enough memory for a finding");
}

void live_close(struct live *l)
{
    detector_close(l->d);
    raised_free(&l->raised);
    arena_free(&l->arena);
    free(l->finding);
}

static int64_t latest_of(const struct record *records, size_t n, int64_t now_us)
{
    int64_t latest = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        latest = records[i].event_us > latest ? records[i].event_us : latest;
    }
    return latest < now_us ? latest : now_us;
}

enum err_code live_look(struct live *l, int64_t now_us, struct err *e)
{
    while (detector_next(l->d, now_us, l->finding)) {
        const struct finding *f = l->finding;
        struct occurrence o = {.verdict = &f->verdict,
                               .at_us = f->features.latest_us,
                               .counted_before = f->reported,
                               .window = true,
                               .from_us = f->features.from_us};
        l->findings++;
        if (raised_add(&l->raised, LIVE_THRESHOLD, &o, e)) {
            return e->code;
        }
    }
    return ERR_NONE;
}

/* Scores the batch and notes what it raises. */
static enum err_code judge(struct live *l, const struct detector_question *q,
                           bool *raised, struct err *e)
{
    struct verdict v;
    if (detector_score(l->d, q, &v, e)) {
        return e->code;
    }
    *raised = v.score > LIVE_THRESHOLD;
    l->crossings += v.raw_score > LIVE_THRESHOLD;
    l->held += v.raw_score > LIVE_THRESHOLD && !*raised;
    struct occurrence o = {.verdict = &v,
                           .at_us = latest_of(q->records, q->n, q->now_us)};
    return raised_add(&l->raised, LIVE_THRESHOLD, &o, e);
}

enum err_code live_post(struct live *l, const struct record *records, size_t n,
                        int64_t now_us, struct err *e)
{
    bool raised;
    struct detector_question q = {records, n, now_us, true, &l->arena};
    enum err_code code = judge(l, &q, &raised, e);
    arena_reset(&l->arena);
    struct detector_batch b = {.records = records,
                               .n = n,
                               .id = (uint64_t)l->batches + 1,
                               .batch_n = (int64_t)n,
                               .first_log_id = l->records + 1,
                               .raised = raised,
                               .now_us = now_us,
                               .arena = &l->arena};
    code = code ? code : detector_learn(l->d, &b, e);
    arena_reset(&l->arena);
    l->records += (int64_t)n;
    l->batches++;
    return code ? code : live_look(l, now_us, e);
}
