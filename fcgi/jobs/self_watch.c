/* self_watch.c - see self_watch.h. */
#include "fcgi/jobs/self_watch.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/ticker.h"

#include <stdlib.h>

struct self_watch {
    struct writer *writer;
    struct ticker *ticker;
};

/* What comes of it the writer counts. */
static void look_at_store(struct self_watch *w)
{
    struct err ignored;
    struct write_job nothing = {.now_us = clock_now_us()};
    enum err_code code = writer_submit(w->writer, &nothing, &ignored);
    writer_wait_learned(&nothing);
    (void)code;
}

static void tick(void *self_watch)
{
    look_at_store(self_watch);
}

enum err_code self_watch_start(struct writer *writer, struct self_watch **out,
                               struct err *e)
{
    struct self_watch *w = calloc(1, sizeof *w);
    if (!w) {
        return err_set(e, ERR_NOMEM, "not enough memory to watch the store");
    }
    w->writer = writer;
    look_at_store(w);
    enum err_code code =
        ticker_start(SELF_WATCH_SECONDS * CLOCK_SECOND_US, tick, w, &w->ticker, e);
    if (code) {
        free(w);
        return code;
    }
    *out = w;
    return ERR_NONE;
}

void self_watch_stop(struct self_watch *w)
{
    if (w) {
        ticker_stop(w->ticker);
        free(w);
    }
}
