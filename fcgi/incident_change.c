/* incident_change.c - PATCH /incidents/{id}: what a person says of an incident.
 *
 * What is sent is what is to be so: what is so already changes nothing, so that a request
 * may be sent twice. Each change is a line in the history. */
#include "fcgi/incident_detail.h"
#include "fcgi/normals.h"
#include "sql/store_life.h"

enum { NOTE_BYTES_MAX = 4096, TIME_BYTES_MAX = 64, EVENTS_MAX = 4 };

/* --- what is to be changed --- */

struct change {
    bool has_status, has_mute, has_note, has_verdict;
    enum incident_status status;
    int64_t muted_until_us; /* 0: not */
    struct str note;        /* p NULL: none */
    bool real;
    int64_t now_us;
};

static enum err_code refuse(struct err *e, const char *field, const char *what)
{
    err_set(e, ERR_INVALID, "'%s' must be %s", field, what);
    return err_at(e, -1, field);
}

static enum err_code read_text(struct arena *a, struct json_value v, struct str *out,
                               struct err *e)
{
    *out = STR_NONE;
    return v.type == JSON_STRING ? json_decode(a, v, out, e) : ERR_NONE;
}

static enum err_code read_status(struct arena *a, struct json_value v, struct change *c,
                                 struct err *e)
{
    struct str text;
    enum err_code code = read_text(a, v, &text, e);
    if (!code && !incident_status_of(text, &c->status)) {
        code = refuse(e, "status", "open, acknowledged or resolved");
    }
    return code;
}

static enum err_code read_mute(struct arena *a, struct json_value v, struct change *c,
                               struct err *e)
{
    struct str text;
    enum err_code code = read_text(a, v, &text, e);
    if (code || v.type == JSON_NULL) {
        return code;
    }
    if (text.n > TIME_BYTES_MAX || !clock_parse(text, &c->muted_until_us)) {
        return refuse(e, "muted_until", "a time such as 2026-11-22T13:00:48Z, or null");
    }
    return c->muted_until_us > c->now_us ? ERR_NONE
                                         : refuse(e, "muted_until", "later than now");
}

static enum err_code read_note(struct arena *a, struct json_value v, struct change *c,
                               struct err *e)
{
    enum err_code code = read_text(a, v, &c->note, e);
    if (!code && v.type != JSON_NULL && v.type != JSON_STRING) {
        code = refuse(e, "note", "a text, or null");
    }
    if (!code && c->note.n > NOTE_BYTES_MAX) {
        err_set(e, ERR_INVALID, "'note' may have at most %d bytes as UTF-8",
                NOTE_BYTES_MAX);
        code = err_at(e, -1, "note");
    }
    if (c->note.n == 0) {
        c->note = STR_NONE; /* an empty one is none */
    }
    return code;
}

static enum err_code read_verdict(struct arena *a, struct json_value v, struct change *c,
                                  struct err *e)
{
    struct str text;
    enum err_code code = read_text(a, v, &text, e);
    c->real = str_eq(text, STR("real"));
    if (!code && v.type != JSON_NULL && !c->real) {
        code = refuse(e, "verdict", "real, or null");
    }
    return code;
}

static enum err_code read_member(struct arena *a, struct json_value key,
                                 struct json_value v, struct change *c, struct err *e)
{
    static const char *const names[] = {"status", "muted_until", "note", "verdict"};
    static enum err_code (*const readers[])(struct arena *, struct json_value,
                                            struct change *, struct err *) = {
        read_status, read_mute, read_note, read_verdict};
    bool *const has[] = {&c->has_status, &c->has_mute, &c->has_note, &c->has_verdict};
    struct str name = {key.text.p + 1, key.text.n - 2};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!str_eq(name, str_of(names[i]))) {
            continue;
        }
        if (*has[i]) {
            return refuse(e, names[i], "there once");
        }
        *has[i] = true;
        return readers[i](a, v, c, e);
    }
    return err_set(e, ERR_INVALID,
                   "'%.*s' cannot be changed; status, muted_until, note and verdict can",
                   (int)(name.n < 64 ? name.n : 64), name.p);
}

static enum err_code read_change(const struct request *req, struct change *c,
                                 struct err *e)
{
    struct json_value object, key, v;
    *c = (struct change){.now_us = req->now_us};
    enum err_code code = incidents_object(req, &object, e);
    struct json_iter it = json_iter(object);
    while (!code && json_next(&it, &key, &v)) {
        code = read_member(req->arena, key, v, c, e);
    }
    if (!code && !c->has_status && !c->has_mute && !c->has_note && !c->has_verdict) {
        code = err_set(e, ERR_INVALID,
                       "nothing to change: there is none of status, muted_until, note "
                       "and verdict");
    }
    return code;
}

/* --- the change --- */

/* What the incident is, and is to be; the texts are the arena's. */
struct work {
    struct arena *arena;
    bool found, no_memory, verdict_changed;
    struct store_incident_life life;
    struct store_history events[EVENTS_MAX];
    size_t n;
};

static struct str keep(struct work *w, struct str s)
{
    struct str copy;
    w->no_memory = !arena_copy(w->arena, s, &copy) || w->no_memory;
    return copy;
}

static void take_row(void *arg, const struct store_incident_row *row)
{
    struct work *w = arg;
    w->found = true;
    w->no_memory = !incidents_life(row, w->arena, &w->life) || w->no_memory;
}

static void note_event(struct work *w, const struct change *c, enum incident_event event,
                       struct str note)
{
    w->events[w->n++] = (struct store_history){w->life.incident_id, c->now_us,
                                               str_of(incident_event_name(event)), note};
}

static void change_status(struct work *w, const struct change *c)
{
    static const enum incident_event events[INCIDENT_STATUSES_N] = {
        [INCIDENT_STATUS_OPEN] = INCIDENT_EVENT_REOPENED,
        [INCIDENT_STATUS_ACKNOWLEDGED] = INCIDENT_EVENT_ACKNOWLEDGED,
        [INCIDENT_STATUS_RESOLVED] = INCIDENT_EVENT_RESOLVED};
    if (c->has_status && c->status != w->life.status) {
        w->life.status = c->status;
        note_event(w, c, events[c->status], STR_NONE);
    }
}

static void change_mute(struct work *w, const struct change *c)
{
    char when[CLOCK_TEXT_BYTES];
    int64_t before = w->life.muted_until_us > c->now_us ? w->life.muted_until_us : 0;
    if (!c->has_mute || c->muted_until_us == before) {
        return;
    }
    bool mute = c->muted_until_us > 0;
    w->life.muted_until_us = c->muted_until_us;
    note_event(w, c, mute ? INCIDENT_EVENT_MUTED : INCIDENT_EVENT_UNMUTED,
               mute ? keep(w, clock_format(c->muted_until_us, when)) : STR_NONE);
}

static void change_note(struct work *w, const struct change *c)
{
    if (c->has_note &&
        (!c->note.p != !w->life.note.p || !str_eq(c->note, w->life.note))) {
        w->life.note = c->note;
        note_event(w, c, INCIDENT_EVENT_NOTE, c->note);
    }
}

static enum err_code change_verdict(struct work *w, const struct change *c, struct err *e)
{
    bool real = str_eq(w->life.verdict, STR("real"));
    if (!c->has_verdict || c->real == real) {
        return ERR_NONE;
    }
    if (w->life.verdict.p && !real) {
        err_set(e, ERR_CONFLICT, "it was declared normal; undo that first");
        return err_at(e, -1, "verdict");
    }
    w->life.verdict = c->real ? STR("real") : STR_NONE;
    w->verdict_changed = true;
    note_event(w, c, c->real ? INCIDENT_EVENT_REAL : INCIDENT_EVENT_REAL_UNDONE,
               STR_NONE);
    return ERR_NONE;
}

static enum err_code decide(struct work *w, const struct change *c, struct err *e)
{
    enum err_code code = change_verdict(w, c, e);
    change_status(w, c);
    change_mute(w, c);
    change_note(w, c);
    if (!code && w->no_memory) {
        code = err_set(e, ERR_NOMEM, "not enough memory for the change");
    }
    w->life.changed_us = c->now_us;
    return code;
}

/* What was new in a real one is never to be learned. */
static enum err_code change_lessons(struct incidents *in, struct work *w, int64_t id,
                                    const struct change *c, struct err *e)
{
    return c->real ? normals_add_real(in, id, c->now_us, w->arena, e)
                   : normals_undo_real(in, id, c->now_us, e);
}

/* Between begin and commit. */
static enum err_code write_change(struct incidents *in, struct work *w, int64_t id,
                                  const struct change *c, struct err *e)
{
    enum err_code code = store_get_incident(in->editor, id, take_row, w, e);
    if (!code && !w->found) {
        code = incident_detail_missing(id, e);
    }
    code = code ? code : decide(w, c, e);
    code = code || !w->verdict_changed ? code : change_lessons(in, w, id, c, e);
    if (!code && w->n > 0) {
        code = store_put_life(in->editor, &w->life, e);
    }
    for (size_t i = 0; !code && i < w->n; i++) {
        code = store_add_history(in->editor, &w->events[i], e);
    }
    return code;
}

static void note_found(void *arg, const struct store_incident_row *row)
{
    bool *found = arg;
    (void)row;
    *found = true;
}

static enum err_code change(struct incidents *in, const struct request *req,
                            const struct change *c, struct err *e)
{
    struct work w = {.arena = req->arena};
    bool found = false;
    enum err_code code =
        store_get_incident(in->readers[req->worker], req->id, note_found, &found, e);
    if (!code && !found) { /* nobody need wait to hear that */
        code = incident_detail_missing(req->id, e);
    }
    code = code ? code : incidents_begin(in, e);
    if (code) {
        return code;
    }
    code = write_change(in, &w, req->id, c, e);
    if (code || w.n == 0) {
        incidents_rollback(in);
        return code;
    }
    return incidents_commit(in, e);
}

enum err_code incident_change_patch(void *app, const struct request *req,
                                    struct response *resp, struct err *e)
{
    struct incidents *in = app;
    struct change c;
    enum err_code code = request_may_change(req, e);
    code = code ? code : read_change(req, &c, e);
    code = code ? code : change(in, req, &c, e);
    return code ? code : incident_detail_put(in, req, resp, e);
}
