/* demo_post.c - see demo_post.h. */
#include "fcgi/cli/demo_post.h"

#include "fcgi/cli/server_place.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/json.h"
#include "fcgi/base/utf8.h"
#include "fcgi/web/client.h"

enum {
    CONNECT_MS = 5000,
    TOTAL_MS = 90000,
    REPLY_BYTES_MAX = 1 << 20,
    REPLY_DEPTH_MAX = 16,
    WAIT_MAX_S = 30 /* one wait, whatever Retry-After says */
};

struct demo_poster {
    char base[DEMO_URL_BYTES], url[DEMO_URL_BYTES + 8];
    char socket[CONFIG_TEXT_BYTES + 8], key[CONFIG_TEXT_BYTES];
    void (*wait)(const char *why, int64_t seconds);
    struct client *client;
    struct client_reply reply;
    bool answered; /* once, by a server of ours */
    /* How long the present batch has been tried: by the clock, and by what was waited. */
    int64_t since_us, waited_s;
};

/* --- where the server is --- */

static void find_server(const struct config *c, struct demo_poster *p)
{
    struct server_place place;
    server_find(c, NULL, &place);
    snprintf(p->socket, sizeof p->socket, "%s", place.socket);
    snprintf(p->base, sizeof p->base, "%s", place.url);
}

static enum err_code take_url(struct demo_poster *p, const char *url, struct err *e)
{
    size_t n = strlen(url);
    while (n > 0 && url[n - 1] == '/') {
        n--;
    }
    if ((!str_starts(str_of(url), STR("http://")) &&
         !str_starts(str_of(url), STR("https://"))) ||
        n >= sizeof p->base || strpbrk(url, "?# \t\r\n")) {
        return err_set(e, ERR_INVALID,
                       "--url must be like http://127.0.0.1:3000 or "
                       "https://host/prefix");
    }
    snprintf(p->base, sizeof p->base, "%.*s", (int)n, url);
    return ERR_NONE;
}

/* --- answers --- */

static bool reply_object(struct demo_poster *p, struct json_value *out)
{
    struct str body = buf_view(&p->reply.body);
    struct json_in in = {p->reply.body.p, body.n, 0, REPLY_DEPTH_MAX, 0};
    struct err ignored;
    return body.n > 0 && utf8_valid_prefix(body) == body.n &&
           !json_read(&in, out, &ignored) && out->type == JSON_OBJECT;
}

static enum err_code read_answer(struct demo_poster *p, int64_t *incident_id,
                                 struct err *e)
{
    struct json_value object, v;
    int64_t stored;
    if (!reply_object(p, &object) ||
        (p->reply.status == 200 &&
         !json_member_i64(object, "stored", 0, INT64_MAX, &stored))) {
        return err_set(e, ERR_UPSTREAM,
                       "what answers at %.100s is not this program's server (status %d)",
                       p->base, p->reply.status);
    }
    if (p->reply.status != 200) {
        bool said = json_member(object, "error", &v) && v.type == JSON_STRING;
        return err_set(e, ERR_UPSTREAM, "the server refuses a batch (%d): %.*s",
                       p->reply.status, said ? (int)v.text.n : 0, said ? v.text.p : "");
    }
    p->answered = true;
    if (!json_member_i64(object, "incident_id", 1, INT64_MAX, incident_id)) {
        *incident_id = 0;
    }
    return ERR_NONE;
}

static bool is_temporary(int status)
{
    return status == 408 || status == 429 || status >= 500;
}

/* --- posting --- */

/* Waits after a try that has failed, or gives up. */
static enum err_code wait_more(struct demo_poster *p, int64_t after_s,
                               const struct err *why, struct err *e)
{
    char text[256];
    int64_t took_s = (clock_mono_us() - p->since_us) / CLOCK_SECOND_US;
    int64_t left_s = DEMO_PATIENCE_S - (took_s > p->waited_s ? took_s : p->waited_s);
    after_s = after_s < 1 ? 1 : after_s > WAIT_MAX_S ? WAIT_MAX_S : after_s;
    if (left_s < after_s) {
        return err_set(e, ERR_UPSTREAM, "%.200s; given up after %d s", why->msg,
                       DEMO_PATIENCE_S);
    }
    snprintf(text, sizeof text, "%.120s; trying again for up to %lld s", why->msg,
             (long long)left_s);
    p->wait(text, after_s);
    p->waited_s += after_s;
    return ERR_NONE;
}

enum err_code demo_post(struct demo_poster *p, struct str records, int64_t *incident_id,
                        struct err *e)
{
    struct client_request request = {.method = "POST",
                                     .url = p->url,
                                     .content_type = "application/json; charset=utf-8",
                                     .body = records};
    struct err why;
    p->since_us = clock_mono_us();
    p->waited_s = 0;
    for (;;) {
        int64_t after_s = 0;
        enum err_code code = client_send(p->client, &request, &p->reply, &why);
        if (!code && !is_temporary(p->reply.status)) {
            return read_answer(p, incident_id, e);
        }
        if (code && !p->answered) {
            return err_set(e, ERR_UPSTREAM,
                           "no server answers at %.100s (%.100s); start it with "
                           "deploy/run, or say with --url where it is",
                           p->socket[0] ? p->socket : p->base, why.msg);
        }
        if (!code) {
            after_s = p->reply.retry_after_s;
            err_set(&why, ERR_UPSTREAM, "the server answers %d", p->reply.status);
        }
        if (wait_more(p, after_s, &why, e)) {
            return e->code;
        }
    }
}

/* --- opening and closing --- */

enum err_code demo_poster_open(const struct config *c, const char *url,
                               void (*wait)(const char *why, int64_t seconds),
                               struct demo_poster **out, struct err *e)
{
    struct demo_poster *p = calloc(1, sizeof *p);
    if (!p) {
        return err_set(e, ERR_NOMEM, "not enough memory to talk to the server");
    }
    enum err_code code = ERR_NONE;
    if (url) {
        code = take_url(p, url, e);
    } else {
        find_server(c, p);
    }
    snprintf(p->key, sizeof p->key, "%s", c->api_key);
    struct client_options o = {.connect_ms = CONNECT_MS,
                               .bearer = p->key,
                               .total_ms = TOTAL_MS,
                               .reply_bytes_max = REPLY_BYTES_MAX,
                               .unix_socket = p->socket[0] ? p->socket : NULL};
    snprintf(p->url, sizeof p->url, "%s/ingest", p->base);
    p->wait = wait;
    client_reply_init(&p->reply, &o);
    code = code ? code : client_open(&o, &p->client, e);
    if (code) {
        demo_poster_close(p);
        return code;
    }
    *out = p;
    return ERR_NONE;
}

void demo_poster_close(struct demo_poster *p)
{
    if (p) {
        client_close(p->client);
        client_reply_free(&p->reply);
        free(p);
    }
}

const char *demo_poster_url(const struct demo_poster *p)
{
    return p->base;
}
