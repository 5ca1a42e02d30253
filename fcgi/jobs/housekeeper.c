/* housekeeper.c - see housekeeper.h. */
#include "fcgi/jobs/housekeeper.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/ticker.h"
#include "fcgi/jobs/scorer_note.h"

struct housekeeper {
    struct housekeeper_options o;
    struct ticker *ticker;
    struct finding finding; /* the thread's own; large */
    char noted[STORE_NOTE_BYTES];
};

static bool tell(struct housekeeper *h)
{
    struct finding *f = &h->finding;
    struct err e;
    struct write_job job = {
        .features = &f->features,
        .verdict = &f->verdict,
        .now_us = clock_now_us(),
        .counted_before = f->reported,
    };
    enum err_code code = writer_submit(h->o.writer, &job, &e);
    writer_wait_learned(&job);
    if (code) {
        diag("an incident of '%s' could not be stored, trying again: %s", f->slot.service,
             e.msg);
        detector_put_back(state_detector(h->o.state), f);
    }
    return !code;
}

/* What cannot be stored now waits for the next tick. In a replay sessions are not over when
 * the clock says so. */
static void look(struct housekeeper *h)
{
    int64_t now_us = state_is_ready(h->o.state) ? clock_now_us() : 0;
    while (state_next(h->o.state, now_us, &h->finding) && tell(h)) {
    }
}

static void note(struct housekeeper *h)
{
    char text[STORE_NOTE_BYTES];
    struct model_info info;
    struct state_report r;
    struct err e;
    state_report(h->o.state, &r);
    detector_info(state_detector(h->o.state), &info);
    struct scorer_note n = {.mode = "in-process",
                            .ok = r.ready,
                            .last_error = "",
                            .version = info.version,
                            .model_error = r.model_error,
                            .learned = r.ready ? -1 : r.position.batch};
    if (!scorer_note_print(&n, text) || strcmp(text, h->noted) == 0) {
        return;
    }
    struct write_note put = {NOTE_SCORER, text};
    struct write_job job = {.notes = &put, .notes_n = 1, .now_us = clock_now_us()};
    if (!writer_submit(h->o.writer, &job, &e)) {
        memcpy(h->noted, text, sizeof text);
    }
    writer_wait_learned(&job);
}

static void tick(void *housekeeper)
{
    struct housekeeper *h = housekeeper;
    answer_book_look(h->o.answers);
    look(h);
    state_tick(h->o.state);
    if (!state_is_ready(h->o.state)) {
        replay_wake(h->o.replay);
    }
    note(h);
}

enum err_code housekeeper_start(const struct housekeeper_options *options,
                                struct housekeeper **out, struct err *e)
{
    struct housekeeper *h = calloc(1, sizeof *h);
    if (!h) {
        return err_set(e, ERR_NOMEM, "not enough memory for the housekeeper");
    }
    h->o = *options;
    note(h);
    enum err_code code =
        ticker_start(HOUSEKEEPER_SECONDS * CLOCK_SECOND_US, tick, h, &h->ticker, e);
    if (code) {
        free(h);
        return code;
    }
    *out = h;
    return ERR_NONE;
}

void housekeeper_wake(struct housekeeper *h)
{
    if (h) {
        ticker_wake(h->ticker);
    }
}

void housekeeper_stop(struct housekeeper *h)
{
    if (h) {
        ticker_stop(h->ticker);
        look(h);
        free(h);
    }
}
