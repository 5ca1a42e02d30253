/* watchdog.c - see watchdog.h. */
#include "fcgi/web/watchdog.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/ticker.h"

struct watchdog {
    watchdog_since *since_us;
    size_t n;
    int64_t hang_us;
    struct ticker *ticker;
};

static void look(void *arg)
{
    const struct watchdog *w = arg;
    int64_t now = clock_mono_us();
    for (size_t i = 0; i < w->n; i++) {
        int64_t since = atomic_load(&w->since_us[i]);
        if (since != 0 && now - since > w->hang_us) {
            diag("a request takes longer than HANG_SECONDS; restarting");
            abort();
        }
    }
}

enum err_code watchdog_start(watchdog_since *since_us, size_t n, int64_t hang_us,
                             struct watchdog **out, struct err *e)
{
    struct watchdog *w = calloc(1, sizeof *w);
    if (!w) {
        return err_set(e, ERR_NOMEM, "not enough memory for the watchdog");
    }
    *w = (struct watchdog){since_us, n, hang_us, NULL};
    enum err_code code =
        ticker_start(WATCHDOG_SECONDS * CLOCK_SECOND_US, look, w, &w->ticker, e);
    if (code) {
        free(w);
        return code;
    }
    *out = w;
    return ERR_NONE;
}

void watchdog_stop(struct watchdog *w)
{
    if (w) {
        ticker_stop(w->ticker);
        free(w);
    }
}
