/* response.c - see response.h. */
#include "fcgi/web/response.h"

#include "fcgi/web/request.h"

enum { KEEP_BYTES = 64 * 1024 };

/* What is said when there is no memory to say more. */
#define NO_MEMORY                                                                        \
    "{\"error\":\"out of memory; whether a batch is stored is not known\","              \
    "\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500}"

void response_init(struct response *r)
{
    *r = (struct response){.status = 200};
    buf_init(&r->body, RESPONSE_BODY_BYTES_MAX);
}

void response_reset(struct response *r)
{
    struct buf body = r->body;
    if (body.cap > KEEP_BYTES) {
        buf_free(&body);
    }
    buf_clear(&body);
    *r = (struct response){.status = 200, .body = body};
}

void response_free(struct response *r)
{
    buf_free(&r->body);
}

int response_status_of(enum err_code code)
{
    switch (code) {
    case ERR_NONE:
        return 200;
    case ERR_INVALID:
        return 400;
    case ERR_TOO_LARGE:
        return 413;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_FORBIDDEN:
        return 403;
    case ERR_UNKNOWN_CALLER:
        return 401;
    case ERR_RATE:
        return 429;
    case ERR_METHOD:
        return 405;
    case ERR_CONFLICT:
        return 409;
    case ERR_UNSUPPORTED:
        return 415;
    case ERR_REUSED:
        return 422;
    case ERR_BUSY:
    case ERR_DOWN:
    case ERR_NOMEM:
        return 503;
    case ERR_FULL:
        return 507;
    case ERR_UPSTREAM:
        return 502;
    case ERR_IO:
    case ERR_BUG:
    default:
        return 500;
    }
}

static const char *title_of(int status)
{
    switch (status) {
    case 201:
        return "Created";
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 409:
        return "Conflict";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 507:
        return "Insufficient Storage";
    default:
        return "Internal Server Error";
    }
}

void response_problem(struct response *r, const struct err *e, struct json_out *o)
{
    r->status = response_status_of(e->code);
    r->problem = true;
    r->applied = NULL;
    buf_clear(&r->body);
    *o = json_out(&r->body);
    json_open(o, '{');
    json_key(o, "error");
    json_str(o, str_of(e->msg));
    json_key(o, "type");
    json_str(o, STR("about:blank"));
    json_key(o, "title");
    json_str(o, str_of(title_of(r->status)));
    json_key(o, "status");
    json_int(o, r->status);
    json_key(o, "detail");
    json_str(o, str_of(e->msg));
    if (e->index >= 0) {
        json_key(o, "index");
        json_int(o, e->index);
    }
    if (e->field) {
        json_key(o, "field");
        json_str(o, str_of(e->field));
    }
}

void response_error(struct response *r, const struct err *e)
{
    struct json_out o;
    response_problem(r, e, &o);
    json_close(&o, '}');
    if (r->body.failed) {
        r->status = 500;
        r->fixed = NO_MEMORY;
    }
}

struct str response_body(const struct response *r)
{
    return r->fixed ? str_of(r->fixed) : buf_view(&r->body);
}

static void put_allow(struct buf *out, unsigned allow)
{
    static const struct {
        enum method method;
        const char *name;
    } names[] = {{METHOD_GET, "GET, HEAD"},
                 {METHOD_POST, "POST"},
                 {METHOD_PUT, "PUT"},
                 {METHOD_PATCH, "PATCH"},
                 {METHOD_DELETE, "DELETE"}};
    const char *comma = "Allow: ";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (allow & names[i].method) {
            buf_fmt(out, "%s%s", comma, names[i].name);
            comma = ", ";
        }
    }
    buf_str(out, STR("\r\n"));
}

void response_head(const struct response *r, struct buf *out)
{
    buf_fmt(out, "Status: %d %s\r\n", r->status, title_of(r->status));
    buf_fmt(out, "Content-Type: %s\r\n",
            r->problem        ? "application/problem+json; charset=utf-8"
            : r->content_type ? r->content_type
                              : "application/json; charset=utf-8");
    buf_fmt(out, "Content-Length: %zu\r\n", response_body(r).n);
    /* A browser neither keeps a reply nor makes anything of it but data, and hands it to no
     * page of another site, be it as a picture or a script. */
    buf_str(out,
            STR("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                "Cross-Origin-Resource-Policy: same-origin\r\n"
                "Referrer-Policy: no-referrer\r\n"));
    if (r->challenge) {
        buf_fmt(out, "WWW-Authenticate: %s\r\n", r->challenge);
    }
    if (r->status == 429 || r->status == 503 || r->status == 507) {
        buf_fmt(out, "Retry-After: %d\r\n", RETRY_AFTER_SECONDS);
    }
    if (r->allow) {
        put_allow(out, r->allow);
    }
    if (r->applied) {
        buf_fmt(out, "Preference-Applied: %s\r\n", r->applied);
    }
    if (r->link[0]) {
        buf_fmt(out, "Link: %s\r\n", r->link);
    }
    buf_str(out, STR("\r\n"));
}
