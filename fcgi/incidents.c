/* incidents.c - loganalyzer-incidents: incidents as people see and answer them, and what
 * each service sent when. The handlers are in the files beside it, one a subject. */
#include "fcgi/incidents.h"

#include "fcgi/normals.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/utf8.h"
#include "fcgi/notifications.h"

enum { BODY_DEPTH_MAX = 4 };

static const struct route routes[] = {
    {"/incidents", METHOD_GET, incident_list_get, SCOPE_READ},
    {"/incidents/{id}", METHOD_GET, incident_detail_get, SCOPE_READ},
    {"/incidents/{id}", METHOD_PATCH, incident_change_patch, SCOPE_ADMIN},
    {"/services", METHOD_GET, services_get, SCOPE_READ},
    {"/rejected", METHOD_GET, rejected_get, SCOPE_READ},
    {"/normals", METHOD_GET, normals_get, SCOPE_READ},
    {"/normals", METHOD_POST, normals_post, SCOPE_ADMIN},
    {"/normals/{id}", METHOD_DELETE, normals_delete, SCOPE_ADMIN},
    {"/notifications", METHOD_GET, notifications_get, SCOPE_READ},
    {"/notifications/test", METHOD_POST, notifications_test_post, SCOPE_ADMIN},
};
static const struct router router = {routes, sizeof routes / sizeof routes[0]};

enum err_code incidents_number(const struct request *req, struct str name, int64_t max,
                               int64_t def, int64_t *out, struct err *e)
{
    struct str text;
    bool found;
    *out = def;
    enum err_code code = request_param(req, name, &text, &found, e);
    if (!code && found && !str_to_i64(text, 1, max, out)) {
        code = err_set(e, ERR_INVALID, "%.*s must be a whole number from 1 to %lld",
                       STR_ARGS(name), (long long)max);
    }
    return code;
}

enum err_code incidents_object(const struct request *req, struct json_value *out,
                               struct err *e)
{
    struct str body = {req->body, req->body_n};
    if (body.n == 0 || utf8_valid_prefix(body) != body.n) {
        return err_set(e, ERR_INVALID, "the body must be JSON in UTF-8");
    }
    struct json_in in = {req->body, req->body_n, utf8_bom(body), BODY_DEPTH_MAX, 0};
    enum err_code code = json_read(&in, out, e);
    if (!code && (out->type != JSON_OBJECT || !json_at_end(&in))) {
        code = err_set(e, ERR_INVALID, "the body must be one JSON object");
    }
    return code;
}

bool incidents_life(const struct store_incident_row *row, struct arena *a,
                    struct store_incident_life *out)
{
    *out = (struct store_incident_life){.incident_id = row->core.id,
                                        .status = row->core.status,
                                        .muted_until_us = row->core.muted_until_us};
    return arena_copy(a, row->note, &out->note) &&
           arena_copy(a, row->verdict, &out->verdict);
}

/* --- changes --- */

static struct timespec timespec_of(int64_t mono_us)
{
    return (struct timespec){.tv_sec = mono_us / CLOCK_SECOND_US,
                             .tv_nsec = mono_us % CLOCK_SECOND_US * 1000};
}

/* Its clock does not jump. */
static void init_editing(struct incidents *in)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&in->lock, NULL);
    pthread_cond_init(&in->free, &attr);
    pthread_condattr_destroy(&attr);
}

/* Is it this thread's turn before the time is up? */
static bool take_turn(struct incidents *in, int64_t deadline_us)
{
    struct timespec until = timespec_of(deadline_us);
    int rc = 0;
    pthread_mutex_lock(&in->lock);
    while (in->editing && rc == 0) {
        rc = pthread_cond_timedwait(&in->free, &in->lock, &until);
    }
    bool ours = !in->editing;
    in->editing = true;
    pthread_mutex_unlock(&in->lock);
    return ours;
}

static void end_turn(struct incidents *in)
{
    pthread_mutex_lock(&in->lock);
    in->editing = false;
    pthread_cond_signal(&in->free);
    pthread_mutex_unlock(&in->lock);
}

enum err_code incidents_begin(struct incidents *in, struct err *e)
{
    int64_t deadline_us = clock_mono_us() + in->process.config.store_wait_ms * 1000;
    if (!take_turn(in, deadline_us)) {
        return err_set(e, ERR_BUSY, "others are changing incidents; try again");
    }
    enum err_code code = store_begin(in->editor, deadline_us, e);
    if (code) {
        end_turn(in);
    }
    return code;
}

enum err_code incidents_commit(struct incidents *in, struct err *e)
{
    enum err_code code = store_commit(in->editor, e);
    end_turn(in);
    return code;
}

void incidents_rollback(struct incidents *in)
{
    store_rollback(in->editor);
    end_turn(in);
}

/* --- the program --- */

static enum err_code open_stores(struct incidents *in, struct err *e)
{
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < INCIDENTS_WORKERS; i++) {
        code = store_open_reader(in->process.config.database, &in->readers[i], e);
    }
    return code ? code : store_open_editor(in->process.config.database, &in->editor, e);
}

/* The editor last: sql/store.h. */
static void close_stores(struct incidents *in)
{
    for (size_t i = 0; i < INCIDENTS_WORKERS; i++) {
        store_close(in->readers[i]);
    }
    store_close(in->editor);
    store_tidy(in->process.config.database);
}

int main(void)
{
    static struct incidents in;
    struct serve *serve = NULL;
    struct err e;
    if (!process_begin(&in.process, "loganalyzer-incidents")) {
        return 1;
    }
    init_editing(&in);
    struct serve_options s = process_serve_options(&in.process, router, &in, &in.bodies);
    s.workers = INCIDENTS_WORKERS;
    if (open_stores(&in, &e) || serve_new(&s, &serve, &e)) {
        return process_fail(&in.process, &e);
    }
    enum serve_end end = serve_run(serve);
    serve_free(serve);
    close_stores(&in);
    return process_end(&in.process, end);
}
