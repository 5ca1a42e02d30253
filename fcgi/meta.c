/* meta.c - loganalyzer-meta: GET /meta, and the answer to every path that nobody has. */
#include "fcgi/base/clock.h"
#include "fcgi/web/process.h"
#include "scoring/scorer.h"

#include "build_id.h"

struct meta {
    struct process process;
    struct budget bodies;
    int64_t started_us;
};

enum { WORKERS = 2 };

static enum err_code get_meta(void *app, const struct request *req, struct response *resp,
                              struct err *e)
{
    const struct meta *m = app;
    const char *version = m->process.config.model_version;
    char when[CLOCK_TEXT_BYTES];
    (void)req;
    (void)e;
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
    json_str(&o, str_of(version[0] ? version : SCORER_SHIPPED_VERSION));
    json_key(&o, "loaded_model");
    json_str(&o, STR(SCORER_SHIPPED_VERSION));
    json_key(&o, "started_at");
    json_str(&o, clock_format(m->started_us, when));
    json_close(&o, '}');
    return ERR_NONE;
}

static const struct route routes[] = {
    {"/meta", METHOD_GET, get_meta},
};
static const struct router router = {routes, sizeof routes / sizeof routes[0]};

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
    if (serve_new(&s, &serve, &e)) {
        return process_fail(&m.process, &e);
    }
    enum serve_end end = serve_run(serve);
    serve_free(serve);
    return process_end(&m.process, end);
}
