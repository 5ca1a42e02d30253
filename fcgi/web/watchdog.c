/* watchdog.c - see watchdog.h. */
#include "fcgi/web/watchdog.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"

#include <pthread.h>

struct watchdog {
    watchdog_since *since_us;
    size_t n;
    int64_t hang_us;
    pthread_t thread;
    pthread_mutex_t lock; /* of ending */
    pthread_cond_t wake;
    bool ending;
};

static bool hangs(struct watchdog *w)
{
    int64_t now = clock_mono_us();
    for (size_t i = 0; i < w->n; i++) {
        int64_t since = atomic_load(&w->since_us[i]);
        if (since != 0 && now - since > w->hang_us) {
            return true;
        }
    }
    return false;
}

static void *watchdog_main(void *arg)
{
    struct watchdog *w = arg;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    pthread_mutex_lock(&w->lock);
    while (!w->ending) {
        until.tv_sec += WATCHDOG_SECONDS;
        while (!w->ending && pthread_cond_timedwait(&w->wake, &w->lock, &until) == 0) {
        }
        if (hangs(w)) {
            diag("a request takes longer than HANG_SECONDS; restarting");
            abort();
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void free_watchdog(struct watchdog *w)
{
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

enum err_code watchdog_start(watchdog_since *since_us, size_t n, int64_t hang_us,
                             struct watchdog **out, struct err *e)
{
    pthread_condattr_t attr;
    struct watchdog *w = calloc(1, sizeof *w);
    if (!w) {
        return err_set(e, ERR_NOMEM, "not enough memory for the watchdog");
    }
    w->since_us = since_us;
    w->n = n;
    w->hang_us = hang_us;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    int rc = pthread_create(&w->thread, NULL, watchdog_main, w);
    if (rc != 0) {
        free_watchdog(w);
        return err_set(e, ERR_NOMEM, "no thread for the watchdog: %s", strerror(rc));
    }
    *out = w;
    return ERR_NONE;
}

void watchdog_stop(struct watchdog *w)
{
    if (!w) {
        return;
    }
    pthread_mutex_lock(&w->lock);
    w->ending = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    free_watchdog(w);
}
