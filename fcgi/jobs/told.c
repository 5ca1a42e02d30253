/* told.c - see told.h. */
#include "fcgi/jobs/told.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/utf8.h"
#include "fcgi/core/wire.h"

enum { METADATA_DEPTH_MAX = 200, METADATA_BYTES_MAX = 1 << 30, REPLY_DEPTH_MAX = 8 };
#define LATEST_US_MAX (INT64_C(253402300799) * CLOCK_SECOND_US) /* the end of year 9999 */

/* --- the request --- */

struct printing {
    struct json_out o;
    struct buf metadata; /* a copy, to be looked at */
    const struct answers *answers;
    size_t records, answers_n;
    int64_t last_id;
    bool full;
};

static void put_int(struct json_out *o, const char *key, int64_t v)
{
    json_key(o, key);
    json_int(o, v);
}

static void put_text(struct json_out *o, const char *key, struct str text)
{
    json_key(o, key);
    json_text(o, text);
}

/* Another program can have changed the store, and JSON in JSON must be JSON. */
static bool is_json(struct buf *copy, struct str text)
{
    struct json_value v;
    struct err ignored;
    buf_clear(copy);
    buf_str(copy, text);
    struct json_in in = {copy->p, copy->n, 0, METADATA_DEPTH_MAX, 0};
    return !copy->failed && copy->n > 0 && utf8_valid_prefix(text) == text.n &&
           !json_read(&in, &v, &ignored) && json_at_end(&in);
}

static bool put_record(void *arg, int64_t log_id, const struct record *r)
{
    struct printing *p = arg;
    struct record sent = *r;
    if (!str_eq(r->metadata, STR("{}")) && !is_json(&p->metadata, r->metadata)) {
        sent.metadata = STR_NONE;
    }
    answers_mark(p->answers, &sent, 1);
    wire_record(&p->o, &sent);
    p->last_id = log_id;
    p->records++;
    p->full = p->records >= WIRE_RECORDS_MAX || p->o.b->n >= WIRE_BYTES_MAX;
    return !p->full && !p->o.b->failed;
}

/* Up to WIRE_ANSWERS_MAX of those that were given or undone since; the rest comes later. */
static void put_answer(void *arg, const struct store_answer *a)
{
    struct printing *p = arg;
    if (p->answers_n == WIRE_ANSWERS_MAX || p->o.b->n >= WIRE_BYTES_MAX) {
        return;
    }
    p->answers_n++;
    json_open(&p->o, '{');
    put_int(&p->o, "answered_seq", a->seq);
    put_int(&p->o, "undone_seq", a->undone_seq);
    json_key(&p->o, "real");
    json_bool(&p->o, a->real);
    json_key(&p->o, "fresh");
    json_bool(&p->o, a->fresh);
    put_text(&p->o, "scope", a->scope);
    put_text(&p->o, "service", a->service);
    put_text(&p->o, "template_id", a->template_id);
    put_text(&p->o, "template", a->template);
    json_key(&p->o, "examples");
    json_raw(&p->o, is_json(&p->metadata, a->examples) ? a->examples : STR("[]"));
    json_close(&p->o, '}');
}

/* One batch from offset on; *n is how many of its records that were. */
static enum err_code put_batch(struct store *reader, struct printing *p,
                               const struct store_batch_row *b, int64_t offset,
                               int64_t *n, struct err *e)
{
    enum err_code code = ERR_NONE;
    int64_t first = b->first_log_id + offset;
    *n = b->n - offset;
    json_open(&p->o, '{');
    put_int(&p->o, "id", b->id);
    put_int(&p->o, "received_us", b->received_us);
    put_int(&p->o, "batch_n", b->n);
    put_int(&p->o, "offset", offset);
    put_int(&p->o, "first_log_id", first);
    json_key(&p->o, "raised");
    json_bool(&p->o, b->incident_id != 0);
    json_key(&p->o, "unscored");
    json_bool(&p->o, b->unscored);
    json_key(&p->o, "logs");
    json_open(&p->o, '[');
    code = store_list_records(reader, first, *n, put_record, p, e);
    json_close(&p->o, ']');
    if (p->full) { /* else all are there, or were deleted */
        *n = p->last_id - first + 1;
    }
    put_int(&p->o, "n", *n);
    json_close(&p->o, '}');
    return code;
}

static enum err_code put_batches(struct store *reader, struct printing *p,
                                 struct told_position *to, bool *more, struct err *e)
{
    struct store_batch_row b;
    bool found;
    for (size_t parts = 0;; parts++) {
        enum err_code code = store_next_batch(reader, to->batch, &b, &found, e);
        *more = found;
        if (code || !found || parts == WIRE_PARTS_MAX || p->full) {
            return code;
        }
        int64_t offset = b.id == to->batch ? to->records : 0, n;
        if (offset >= b.n) {
            return err_set(
                e, ERR_UPSTREAM,
                "the scoring service has learned more of a batch than there is");
        }
        struct json_out before = p->o;
        size_t bytes = p->o.b->n;
        code = put_batch(reader, p, &b, offset, &n, e);
        if (code) {
            return code;
        }
        if (parts > 0 && offset + n < b.n) {
            p->o = before;
            p->o.b->n = bytes;
            return ERR_NONE;
        }
        *to = offset + n == b.n ? (struct told_position){b.id + 1, 0}
                                : (struct told_position){b.id, offset + n};
    }
}

enum err_code told_print(struct store *reader, const struct told_request *r,
                         struct buf *out, struct told_position *to, bool *more,
                         struct err *e)
{
    struct printing p = {.o = json_out_utf8(out), .answers = r->answers};
    buf_init(&p.metadata, METADATA_BYTES_MAX);
    json_open(&p.o, '{');
    json_key(&p.o, "store");
    json_str(&p.o, str_of(r->store));
    json_key(&p.o, "state");
    json_text(&p.o, r->state[0] ? str_of(r->state) : STR_NONE);
    put_int(&p.o, "confirmed", r->confirmed);
    put_int(&p.o, "begin", r->begin);
    json_key(&p.o, "from");
    json_open(&p.o, '{');
    put_int(&p.o, "batch", r->from.batch);
    put_int(&p.o, "records", r->from.records);
    json_close(&p.o, '}');
    json_key(&p.o, "answers");
    json_open(&p.o, '[');
    enum err_code code =
        r->asks_only ? ERR_NONE
                     : store_changed_answers(reader, r->answers_seq, put_answer, &p, e);
    json_close(&p.o, ']');
    json_key(&p.o, "batches");
    json_open(&p.o, '[');
    *to = r->from;
    *more = true;
    code = code || r->asks_only ? code : put_batches(reader, &p, to, more, e);
    json_close(&p.o, ']');
    json_close(&p.o, '}');
    buf_free(&p.metadata);
    if (!code && out->failed) {
        code = err_set(e, ERR_NOMEM, "not enough memory to tell the scoring service");
    }
    return code;
}

/* --- the answer --- */

static enum err_code refuse(struct err *e, const char *what)
{
    return err_set(e, ERR_UPSTREAM,
                   "the scoring service's answer to /learn cannot be used: %s", what);
}

static bool take_int(struct json_value object, const char *name, int64_t min,
                     int64_t *out)
{
    return json_member_i64(object, name, min, INT64_MAX / 2, out);
}

static bool take_text(struct arena *a, struct json_value object, const char *name,
                      size_t size, char *out)
{
    struct json_value v;
    struct str text;
    struct err ignored;
    if (!json_member(object, name, &v) || v.type != JSON_STRING ||
        json_decode(a, v, &text, &ignored) || text.n == 0 || text.n >= size) {
        return false;
    }
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    return true;
}

static enum err_code take_minute(struct arena *a, struct json_value object,
                                 struct told_minute *m, struct err *e)
{
    struct tally t = {0};
    struct json_value before;
    struct err why;
    *m = (struct told_minute){0};
    bool ok = take_int(object, "number", 1, &m->number) &&
              take_int(object, "from_us", 0, &m->features.from_us) &&
              take_int(object, "latest_us", 0, &m->features.latest_us) &&
              m->features.latest_us <= LATEST_US_MAX &&
              take_int(object, "count", 1, &t.count) &&
              take_int(object, "warn_count", 0, &t.warn) &&
              take_int(object, "error_count", 0, &t.error) &&
              take_int(object, "failed_login_count", 0, &t.failed_login) &&
              json_member(object, "counted_before", &before) && before.type == JSON_BOOL;
    if (!ok) {
        return refuse(e, "a minute lacks a part");
    }
    if (verdict_read(a, object, &m->verdict, &why)) {
        return refuse(e, why.msg);
    }
    if (!m->verdict.service.p || m->verdict.reasons_n == 0) {
        return refuse(e, "a minute is of no service, or for no reason");
    }
    m->counted_before = str_eq(before.text, STR("true"));
    m->features.all = t;
    m->features.services_n = 1;
    m->features.services[0] =
        (struct service_tally){m->verdict.service, str_hash(m->verdict.service), t};
    return ERR_NONE;
}

static enum err_code take_minutes(struct arena *a, struct json_value object,
                                  struct told_answer *out, struct err *e)
{
    struct json_value list, one;
    int64_t last = 0;
    if (!json_member(object, "minutes", &list) || list.type != JSON_ARRAY) {
        return refuse(e, "there is no list of minutes");
    }
    out->minutes = arena_alloc(a, TOLD_MINUTES_MAX * sizeof *out->minutes);
    if (!out->minutes) {
        return err_set(e, ERR_NOMEM, "not enough memory for the minutes");
    }
    struct json_iter it = json_iter(list);
    while (json_next(&it, NULL, &one)) {
        if (out->minutes_n == TOLD_MINUTES_MAX || one.type != JSON_OBJECT) {
            return refuse(e, "too many minutes, or one that is no object");
        }
        struct told_minute *m = &out->minutes[out->minutes_n++];
        enum err_code code = take_minute(a, one, m, e);
        if (code) {
            return code;
        }
        if (m->number <= last) {
            return refuse(e, "the minutes are out of order");
        }
        last = m->number;
    }
    return ERR_NONE;
}

enum err_code told_read(struct arena *a, struct buf *body, struct told_answer *out,
                        struct err *e)
{
    struct json_in in = {body->p, body->n, 0, REPLY_DEPTH_MAX, 0};
    struct json_value object, position, refused;
    struct err why;
    *out = (struct told_answer){0};
    if (utf8_valid_prefix(buf_view(body)) < body->n || json_read(&in, &object, &why) ||
        !json_at_end(&in) || object.type != JSON_OBJECT) {
        return refuse(e, "it is not one JSON object");
    }
    if (!take_text(a, object, "state", sizeof out->state, out->state) ||
        strlen(out->state) != TOLD_STATE_BYTES - 1 ||
        strspn(out->state, "0123456789abcdef") != TOLD_STATE_BYTES - 1 ||
        !take_text(a, object, "version", sizeof out->version, out->version)) {
        return refuse(e, "it names no state, or no version of its model");
    }
    if (json_member(object, "model_error", &refused) && refused.type != JSON_NULL &&
        !take_text(a, object, "model_error", sizeof out->model_error, out->model_error)) {
        return refuse(e, "it does not say what is wrong with a model");
    }
    if (!json_member(object, "position", &position) ||
        !take_int(position, "batch", 0, &out->position.batch) ||
        !take_int(position, "records", 0, &out->position.records)) {
        return refuse(e, "it does not say how far it is");
    }
    (void)take_int(object, "answers_seq", 0, &out->answers_seq); /* else it knows none */
    return take_minutes(a, object, out, e);
}
