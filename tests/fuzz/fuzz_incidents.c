/* fuzz_incidents.c - requests to loganalyzer-incidents, over a store with some incidents in
 * it: the filters of the lists, PATCH, "that is normal". First line: method and path;
 * second: the query; then the body. Every answer is JSON, and the store stays whole.
 *
 * Its main and its routes are included, so what is called is what is served. */
int incidents_main(void);
#define main incidents_main
#include "fcgi/incidents.c" /* NOLINT: see above */
#undef main

#include "sql/writer.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES = 256 << 20, INCIDENTS_N = 3, RECORDS_N = 4, DEPTH = 12 };
#define WAIT_US (10 * CLOCK_SECOND_US)

static struct incidents app;

/* Nothing here is to outlive the machine. These two stand before those of libc. */
int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

int fsync(int fd)
{
    (void)fd;
    return 0;
}

static void learn_nothing(void *arg, const struct write_job *job)
{
    (void)arg;
    (void)job;
}

/* Two failed logins of four records: an incident for each service. */
static void add_incident(struct writer *w, int i)
{
    static const int64_t odd[] = {1, 2};
    static struct features features;
    char service[16], line[64];
    struct record records[RECORDS_N];
    struct verdict v = {.score = 0.97, .raw_score = 0.98, .reasons_n = 1};
    struct reason *r = &v.reasons[0];
    struct err e;
    snprintf(service, sizeof service, "s%d", i);
    snprintf(line, sizeof line, "Failed password for root from 203.0.113.%d port 22", i);
    for (size_t k = 0; k < RECORDS_N; k++) {
        records[k] = (struct record){.timestamp = STR("2026-11-22T12:00:48Z"),
                                     .service = str_of(service),
                                     .level = STR("WARN"),
                                     .message = str_of(line),
                                     .metadata = STR("{\"a\":[1,{\"b\":\"x\"}]}"),
                                     .event_us = FUZZ_NOW_US};
    }
    v.service = str_of(service);
    v.new_templates[0] = 0xabc0 + (uint64_t)i;
    v.new_templates_n = 1;
    *r = (struct reason){.channel = i % 2 ? CHANNEL_NEW_TEMPLATE : CHANNEL_NEW_VALUE,
                         .evidence = 5,
                         .observed = 2,
                         .template_id = v.new_templates[0],
                         .records = odd,
                         .records_n = 2,
                         .records_total = 2};
    snprintf(r->template_text, sizeof r->template_text, "Failed password for * from *");
    snprintf(r->value, sizeof r->value, "203.0.113.%d", i);
    snprintf(r->text, sizeof r->text, "new in s%d: 'Failed password for * from *'", i);
    features_count(records, RECORDS_N, FUZZ_NOW_US, &features);
    struct write_job job = {.records = records,
                            .n = RECORDS_N,
                            .features = &features,
                            .verdict = &v,
                            .scorer = "in-process",
                            .now_us = FUZZ_NOW_US};
    if (writer_submit(w, &job, &e)) {
        fuzz_fail(__FILE__, __LINE__, e.msg);
    }
    writer_wait_learned(&job);
    FUZZ_CHECK(job.incident_id == i + 1);
}

static void make_store(const char *path)
{
    struct writer_options o = {
        .threshold = 0.8, .wait_us = WAIT_US, .learn = learn_nothing};
    struct store *s;
    struct writer *w;
    struct err e;
    FUZZ_CHECK(!store_open_writer(path, WAIT_US, &s, &e));
    FUZZ_CHECK(!writer_start(s, &o, &w, &e));
    for (int i = 0; i < INCIDENTS_N; i++) {
        add_incident(w, i);
    }
    writer_stop(w);
    store_close(s);
}

static void close_app(void)
{
    for (size_t i = 0; i < INCIDENTS_WORKERS; i++) {
        store_close(app.readers[i]);
    }
    store_close(app.editor);
}

static void begin(void)
{
    struct config *c = &app.process.config;
    struct err e;
    if (app.editor) {
        return;
    }
    clearenv();
    setenv("LOGANALYZER_HOME", fuzz_folder(), 1);
    FUZZ_CHECK(!config_load(c, &e));
    make_store(c->database);
    init_editing(&app);
    FUZZ_CHECK(!open_stores(&app, &e) && atexit(close_app) == 0);
}

static void check_reply(const struct response *resp)
{
    struct buf head;
    buf_init(&head, 64 * 1024);
    response_head(resp, &head);
    FUZZ_CHECK(!head.failed && !resp->body.failed);
    fuzz_check_text(buf_view(&head));
    fuzz_check_json(response_body(resp), DEPTH);
    buf_free(&head);
}

static void serve(struct request *req)
{
    struct response resp;
    struct err e = {.index = -1};
    const struct route *route = NULL;
    response_init(&resp);
    enum err_code code = router_find(router, req, &route, &resp.allow, &e);
    code = code ? code : route->fn(&app, req, &resp, &e);
    if (code) {
        fuzz_check_err(code, &e);
        FUZZ_CHECK(code != ERR_DOWN && code != ERR_BUSY && code != ERR_IO);
        response_error(&resp, &e);
    }
    check_reply(&resp);
    FUZZ_CHECK(!app.editing);
    response_free(&resp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena a;
    char *p = fuzz_own((struct str){(const char *)data, n});
    struct str left = {p, n}, path = fuzz_line(&left), method = str_split(&path, ' ');
    struct str query = fuzz_line(&left);
    begin();
    arena_init(&a, ARENA_BYTES);
    char *body = fuzz_own(left);
    struct request req = {.method = method_of(method),
                          .path = request_path(&a, path, STR_NONE, STR("/loganalyzer")),
                          .query = query,
                          .content_type = STR("application/json"),
                          .body = left.n > 0 ? body : NULL,
                          .body_n = left.n,
                          .now_us = FUZZ_NOW_US,
                          .arena = &a};
    serve(&req);
    arena_free(&a);
    free(body);
    free(p);
    return 0;
}
