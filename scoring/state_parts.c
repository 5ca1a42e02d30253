/* state_parts.c - see state_parts.h. */
#include "scoring/state_parts.h"

#include "scoring/state_private.h"

#include "fcgi/base/diag.h"

#include <string.h>

static struct state_position after(const struct state_part *p)
{
    return p->offset + p->n == p->batch_n
               ? (struct state_position){p->id + 1, 0}
               : (struct state_position){p->id, p->offset + p->n};
}

static enum err_code check_parts(const struct state_request *r, struct err *e)
{
    struct state_position at = r->from;
    for (size_t i = 0; i < r->parts_n; i++) {
        const struct state_part *p = &r->parts[i];
        bool fits = p->n > 0 && p->offset >= 0 && p->offset <= p->batch_n - p->n;
        bool follows = at.records > 0 ? p->id == at.batch && p->offset == at.records
                                      : p->id >= at.batch && p->offset == 0;
        /* The rest of a batch is never told if the store has dropped it meanwhile. */
        bool dropped = i == 0 && p->id > at.batch && p->offset == 0;
        if (!fits || !(follows || dropped)) {
            return err_set(e, ERR_INVALID,
                           "part %zu of 'batches' does not follow what is before it", i);
        }
        at = after(p);
    }
    return ERR_NONE;
}

/* Is it the store that is learned from? A new state takes the first one that comes, and one
 * whose own store has gone begins anew. */
static enum err_code take_store(struct state *s, const struct state_request *r,
                                struct err *e)
{
    if (r->store.n != STATE_ID_BYTES - 1) {
        return err_set(e, ERR_INVALID, "'store' must have %d characters",
                       STATE_ID_BYTES - 1);
    }
    if (!s->report.store[0] || str_eq(r->store, str_of(s->report.store))) {
        s->heard_us = r->mono_us;
        return ERR_NONE;
    }
    if (r->mono_us - s->heard_us < STATE_HANDOVER_US) {
        return err_set(e, ERR_INVALID,
                       "this scoring service has learned from another store; if that one "
                       "is not heard of for a minute, it begins anew for this one");
    }
    s->heard_us = r->mono_us;
    s->dirty = true;
    return state_put_aside(s, "-before", "it was of another store", e);
}

static void learn_parts(struct state *s, const struct state_request *r)
{
    for (size_t i = 0; i < r->parts_n; i++) {
        const struct state_part *p = &r->parts[i];
        struct detector_batch b = {.records = p->records,
                                   .n = p->records_n,
                                   .id = (uint64_t)p->id,
                                   .batch_n = p->batch_n,
                                   .first_log_id = p->first_log_id,
                                   .raised = p->raised,
                                   .unscored = p->unscored,
                                   .now_us = p->received_us};
        state_learn_one(s, b, p->n, after(p));
    }
}

static void drop_confirmed(struct state *s, const struct state_request *r)
{
    size_t n = 0;
    if (!str_eq(r->state, str_of(s->report.id))) {
        return;
    }
    if (r->confirmed >=
        s->next_number) { /* the file was older, or put back from a copy */
        s->next_number = r->confirmed + 1;
    }
    while (n < s->waiting_n && s->waiting[n].number <= r->confirmed) {
        n++;
    }
    if (n > 0) {
        s->waiting_n -= n;
        memmove(s->waiting, s->waiting + n, s->waiting_n * sizeof *s->waiting);
        s->dirty = true;
    }
}

static void look(struct state *s, int64_t now_us)
{
    while (s->waiting_n < STATE_WAITING_MAX &&
           detector_next(s->detector, now_us, &s->finding)) {
        s->waiting[s->waiting_n++] = (struct waiting){s->next_number++, s->finding.slot};
        s->dirty = true;
    }
}

static enum err_code learn(struct state *s, const struct state_request *r, struct err *e)
{
    enum err_code code =
        s->report.replica
            ? err_set(e, ERR_BUSY, "another process owns the file that MODEL names")
            : check_parts(r, e);
    code = code ? code : take_store(s, r, e);
    if (code) {
        return code;
    }
    if (!s->report.store[0]) {
        memcpy(s->report.store, r->store.p, r->store.n);
        s->report.position = r->from;
        s->dirty = true;
    }
    if (r->begin > s->report.position.batch) {
        s->report.position = (struct state_position){r->begin, 0};
        s->dirty = true;
    }
    for (size_t i = 0; i < r->answers_n; i++) {
        state_answer_one(s, &r->answers[i]);
    }
    drop_confirmed(s, r);
    if (r->from.batch == s->report.position.batch &&
        r->from.records == s->report.position.records) {
        learn_parts(s, r);
    }
    look(s, r->now_us);
    return ERR_NONE;
}

enum err_code state_learn(struct state *s, const struct state_request *r,
                          struct state_report *report, struct state_listener listener,
                          struct err *e)
{
    struct err unsaved;
    pthread_mutex_lock(&s->lock);
    bool begins = !s->report.store[0] || !str_eq(r->store, str_of(s->report.store));
    enum err_code code = learn(s, r, e);
    for (size_t i = 0; !code && i < s->waiting_n && i < STATE_TOLD_MAX; i++) {
        detector_judge(s->detector, &s->waiting[i].slot, &s->finding);
        listener.tell(listener.arg, s->waiting[i].number, &s->finding);
    }
    *report = s->report;
    pthread_mutex_unlock(&s->lock);
    if (!code && begins &&
        state_save(s, &unsaved)) { /* where it began is known from now */
        diag("what was learned could not be saved, trying again: %s", unsaved.msg);
    }
    return code;
}
