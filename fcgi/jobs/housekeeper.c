/* housekeeper.c - see housekeeper.h. */
#include "fcgi/jobs/housekeeper.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"

#include <pthread.h>

struct housekeeper {
    struct housekeeper_options o;
    pthread_t thread;
    pthread_mutex_t lock; /* of stopping */
    pthread_cond_t wake;
    bool stopping;
    struct window window; /* the thread's own; large */
};

/* True when a second has passed, false when it is time to end. */
static bool wait_tick(struct housekeeper *h)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += HOUSEKEEPER_TICK_MS % 1000 * 1000000L;
    until.tv_sec += HOUSEKEEPER_TICK_MS / 1000 + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&h->lock);
    while (!h->stopping && pthread_cond_timedwait(&h->wake, &h->lock, &until) == 0) {
    }
    bool go_on = !h->stopping;
    pthread_mutex_unlock(&h->lock);
    return go_on;
}

static bool tell(struct housekeeper *h)
{
    struct window *w = &h->window;
    struct err e;
    struct write_job job = {
        .features = &w->features,
        .verdict = &w->verdict,
        .now_us = clock_now_us(),
        .counted_before = w->reported,
    };
    enum err_code code = writer_submit(h->o.writer, &job, &e);
    writer_wait_learned(&job);
    if (code) {
        diag("an incident of '%s' could not be stored, trying again: %s", w->slot.service,
             e.msg);
        scorer_put_back(h->o.scorer, w);
    }
    return !code;
}

/* What cannot be stored now waits for the next tick. */
static void look(struct housekeeper *h, bool all)
{
    while (scorer_next_window(h->o.scorer, clock_mono_us(), all, &h->window) && tell(h)) {
    }
}

static void *housekeeper_main(void *arg)
{
    struct housekeeper *h = arg;
    while (wait_tick(h)) {
        look(h, false);
    }
    look(h, true);
    return NULL;
}

enum err_code housekeeper_start(const struct housekeeper_options *options,
                                struct housekeeper **out, struct err *e)
{
    pthread_condattr_t attr;
    struct housekeeper *h = calloc(1, sizeof *h);
    if (!h) {
        return err_set(e, ERR_NOMEM, "not enough memory for the housekeeper");
    }
    h->o = *options;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->wake, &attr);
    pthread_condattr_destroy(&attr);
    int rc = pthread_create(&h->thread, NULL, housekeeper_main, h);
    if (rc != 0) {
        free(h);
        return err_set(e, ERR_NOMEM, "no thread for the housekeeper: %s", strerror(rc));
    }
    *out = h;
    return ERR_NONE;
}

void housekeeper_stop(struct housekeeper *h)
{
    if (!h) {
        return;
    }
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_cond_signal(&h->wake);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    pthread_cond_destroy(&h->wake);
    pthread_mutex_destroy(&h->lock);
    free(h);
}
