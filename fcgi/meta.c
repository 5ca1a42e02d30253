/* meta.c - loganalyzer-meta: GET /meta, and the answer to every path that nobody has. How
 * the scorer is it reads from the store: ingest writes it there when it changes. */
#include "fcgi/base/clock.h"
#include "fcgi/jobs/outgoing.h"
#include "fcgi/jobs/scorer_note.h"
#include "fcgi/web/process.h"
#include "sql/store_keep.h"
#include "sql/store_read.h"

#include "build_id.h"

enum { WORKERS = 2, UNSCORED_MAX = 100000, STATUS_DEPTH_MAX = 2 };

struct meta {
    struct process process;
    struct budget bodies;
    int64_t started_us;
    struct store *readers[WORKERS];
};

/* What is known of the scorer; the texts are views into note. */
struct scorer_status {
    char note[STORE_NOTE_BYTES];
    /* JSON texts, quotes included */
    struct str state, since, last_error, version, model_error;
    int64_t learned; /* in process, while it is behind; else -1 */
    int64_t unscored, lag;
    bool store_fails;
    struct err store_error; /* if it does */
};

static struct str member(struct json_value object, const char *name)
{
    struct json_value v;
    bool ok =
        json_member(object, name, &v) && (v.type == JSON_STRING || v.type == JSON_NULL);
    return ok ? v.text : STR("null");
}

/* mode: as a JSON text, of the scorer that is configured; the note may be of another. */
static void read_note(struct scorer_status *s, struct str mode)
{
    struct json_value object = {0};
    struct err ignored;
    struct json_in in = {s->note, strlen(s->note), 0, STATUS_DEPTH_MAX, 0};
    bool ok = in.n > 0 && !json_read(&in, &object, &ignored) && json_at_end(&in) &&
              object.type == JSON_OBJECT && str_eq(member(object, "mode"), mode);
    s->learned = -1;
    if (!ok) { /* nothing heard of it yet */
        s->state = STR("\"unknown\"");
        s->since = s->last_error = s->version = s->model_error = STR("null");
        return;
    }
    s->state = member(object, "state");
    s->since = member(object, "since");
    s->last_error = member(object, "last_error");
    s->version = member(object, "version");
    s->model_error = member(object, "model_error");
    if (!json_member_i64(object, "learned", 0, INT64_MAX, &s->learned)) {
        s->learned = -1;
    }
}

/* Batches that the service has not heard of, from the note that says how far it is. */
static int64_t lag_of(char learned[static STORE_NOTE_BYTES], int64_t last)
{
    struct str left = str_of(learned);
    int64_t next;
    str_split(&left, ' ');
    str_split(&left, ' ');
    bool ok = str_to_i64(str_split(&left, ' '), 0, INT64_MAX, &next);
    return ok && last >= next ? last - next + 1 : 0;
}

static void read_scorer(struct store *reader, bool http, struct scorer_status *s)
{
    char learned[STORE_NOTE_BYTES];
    int64_t last;
    struct store_usage usage;
    *s = (struct scorer_status){0};
    struct err *e = &s->store_error;
    s->store_fails =
        store_get_usage(reader, &usage, e) || /* looks into all large tables */
        store_get_note(reader, NOTE_SCORER, s->note, e) ||
        store_get_note(reader, NOTE_LEARNED, learned, e) ||
        store_last_batch(reader, &last, e) ||
        store_count_unscored(reader, UNSCORED_MAX, &s->unscored, e);
    read_note(s, http ? STR("\"http\"") : STR("\"in-process\""));
    if (s->store_fails) {
        return;
    }
    if (http) {
        s->lag = lag_of(learned, last);
    } else if (s->learned >= 0 && last >= s->learned) {
        s->lag = last - s->learned + 1;
    }
}

static void put_raw(struct json_out *o, const char *key, struct str json)
{
    json_key(o, key);
    json_raw(o, json);
}

static void put_count(struct json_out *o, const char *key, const struct scorer_status *s,
                      int64_t n)
{
    json_key(o, key);
    if (s->store_fails) {
        json_null(o);
    } else {
        json_int(o, n);
    }
}

static void put_scorer(struct json_out *o, const struct meta *m,
                       const struct scorer_status *s)
{
    bool http = m->process.config.ml_url[0] != '\0';
    json_key(o, "scorer");
    json_open(o, '{');
    json_key(o, "mode");
    json_str(o, http ? STR("http") : STR("in-process"));
    put_raw(o, "state", s->state);
    put_raw(o, "since", s->since);
    put_raw(o, "last_error", s->last_error);
    put_count(o, "unscored_batches", s, s->unscored);
    put_count(o, "learn_lag_batches", s, s->lag);
    json_close(o, '}');
}

/* What ingest finds wrong with it beside that, its own answers say. */
static void put_store(struct json_out *o, const struct scorer_status *s)
{
    json_key(o, "store");
    json_open(o, '{');
    json_key(o, "state");
    json_str(o, s->store_fails ? STR("failing") : STR("ok"));
    json_key(o, "error");
    if (s->store_fails) {
        json_str(o, str_of(s->store_error.msg));
    } else {
        json_null(o);
    }
    json_close(o, '}');
}

static enum err_code get_meta(void *app, const struct request *req, struct response *resp,
                              struct err *e)
{
    const struct meta *m = app;
    const struct config *c = &m->process.config;
    struct scorer_status scorer;
    char when[CLOCK_TEXT_BYTES];
    (void)e;
    read_scorer(m->readers[req->worker], c->ml_url[0] != '\0', &scorer);
    struct str loaded = scorer.version;
    struct json_out o = json_out(&resp->body);
    json_open(&o, '{');
    json_key(&o, "git");
    json_open(&o, '{');
    json_key(&o, "commit");
    json_str(&o, STR(BUILD_COMMIT));
    json_key(&o, "branch");
    json_str(&o, STR(BUILD_BRANCH));
    json_close(&o, '}');
    json_key(&o, "model");
    if (c->model_version[0]) {
        json_str(&o, str_of(c->model_version));
    } else {
        json_raw(&o, loaded);
    }
    put_raw(&o, "loaded_model", loaded);
    put_raw(&o, "model_error", scorer.model_error);
    json_key(&o, "started_at");
    json_str(&o, clock_format(m->started_us, when));
    put_scorer(&o, m, &scorer);
    put_store(&o, &scorer);
    json_close(&o, '}');
    return ERR_NONE;
}

static const struct route routes[] = {
    {"/meta", METHOD_GET, get_meta, SCOPE_READ},
};
static const struct router router = {routes, sizeof routes / sizeof routes[0]};

static enum err_code open_readers(struct meta *m, struct err *e)
{
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < WORKERS; i++) {
        code = store_open_reader(m->process.config.database, &m->readers[i], e);
    }
    return code;
}

int main(void)
{
    static struct meta m;
    struct serve *serve = NULL;
    struct err e;
    if (!process_begin(&m.process, "loganalyzer-meta")) {
        return 1;
    }
    m.started_us = clock_now_us();
    struct serve_options s = process_serve_options(&m.process, router, &m, &m.bodies);
    s.workers = WORKERS;
    if (open_readers(&m, &e) || serve_new(&s, &serve, &e)) {
        return process_fail(&m.process, &e);
    }
    enum serve_end end = serve_run(serve);
    serve_free(serve);
    for (size_t i = 0; i < WORKERS; i++) {
        store_close(m.readers[i]);
    }
    store_tidy(m.process.config.database);
    return process_end(&m.process, end);
}
