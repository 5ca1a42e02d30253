/* scorer_http.c - see scorer_http.h. */
#include "scoring/scorer_http.h"

#include "fcgi/base/counts.h"
#include "fcgi/base/service_url.h"
#include "fcgi/base/utf8.h"
#include "fcgi/core/wire.h"
#include "fcgi/web/client.h"
#include "scoring/breaker.h"

#include <pthread.h>

enum { REPLY_DEPTH_MAX = 8 };

struct scorer_http {
    struct scorer base;
    struct service_urls urls;
    char url[SERVICE_URL_BYTES + 16]; /* with the alarm budget: these are live */
    struct client_options client_options;
    struct client *client;
    size_t request_bytes_max;
    pthread_mutex_t lock; /* of all below */
    struct breaker breaker;
    struct scorer_health health;
};

static struct scorer_http *http(struct scorer *s)
{
    return (struct scorer_http *)s;
}

static void print_request(struct buf *out, const struct scorer_batch *b)
{
    struct json_out o = json_out_utf8(out);
    json_open(&o, '{');
    json_key(&o, "logs");
    json_open(&o, '[');
    for (size_t i = 0; i < b->n; i++) {
        wire_record(&o, &b->records[i]);
    }
    json_close(&o, ']');
    json_close(&o, '}');
}

/* --- the reply --- */

static enum err_code garbage(struct err *e, const char *what)
{
    return err_set(e, ERR_UPSTREAM, "the scoring service's answer cannot be used: %s",
                   what);
}

static enum err_code check_version(struct arena *a, struct json_value object,
                                   struct err *e)
{
    struct json_value v;
    struct str text;
    if (!json_member(object, "version", &v) || v.type != JSON_STRING ||
        json_decode(a, v, &text, e) || text.n == 0 || text.n >= MODEL_VERSION_BYTES) {
        return garbage(e, "it names no version of its model");
    }
    return ERR_NONE;
}

/* Reasons point to records of this batch, and to nothing else. */
static enum err_code check_records(const struct scorer_batch *b, const struct verdict *v,
                                   struct err *e)
{
    for (size_t i = 0; i < v->reasons_n; i++) {
        const struct reason *r = &v->reasons[i]; /* its records are ascending */
        int64_t last = r->records_n > 0 ? r->records[r->records_n - 1] : -1;
        if (r->stored || last >= (int64_t)b->n || r->records_total > (int64_t)b->n) {
            return garbage(e, "a reason points to records that are not in the batch");
        }
    }
    return ERR_NONE;
}

static enum err_code read_reply(const struct scorer_batch *b, struct client_reply *reply,
                                struct verdict *out, struct err *e)
{
    struct arena *a = b->arena;
    struct str body = buf_view(&reply->body);
    struct json_in in = {reply->body.p, body.n, 0, REPLY_DEPTH_MAX, 0};
    struct json_value object;
    struct err why;
    if (reply->status == 400 || reply->status == 413) {
        return err_set(e, ERR_TOO_LARGE, "the scoring service refused a batch (%d)",
                       reply->status);
    }
    if (reply->status == 401 || reply->status == 403) {
        return err_set(e, ERR_UPSTREAM,
                       "the scoring service answered %d: SCORE_KEY must be an API key of "
                       "its own with the scope score",
                       reply->status);
    }
    if (reply->status != 200) {
        return err_set(e, ERR_UPSTREAM, "the scoring service answered %d", reply->status);
    }
    if (!client_reply_is(reply, "application/json")) {
        return garbage(e, "it is not application/json");
    }
    if (utf8_valid_prefix(body) < body.n || json_read(&in, &object, &why) ||
        !json_at_end(&in) || object.type != JSON_OBJECT) {
        return garbage(e, "it is not one JSON object");
    }
    if (verdict_read(a, object, out, &why)) {
        return garbage(e, why.msg);
    }
    if (out->service.p) { /* the reply goes, the verdict stays */
        out->service = arena_str(a, out->service);
        if (!out->service.p) {
            return err_set(e, ERR_NOMEM, "not enough memory for the verdict");
        }
    }
    enum err_code code = check_records(b, out, e);
    return code ? code : check_version(a, object, e);
}

static enum err_code ask(struct scorer_http *s, const struct scorer_batch *b,
                         struct verdict *out, struct err *e)
{
    struct buf body;
    struct client_reply reply;
    buf_init(&body, s->request_bytes_max);
    client_reply_init(&reply, &s->client_options);
    print_request(&body, b);
    enum err_code code = ERR_NONE;
    if (body.failed) {
        code = err_set(e, ERR_TOO_LARGE,
                       "the batch is too large for the scoring service (%zu bytes)",
                       s->request_bytes_max);
    } else {
        struct client_request request = {.method = "POST",
                                         .url = s->url,
                                         .content_type = "application/json",
                                         .body = buf_view(&body)};
        code = client_send(s->client, &request, &reply, e);
        code = code ? code : read_reply(b, &reply, out, e);
    }
    buf_free(&body);
    client_reply_free(&reply);
    return code;
}

/* --- the scorer --- */

static void count(const char *outcome)
{
    struct count_label labels[COUNT_LABELS_MAX] = {{"outcome", outcome}};
    counts_series("scorer_requests_total", labels);
}

static void note(struct scorer_http *s, struct breaker_pass pass, enum err_code code,
                 const struct err *e)
{
    bool ok = code == ERR_NONE;
    count(ok ? "ok" : code == ERR_TOO_LARGE ? "too_large" : "failed");
    pthread_mutex_lock(&s->lock);
    if (code != ERR_TOO_LARGE && code != ERR_NOMEM) { /* not the service's fault */
        breaker_tell(&s->breaker, pass, ok, clock_mono_us());
    } else {
        breaker_drop(&s->breaker, pass);
    }
    if (!ok) {
        s->health.why = *e;
    }
    pthread_mutex_unlock(&s->lock);
}

static enum err_code score(struct scorer *scorer, const struct scorer_batch *b,
                           struct verdict *out, struct err *e)
{
    struct scorer_http *s = http(scorer);
    struct breaker_pass pass;
    pthread_mutex_lock(&s->lock);
    bool may = breaker_ask(&s->breaker, clock_mono_us(), &pass);
    pthread_mutex_unlock(&s->lock);
    if (!may) {
        count("resting");
        return err_set(e, ERR_UPSTREAM, "the scoring service is not asked for a while");
    }
    enum err_code code = ask(s, b, out, e);
    note(s, pass, code, e);
    return code;
}

void scorer_http_health(struct scorer *scorer, struct scorer_health *out)
{
    struct scorer_http *s = http(scorer);
    pthread_mutex_lock(&s->lock);
    *out = s->health;
    out->open = breaker_rests(&s->breaker, clock_mono_us());
    pthread_mutex_unlock(&s->lock);
}

static void close_http(struct scorer *scorer)
{
    struct scorer_http *s = http(scorer);
    client_close(s->client);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

enum err_code scorer_open_http(const struct scorer_http_options *options,
                               struct scorer **out, struct err *e)
{
    static const struct scorer_ops ops = {"http", score, close_http};
    struct scorer_http *s = calloc(1, sizeof *s);
    if (!s) {
        return err_set(e, ERR_NOMEM, "not enough memory for the scorer");
    }
    s->base.ops = &ops;
    s->request_bytes_max = options->request_bytes_max;
    service_url_parts(options->url, &s->urls);
    snprintf(s->url, sizeof s->url, "%s?live=1", s->urls.score);
    breaker_init(&s->breaker, (uint64_t)clock_now_us());
    pthread_mutex_init(&s->lock, NULL);
    s->client_options = (struct client_options){
        .connect_ms = SCORER_CONNECT_MS,
        .total_ms = options->total_ms,
        .reply_bytes_max = SCORER_REPLY_BYTES_MAX,
        .unix_socket = s->urls.unix_socket,
        .bearer = options->key,
    };
    enum err_code code = client_open(&s->client_options, &s->client, e);
    if (code) {
        close_http(&s->base);
        return code;
    }
    *out = &s->base;
    return ERR_NONE;
}
