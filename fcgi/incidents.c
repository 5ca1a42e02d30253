/* incidents.c - loganalyzer-incidents: GET /incidents, from a read-only connection. */
#include "fcgi/core/incident.h"
#include "fcgi/web/process.h"
#include "sql/store_incidents.h"

enum { READERS = 4, LIST_LIMIT_MAX = 10000, FEATURES_DEPTH_MAX = 32 };

/* A page ends early, with a cursor, when it has grown so large. */
enum { PAGE_BYTES = 32 << 20, SCRATCH_BYTES_MAX = 16 << 20 };

/* So many ids of records are listed with an incident; the store has the others. */
enum { LOG_IDS_MAX = 100 };
#define KEY_LETTERS "abcdefghijklmnopqrstuvwxyz_"

struct incidents {
    struct process process;
    struct budget bodies;
    struct store *readers[READERS]; /* one a worker */
};

/* A list while it is printed. */
struct listing {
    struct json_out out;
    struct buf scratch;
    int64_t limit, printed, last_id;
    bool more;
};

static void put_time(struct json_out *o, const char *key, int64_t us)
{
    char when[CLOCK_TEXT_BYTES];
    json_key(o, key);
    json_str(o, clock_format(us, when));
}

/* A column that holds JSON. Another program can have written to the store, so it is
 * checked, in a copy, before it becomes a part of our reply. */
static bool read_json(struct listing *l, struct str text, struct json_value *out)
{
    struct err ignored;
    buf_clear(&l->scratch);
    buf_str(&l->scratch, text);
    struct json_in in = {l->scratch.p, l->scratch.n, 0, FEATURES_DEPTH_MAX, 0};
    if (l->scratch.failed) {
        l->out.b->failed = true; /* no memory: not an incident without reasons */
    }
    return !l->scratch.failed && in.n > 0 && !json_read(&in, out, &ignored) &&
           json_at_end(&in);
}

static void put_json(struct listing *l, const char *key, struct str text)
{
    struct json_value v;
    json_key(&l->out, key);
    if (read_json(l, text, &v)) {
        json_raw(&l->out, v.text);
    } else {
        json_null(&l->out);
    }
}

/* --- reasons --- */

/* Ascending, each once. */
struct id_list {
    int64_t ids[LOG_IDS_MAX];
    size_t n;
};

static void add_id(struct id_list *l, int64_t id)
{
    size_t at = l->n;
    while (at > 0 && l->ids[at - 1] > id) {
        at--;
    }
    if ((at > 0 && l->ids[at - 1] == id) || l->n == LOG_IDS_MAX) {
        return;
    }
    memmove(&l->ids[at + 1], &l->ids[at], (l->n - at) * sizeof l->ids[0]);
    l->ids[at] = id;
    l->n++;
}

static void add_ids(struct id_list *l, struct json_value list)
{
    struct json_iter it = json_iter(list);
    struct json_value one;
    int64_t id;
    for (size_t i = 0; i < LOG_IDS_MAX && json_next(&it, NULL, &one); i++) {
        if (str_to_i64(one.text, 1, INT64_MAX, &id)) {
            add_id(l, id);
        }
    }
}

/* A reason's parts but for its lists, which would lie deeper than what clients can read. */
static void put_reason(struct json_out *o, struct json_value reason, struct id_list *ids)
{
    struct json_iter it = json_iter(reason);
    struct json_value key, v;
    char name[32];
    json_open(o, '{');
    while (json_next(&it, &key, &v)) {
        size_t n = key.text.n - 2;
        if (n >= sizeof name) {
            continue; /* none of ours */
        }
        memcpy(name, key.text.p + 1, n);
        name[n] = '\0';
        if (v.type == JSON_ARRAY && strcmp(name, "log_ids") == 0) {
            add_ids(ids, v);
        } else if (v.type < JSON_ARRAY && strspn(name, KEY_LETTERS) == n) {
            json_key(o, name);
            json_raw(o, v.text);
        }
    }
    json_close(o, '}');
}

/* The reasons, and as "log_ids" the first of the records that they point to. */
static void put_reasons(struct listing *l, struct str text)
{
    struct json_value list, one;
    struct id_list ids = {.n = 0};
    json_key(&l->out, "reasons");
    if (!read_json(l, text, &list)) {
        json_null(&l->out);
        return;
    }
    if (list.type != JSON_ARRAY || list.depth <= 2) {
        json_raw(&l->out, list.text);
        return;
    }
    struct json_iter it = json_iter(list);
    json_open(&l->out, '[');
    while (json_next(&it, NULL, &one)) {
        if (one.type == JSON_OBJECT) {
            put_reason(&l->out, one, &ids);
        }
    }
    json_close(&l->out, ']');
    json_key(&l->out, "log_ids");
    json_open(&l->out, '[');
    for (size_t i = 0; i < ids.n; i++) {
        json_int(&l->out, ids.ids[i]);
    }
    json_close(&l->out, ']');
}

/* --- the list --- */

static void put_templates(struct listing *l, const struct store_incident_row *r)
{
    if (r->templates.p) {
        put_json(l, "templates", r->templates);
        json_key(&l->out, "templates_total");
        json_int(&l->out, r->templates_n);
    }
}

static void put_row(void *arg, const struct store_incident_row *r)
{
    struct listing *l = arg;
    if (l->printed == l->limit || l->out.b->n > PAGE_BYTES || l->more) {
        l->more = true;
        return;
    }
    json_open(&l->out, '{');
    json_key(&l->out, "id");
    json_int(&l->out, r->core.id);
    json_key(&l->out, "detected_at");
    json_text(&l->out, r->detected_at);
    json_key(&l->out, "service");
    json_text(&l->out, r->service);
    json_key(&l->out, "severity");
    json_num(&l->out, r->core.severity);
    json_key(&l->out, "summary");
    json_text(&l->out, r->summary);
    put_json(l, "features", r->features);
    put_reasons(l, r->reasons);
    put_templates(l, r);
    json_key(&l->out, "count");
    json_int(&l->out, r->core.count);
    put_time(&l->out, "first_seen", r->core.first_us);
    put_time(&l->out, "last_seen", r->core.last_us);
    json_close(&l->out, '}');
    l->printed++;
    l->last_id = r->core.id;
}

/* A query parameter as a number in 1..max; def if it is not there. */
static enum err_code number_param(const struct request *req, struct str name, int64_t max,
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

static enum err_code get_incidents(void *app, const struct request *req,
                                   struct response *resp, struct err *e)
{
    struct incidents *in = app;
    struct listing l = {.out = json_out(&resp->body)};
    int64_t before;
    enum err_code code =
        number_param(req, STR("limit"), LIST_LIMIT_MAX, LIST_LIMIT_MAX, &l.limit, e);
    code =
        code ? code : number_param(req, STR("cursor"), INT64_MAX, INT64_MAX, &before, e);
    if (code) {
        return code;
    }
    buf_init(&l.scratch, SCRATCH_BYTES_MAX);
    json_open(&l.out, '{');
    json_key(&l.out, "incidents");
    json_open(&l.out, '[');
    code = store_list_incidents(in->readers[req->worker], before, (size_t)l.limit + 1,
                                put_row, &l, e);
    buf_free(&l.scratch);
    json_close(&l.out, ']');
    json_key(&l.out, "next");
    if (l.more) {
        char cursor[24];
        snprintf(cursor, sizeof cursor, "%lld", (long long)l.last_id);
        json_str(&l.out, str_of(cursor));
        snprintf(resp->link, sizeof resp->link, "<?limit=%lld&cursor=%s>; rel=\"next\"",
                 (long long)l.limit, cursor);
    } else {
        json_null(&l.out);
    }
    json_close(&l.out, '}');
    return code;
}

static const struct route routes[] = {
    {"/incidents", METHOD_GET, get_incidents},
};
static const struct router router = {routes, sizeof routes / sizeof routes[0]};

static enum err_code open_readers(struct incidents *in, struct err *e)
{
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < READERS; i++) {
        code = store_open_reader(in->process.config.database, &in->readers[i], e);
    }
    return code;
}

int main(void)
{
    static struct incidents in;
    struct serve *serve = NULL;
    struct err e;
    if (!process_begin(&in.process, "loganalyzer-incidents")) {
        return 1;
    }
    struct serve_options s = process_serve_options(&in.process, router, &in, &in.bodies);
    s.workers = READERS;
    if (open_readers(&in, &e) || serve_new(&s, &serve, &e)) {
        return process_fail(&in.process, &e);
    }
    enum serve_end end = serve_run(serve);
    serve_free(serve);
    for (size_t i = 0; i < READERS; i++) {
        store_close(in.readers[i]);
    }
    store_tidy(in.process.config.database);
    return process_end(&in.process, end);
}
