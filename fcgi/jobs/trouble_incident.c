/* trouble_incident.c - see trouble_incident.h. All that is read and written in a step is of
 * one transaction: people may change the incident meanwhile. */
#include "fcgi/jobs/trouble_incident.h"

#include "fcgi/base/counts.h"
#include "sql/store_life.h"
#include "sql/store_outbox.h"

#include <stdio.h>

enum { KEY_BYTES = 32, JSON_BYTES_MAX = 16 * 1024, NOTE_BYTES_MAX = 16 * 1024 };

/* How sure it is: it is no estimate. */
#define SEVERITY 1.0

enum act { LOOK, BEGIN, GO_ON, END };

struct step {
    const struct trouble_incident *i;
    enum act act;
    struct write_job job;
    struct buf features, reasons;
    const char *event; /* what it was for the incident; NULL: nothing new */
    bool open;         /* it was, before */
};

static struct str key_of(enum trouble t, char out[static KEY_BYTES])
{
    int n = snprintf(out, KEY_BYTES, "self|%s", trouble_name(t));
    return (struct str){out, (size_t)n};
}

static enum err_code find(struct store *s, enum trouble t, struct incident *out,
                          bool *found, struct err *e)
{
    char bytes[KEY_BYTES];
    struct store_span span = {key_of(t, bytes), INT64_MIN, INT64_MAX};
    return store_find_incident(s, &span, out, found, e);
}

/* The same members as those of the detector's. */
static void print_words(struct step *s)
{
    struct features none = {.latest_us = s->i->now_us};
    struct json_out o = json_out(&s->features), r = json_out(&s->reasons);
    buf_clear(&s->features);
    buf_clear(&s->reasons);
    json_open(&o, '{');
    features_print(&o, &none);
    json_key(&o, "reasons");
    json_open(&o, '[');
    json_str(&o, s->i->text);
    json_close(&o, ']');
    json_close(&o, '}');
    json_open(&r, '[');
    json_open(&r, '{');
    json_key(&r, "channel");
    json_str(&r, STR("self"));
    json_key(&r, "text");
    json_str(&r, s->i->text);
    json_close(&r, '}');
    json_close(&r, ']');
}

static enum err_code put(struct step *s, struct store *store, struct incident *core,
                         struct err *e)
{
    char bytes[KEY_BYTES], summary[TROUBLE_TEXT_BYTES + 32];
    int n =
        snprintf(summary, sizeof summary, TROUBLE_SERVICE ": %.*s", STR_ARGS(s->i->text));
    struct store_incident row = {.core = *core,
                                 .detected_us = s->i->now_us,
                                 .key = key_of(s->i->trouble, bytes),
                                 .service = STR(TROUBLE_SERVICE),
                                 .summary = {summary, (size_t)n}};
    print_words(s);
    if (s->features.failed || s->reasons.failed) {
        return err_set(e, ERR_NOMEM, "not enough memory to describe the incident");
    }
    row.features = buf_view(&s->features);
    row.reasons = buf_view(&s->reasons);
    return store_put_incident(store, &row, &core->id, e);
}

static enum err_code add_history(struct step *s, struct store *store, int64_t id,
                                 enum incident_event event, const char *note,
                                 struct err *e)
{
    struct store_history h = {id, s->i->now_us, str_of(incident_event_name(event)),
                              note ? str_of(note) : STR_NONE};
    s->event = incident_event_name(event);
    return store_add_history(store, &h, e);
}

static enum err_code tell(struct step *s, struct store *store, const struct incident *i,
                          bool opened, struct err *e)
{
    struct notice_case about = {.opened = opened,
                                .reopened = !opened,
                                .muted = incident_is_muted(i, s->i->now_us),
                                .last_us = s->i->now_us,
                                .now_us = s->i->now_us};
    struct store_notice n = {.incident_id = i->id,
                             .kind = notice_decide(&about),
                             .at_us = s->i->now_us,
                             .severity = SEVERITY,
                             .first_us = i->first_us,
                             .last_us = s->i->now_us};
    if (!s->i->tells || n.kind == NOTICE_NONE) {
        return ERR_NONE;
    }
    s->job.noticed = true;
    return store_push_notice(store, &n, e);
}

static enum err_code begin(struct step *s, struct store *store, struct incident *i,
                           bool found, struct err *e)
{
    int64_t now_us = s->i->now_us;
    bool again = found && now_us - i->last_us <= INCIDENT_RESOLVED_US;
    if (!again) {
        *i = (struct incident){.first_us = now_us};
    }
    i->last_us = now_us > i->last_us ? now_us : i->last_us;
    i->count++;
    i->regressions += again;
    i->severity = i->told_severity = SEVERITY;
    i->told_count = i->count;
    i->status = INCIDENT_STATUS_OPEN;
    enum err_code code = put(s, store, i, e);
    struct store_occurrence o = {i->id, now_us, 1, SEVERITY};
    code = code ? code : store_add_occurrence(store, &o, e);
    code = code ? code
                : add_history(s, store, i->id,
                              again ? INCIDENT_EVENT_REGRESSION : INCIDENT_EVENT_OPENED,
                              NULL, e);
    return code ? code : tell(s, store, i, !again, e);
}

/* --- the end --- */

/* What people have said stays. */
struct life {
    struct store_incident_life row;
    char note[NOTE_BYTES_MAX], verdict[32];
    bool found, fits;
};

static bool copy(struct str from, char *to, size_t bytes, struct str *out)
{
    if (from.n >= bytes) {
        return false;
    }
    if (from.n > 0) {
        memcpy(to, from.p, from.n);
    }
    *out = from.p ? (struct str){to, from.n} : STR_NONE;
    return true;
}

static void take_life(void *arg, const struct store_incident_row *row)
{
    struct life *l = arg;
    l->found = true;
    l->row.muted_until_us = row->core.muted_until_us;
    l->row.changed_us = row->changed_us;
    l->fits = copy(row->note, l->note, sizeof l->note, &l->row.note) &&
              copy(row->verdict, l->verdict, sizeof l->verdict, &l->row.verdict);
}

static enum err_code end(struct step *s, struct store *store, const struct incident *i,
                         struct err *e)
{
    struct life l = {.row = {.incident_id = i->id, .status = INCIDENT_STATUS_RESOLVED}};
    enum err_code code = store_get_incident(store, i->id, take_life, &l, e);
    if (code || !l.found || !l.fits) {
        return code ? code : err_set(e, ERR_BUG, "the incident cannot be read back");
    }
    code = store_put_life(store, &l.row, e);
    return code ? code
                : add_history(s, store, i->id, INCIDENT_EVENT_RESOLVED,
                              trouble_end_text(s->i->trouble), e);
}

/* --- in the transaction --- */

static enum err_code last_seen(struct step *s, struct store *store,
                               const struct incident *was, struct err *e)
{
    struct store_incident row = {.core = *was};
    int64_t id;
    row.core.last_us = s->i->now_us > was->last_us ? s->i->now_us : was->last_us;
    return store_put_incident(store, &row, &id, e);
}

static enum err_code take_step(void *arg, struct store *store, struct err *e)
{
    struct step *s = arg;
    struct incident i = {0};
    bool found;
    s->job.noticed = false;
    s->event = NULL;
    enum err_code code = find(store, s->i->trouble, &i, &found, e);
    s->open = !code && found && i.status != INCIDENT_STATUS_RESOLVED;
    if (code || s->act == LOOK) {
        return code;
    }
    if (!s->open) {
        return s->act == BEGIN ? begin(s, store, &i, found, e) : ERR_NONE;
    }
    code = last_seen(s, store, &i, e);
    return code || s->act != END ? code : end(s, store, &i, e);
}

static enum err_code run(struct writer *w, const struct trouble_incident *i, enum act act,
                         bool *open, struct err *e)
{
    struct step s = {.i = i, .act = act};
    buf_init(&s.features, JSON_BYTES_MAX);
    buf_init(&s.reasons, JSON_BYTES_MAX);
    s.job = (struct write_job){.now_us = i->now_us, .also = take_step, .also_arg = &s};
    enum err_code code = writer_submit(w, &s.job, e);
    writer_wait_learned(&s.job);
    if (!code && s.event) {
        struct count_label labels[COUNT_LABELS_MAX] = {{"event", s.event},
                                                       {"channel", "self"}};
        counts_series("incidents_total", labels);
    }
    buf_free(&s.features);
    buf_free(&s.reasons);
    *open = s.open;
    return code;
}

enum err_code trouble_incident_begin(struct writer *w, const struct trouble_incident *i,
                                     struct err *e)
{
    bool ignored;
    return run(w, i, BEGIN, &ignored, e);
}

enum err_code trouble_incident_go_on(struct writer *w, const struct trouble_incident *i,
                                     struct err *e)
{
    bool ignored;
    return run(w, i, GO_ON, &ignored, e);
}

enum err_code trouble_incident_end(struct writer *w, const struct trouble_incident *i,
                                   struct err *e)
{
    bool ignored;
    return run(w, i, END, &ignored, e);
}

enum err_code trouble_incident_is_open(struct writer *w, const struct trouble_incident *i,
                                       bool *open, struct err *e)
{
    return run(w, i, LOOK, open, e);
}
