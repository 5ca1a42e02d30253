/* incident_list.c - GET /incidents: the newest first, by what is asked for, in pages. */
#include "fcgi/incident_print.h"
#include "fcgi/incidents.h"
#include "sql/store_life.h"

enum {
    LIST_LIMIT_MAX = 10000,
    PAGE_BYTES =
        32 << 20, /* a page ends early, with a cursor, when it has grown so large */
    TEXT_BYTES_MAX = 200,                    /* of text= */
    NAME_BYTES_MAX = CORE_SERVICE_BYTES - 1, /* of service= */
    VALUE_BYTES_MAX = 64                     /* of the others */
};

static const char *const statuses[] = {[STORE_STATUS_ALL] = "all",
                                       [STORE_STATUS_OPEN] = "open",
                                       [STORE_STATUS_ACKNOWLEDGED] = "acknowledged",
                                       [STORE_STATUS_ACTIVE] = "active",
                                       [STORE_STATUS_RESOLVED] = "resolved",
                                       [STORE_STATUS_MUTED] = "muted"};
enum { STATUSES_N = sizeof statuses / sizeof statuses[0] };

/* --- what is asked for --- */

/* An empty value is none for service and text, which have no empty ones. */
static enum err_code text_param(const struct request *req, const char *name, size_t max,
                                struct str *out, struct err *e)
{
    bool found;
    *out = STR_NONE;
    enum err_code code = request_param(req, str_of(name), out, &found, e);
    if (!code && found && out->n > max) {
        code = err_set(e, ERR_INVALID, "%s may have at most %zu bytes", name, max);
    }
    if (!code && (!found || out->n == 0)) {
        *out = STR_NONE;
    }
    return code;
}

static enum err_code status_param(const struct request *req, enum store_status *out,
                                  struct err *e)
{
    struct str text;
    bool found;
    *out = STORE_STATUS_ALL;
    enum err_code code = request_param(req, STR("status"), &text, &found, e);
    if (code || !found) {
        return code;
    }
    for (int i = 0; i < STATUSES_N; i++) {
        if (str_eq(text, str_of(statuses[i]))) {
            *out = (enum store_status)i;
            return ERR_NONE;
        }
    }
    return err_set(e, ERR_INVALID,
                   "status must be open, acknowledged, resolved, active, muted or all");
}

static enum err_code time_param(const struct request *req, const char *name, int64_t *out,
                                struct err *e)
{
    struct str text;
    bool found;
    enum err_code code = request_param(req, str_of(name), &text, &found, e);
    if (!code && found && (text.n > VALUE_BYTES_MAX || !clock_parse(text, out))) {
        code = err_set(e, ERR_INVALID,
                       "%s must be a time such as 2026-11-22T13:00:48Z (a + is written "
                       "%%2B here), or seconds since 1970",
                       name);
    }
    return code;
}

static bool read_severity(struct arena *a, struct str text, double *out)
{
    struct json_value v;
    struct err ignored;
    struct str copy = arena_str(a, text);
    char *p = copy.p ? arena_alloc(a, text.n + 1) : NULL;
    if (!p || text.n == 0 || text.n > VALUE_BYTES_MAX) {
        return false;
    }
    memcpy(p, copy.p, text.n);
    struct json_in in = {p, text.n, 0, 0, 0};
    return !json_read(&in, &v, &ignored) && json_at_end(&in) && v.type == JSON_NUMBER &&
           json_number(v, out) && *out >= 0 && *out <= 1;
}

static enum err_code severity_param(const struct request *req, double *out, struct err *e)
{
    struct str text;
    bool found;
    enum err_code code = request_param(req, STR("severity"), &text, &found, e);
    if (!code && found && !read_severity(req->arena, text, out)) {
        code = err_set(e, ERR_INVALID, "severity must be a number from 0 to 1");
    }
    return code;
}

static enum err_code read_query(const struct request *req, struct store_incident_query *q,
                                int64_t *limit, struct err *e)
{
    *q = (struct store_incident_query){
        .now_us = req->now_us, .since_us = INT64_MIN, .until_us = INT64_MAX};
    enum err_code code =
        incidents_number(req, STR("limit"), LIST_LIMIT_MAX, LIST_LIMIT_MAX, limit, e);
    code = code ? code
                : incidents_number(req, STR("cursor"), INT64_MAX, INT64_MAX,
                                   &q->before_id, e);
    code = code ? code : status_param(req, &q->status, e);
    code = code ? code : text_param(req, "service", NAME_BYTES_MAX, &q->service, e);
    code = code ? code : severity_param(req, &q->severity, e);
    code = code ? code : time_param(req, "since", &q->since_us, e);
    code = code ? code : time_param(req, "until", &q->until_us, e);
    code = code ? code : text_param(req, "text", TEXT_BYTES_MAX, &q->text, e);
    q->limit = (size_t)*limit + 1;
    return code;
}

/* --- where it goes on --- */

static void put_encoded(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                     (c >= 'A' && c <= 'Z') || memchr("-._~:", c, 5) != NULL;
        if (plain) {
            buf_byte(b, (char)c);
        } else {
            buf_fmt(b, "%%%02X", c);
        }
    }
}

/* The same query with a cursor: of what was read only, in our own spelling. */
static void put_link(const struct request *req, int64_t limit, int64_t last_id,
                     struct response *resp)
{
    static const char *const names[] = {"status", "service", "severity",
                                        "since",  "until",   "text"};
    struct buf b;
    struct err ignored;
    buf_init(&b, RESPONSE_LINK_BYTES - 1);
    buf_fmt(&b, "<?limit=%lld&cursor=%lld", (long long)limit, (long long)last_id);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct str value;
        bool found;
        if (!request_param(req, str_of(names[i]), &value, &found, &ignored) && found &&
            value.n > 0) {
            buf_fmt(&b, "&%s=", names[i]);
            put_encoded(&b, value);
        }
    }
    buf_str(&b, STR(">; rel=\"next\""));
    if (!b.failed) { /* without memory "next" in the body has to do */
        memcpy(resp->link, b.p, b.n);
        resp->link[b.n] = '\0';
    }
    buf_free(&b);
}

/* --- the list --- */

/* A list while it is printed. */
struct listing {
    struct incident_print print;
    int64_t limit, printed, last_id;
    bool more;
};

static void put_row(void *arg, const struct store_incident_row *r)
{
    struct listing *l = arg;
    struct json_out *o = &l->print.out;
    if (l->printed == l->limit || o->b->n > PAGE_BYTES || l->more) {
        l->more = true;
        return;
    }
    json_open(o, '{');
    incident_print_members(&l->print, r);
    json_close(o, '}');
    l->printed++;
    l->last_id = r->core.id;
}

static void put_next(const struct listing *l, const struct request *req,
                     struct json_out *o, struct response *resp)
{
    incident_print_next(o, l->more ? l->last_id : 0);
    if (l->more) {
        put_link(req, l->limit, l->last_id, resp);
    }
}

enum err_code incident_list_get(void *app, const struct request *req,
                                struct response *resp, struct err *e)
{
    struct incidents *in = app;
    struct listing l = {.printed = 0};
    struct store_incident_query q;
    enum err_code code = read_query(req, &q, &l.limit, e);
    if (code) {
        return code;
    }
    incident_print_begin(&l.print, &resp->body, req->now_us);
    struct json_out *o = &l.print.out;
    json_open(o, '{');
    json_key(o, "incidents");
    json_open(o, '[');
    code = store_select_incidents(in->readers[req->worker], &q, put_row, &l, e);
    incident_print_end(&l.print);
    json_close(o, ']');
    put_next(&l, req, o, resp);
    json_close(o, '}');
    return code;
}
