/* ticker.c - see ticker.h. Waits on a condition with the monotonic clock, so that it can
 * be ended at once and a changed date means nothing. */
#include "fcgi/base/ticker.h"

#include "fcgi/base/clock.h"

#include <pthread.h>

struct ticker {
    int64_t period_us;
    void (*fn)(void *);
    void *arg;
    pthread_t thread;
    pthread_mutex_t lock; /* of those below */
    pthread_cond_t wake;
    bool ending, woken;
};

/* True when at_us has come or somebody wakes it, false when it is time to end. */
static bool wait_until(struct ticker *t, int64_t at_us)
{
    struct timespec until = {
        .tv_sec = (time_t)(at_us / CLOCK_SECOND_US),
        .tv_nsec = (long)(at_us % CLOCK_SECOND_US * 1000),
    };
    pthread_mutex_lock(&t->lock);
    while (!t->ending && !t->woken &&
           pthread_cond_timedwait(&t->wake, &t->lock, &until) == 0) {
    }
    t->woken = false;
    bool go_on = !t->ending;
    pthread_mutex_unlock(&t->lock);
    return go_on;
}

static void *ticker_main(void *arg)
{
    struct ticker *t = arg;
    int64_t next_us = clock_mono_us() + t->period_us;
    while (wait_until(t, next_us)) {
        t->fn(t->arg);
        next_us = clock_mono_us() + t->period_us;
    }
    return NULL;
}

static void free_ticker(struct ticker *t)
{
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

enum err_code ticker_start(int64_t period_us, void (*fn)(void *), void *arg,
                           struct ticker **out, struct err *e)
{
    pthread_condattr_t attr;
    struct ticker *t = calloc(1, sizeof *t);
    if (!t) {
        return err_set(e, ERR_NOMEM, "not enough memory for a thread");
    }
    t->period_us = period_us;
    t->fn = fn;
    t->arg = arg;
    pthread_mutex_init(&t->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&t->wake, &attr);
    pthread_condattr_destroy(&attr);
    int rc = pthread_create(&t->thread, NULL, ticker_main, t);
    if (rc != 0) {
        free_ticker(t);
        return err_set(e, ERR_NOMEM, "a thread cannot be started: %s", strerror(rc));
    }
    *out = t;
    return ERR_NONE;
}

void ticker_wake(struct ticker *t)
{
    if (t) {
        pthread_mutex_lock(&t->lock);
        t->woken = true;
        pthread_cond_signal(&t->wake);
        pthread_mutex_unlock(&t->lock);
    }
}

void ticker_stop(struct ticker *t)
{
    if (!t) {
        return;
    }
    pthread_mutex_lock(&t->lock);
    t->ending = true;
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    free_ticker(t);
}
