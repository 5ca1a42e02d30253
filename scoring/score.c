/* score.c - see score.h. */
#include "scoring/score.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/utf8.h"
#include "scoring/judge.h"

#include <math.h>

enum { COUNT_DEFAULT = 10, FEATURES_DEPTH = 8 };

struct numbers {
    double failed_logins, error_rate, count;
    bool has_count;
};

static enum err_code take_number(struct json_value v, const char *name, double max,
                                 double *out, struct err *e)
{
    double d = 0;
    bool ok = v.type == JSON_NULL || (v.type == JSON_NUMBER && json_number(v, &d));
    if (!ok || d < 0 || d > max) {
        err_set(e, ERR_INVALID, "'%s' must be a number from 0 to %.0f", name, max);
        return err_at(e, -1, name);
    }
    *out = d;
    return ERR_NONE;
}

static bool key_is(struct json_value key, const char *name)
{
    return str_eq((struct str){key.text.p + 1, key.text.n - 2}, str_of(name));
}

static enum err_code take_numbers(struct json_value object, struct numbers *out,
                                  struct err *e)
{
    struct json_iter it = json_iter(object);
    struct json_value key, v;
    enum err_code code = ERR_NONE;
    while (!code && json_next(&it, &key, &v)) {
        if (key_is(key, "failed_logins")) {
            code =
                take_number(v, "failed_logins", SCORE_COUNT_MAX, &out->failed_logins, e);
        } else if (key_is(key, "error_rate")) {
            code = take_number(v, "error_rate", 1, &out->error_rate, e);
        } else if (key_is(key, "count")) {
            code = take_number(v, "count", SCORE_COUNT_MAX, &out->count, e);
            out->has_count = v.type != JSON_NULL;
        } else if (key_is(key, "features") && v.type == JSON_OBJECT) {
            code = take_numbers(v, out, e);
        }
    }
    return code;
}

static enum err_code judge_numbers(struct json_value object, struct verdict *out,
                                   struct err *e)
{
    struct numbers in = {0};
    enum err_code code = take_numbers(object, &in, e);
    if (code) {
        return code;
    }
    int64_t logins = llround(in.failed_logins);
    int64_t n = in.has_count ? llround(in.count) : COUNT_DEFAULT;
    if (in.has_count && logins > n) {
        err_set(e, ERR_INVALID, "'failed_logins' is more than 'count'");
        return err_at(e, -1, "failed_logins");
    }
    n = logins > n ? logins : n;
    struct judge_counts counts = {n, llround(in.error_rate * (double)n), logins};
    judge_counts(&counts, out);
    return ERR_NONE;
}

enum err_code score_read_batch(const struct score_app *app, const struct request *req,
                               bool lenient, struct batch *out, struct err *e)
{
    struct batch_body body = {req->body,         req->body_n, req->now_us,
                              req->content_type, STR_NONE,    lenient};
    size_t max = app->limits.record.service_bytes_max;
    bool found;
    enum err_code code = request_param(req, STR("service"), &body.service, &found, e);
    if (code) {
        return code;
    }
    if (found && (body.service.n == 0 || body.service.n > max)) {
        err_set(e, ERR_INVALID, "'service' in the query must have 1 to %zu bytes", max);
        return err_at(e, -1, "service");
    }
    return batch_parse(req->arena, body, &app->limits, out, e);
}

static enum err_code judge_records(struct score_app *app, const struct request *req,
                                   struct verdict *out, struct err *e)
{
    struct batch *batch = arena_alloc(req->arena, sizeof *batch);
    struct str live;
    bool found;
    if (!batch) {
        return err_set(e, ERR_NOMEM, "not enough memory for the batch");
    }
    enum err_code code = request_param(req, STR("live"), &live, &found, e);
    code = code ? code : score_read_batch(app, req, false, batch, e);
    if (code) {
        return code;
    }
    if (!state_is_ready(app->state)) {
        return err_set(
            e, ERR_BUSY,
            "what was learned before a crash is being learned again; try again "
            "shortly");
    }
    struct detector_question q = {.records = batch->records,
                                  .n = batch->n,
                                  .now_us = req->now_us,
                                  .budget = found && str_eq(live, STR("1")),
                                  .arena = req->arena};
    if (app->mark) {
        app->mark(app->mark_arg, batch->records, batch->n);
    }
    return detector_score(state_detector(app->state), &q, out, e);
}

/* Bare numbers? An object with one of the names that only they have. */
static bool is_numbers(const struct request *req, struct json_value *object)
{
    size_t mark = utf8_bom((struct str){req->body, req->body_n});
    struct json_in in = {req->body, req->body_n, mark, FEATURES_DEPTH, 0};
    struct json_value key, v;
    struct err ignored;
    if (json_peek(&in) != '{' || json_read(&in, object, &ignored) || !json_at_end(&in)) {
        return false;
    }
    struct json_iter it = json_iter(*object);
    while (json_next(&it, &key, &v)) {
        if ((key_is(key, "features") && v.type == JSON_OBJECT) ||
            key_is(key, "failed_logins") || key_is(key, "error_rate")) {
            return true;
        }
    }
    return false;
}

enum err_code score_post(struct score_app *app, const struct request *req,
                         struct response *resp, struct err *e)
{
    struct verdict v = {0};
    struct json_value object;
    struct model_info info;
    enum err_code code = is_numbers(req, &object) ? judge_numbers(object, &v, e)
                                                  : judge_records(app, req, &v, e);
    if (code) {
        return code;
    }
    detector_info(state_detector(app->state), &info);
    struct json_out o = json_out(&resp->body);
    json_open(&o, '{');
    verdict_print_members(&o, &v, 0);
    json_key(&o, "anomaly");
    json_bool(&o, v.score > app->threshold);
    json_key(&o, "threshold");
    json_num(&o, app->threshold);
    json_key(&o, "version");
    json_str(&o, str_of(info.version));
    json_close(&o, '}');
    return ERR_NONE;
}

/* --- GET /model-info --- */

static void put_int(struct json_out *o, const char *key, int64_t v)
{
    json_key(o, key);
    json_int(o, v);
}

struct listing {
    struct json_out *o;
    size_t n;
};

static void put_service(void *arg, const struct model_service_info *s)
{
    struct listing *list = arg;
    struct json_out *o = list->o;
    if (list->n++ >= SCORE_SERVICES_MAX) {
        return;
    }
    json_open(o, '{');
    json_key(o, "service");
    json_str(o, s->name);
    put_int(o, "records", s->records);
    put_int(o, "windows", s->windows);
    put_int(o, "templates", s->templates);
    json_key(o, "calibrated");
    json_bool(o, s->calibrated);
    json_close(o, '}');
}

enum err_code score_model_info(struct score_app *app, struct response *resp,
                               struct err *e)
{
    struct model_info info;
    struct state_report report;
    char when[CLOCK_TEXT_BYTES];
    (void)e;
    detector_info(state_detector(app->state), &info);
    state_report(app->state, &report);
    struct json_out o = json_out(&resp->body);
    json_open(&o, '{');
    json_key(&o, "version");
    json_str(&o, str_of(info.version));
    json_key(&o, "trained_at");
    json_text(&o, info.trained_at_us ? clock_format(info.trained_at_us, when) : STR_NONE);
    json_key(&o, "threshold");
    json_num(&o, app->threshold);
    json_key(&o, "role");
    json_str(&o, report.replica ? STR("replica") : STR("owner"));
    put_int(&o, "records", info.records);
    put_int(&o, "batches", info.batches);
    put_int(&o, "services", info.services);
    put_int(&o, "templates", info.templates);
    put_int(&o, "evictions", info.evictions);
    json_key(&o, "per_service");
    json_open(&o, '[');
    detector_services(state_detector(app->state), put_service, &(struct listing){&o, 0});
    json_close(&o, ']');
    json_close(&o, '}');
    return ERR_NONE;
}
