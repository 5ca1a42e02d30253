/* learn.c - see learn.h. What ingest has stored was checked there: limits here are only
 * those of memory. */
#include "scoring/learn.h"

#include "fcgi/base/utf8.h"
#include "fcgi/core/wire.h"

enum { REQUEST_DEPTH_MAX = 208, SERVICE_MAX = CORE_SERVICE_BYTES - 1, LEVEL_MAX = 4096 };

struct reading {
    const struct request *req;
    struct learn_app *app;
};

static enum err_code refuse(struct err *e, const char *name)
{
    return err_set(e, ERR_INVALID, "'%s' is missing or not what it should be", name);
}

static enum err_code take_int(struct json_value object, const char *name, int64_t *out,
                              struct err *e)
{
    return json_member_i64(object, name, 0, INT64_MAX / 2, out) ? ERR_NONE
                                                                : refuse(e, name);
}

static enum err_code take_bool(struct json_value object, const char *name, bool *out,
                               struct err *e)
{
    struct json_value v;
    bool ok = json_member(object, name, &v) && v.type == JSON_BOOL;
    *out = ok && str_eq(v.text, STR("true"));
    return ok ? ERR_NONE : refuse(e, name);
}

/* An id as it stands between its quotes. */
static enum err_code take_id(struct json_value object, const char *name, struct str *out,
                             struct err *e)
{
    struct json_value v;
    if (!json_member(object, name, &v) ||
        (v.type != JSON_STRING && v.type != JSON_NULL)) {
        return refuse(e, name);
    }
    *out = v.type == JSON_NULL ? STR_NONE : (struct str){v.text.p + 1, v.text.n - 2};
    return ERR_NONE;
}

static enum err_code take_records(const struct reading *r, struct json_value logs,
                                  struct state_part *part, struct err *e)
{
    const struct batch_limits limits = {
        .records_max = WIRE_RECORDS_MAX,
        .record = {SIZE_MAX, SERVICE_MAX, LEVEL_MAX, REQUEST_DEPTH_MAX},
        .bodies = r->app->bodies,
        .answers = true,
    };
    struct batch *batch = arena_alloc(r->req->arena, sizeof *batch);
    if (!batch) {
        return err_set(e, ERR_NOMEM, "not enough memory for the batch");
    }
    struct batch_body body = {.p = r->req->body + (logs.text.p - r->req->body),
                              .n = logs.text.n,
                              .now_us = part->received_us};
    enum err_code code = batch_parse(r->req->arena, body, &limits, batch, e);
    if (code) {
        return code;
    }
    part->records = batch->records;
    part->records_n = batch->n;
    return (int64_t)batch->n <= part->n ? ERR_NONE : refuse(e, "n");
}

static enum err_code take_part(const struct reading *r, struct json_value object,
                               struct state_part *part, struct err *e)
{
    struct json_value logs;
    *part = (struct state_part){0};
    enum err_code code = take_int(object, "id", &part->id, e);
    code = code ? code : take_int(object, "received_us", &part->received_us, e);
    code = code ? code : take_int(object, "batch_n", &part->batch_n, e);
    code = code ? code : take_int(object, "offset", &part->offset, e);
    code = code ? code : take_int(object, "n", &part->n, e);
    code = code ? code : take_int(object, "first_log_id", &part->first_log_id, e);
    if (code) {
        return code;
    }
    code = take_bool(object, "raised", &part->raised, e);
    code = code ? code : take_bool(object, "unscored", &part->unscored, e);
    if (code) {
        return code;
    }
    bool there = json_member(object, "logs", &logs) && logs.type == JSON_ARRAY;
    return there ? take_records(r, logs, part, e) : refuse(e, "logs");
}

static enum err_code take_parts(const struct reading *r, struct json_value object,
                                struct state_request *out, struct err *e)
{
    struct json_value list, one;
    struct state_part *parts = arena_alloc(r->req->arena, WIRE_PARTS_MAX * sizeof *parts);
    if (!parts) {
        return err_set(e, ERR_NOMEM, "not enough memory for the batches");
    }
    if (!json_member(object, "batches", &list) || list.type != JSON_ARRAY) {
        return refuse(e, "batches");
    }
    struct json_iter it = json_iter(list);
    out->parts = parts;
    while (json_next(&it, NULL, &one)) {
        if (out->parts_n == WIRE_PARTS_MAX) {
            return err_set(e, ERR_TOO_LARGE, "more than %d batches at once",
                           WIRE_PARTS_MAX);
        }
        if (one.type != JSON_OBJECT) {
            return refuse(e, "batches");
        }
        enum err_code code = take_part(r, one, &parts[out->parts_n++], e);
        if (code) {
            return code;
        }
    }
    return ERR_NONE;
}

/* --- answers --- */

static enum err_code take_text(struct arena *a, struct json_value object,
                               const char *name, struct str *out, struct err *e)
{
    struct json_value v;
    *out = STR("");
    if (!json_member(object, name, &v) || v.type == JSON_NULL) {
        return ERR_NONE;
    }
    return v.type == JSON_STRING ? json_decode(a, v, out, e) : refuse(e, name);
}

static enum err_code take_examples(struct arena *a, struct json_value object,
                                   struct learn_answer *out, struct err *e)
{
    struct json_value list, one;
    struct record *r = arena_zalloc(a, ANSWER_EXAMPLES_MAX * sizeof *r);
    if (!r) {
        return err_set(e, ERR_NOMEM, "not enough memory for an answer");
    }
    if (!json_member(object, "examples", &list) || list.type != JSON_ARRAY) {
        return refuse(e, "examples");
    }
    struct json_iter it = json_iter(list);
    enum err_code code = ERR_NONE;
    out->examples = r;
    while (!code && out->examples_n < ANSWER_EXAMPLES_MAX && json_next(&it, NULL, &one)) {
        struct record *x = &r[out->examples_n++];
        *x = (struct record){.service = out->service, .metadata = STR("{}")};
        code = one.type == JSON_STRING ? json_decode(a, one, &x->message, e)
                                       : refuse(e, "examples");
    }
    return code;
}

static enum err_code take_answer(struct arena *a, struct json_value object,
                                 struct state_answer *out, struct err *e)
{
    struct learn_answer *x = &out->lesson;
    struct str scope, id;
    int64_t undone = 0;
    *out = (struct state_answer){0};
    enum err_code code = take_int(object, "answered_seq", &out->answered_seq, e);
    code = code ? code : take_int(object, "undone_seq", &undone, e);
    code = code ? code : take_bool(object, "real", &x->real, e);
    code = code ? code : take_bool(object, "fresh", &x->fresh, e);
    code = code ? code : take_text(a, object, "scope", &scope, e);
    code = code ? code : take_text(a, object, "service", &x->service, e);
    code = code ? code : take_text(a, object, "template", &x->text, e);
    code = code ? code : take_text(a, object, "template_id", &id, e);
    if (code) {
        return code;
    }
    out->undone = x->undone = undone > 0;
    out->seq = undone > 0 ? undone : out->answered_seq;
    (void)verdict_parse_template_id(id, &x->template_id);
    if (!answer_scope_find(scope, &x->scope) || x->service.n == 0 ||
        x->service.n > SERVICE_MAX) {
        return refuse(e, "answers");
    }
    return take_examples(a, object, x, e);
}

static enum err_code take_answers(const struct reading *r, struct json_value object,
                                  struct state_request *out, struct err *e)
{
    struct json_value list, one;
    struct state_answer *answers =
        arena_alloc(r->req->arena, WIRE_ANSWERS_MAX * sizeof *answers);
    if (!answers) {
        return err_set(e, ERR_NOMEM, "not enough memory for the answers");
    }
    if (!json_member(object, "answers", &list)) {
        return ERR_NONE; /* an ingest of before there were any */
    }
    struct json_iter it = json_iter(list);
    enum err_code code = list.type == JSON_ARRAY ? ERR_NONE : refuse(e, "answers");
    out->answers = answers;
    while (!code && json_next(&it, NULL, &one)) {
        if (out->answers_n == WIRE_ANSWERS_MAX) {
            return err_set(e, ERR_TOO_LARGE, "more than %d answers at once",
                           WIRE_ANSWERS_MAX);
        }
        code = one.type == JSON_OBJECT
                   ? take_answer(r->req->arena, one, &answers[out->answers_n++], e)
                   : refuse(e, "answers");
    }
    return code;
}

static enum err_code take_request(const struct reading *r, struct state_request *out,
                                  struct err *e)
{
    const struct request *req = r->req;
    struct json_in in = {req->body, req->body_n, 0, REQUEST_DEPTH_MAX, 0};
    struct json_value object, from;
    if (utf8_valid_prefix((struct str){req->body, req->body_n}) < req->body_n) {
        return err_set(e, ERR_INVALID, "the body is not UTF-8");
    }
    enum err_code code = json_read(&in, &object, e);
    if (code) {
        return code;
    }
    if (!json_at_end(&in) || object.type != JSON_OBJECT) {
        return err_set(e, ERR_INVALID, "the body must be one JSON object");
    }
    if (!json_member(object, "from", &from) || from.type != JSON_OBJECT) {
        return refuse(e, "from");
    }
    code = take_id(object, "store", &out->store, e);
    code = code ? code : take_id(object, "state", &out->state, e);
    code = code ? code : take_int(object, "confirmed", &out->confirmed, e);
    code = code ? code : take_int(object, "begin", &out->begin, e);
    code = code ? code : take_int(from, "batch", &out->from.batch, e);
    code = code ? code : take_int(from, "records", &out->from.records, e);
    code = code ? code : take_answers(r, object, out, e);
    return code ? code : take_parts(r, object, out, e);
}

/* --- the reply --- */

static void put_int(struct json_out *o, const char *key, int64_t v)
{
    json_key(o, key);
    json_int(o, v);
}

static void put_report(struct json_out *o, struct state *state,
                       const struct state_report *r)
{
    struct model_info info;
    detector_info(state_detector(state), &info);
    json_key(o, "state");
    json_str(o, str_of(r->id));
    json_key(o, "store");
    json_text(o, r->store[0] ? str_of(r->store) : STR_NONE);
    json_key(o, "position");
    json_open(o, '{');
    put_int(o, "batch", r->position.batch);
    put_int(o, "records", r->position.records);
    json_close(o, '}');
    put_int(o, "answers_seq", state_answers_seq(state));
    json_key(o, "learned");
    json_open(o, '{');
    put_int(o, "batches", r->batches);
    put_int(o, "records", r->records);
    json_close(o, '}');
    json_key(o, "version");
    json_str(o, str_of(info.version));
    json_key(o, "model_error");
    json_text(o, r->model_error[0] ? str_of(r->model_error) : STR_NONE);
}

static void put_minute(void *arg, int64_t number, const struct finding *f)
{
    struct json_out *o = arg;
    const struct tally *t = &f->features.all;
    json_open(o, '{');
    put_int(o, "number", number);
    json_key(o, "counted_before");
    json_bool(o, f->reported);
    put_int(o, "from_us", f->features.from_us);
    put_int(o, "latest_us", f->features.latest_us);
    put_int(o, "count", t->count);
    put_int(o, "warn_count", t->warn);
    put_int(o, "error_count", t->error);
    put_int(o, "failed_login_count", t->failed_login);
    verdict_print_members(o, &f->verdict, 0); /* its records are ids of the store */
    json_close(o, '}');
}

enum err_code learn_post(struct learn_app *app, const struct request *req,
                         struct response *resp, struct err *e)
{
    struct state_request r = {.mono_us = clock_mono_us(), .now_us = req->now_us};
    struct state_report report;
    struct json_out o = json_out(&resp->body);
    enum err_code code = take_request(&(struct reading){req, app}, &r, e);
    if (code) {
        return code;
    }
    json_open(&o, '{');
    json_key(&o, "minutes");
    json_open(&o, '[');
    code =
        state_learn(app->state, &r, &report, (struct state_listener){put_minute, &o}, e);
    if (code) {
        return code; /* the reply begun is dropped */
    }
    json_close(&o, ']');
    put_report(&o, app->state, &report);
    json_close(&o, '}');
    return ERR_NONE;
}

enum err_code learn_get(struct learn_app *app, struct response *resp, struct err *e)
{
    struct state_report report;
    struct json_out o = json_out(&resp->body);
    (void)e;
    state_report(app->state, &report);
    json_open(&o, '{');
    put_report(&o, app->state, &report);
    json_close(&o, '}');
    return ERR_NONE;
}
