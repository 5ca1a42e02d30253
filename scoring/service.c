/* service.c - loganalyzer-score: the detector as a service of its own. POST /score and GET
 * /model-info as ingest answers them when it scores by itself, /learn, by which ingest tells
 * of what was committed, and /healthz, /readyz and /metrics for this half. One process owns
 * a MODEL file and learns; another one is a replica: it scores, and becomes the owner when
 * it can. */
#include "fcgi/base/diag.h"
#include "fcgi/base/ticker.h"
#include "fcgi/base/zone.h"
#include "fcgi/health.h"
#include "fcgi/metrics.h"
#include "fcgi/web/process.h"
#include "scoring/learn.h"
#include "scoring/score.h"

struct service {
    struct process process;
    struct budget bodies;
    struct state *state;
    struct score_app score;
    struct learn_app learn;
    struct ticker *ticker;
    struct serve *serve;
};

static enum err_code post_score(void *app, const struct request *req,
                                struct response *resp, struct err *e)
{
    struct service *s = app;
    return score_post(&s->score, req, resp, e);
}

static enum err_code get_model_info(void *app, const struct request *req,
                                    struct response *resp, struct err *e)
{
    struct service *s = app;
    (void)req;
    return score_model_info(&s->score, resp, e);
}

static enum err_code post_learn(void *app, const struct request *req,
                                struct response *resp, struct err *e)
{
    struct service *s = app;
    enum err_code code = state_own(s->state, e);
    return code ? code : learn_post(&s->learn, req, resp, e);
}

static enum err_code get_learn(void *app, const struct request *req,
                               struct response *resp, struct err *e)
{
    struct service *s = app;
    (void)req;
    enum err_code code = state_own(s->state, e);
    return code ? code : learn_get(&s->learn, resp, e);
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

/* As the backend's, of what this half has: the model. */
static enum err_code get_readyz(void *app, const struct request *req,
                                struct response *resp, struct err *e)
{
    struct service *s = app;
    struct state_report r;
    struct model_info info;
    struct err why;
    struct json_out o = json_out(&resp->body);
    (void)req;
    (void)e;
    state_report(s->state, &r);
    detector_info(state_detector(s->state), &info);
    if (r.ready) {
        json_open(&o, '{');
    } else {
        err_set(&why, ERR_DOWN, "not ready: model (it learns again what it had lost)");
        response_problem(resp, &why, &o);
    }
    json_key(&o, "ready");
    json_bool(&o, r.ready);
    json_key(&o, "model");
    json_open(&o, '{');
    json_key(&o, "version");
    json_str(&o, str_of(info.version));
    json_key(&o, "model_error");
    json_text(&o, r.model_error[0] ? str_of(r.model_error) : STR_NONE);
    json_key(&o, "replica");
    json_bool(&o, r.replica);
    json_close(&o, '}');
    json_close(&o, '}');
    return ERR_NONE;
}

static enum err_code get_metrics(void *app, const struct request *req,
                                 struct response *resp, struct err *e)
{
    (void)app;
    (void)req;
    (void)e;
    resp->content_type = METRICS_CONTENT_TYPE;
    metrics_put_counted(&resp->body);
    metrics_put_programs(&resp->body);
    return ERR_NONE;
}

static const struct route routes[] = {
    {"/score", METHOD_POST, post_score, SCOPE_SCORE},
    {"/model-info", METHOD_GET, get_model_info, SCOPE_SCORE | SCOPE_READ},
    {"/learn", METHOD_POST, post_learn, SCOPE_SCORE},
    {"/learn", METHOD_GET, get_learn, SCOPE_SCORE},
    {"/healthz", METHOD_GET, get_healthz, ROUTE_OPEN},
    {"/readyz", METHOD_GET, get_readyz, SCOPE_SCORE | SCOPE_READ},
    {"/metrics", METHOD_GET, get_metrics, SCOPE_SCORE | SCOPE_READ},
};
static const struct router router = {routes, sizeof routes / sizeof routes[0]};

static void tick(void *service)
{
    struct service *s = service;
    state_tick(s->state);
}

static enum err_code open_all(struct service *s, struct err *e)
{
    const struct config *c = &s->process.config;
    struct serve_options o = process_serve_options(&s->process, router, s, &s->bodies);
    o.body_bytes_max = (size_t)c->ml_body_bytes_max;
    s->bodies.max = s->bodies.max > o.body_bytes_max ? s->bodies.max : o.body_bytes_max;
    s->score.threshold = c->threshold;
    s->score.limits = (struct batch_limits){
        .records_max = (size_t)c->batch_records_max,
        .record = {o.body_bytes_max, (size_t)c->service_bytes_max,
                   (size_t)c->level_bytes_max, (int)c->json_depth_max},
        .bodies = &s->bodies,
        .answers = true,
    };
    enum err_code code = zone_open(c->time_zone, &s->score.limits.zone, e);
    code = code ? code : state_open(c->model, c->threshold, &s->state, e);
    s->score.state = s->state;
    s->learn = (struct learn_app){s->state, &s->bodies};
    code = code ? code : ticker_start(CLOCK_SECOND_US, tick, s, &s->ticker, e);
    return code ? code : serve_new(&o, &s->serve, e);
}

static void close_all(struct service *s)
{
    struct err e;
    serve_free(s->serve);
    ticker_stop(s->ticker);
    if (s->state && state_save(s->state, &e)) {
        diag("what was learned last could not be saved: %s", e.msg);
    }
    state_close(s->state);
}

int main(void)
{
    static struct service s;
    struct err e;
    if (!process_begin(&s.process, "loganalyzer-score")) {
        return 1;
    }
    if (open_all(&s, &e)) {
        close_all(&s);
        return process_fail(&s.process, &e);
    }
    enum serve_end end = serve_run(s.serve);
    close_all(&s);
    return process_end(&s.process, end);
}
