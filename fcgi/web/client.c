/* client.c - see client.h. An easy handle keeps its connection, so handles are kept, last
 * used first; a thread takes one, or makes one if all are in use. */
#include "fcgi/web/client.h"

#include "fcgi/web/outbound.h"

#include <assert.h>
#include <pthread.h>

struct client {
    struct client_options o;
    _Atomic int64_t end_us;
    pthread_mutex_t lock; /* of the handles */
    CURL *kept[CLIENT_KEPT_MAX];
    size_t kept_n;
};

/* Returns 0, which ends the transfer, if it is too much; body->failed if memory is short. */
static size_t take_body(char *p, size_t size, size_t n, void *arg)
{
    struct buf *body = arg;
    if (size * n > body->max - body->n) {
        return 0;
    }
    buf_add(body, p, size * n);
    return body->failed ? 0 : size * n;
}

/* --- handles --- */

static CURL *take(struct client *c)
{
    CURL *h = NULL;
    pthread_mutex_lock(&c->lock);
    if (c->kept_n > 0) {
        h = c->kept[--c->kept_n];
    }
    pthread_mutex_unlock(&c->lock);
    return h ? h : curl_easy_init();
}

static void keep(struct client *c, CURL *h)
{
    curl_easy_reset(h); /* the connection stays */
    pthread_mutex_lock(&c->lock);
    if (c->kept_n < CLIENT_KEPT_MAX) {
        c->kept[c->kept_n++] = h;
        h = NULL;
    }
    pthread_mutex_unlock(&c->lock);
    if (h) {
        curl_easy_cleanup(h);
    }
}

/* --- one request --- */

static bool set_limits(CURL *h, const struct client *c, struct outbound *out)
{
    const struct client_options *o = &c->o;
    *out = (struct outbound){
        .protocols = "http,https",
        .connect_ms = o->connect_ms,
        .total_ms = o->total_ms,
        .public_only = o->public_only,
        .end_us = &c->end_us,
    };
    return outbound_set(h, out) &&
           !curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           !curl_easy_setopt(h, CURLOPT_MAXCONNECTS, 1L) &&
           !curl_easy_setopt(h, CURLOPT_MAXFILESIZE_LARGE,
                             (curl_off_t)o->reply_bytes_max) &&
           !curl_easy_setopt(h, CURLOPT_FRESH_CONNECT, o->fresh ? 1L : 0L) &&
           !curl_easy_setopt(h, CURLOPT_FORBID_REUSE, o->fresh ? 1L : 0L) &&
           (!o->unix_socket ||
            !curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, o->unix_socket));
}

static bool set_request(CURL *h, const struct client_request *r, struct buf *body)
{
    bool ok = !curl_easy_setopt(h, CURLOPT_URL, r->url) &&
              !curl_easy_setopt(h, CURLOPT_USERAGENT, "loganalyzer") &&
              !curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body) &&
              !curl_easy_setopt(h, CURLOPT_WRITEDATA, body);
    if (ok && r->body.p) {
        ok = !curl_easy_setopt(h, CURLOPT_POST, 1L) &&
             !curl_easy_setopt(h, CURLOPT_POSTFIELDS, r->body.p) &&
             !curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
    }
    return ok && !curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, r->method);
}

static bool add_line(struct curl_slist **list, const char *line)
{
    assert(!strpbrk(line, "\r\n")); /* else it would be more than one line */
    struct curl_slist *longer = curl_slist_append(*list, line);
    *list = longer ? longer : *list;
    return longer != NULL;
}

static bool set_headers(CURL *h, const struct client *c, const struct client_request *r,
                        struct curl_slist **list)
{
    char type[CLIENT_TYPE_BYTES + 16], bearer[CLIENT_BEARER_BYTES];
    bool ok = add_line(list, "Expect:"); /* no round trip before a large body */
    if (r->content_type) {
        int n = snprintf(type, sizeof type, "Content-Type: %s", r->content_type);
        ok = ok && n > 0 && (size_t)n < sizeof type && add_line(list, type);
    } else {
        ok = ok && add_line(list, "Content-Type:");
    }
    if (ok && c->o.bearer && c->o.bearer[0]) {
        int n = snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", c->o.bearer);
        ok = n > 0 && (size_t)n < sizeof bearer && add_line(list, bearer);
    }
    for (size_t i = 0; ok && i < CLIENT_HEADERS_MAX && r->headers[i]; i++) {
        ok = add_line(list, r->headers[i]);
    }
    return ok && !curl_easy_setopt(h, CURLOPT_HTTPHEADER, *list);
}

static enum err_code say(const struct client *c, const struct outbound *out, CURLcode rc,
                         const struct buf *body, struct err *e)
{
    switch ((int)rc) {
    case CURLE_WRITE_ERROR:
    case CURLE_FILESIZE_EXCEEDED:
        if (body->failed) {
            return err_set(e, ERR_NOMEM, "not enough memory for the answer");
        }
        return err_set(e, ERR_UPSTREAM, "the answer has more than %zu bytes",
                       c->o.reply_bytes_max);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        return err_set(e, ERR_UPSTREAM, "what answers there does not speak HTTP");
    default:
        return outbound_say(out, rc, e);
    }
}

static void take_head(CURL *h, struct client_reply *reply)
{
    long status = 0;
    char *type = NULL;
    curl_off_t after = 0;
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(h, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(h, CURLINFO_RETRY_AFTER, &after);
    reply->status = (int)status;
    reply->retry_after_s = after;
    snprintf(reply->content_type, sizeof reply->content_type, "%s", type ? type : "");
}

enum err_code client_send(struct client *c, const struct client_request *request,
                          struct client_reply *reply, struct err *e)
{
    struct curl_slist *headers = NULL;
    struct outbound out;
    enum err_code code = ERR_NONE;
    CURL *h = take(c);
    buf_clear(&reply->body);
    if (!h || !set_limits(h, c, &out) || !set_request(h, request, &reply->body) ||
        !set_headers(h, c, request, &headers)) {
        code = err_set(e, ERR_NOMEM, "not enough memory for the request");
    } else {
        CURLcode rc = curl_easy_perform(h);
        take_head(h, reply);
        code = rc == CURLE_OK ? ERR_NONE : say(c, &out, rc, &reply->body, e);
    }
    if (h) {
        keep(c, h);
    }
    curl_slist_free_all(headers);
    return code;
}

/* --- the rest --- */

enum err_code client_open(const struct client_options *options, struct client **out,
                          struct err *e)
{
    struct client *c = outbound_init() ? calloc(1, sizeof *c) : NULL;
    if (!c) {
        return err_set(e, ERR_NOMEM, "not enough memory for a connection");
    }
    c->o = *options;
    atomic_init(&c->end_us, INT64_MAX);
    pthread_mutex_init(&c->lock, NULL);
    *out = c;
    return ERR_NONE;
}

void client_end_at(struct client *c, int64_t mono_us)
{
    atomic_store(&c->end_us, mono_us);
}

void client_close(struct client *c)
{
    if (!c) {
        return;
    }
    while (c->kept_n > 0) {
        curl_easy_cleanup(c->kept[--c->kept_n]);
    }
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void client_reply_init(struct client_reply *r, const struct client_options *options)
{
    *r = (struct client_reply){0};
    buf_init(&r->body, options->reply_bytes_max);
}

void client_reply_free(struct client_reply *r)
{
    buf_free(&r->body);
}

bool client_reply_is(const struct client_reply *r, const char *type)
{
    struct str have = str_of(r->content_type);
    struct str first = str_trim(str_split(&have, ';'));
    return str_eq_nocase(first, str_of(type));
}
