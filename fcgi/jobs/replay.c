/* replay.c - see replay.h. */
#include "fcgi/jobs/replay.h"

#include "fcgi/base/diag.h"
#include "fcgi/jobs/stored_batch.h"

#include <pthread.h>
#include <stdlib.h>

enum { ARENA_BYTES_MAX = 1 << 30 };

struct replay {
    struct state *state;
    struct answer_book *answers;
    struct store *reader;
    pthread_t thread;
    pthread_mutex_t lock; /* of the next two */
    pthread_cond_t changed;
    bool woken, ending;
    struct arena arena; /* the thread's own: a batch's records */
};

/* --- a batch out of the store --- */

static enum err_code read_batch(struct replay *r, const struct store_batch_row *row,
                                int64_t offset, struct detector_batch *out, struct err *e)
{
    struct stored_batch stored;
    enum err_code code = stored_batch_read(r->reader, row, offset, &r->arena, &stored, e);
    if (!code) {
        answer_book_mark(r->answers, stored.records, stored.n);
    }
    *out = (struct detector_batch){.records = stored.records,
                                   .n = stored.n,
                                   .id = (uint64_t)row->id,
                                   .batch_n = row->n,
                                   .first_log_id = row->first_log_id + offset,
                                   .raised = row->incident_id != 0,
                                   .unscored = row->unscored,
                                   .now_us = row->received_us};
    return code;
}

/* One batch, or the finding that there is none left. */
static enum err_code step(struct replay *r, const struct state_place *at, struct err *e)
{
    struct store_batch_row row;
    struct detector_batch batch;
    bool found;
    enum err_code code = store_next_batch(r->reader, at->position.batch, &row, &found, e);
    if (code) {
        return code;
    }
    if (!found) {
        state_replay_end(r->state, at);
        return ERR_NONE;
    }
    code = read_batch(r, &row, row.id == at->position.batch ? at->position.records : 0,
                      &batch, e);
    if (!code) {
        state_replay(r->state, at, &batch);
    }
    arena_reset(&r->arena);
    return code;
}

/* --- the thread --- */

static bool is_ending(struct replay *r)
{
    pthread_mutex_lock(&r->lock);
    bool ending = r->ending;
    pthread_mutex_unlock(&r->lock);
    return ending;
}

/* False: it is time to end. */
static bool wait_woken(struct replay *r)
{
    pthread_mutex_lock(&r->lock);
    while (!r->woken && !r->ending) {
        pthread_cond_wait(&r->changed, &r->lock);
    }
    r->woken = false;
    bool go_on = !r->ending;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

static void *replay_main(void *arg)
{
    struct replay *r = arg;
    struct state_place at;
    struct err e;
    while (wait_woken(r)) {
        int64_t began_us = clock_mono_us(), batches = 0;
        enum err_code code = ERR_NONE;
        while (!code && !is_ending(r) && state_behind(r->state, &at)) {
            code = step(r, &at, &e);
            batches++;
        }
        if (code) { /* woken again in a second */
            diag("stored batches cannot be read to be learned, trying again: %s", e.msg);
        } else if (batches > 0 && !is_ending(r)) {
            diag("learned %lld stored batches that the file of what was learned lacked, "
                 "in %lld ms",
                 (long long)(batches - 1),
                 (long long)(clock_mono_us() - began_us) / 1000);
        }
    }
    return NULL;
}

/* --- for the others --- */

static void free_replay(struct replay *r)
{
    store_close(r->reader);
    arena_free(&r->arena);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

enum err_code replay_start(struct state *state, struct answer_book *answers,
                           const char *store, struct replay **out, struct err *e)
{
    struct replay *r = calloc(1, sizeof *r);
    if (!r) {
        return err_set(e, ERR_NOMEM, "not enough memory for a thread");
    }
    r->state = state;
    r->answers = answers;
    r->woken = true;
    arena_init(&r->arena, ARENA_BYTES_MAX);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    enum err_code code = store_open_reader(store, &r->reader, e);
    int rc = code ? 0 : pthread_create(&r->thread, NULL, replay_main, r);
    if (rc != 0) {
        code = err_set(e, ERR_NOMEM, "a thread cannot be started: %s", strerror(rc));
    }
    if (code) {
        free_replay(r);
        return code;
    }
    *out = r;
    return ERR_NONE;
}

void replay_wake(struct replay *r)
{
    pthread_mutex_lock(&r->lock);
    r->woken = true;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

void replay_stop(struct replay *r)
{
    if (!r) {
        return;
    }
    pthread_mutex_lock(&r->lock);
    r->ending = true;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    free_replay(r);
}
