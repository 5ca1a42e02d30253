/* housekeeper.c - see housekeeper.h. */
#include "fcgi/jobs/housekeeper.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/ticker.h"

struct housekeeper {
    struct housekeeper_options o;
    struct ticker *ticker;
    struct window window; /* the thread's own; large */
};

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
        detector_put_back(h->o.detector, w);
    }
    return !code;
}

/* What cannot be stored now waits for the next tick. */
static void look(struct housekeeper *h, bool all)
{
    while (detector_next_window(h->o.detector, clock_mono_us(), all, &h->window) &&
           tell(h)) {
    }
}

static void tick(void *housekeeper)
{
    look(housekeeper, false);
}

enum err_code housekeeper_start(const struct housekeeper_options *options,
                                struct housekeeper **out, struct err *e)
{
    struct housekeeper *h = calloc(1, sizeof *h);
    if (!h) {
        return err_set(e, ERR_NOMEM, "not enough memory for the housekeeper");
    }
    h->o = *options;
    enum err_code code =
        ticker_start(HOUSEKEEPER_SECONDS * CLOCK_SECOND_US, tick, h, &h->ticker, e);
    if (code) {
        free(h);
        return code;
    }
    *out = h;
    return ERR_NONE;
}

void housekeeper_stop(struct housekeeper *h)
{
    if (h) {
        ticker_stop(h->ticker);
        look(h, true);
        free(h);
    }
}
