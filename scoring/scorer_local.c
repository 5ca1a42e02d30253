/* scorer_local.c - the detector of this process as a scorer (scorer.h). */
#include "scoring/scorer.h"
#include "scoring/state.h"

#include <stdlib.h>

struct scorer_local {
    struct scorer base;
    struct state *state;
};

static enum err_code score(struct scorer *s, const struct scorer_batch *b,
                           struct verdict *out, struct err *e)
{
    struct state *state = ((struct scorer_local *)s)->state;
    if (!state_is_ready(state)) {
        return err_set(e, ERR_UPSTREAM,
                       "what was learned before a crash is being learned again");
    }
    struct detector_question q = {.records = b->records,
                                  .n = b->n,
                                  .now_us = b->now_us,
                                  .budget = true,
                                  .arena = b->arena};
    return detector_score(state_detector(state), &q, out, e);
}

static void close_local(struct scorer *s)
{
    free(s);
}

enum err_code scorer_open_local(struct state *state, struct scorer **out, struct err *e)
{
    static const struct scorer_ops ops = {"in-process", score, close_local};
    struct scorer_local *s = calloc(1, sizeof *s);
    if (!s) {
        return err_set(e, ERR_NOMEM, "not enough memory for the scorer");
    }
    s->base.ops = &ops;
    s->state = state;
    *out = &s->base;
    return ERR_NONE;
}
