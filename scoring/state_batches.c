/* state_batches.c - a state in process (state.h): it is handed each batch that was
 * committed, and after a crash those that its file lacks. */
#include "scoring/state_private.h"

#include "fcgi/base/diag.h"

#include <string.h>

void state_learn_one(struct state *s, struct detector_batch b, int64_t n,
                     struct state_position after)
{
    struct err e;
    b.arena = &s->arena;
    if (detector_learn(s->detector, &b, &e)) {
        diag("a batch of %zu records is not learned: %s", b.n, e.msg);
    }
    arena_reset(&s->arena);
    s->report.position = after;
    s->report.records += n;
    s->report.batches += after.records == 0;
    s->unsaved_records += n;
    s->dirty = true;
}

void state_look_behind(struct state *s)
{
    s->report.ready = !s->attached[0] || s->report.position.batch > s->last_batch;
}

/* The store may have been put back from a copy: what is open are minutes of records that it
 * does not hold, and its next batches pass for those that were lost. What was learned is
 * still true. */
static void turn_back(struct state *s)
{
    diag("the store was put back from a copy: more was learned than it holds");
    detector_end(s->detector);
    s->report.position = (struct state_position){s->last_batch + 1, 0};
    s->dirty = true;
}

enum err_code state_take_attached(struct state *s, struct err *e)
{
    enum err_code code = ERR_NONE;
    if (s->report.store[0] && strcmp(s->report.store, s->attached) != 0) {
        code = state_put_aside(s, "-before", "it was of another store", e);
    }
    if (code) {
        return code;
    }
    if (!s->report.store[0]) {
        memcpy(s->report.store, s->attached, sizeof s->report.store);
        s->report.position = (struct state_position){s->last_batch + 1, 0};
        s->dirty = true;
    } else if (s->report.position.batch > s->last_batch + 1) {
        turn_back(s);
    }
    state_look_behind(s);
    return ERR_NONE;
}

enum err_code state_attach(struct state *s, const char *store, int64_t last,
                           struct err *e)
{
    struct err unsaved;
    pthread_mutex_lock(&s->lock);
    snprintf(s->attached, sizeof s->attached, "%s", store);
    s->last_batch = last;
    bool begins = strcmp(s->report.store, s->attached) != 0;
    enum err_code code = s->report.replica ? ERR_NONE : state_take_attached(s, e);
    pthread_mutex_unlock(&s->lock);
    if (!code && begins &&
        state_save(s, &unsaved)) { /* where it began is known from now */
        diag("what was learned could not be saved, trying again: %s", unsaved.msg);
    }
    return code;
}

bool state_learn_batch(struct state *s, const struct detector_batch *b)
{
    int64_t id = (int64_t)b->id;
    pthread_mutex_lock(&s->lock);
    s->last_batch = id;
    if (!s->report.replica && s->report.ready && id >= s->report.position.batch) {
        state_learn_one(s, *b, (int64_t)b->n, (struct state_position){id + 1, 0});
    }
    bool tells = !s->report.replica && detector_waits(s->detector);
    pthread_mutex_unlock(&s->lock);
    return tells;
}

bool state_next(struct state *s, int64_t now_us, struct finding *out)
{
    pthread_mutex_lock(&s->lock);
    bool found = !s->report.replica && detector_next(s->detector, now_us, out);
    s->dirty = s->dirty || found;
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* --- replay --- */

static bool is_at(const struct state *s, const struct state_place *at)
{
    return !s->report.ready && s->report.position.batch == at->position.batch &&
           s->report.position.records == at->position.records;
}

bool state_behind(struct state *s, struct state_place *at)
{
    pthread_mutex_lock(&s->lock);
    *at = (struct state_place){s->report.position, s->last_batch};
    bool behind = !s->report.ready;
    pthread_mutex_unlock(&s->lock);
    return behind;
}

void state_replay(struct state *s, const struct state_place *at,
                  const struct detector_batch *b)
{
    pthread_mutex_lock(&s->lock);
    if (is_at(s, at)) {
        bool rest = (int64_t)b->id == at->position.batch;
        int64_t n = b->batch_n - (rest ? at->position.records : 0);
        state_learn_one(s, *b, n, (struct state_position){(int64_t)b->id + 1, 0});
    }
    pthread_mutex_unlock(&s->lock);
}

void state_replay_end(struct state *s, const struct state_place *at)
{
    pthread_mutex_lock(&s->lock);
    if (is_at(s, at) && s->last_batch == at->last) {
        s->report.ready = true;
    }
    pthread_mutex_unlock(&s->lock);
}
