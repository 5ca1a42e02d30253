/* meta.c - loganalyzer-meta: GET /meta, /healthz, /readyz and /metrics, and the answer to
 * every path that nobody has. */
#include "fcgi/base/clock.h"
#include "fcgi/health.h"
#include "fcgi/metrics_state.h"
#include "fcgi/scorer_status.h"
#include "fcgi/web/process.h"
#include "sql/store_read.h"

#include "build_id.h"

enum { WORKERS = 2 };

struct meta {
    struct process process;
    struct budget bodies;
    int64_t started_us;
    struct store *readers[WORKERS];
};

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
    scorer_status_read(m->readers[req->worker], c, &scorer);
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

static enum err_code get_healthz(void *app, const struct request *req,
                                 struct response *resp, struct err *e)
{
    (void)app;
    (void)req;
    (void)e;
    resp->fixed = HEALTH_ALIVE;
    return ERR_NONE;
}

static enum err_code get_readyz(void *app, const struct request *req,
                                struct response *resp, struct err *e)
{
    const struct meta *m = app;
    return health_get_ready(&m->process.config, m->readers[req->worker], req, resp, e);
}

static void put_build(struct buf *out)
{
    static const struct metrics_family f = {"build_info", METRICS_GAUGE, false,
                                            "1; the label says which commit runs."};
    metrics_put_family(out, &f);
    metrics_put(out, f.name, "commit=\"" BUILD_COMMIT "\"", 1);
}

static enum err_code get_metrics(void *app, const struct request *req,
                                 struct response *resp, struct err *e)
{
    const struct meta *m = app;
    const struct config *c = &m->process.config;
    struct store *reader = m->readers[req->worker];
    struct health *h = arena_zalloc(req->arena, sizeof *h);
    if (!h) {
        return err_set(e, ERR_NOMEM, "not enough memory to look at all");
    }
    health_look(c, reader, req->now_us, h);
    resp->content_type = METRICS_CONTENT_TYPE;
    put_build(&resp->body);
    metrics_put_counted(&resp->body);
    metrics_put_programs(&resp->body);
    metrics_put_state(&resp->body, c, reader, h, req->now_us);
    return ERR_NONE;
}

static const struct route routes[] = {
    {"/meta", METHOD_GET, get_meta, SCOPE_READ},
    {"/healthz", METHOD_GET, get_healthz, ROUTE_OPEN},
    {"/readyz", METHOD_GET, get_readyz, SCOPE_READ},
    {"/metrics", METHOD_GET, get_metrics, SCOPE_READ},
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
