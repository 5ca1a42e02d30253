/* notify.c - see notify.h. Asks the running server for a test message, and then until it is
 * known what has become of it. */
#include "fcgi/cli/notify.h"

#include "fcgi/base/arena.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/json.h"
#include "fcgi/base/utf8.h"
#include "fcgi/cli/options.h"
#include "fcgi/cli/server_place.h"
#include "fcgi/cli/shown.h"
#include "fcgi/web/client.h"

#include <unistd.h>

enum {
    CONNECT_MS = 2000,
    TOTAL_MS = 10000,
    REPLY_BYTES_MAX = 4 << 20,
    DEPTH_MAX = 8,
    ARENA_BYTES_MAX = 8 << 20,
    PATIENCE_S = 20,
    LOOK_US = 200000,
    WAYS_MAX = 8
};

static const char USAGE[] =
    "usage: loganalyzer notify test|list [--url URL]\n"
    "\n"
    "test  sends a message by every way that is set (WEBHOOK_URL, SMTP_URL) and says "
    "what\n"
    "      becomes of it\n"
    "list  how many incidents are held back, and the newest messages and what became of\n"
    "      them\n"
    "\n"
    "  --url URL  where the server is; else what PORT and BIND say\n";

struct asking {
    struct client *client;
    struct client_reply reply;
    struct server_place place;
    struct arena arena; /* of one reply */
    char url[LEDGER_URL_BYTES + 64];
};

/* --- asking --- */

static enum err_code read_reply(struct asking *a, struct json_value *out, struct err *e)
{
    struct buf *body = &a->reply.body;
    struct json_in in = {body->p, body->n, 0, DEPTH_MAX, 0};
    arena_reset(&a->arena);
    if (body->n == 0 || utf8_valid_prefix(buf_view(body)) < body->n ||
        json_read(&in, out, e) || !json_at_end(&in) || out->type != JSON_OBJECT) {
        return err_set(e, ERR_UPSTREAM, "what answers at %s is not a loganalyzer server",
                       a->url);
    }
    return ERR_NONE;
}

/* A member that is a text; empty if it is none. */
static struct str text_of(struct asking *a, struct json_value object, const char *name)
{
    struct json_value v;
    struct str s = STR("");
    struct err ignored;
    if (json_member(object, name, &v) && v.type == JSON_STRING &&
        json_decode(&a->arena, v, &s, &ignored)) {
        s = STR("");
    }
    return shown_text(&a->arena, s);
}

static enum err_code ask(struct asking *a, const char *method, const char *path,
                         struct json_value *out, struct err *e)
{
    bool post = strcmp(method, "POST") == 0;
    snprintf(a->url, sizeof a->url, "%s%s", a->place.url, path);
    struct client_request r = {.method = method,
                               .url = a->url,
                               .content_type = post ? "application/json" : NULL,
                               .body = post ? STR("{}") : STR_NONE};
    enum err_code code = client_send(a->client, &r, &a->reply, e);
    code = code ? code : read_reply(a, out, e);
    if (!code && a->reply.status >= 300) {
        struct str said = text_of(a, *out, "error");
        code = err_set(e, ERR_UPSTREAM, "the server answered %d%s%.*s", a->reply.status,
                       said.n > 0 ? ": " : "", STR_ARGS(said));
    }
    return code;
}

/* --- list --- */

/* subject and errors have been made visible by the server. */
static void print_message(struct asking *a, struct json_value m)
{
    struct str error = text_of(a, m, "last_error"), subject = text_of(a, m, "subject");
    printf("%.*s  %-7.*s  %-13.*s  %.*s%s%.*s\n", STR_ARGS(text_of(a, m, "created_at")),
           STR_ARGS(text_of(a, m, "channel")), STR_ARGS(text_of(a, m, "state")),
           STR_ARGS(subject), error.n > 0 ? "; " : "", STR_ARGS(error));
}

/* What a storm holds back is in no message yet. */
static void print_held(struct asking *a, struct json_value channel)
{
    struct json_value v;
    int64_t held;
    if (channel.type == JSON_OBJECT && json_member(channel, "held", &v) &&
        v.type == JSON_NUMBER && str_to_i64(v.text, 1, INT64_MAX, &held)) {
        printf("%.*s: %lld incident%s the next message\n",
               STR_ARGS(text_of(a, channel, "name")), (long long)held,
               held == 1 ? " is held back: it comes with"
                         : "s are held back: they come together in");
    }
}

static enum err_code list(struct asking *a, struct err *e)
{
    struct json_value all, channels, messages, one;
    enum err_code code = ask(a, "GET", "/notifications", &all, e);
    if (code) {
        return code;
    }
    if (!json_member(all, "messages", &messages) || messages.type != JSON_ARRAY) {
        return err_set(e, ERR_UPSTREAM, "what answers at %s is not a loganalyzer server",
                       a->url);
    }
    if (json_member(all, "channels", &channels) && channels.type == JSON_ARRAY) {
        struct json_iter ways = json_iter(channels);
        while (json_next(&ways, NULL, &one)) {
            print_held(a, one);
        }
    }
    struct json_iter it = json_iter(messages);
    while (json_next(&it, NULL, &one)) {
        print_message(a, one);
    }
    return ERR_NONE;
}

/* --- test --- */

/* What became of the messages of this event. */
struct fate {
    int all, ended, delivered;
};

static enum err_code look(struct asking *a, const char *event_id, bool print,
                          struct fate *out, struct err *e)
{
    struct json_value all, messages, m;
    *out = (struct fate){0};
    enum err_code code = ask(a, "GET", "/notifications", &all, e);
    if (code || !json_member(all, "messages", &messages) || messages.type != JSON_ARRAY) {
        return code;
    }
    struct json_iter it = json_iter(messages);
    while (json_next(&it, NULL, &m)) {
        if (!str_eq(text_of(a, m, "event_id"), str_of(event_id))) {
            continue;
        }
        struct str state = text_of(a, m, "state"), error = text_of(a, m, "last_error");
        out->all++;
        out->delivered += str_eq(state, STR("delivered"));
        out->ended += !str_eq(state, STR("waiting"));
        if (print) {
            printf("%.*s: %.*s%s%.*s\n", STR_ARGS(text_of(a, m, "channel")),
                   STR_ARGS(state), error.n > 0 ? ": " : "", STR_ARGS(error));
        }
    }
    return ERR_NONE;
}

static enum err_code test(struct asking *a, bool *delivered, struct err *e)
{
    struct json_value reply;
    char event_id[64];
    struct fate fate;
    enum err_code code = ask(a, "POST", "/notifications/test", &reply, e);
    if (code) {
        return code;
    }
    snprintf(event_id, sizeof event_id, "%.*s", STR_ARGS(text_of(a, reply, "event_id")));
    int64_t until_us = clock_mono_us() + PATIENCE_S * CLOCK_SECOND_US;
    do {
        usleep(LOOK_US);
        code = look(a, event_id, false, &fate, e);
    } while (!code && fate.ended < fate.all && clock_mono_us() < until_us);
    code = code ? code : look(a, event_id, true, &fate, e);
    *delivered = fate.all > 0 && fate.delivered == fate.all;
    return code;
}

/* --- the verb --- */

static enum err_code open_asking(struct asking *a, const char *url, struct err *e)
{
    static struct config c;
    enum err_code code = config_load(&c, e);
    code = code || !url ? code : server_check_url(url, e);
    if (code) {
        return code;
    }
    server_find(&c, url, &a->place);
    struct client_options o = {.connect_ms = CONNECT_MS,
                               .total_ms = TOTAL_MS,
                               .reply_bytes_max = REPLY_BYTES_MAX,
                               .bearer = a->place.key,
                               .unix_socket =
                                   a->place.socket[0] ? a->place.socket : NULL};
    client_reply_init(&a->reply, &o);
    arena_init(&a->arena, ARENA_BYTES_MAX);
    return client_open(&o, &a->client, e);
}

int notify_main(int argc, char **argv)
{
    static struct asking a;
    const char *url = NULL;
    struct option options[] = {{"--url", NULL, &url, false}};
    struct words words;
    struct err e;
    bool ok = true;
    if (options_ask_help(argc, argv)) {
        return options_usage(USAGE, NULL);
    }
    if (options_read(argc, argv, options, 1, &words, &e)) {
        return options_usage(USAGE, e.msg);
    }
    bool is_test = words.n == 1 && strcmp(words.list[0], "test") == 0;
    if (words.n != 1 || (!is_test && strcmp(words.list[0], "list") != 0)) {
        return options_usage(USAGE, "say test or list");
    }
    enum err_code code = open_asking(&a, url, &e);
    code = code ? code : is_test ? test(&a, &ok, &e) : list(&a, &e);
    client_close(a.client);
    client_reply_free(&a.reply);
    arena_free(&a.arena);
    if (code) {
        fprintf(stderr, "loganalyzer: %s\n", e.msg);
    }
    return code || !ok ? 1 : 0;
}
