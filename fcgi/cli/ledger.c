/* ledger.c - see ledger.h. */
#include "fcgi/cli/ledger.h"

#include "fcgi/base/arena.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/utf8.h"
#include "fcgi/cli/shown.h"
#include "fcgi/web/client.h"

enum {
    CONNECT_MS = 5000,
    TOTAL_MS = 90000, /* longer than a web server waits for its responder */
    REPLY_BYTES_MAX = 8 << 20,
    REPLY_DEPTH_MAX = 16,
    POST_BYTES_MAX = 32 << 20
};

struct ledger {
    struct client *client;
    struct client_reply reply;
    struct ledger_options o;
    char url[LEDGER_URL_BYTES];
    struct buf body;
    struct arena arena; /* of texts in a reply */
    bool answered;      /* once, by our server */
    bool doubtful;      /* an earlier try of this request may have been carried out */
};

/* --- replies --- */

/* The reply's JSON object; false if it is none. */
static bool reply_object(struct ledger *l, struct json_value *out)
{
    struct str body = buf_view(&l->reply.body);
    struct json_in in = {l->reply.body.p, body.n, 0, REPLY_DEPTH_MAX, 0};
    struct err ignored;
    return body.n > 0 && utf8_valid_prefix(body) == body.n &&
           !json_read(&in, out, &ignored) && out->type == JSON_OBJECT;
}

static bool number_member(struct json_value object, const char *name, int64_t *out)
{
    return json_member_i64(object, name, 0, INT64_MAX, out);
}

static struct str text_member(struct ledger *l, struct json_value object,
                              const char *name)
{
    struct json_value v;
    struct str out;
    struct err ignored;
    bool there = json_member(object, name, &v) && v.type == JSON_STRING;
    return there && !json_decode(&l->arena, v, &out, &ignored)
               ? shown_text(&l->arena, out)
               : STR_NONE;
}

/* --- asking until there is an answer --- */

static bool is_temporary(int status)
{
    return status == 408 || status == 429 || status >= 500;
}

static enum err_code no_server(const struct ledger *l, const struct err *why,
                               struct err *e)
{
    return err_set(
        e, ERR_UPSTREAM,
        "no server answers at %.100s (%.100s); start it with deploy/run, or say "
        "with --url where it is",
        l->o.unix_socket ? l->o.unix_socket : l->o.url, why->msg);
}

/* How long it has been tried: by the clock, and by what was waited. */
struct patience {
    int64_t since_us, waited_s;
};

/* Waits before the next try; false if patience is at its end. */
static bool wait_more(struct ledger *l, struct patience *p, int64_t after_s,
                      const char *why)
{
    char text[256];
    int64_t took_s = (clock_mono_us() - p->since_us) / CLOCK_SECOND_US;
    int64_t left_s = l->o.patience_s - (took_s > p->waited_s ? took_s : p->waited_s);
    after_s = after_s < 1 ? 1 : after_s > LEDGER_WAIT_MAX_S ? LEDGER_WAIT_MAX_S : after_s;
    if (left_s < after_s) {
        return false;
    }
    int n = snprintf(text, sizeof text, "%.120s; trying again", why);
    if (l->o.patience_s < LEDGER_FOREVER_S) {
        snprintf(text + n, sizeof text - (size_t)n, " for up to %lld s",
                 (long long)left_s);
    }
    p->waited_s += after_s;
    return l->o.wait(text, after_s);
}

/* By 401 and 403 nothing is said of what was sent: it is the key that is not right. */
static enum err_code refuse_key(struct ledger *l, struct err *e)
{
    struct json_value object;
    struct str why =
        reply_object(l, &object) ? text_member(l, object, "error") : STR_NONE;
    return err_set(e, ERR_UPSTREAM, "the server answers %d%s%.*s%s", l->reply.status,
                   why.n > 0 ? ": " : "", STR_ARGS(why),
                   l->o.key && l->o.key[0] ? " (it was sent API_KEY)"
                                           : " (API_KEY is not set)");
}

/* Sends until there is an answer that is not "later". */
static enum err_code ask(struct ledger *l, const struct client_request *request,
                         struct err *e)
{
    struct patience patience = {clock_mono_us(), 0};
    struct err why;
    l->doubtful = false;
    for (;;) {
        int64_t after_s = 0;
        arena_reset(&l->arena);
        enum err_code code = client_send(l->client, request, &l->reply, &why);
        if (!code && (l->reply.status == 401 || l->reply.status == 403)) {
            return refuse_key(l, e);
        }
        if (!code && !is_temporary(l->reply.status)) {
            return ERR_NONE;
        }
        if (code && !l->answered && !l->o.may_start_later) {
            return no_server(l, &why, e);
        }
        if (!code) {
            after_s = l->reply.retry_after_s;
            err_set(&why, ERR_UPSTREAM, "the server answers %d", l->reply.status);
        }
        l->doubtful =
            l->doubtful || code ||
            (l->reply.status != 503 && l->reply.status != 507 && l->reply.status != 429);
        if (!wait_more(l, &patience, after_s, why.msg)) {
            return err_set(e, ERR_UPSTREAM, "%.200s; given up after %lld s", why.msg,
                           (long long)l->o.patience_s);
        }
    }
}

static enum err_code refuse_reply(const struct ledger *l, struct err *e)
{
    return err_set(e, ERR_UPSTREAM,
                   "what answers at %.100s is not this program's server, or an older one "
                   "(status %d)",
                   l->o.url, l->reply.status);
}

/* GET of a list; its object in *out. */
static enum err_code ask_list(struct ledger *l, const char *query,
                              struct json_value *list, struct json_value *object,
                              struct err *e)
{
    char url[LEDGER_URL_BYTES + 256];
    snprintf(url, sizeof url, "%s/imports?%s", l->url, query);
    struct client_request request = {.method = "GET", .url = url};
    enum err_code code = ask(l, &request, e);
    if (code) {
        return code;
    }
    if (l->reply.status != 200 || !reply_object(l, object) ||
        !json_member(*object, "imports", list) || list->type != JSON_ARRAY) {
        return refuse_reply(l, e);
    }
    l->answered = true;
    return ERR_NONE;
}

static void hex_of(const struct import_position *p, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < sizeof p->b; i++) {
        buf_fmt(out, "%02x", p->b[i]);
    }
    buf_byte(out, '\0');
}

static bool read_row(struct json_value v, struct ledger_row *row)
{
    struct json_value position;
    if (!number_member(v, "id", &row->id) || !number_member(v, "bytes", &row->bytes) ||
        !number_member(v, "records", &row->records) ||
        !json_member(v, "position", &position) || position.text.n < 2) {
        return false;
    }
    struct str hex = {position.text.p + 1, position.text.n - 2};
    return import_read_hex(hex, row->position.b, sizeof row->position.b);
}

static enum err_code add_rows(struct ledger *l, struct json_value list,
                              struct ledger_list *out, struct err *e)
{
    struct json_iter it = json_iter(list);
    struct json_value v;
    while (json_next(&it, NULL, &v)) {
        if (out->n == LEDGER_ROWS_MAX) {
            return err_set(e, ERR_TOO_LARGE,
                           "more than %d files that begin alike have been imported",
                           LEDGER_ROWS_MAX);
        }
        struct ledger_row *row = &out->rows[out->n];
        if (!read_row(v, row)) {
            return refuse_reply(l, e);
        }
        out->seen = row->id > out->seen ? row->id : out->seen;
        out->n++;
    }
    return ERR_NONE;
}

enum err_code ledger_list(struct ledger *l, const struct import_position *after,
                          struct ledger_list *out, struct err *e)
{
    char query[256];
    int64_t cursor = 0;
    bool more = true;
    out->n = 0;
    out->seen = 0;
    while (more) {
        struct json_value list, object, next;
        hex_of(after, &l->body);
        if (l->body.failed) {
            return err_set(e, ERR_NOMEM, "not enough memory to ask the server");
        }
        int n = snprintf(query, sizeof query, "after=%s", l->body.p);
        if (cursor > 0) {
            snprintf(query + n, sizeof query - (size_t)n, "&cursor=%lld",
                     (long long)cursor);
        }
        enum err_code code = ask_list(l, query, &list, &object, e);
        code = code ? code : add_rows(l, list, out, e);
        if (code) {
            return code;
        }
        more = json_member(object, "next", &next) && next.type == JSON_STRING &&
               str_to_i64(text_member(l, object, "next"), 1, INT64_MAX, &cursor);
    }
    return ERR_NONE;
}

enum err_code ledger_marks(struct ledger *l, const struct import_position *position,
                           uint8_t (*marks)[IMPORT_MARK_BYTES], size_t max, size_t *n,
                           struct err *e)
{
    char query[128];
    struct json_value list, object, row, text;
    *n = 0;
    hex_of(position, &l->body);
    if (l->body.failed) {
        return err_set(e, ERR_NOMEM, "not enough memory to ask the server");
    }
    snprintf(query, sizeof query, "position=%s", l->body.p);
    enum err_code code = ask_list(l, query, &list, &object, e);
    if (code) {
        return code;
    }
    struct json_iter it = json_iter(list);
    if (!json_next(&it, NULL, &row) || !json_member(row, "marks", &text) ||
        text.text.n < 2) {
        return ERR_NONE; /* nobody left any */
    }
    struct str hex = {text.text.p + 1, text.text.n - 2};
    while (*n < max && hex.n >= (size_t)2 * IMPORT_MARK_BYTES &&
           import_read_hex((struct str){hex.p, (size_t)2 * IMPORT_MARK_BYTES}, marks[*n],
                           IMPORT_MARK_BYTES)) {
        hex = str_from(hex, (size_t)2 * IMPORT_MARK_BYTES);
        (*n)++;
    }
    return ERR_NONE;
}

/* --- sending --- */

static enum err_code put_body(struct ledger *l, const struct ledger_part *part,
                              struct err *e)
{
    struct json_out o = json_out(&l->body);
    buf_clear(&l->body);
    json_open(&o, '{');
    import_put_hex(&o, "after", part->parent.b, sizeof part->parent.b);
    import_put_hex(&o, "position", part->position.b, sizeof part->position.b);
    json_key(&o, "bytes");
    json_int(&o, part->bytes);
    json_key(&o, "seen");
    json_int(&o, part->seen);
    import_put_hex(&o, "marks", part->marks, part->n * IMPORT_MARK_BYTES);
    json_close(&o, '}');
    buf_byte(&l->body, '\n');
    buf_str(&l->body, part->records);
    return l->body.failed
               ? err_set(e, ERR_NOMEM, "not enough memory for a part of the file")
               : ERR_NONE;
}

static void read_refusal(struct ledger *l, struct json_value object,
                         struct ledger_result *out)
{
    struct str why = text_member(l, object, "error");
    out->answer = LEDGER_REFUSED;
    out->index = -1;
    if (!number_member(object, "index", &out->index)) {
        out->index = -1;
    }
    snprintf(out->why, sizeof out->why, "%.*s", STR_ARGS(why));
}

enum err_code ledger_post(struct ledger *l, const struct ledger_part *part,
                          struct ledger_result *out, struct err *e)
{
    char url[LEDGER_URL_BYTES + 16];
    struct json_value object, ignored;
    int64_t stored;
    *out = (struct ledger_result){.index = -1};
    enum err_code code = put_body(l, part, e);
    if (code) {
        return code;
    }
    snprintf(url, sizeof url, "%s/imports", l->url);
    struct client_request request = {.method = "POST",
                                     .url = url,
                                     .content_type = "application/json; charset=utf-8",
                                     .body = buf_view(&l->body)};
    code = ask(l, &request, e);
    if (code) {
        return code;
    }
    if (!reply_object(l, &object)) {
        return refuse_reply(l, e);
    }
    l->answered = true;
    if (l->reply.status == 409) {
        out->answer = LEDGER_OVERTAKEN;
    } else if (l->reply.status == 200 && number_member(object, "stored", &stored)) {
        bool known = json_member(object, "duplicate", &ignored);
        out->answer = known && !l->doubtful ? LEDGER_KNOWN : LEDGER_STORED;
        if (!number_member(object, "incident_id", &out->incident_id)) {
            out->incident_id = 0;
        }
    } else {
        read_refusal(l, object, out);
    }
    return ERR_NONE;
}

/* --- opening and closing --- */

enum err_code ledger_open(const struct ledger_options *o, struct ledger **out,
                          struct err *e)
{
    struct client_options c = {.connect_ms = CONNECT_MS,
                               .total_ms = TOTAL_MS,
                               .reply_bytes_max = REPLY_BYTES_MAX,
                               .unix_socket = o->unix_socket,
                               .bearer = o->key};
    struct ledger *l = calloc(1, sizeof *l);
    if (!l) {
        return err_set(e, ERR_NOMEM, "not enough memory to talk to the server");
    }
    l->o = *o;
    size_t n = strlen(o->url);
    while (n > 0 && o->url[n - 1] == '/') {
        n--;
    }
    buf_init(&l->body, POST_BYTES_MAX);
    arena_init(&l->arena, REPLY_BYTES_MAX);
    client_reply_init(&l->reply, &c);
    enum err_code code =
        n < sizeof l->url && strpbrk(o->url, "?# \t\r\n") == NULL
            ? ERR_NONE
            : err_set(e, ERR_INVALID, "--url must be like http://127.0.0.1:3000/prefix");
    snprintf(l->url, sizeof l->url, "%.*s", (int)n, o->url);
    code = code ? code : client_open(&c, &l->client, e);
    if (code) {
        ledger_close(l);
        return code;
    }
    *out = l;
    return ERR_NONE;
}

void ledger_close(struct ledger *l)
{
    if (l) {
        client_close(l->client);
        client_reply_free(&l->reply);
        arena_free(&l->arena);
        buf_free(&l->body);
        free(l);
    }
}
