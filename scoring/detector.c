/* detector.c - see detector.h.
 *
 * All that is learned is one block of plain data, saved as bytes. A read-write lock guards
 * it: scoring reads, learning and looking at minutes write. A minute is looked at each
 * second while it goes on, so that thirty single failed logins are told after the second
 * and not at the end of the minute, and once more when it is over.
 *
 * A look marks what it has told and changes nothing else: what is learned depends on the
 * batches and their times of receipt alone, and stored batches that are learned once more
 * after a crash make the same state. */
#include "scoring/detector_private.h"

#include "fcgi/base/diag.h"
#include "scoring/verdicts.h"

#include <string.h>

enum { SESSIONS_LOOKED_AT = 32 }; /* of the oldest, at each batch */

static const char *const within[WINDOW_KINDS_N] = {
    [WINDOW_SESSION] = " in a session",
    [WINDOW_MINUTE] = " within a minute",
    [WINDOW_TEN] = " within ten minutes",
    [WINDOW_HOUR] = " within an hour",
};

/* --- judging --- */

enum err_code detector_score(struct detector *d, const struct detector_question *q,
                             struct verdict *out, struct err *e)
{
    struct analysis a;
    *out = (struct verdict){0};
    pthread_rwlock_rdlock(&d->lock);
    struct analysis_batch read = {q->records, q->n, q->now_us, q->arena};
    enum err_code code = analyse(&d->memory->model, &read, &a, e);
    if (!code) {
        struct verdicts_batch b = {.m = &d->memory->model,
                                   .records = q->records,
                                   .n = q->n,
                                   .a = &a,
                                   .threshold = d->threshold,
                                   .budget = q->budget,
                                   .arena = q->arena};
        verdicts_make(&b, out);
    }
    pthread_rwlock_unlock(&d->lock);
    return code;
}

/* Was the minute not yet judged as it is? What came in one batch was, when it came, unless
 * it was not scored, or there was more of other services than of this one in it, which hid
 * it. */
static bool is_news(const struct window_slot *slot)
{
    return slot->several || slot->unscored || 2 * slot->t.count < slot->batch_n;
}

/* How far back it says something: a minute is counted by itself, longer spans and sessions
 * hold minutes and batches that may have been told. */
static int64_t reaches_back_to(const struct detector *d, const struct window_slot *slot)
{
    for (int k = 0; k < SPANS; k++) {
        const struct windows *w = &d->memory->windows[k];
        if (w->kind == slot->kind) {
            return w->kind == WINDOW_MINUTE ? slot->latest_us : slot->span * w->span_us;
        }
    }
    return slot->span; /* a session */
}

static void judge_slot_alone(const struct detector *d, const struct window_slot *slot,
                             struct finding *out)
{
    const struct model *m = &d->memory->model;
    out->slot = *slot;
    out->reported = slot->reported;
    out->lists.n = 0;
    struct str name = {out->slot.service, slot->service_n};
    out->features = (struct features){
        .all = slot->t,
        .services[0] = {name, slot->hash, slot->t},
        .services_n = 1,
        .latest_us = slot->latest_us,
        .from_us = reaches_back_to(d, slot),
    };
    int service = model_find(m, name, slot->hash);
    if (service >= 0 && slot->kind == WINDOW_MINUTE && !slot->is_judged) {
        out->slot.w.usual = model_usual_minute(&m->service[service], slot->latest_us);
    }
    struct verdicts_window judged = {service, slot->kind, &out->slot.w, slot->latest_us};
    if (!slot->is_judged) {
        verdicts_judge_window(m, &judged, &out->slot.then);
        out->slot.is_judged = true;
    }
    struct explain x = {.m = m,
                        .service = service,
                        .kind = slot->kind,
                        .w = &out->slot.w,
                        .j = &out->slot.then.judged,
                        .name = name,
                        .within = within[slot->kind],
                        .lists = &out->lists};
    verdicts_of_window(&x, &out->slot.then, d->threshold, &out->verdict);
}

/* The slot as a finding; true if it is to be told. */
static bool judge_slot(const struct detector *d, const struct window_slot *slot,
                       struct finding *out)
{
    judge_slot_alone(d, slot, out);
    return is_news(slot) && out->verdict.score > d->threshold;
}

/* --- what is over --- */

static void keep(struct detector *d, const struct window_slot *slot)
{
    struct memory *m = d->memory;
    if (m->ended_n == DETECTOR_ENDED_MAX) {
        d->lost++;
        return;
    }
    m->ended[(m->ended_first + m->ended_n++) % DETECTOR_ENDED_MAX] = *slot;
}

/* Calibrates by what is over, after it was judged by what was known before. */
static void learn_slot(struct detector *d, const struct window_slot *slot)
{
    struct model *m = &d->memory->model;
    int service = model_find(m, (struct str){slot->service, slot->service_n}, slot->hash);
    if (service >= 0 && slot->w.n > 0) {
        learn_window(m, service, slot->kind, &slot->w, slot->latest_us);
    }
}

/* Whatever the threshold is: what is learned does not depend on it. */
static bool is_told(const struct window_slot *judged)
{
    const struct judged *j = &judged->then.judged;
    double z = j->all > j->prior ? j->all : j->prior;
    return is_news(judged) && judged->then.view.counts && z > ALARM_CROSSING_Z;
}

/* What should have come by the end of this minute of its service and did not. */
static void keep_overdue(struct detector *d, const struct window_slot *minute)
{
    struct model *m = &d->memory->model;
    struct str name = {minute->service, minute->service_n};
    int service = model_find(m, name, minute->hash), slot = -1;
    if (service >= 0 && minute->latest_us > m->service[service].time.latest_us) {
        return; /* time has gone back */
    }
    while (service >= 0 &&
           (slot = learn_overdue(m, service, slot, minute->latest_us)) >= 0) {
        static _Thread_local struct window_slot out;
        out = *minute;
        out.t = (struct tally){0};
        out.w = (struct window){.overdue = slot + 1,
                                .overdue_key = model_key(m, slot),
                                .overdue_us =
                                    minute->latest_us - m->template[slot].rhythm.last_us};
        out.several = true;
        out.reported = false;
        keep(d, &out);
    }
}

/* A span ends because the service went on. */
static void end_span(void *arg, const struct window_slot *slot)
{
    struct detector *d = arg;
    static _Thread_local struct finding f;
    bool tell = judge_slot(d, slot, &f);
    if (tell && slot->changed) {
        keep(d, &f.slot);
    }
    if (is_told(&f.slot)) {
        learn_told(&d->memory->model, &slot->w);
    }
    learn_slot(d, slot);
    if (slot->kind == WINDOW_MINUTE) {
        keep_overdue(d, slot);
    }
}

/* The session as a slot; false if it is no more than what was judged as a batch. */
static bool session_slot(const struct detector *d, const struct session *s,
                         struct window_slot *slot)
{
    const struct model *m = &d->memory->model;
    if (!model_is_at(m, s->place, s->service) || s->w.n <= 1 || !s->several) {
        return false;
    }
    const struct model_service *x = &m->service[s->place];
    *slot = (struct window_slot){.service_n = x->name_n,
                                 .hash = x->hash,
                                 .span = s->first_us,
                                 .latest_us = s->latest_us,
                                 .heard_us = s->heard_us,
                                 .t = s->t,
                                 .w = s->w,
                                 .kind = WINDOW_SESSION,
                                 .several = true,
                                 .changed = s->changed,
                                 .reported = s->reported};
    memcpy(slot->service, x->name, x->name_n);
    return true;
}

static void end_session(struct detector *d, struct session *s)
{
    static _Thread_local struct window_slot slot;
    if (session_slot(d, s, &slot)) {
        end_span(d, &slot);
    }
    sessions_end(&d->memory->sessions, s);
}

static void end_silent_spans(struct detector *d, struct windows *w, int64_t now_us)
{
    int64_t silence = w->span_us > WINDOW_SILENCE_US ? w->span_us : WINDOW_SILENCE_US;
    struct window_slot *slot;
    while ((slot = windows_after(w, NULL)) != NULL &&
           slot->heard_us <= now_us - silence) {
        end_span(d, slot);
        windows_close(w, slot);
    }
}

/* What was silent for long enough, by the clock of receipt. */
static void end_silent(struct detector *d, int64_t now_us)
{
    struct memory *m = d->memory;
    struct session *s;
    for (int i = 0; i < SPANS; i++) {
        end_silent_spans(d, &m->windows[i], now_us);
    }
    while ((s = sessions_after(&m->sessions, NULL)) != NULL &&
           s->heard_us <= now_us - WINDOW_SILENCE_US) {
        end_session(d, s);
    }
}

/* Sessions that their services' time has left behind, among the oldest. */
static void end_idle_sessions(struct detector *d)
{
    struct memory *m = d->memory;
    struct session *s = sessions_after(&m->sessions, NULL), *next;
    for (int i = 0; s && i < SESSIONS_LOOKED_AT; i++, s = next) {
        next = sessions_after(&m->sessions, s);
        if (!model_is_at(&m->model, s->place, s->service) ||
            m->model.service[s->place].time.latest_us - s->latest_us >= SESSION_IDLE_US) {
            end_session(d, s);
        }
    }
}

/* --- learning --- */

static void add_to_session(struct detector *d, const struct detector_batch *b, size_t i,
                           const struct analysis *a)
{
    struct memory *m = d->memory;
    const struct trace *t = &a->trace[i];
    int service = a->group[t->group].service;
    if (t->session == 0 || service < 0) {
        return;
    }
    uint32_t number = m->model.service[service].number;
    uint64_t id = session_id(number, t->session);
    struct session *s = sessions_take(&m->sessions, id);
    if (!s) {
        end_session(d, sessions_after(&m->sessions, NULL));
        s = sessions_take(&m->sessions, id);
    }
    s->service = number;
    s->place = service;
    s->several = s->several || (s->w.n > 0 && s->batch != b->id) ||
                 a->group[t->group].window.mixed;
    s->batch = b->id;
    s->first_us = s->w.n > 0 ? s->first_us : t->at_us;
    s->latest_us = t->at_us;
    s->heard_us = b->now_us;
    s->changed = true;
    features_tally(&s->t, &b->records[i]);
    window_add(&s->w, t, b->first_log_id + (int64_t)i);
    if (s->w.n >= SESSION_RECORDS_MAX ||
        s->latest_us - s->first_us >= SESSION_LONGEST_US) {
        end_session(d, s);
    }
}

static void add_to_spans(struct detector *d, const struct detector_batch *b, size_t i,
                         const struct trace *t)
{
    struct windows_arrival arrival = {b->now_us, b->id, b->batch_n, b->unscored};
    struct windows_record r = {&b->records[i], t, b->first_log_id + (int64_t)i};
    for (int k = 0; k < SPANS; k++) {
        windows_add(&d->memory->windows[k], &r, &arrival,
                    (struct windows_closing){end_span, d});
    }
}

/* a: of the batch, by the model as it is. */
static enum err_code learn(struct detector *d, const struct detector_batch *b,
                           struct analysis *a, struct err *e)
{
    struct model *m = &d->memory->model;
    struct learn_batch l = {b->records, a, b->mode, b->raised, b->arena};
    enum err_code code = learn_batch(m, &l, e);
    if (code) {
        return code;
    }
    for (size_t i = 0; i < a->groups_n; i++) {
        a->group[i].service = model_find(m, a->group[i].name, a->group[i].hash);
    }
    for (size_t i = 0; i < a->n; i++) {
        if (a->trace[i].group != ANALYSIS_NO_GROUP) {
            add_to_session(d, b, i, a);
        }
        if (a->trace[i].group != ANALYSIS_NO_GROUP && !b->raised) {
            add_to_spans(d, b, i, &a->trace[i]);
        }
    }
    end_idle_sessions(d);
    return ERR_NONE;
}

/* Scoring may go on while the records are gone through: only this thread changes the
 * model. */
enum err_code detector_learn(struct detector *d, const struct detector_batch *b,
                             struct err *e)
{
    struct analysis a;
    struct analysis_batch read = {b->records, b->n, b->now_us, b->arena};
    pthread_rwlock_wrlock(&d->lock);
    end_silent(d, b->now_us);
    pthread_rwlock_unlock(&d->lock);
    pthread_rwlock_rdlock(&d->lock);
    enum err_code code = analyse(&d->memory->model, &read, &a, e);
    pthread_rwlock_unlock(&d->lock);
    if (!code) {
        pthread_rwlock_wrlock(&d->lock);
        code = learn(d, b, &a, e);
        pthread_rwlock_unlock(&d->lock);
    }
    return code;
}

/* --- looking --- */

/* One slot's turn in a look. */
static bool look_at(struct detector *d, struct window_slot *slot, struct finding *out)
{
    bool tell = slot->changed && judge_slot(d, slot, out);
    slot->changed = false;
    slot->reported = slot->reported || tell;
    return tell;
}

/* The one of those that ended and wait which is to be told first. */
static bool next_ended(struct detector *d, struct finding *out)
{
    struct memory *m = d->memory;
    bool found = false;
    while (!found && m->ended_n > 0) {
        found = judge_slot(d, &m->ended[m->ended_first], out);
        m->ended_first = (m->ended_first + 1) % DETECTOR_ENDED_MAX;
        m->ended_n--;
    }
    return found;
}

static bool next_open(struct detector *d, struct finding *out)
{
    bool found = false;
    while (!found && d->look < (size_t)SPANS * WINDOWS_MAX) {
        struct window_slot *slot =
            windows_at(&d->memory->windows[d->look / WINDOWS_MAX], d->look % WINDOWS_MAX);
        d->look++;
        found = slot && look_at(d, slot, out);
    }
    d->look = found ? d->look : 0;
    return found;
}

/* Sessions that are silent: the oldest ones. */
static bool next_session(struct detector *d, int64_t now_us, struct finding *out)
{
    static _Thread_local struct window_slot slot;
    struct sessions *all = &d->memory->sessions;
    bool found = false;
    for (struct session *s = sessions_after(all, NULL);
         s && !found && s->heard_us <= now_us - WINDOW_SILENCE_US;
         s = sessions_after(all, s)) {
        found = s->changed && session_slot(d, s, &slot) && look_at(d, &slot, out);
        s->changed = false;
        s->reported = s->reported || found;
    }
    return found;
}

/* Said when it is over, in one line. */
static void say_lost(struct detector *d)
{
    if (d->lost > 0 && d->memory->ended_n < DETECTOR_ENDED_MAX / 2) {
        diag("%zu unusual minutes and sessions are in no incident: more than %d waited "
             "for the store",
             d->lost, DETECTOR_ENDED_MAX);
        d->lost = 0;
    }
}

bool detector_waits(struct detector *d)
{
    pthread_rwlock_rdlock(&d->lock);
    bool waits = d->memory->ended_n > 0;
    pthread_rwlock_unlock(&d->lock);
    return waits;
}

bool detector_next(struct detector *d, int64_t now_us, struct finding *out)
{
    pthread_rwlock_wrlock(&d->lock);
    bool found = next_ended(d, out) || next_session(d, now_us, out) || next_open(d, out);
    say_lost(d);
    pthread_rwlock_unlock(&d->lock);
    return found;
}

void detector_put_back(struct detector *d, const struct finding *f)
{
    pthread_rwlock_wrlock(&d->lock);
    keep(d, &f->slot);
    pthread_rwlock_unlock(&d->lock);
}

void detector_judge(struct detector *d, const struct window_slot *slot,
                    struct finding *out)
{
    pthread_rwlock_rdlock(&d->lock);
    judge_slot_alone(d, slot, out);
    pthread_rwlock_unlock(&d->lock);
}

void detector_end(struct detector *d)
{
    pthread_rwlock_wrlock(&d->lock);
    end_silent(d, INT64_MAX);
    d->memory->ended_n = 0;
    pthread_rwlock_unlock(&d->lock);
}
