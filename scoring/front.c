/* front.c - see front.h. */
#include "scoring/front.h"

#include <stdio.h>

/* --- whose record is it? --- */

/* Names of what one piece of work goes by, the better ones first. */
static const char *const session_names[] = {
    "session_id",  "session",  "sid",     "request_id",     "req_id",
    "requestId",   "trace_id", "traceId", "correlation_id", "block_id",
    "instance_id", "job_id",   "task_id", "conn_id",        "connection_id",
    "queue_id",    "pid",
};
enum { SESSION_NAMES_N = sizeof session_names / sizeof session_names[0] };

static int rank_of(struct str name)
{
    int i = 0;
    while (i < SESSION_NAMES_N && !str_eq(name, str_of(session_names[i]))) {
        i++;
    }
    return i;
}

/* The end of the JSON string that begins at i, a quote: the index of its other quote, or
 * the length of s. */
static size_t end_of_string(struct str s, size_t i)
{
    for (i++; i < s.n && s.p[i] != '"'; i++) {
        i += s.p[i] == '\\';
    }
    return i < s.n ? i : s.n;
}

static size_t skip_blanks(struct str s, size_t i)
{
    while (i < s.n &&
           (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r')) {
        i++;
    }
    return i;
}

/* The scalar that begins at i; its end goes to *end. */
static struct str scalar_at(struct str s, size_t i, size_t *end)
{
    if (s.p[i] == '"') {
        *end = end_of_string(s, i);
        return (struct str){s.p + i + 1, *end - i - (*end > i)};
    }
    size_t from = i;
    while (i < s.n && s.p[i] != ',' && s.p[i] != '}' && s.p[i] != '{' && s.p[i] != '[') {
        i++;
    }
    *end = i;
    return str_trim((struct str){s.p + from, i - from});
}

uint64_t front_session(struct str m)
{
    int depth = 0, best = SESSION_NAMES_N;
    uint64_t session = 0;
    for (size_t i = 0; i < m.n; i++) {
        char c = m.p[i];
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (c != '"') {
            continue;
        }
        size_t end = end_of_string(m, i), colon = skip_blanks(m, end + 1);
        struct str name = {m.p + i + 1, end > i ? end - i - 1 : 0};
        i = end;
        if (depth != 1 || colon >= m.n || m.p[colon] != ':') {
            continue;
        }
        size_t at = skip_blanks(m, colon + 1);
        if (at >= m.n || m.p[at] == '{' || m.p[at] == '[') {
            i = colon;
            continue;
        }
        struct str value = scalar_at(m, at, &i);
        int rank = rank_of(name);
        if (rank < best && value.n > 0 && !str_eq(value, STR("null"))) {
            best = rank;
            session = str_hash(value) * 31 + (uint64_t)rank;
            session += session == 0;
        }
        i -= i < m.n && (m.p[i] == '}' || m.p[i] == '{' || m.p[i] == '[');
    }
    return session;
}

/* --- web lines --- */

static void shape_web(struct front *f)
{
    const struct weblog *w = &f->web;
    int n;
    if (w->malformed) {
        n = snprintf(f->shape, sizeof f->shape, "malformed request, status %dxx",
                     w->status / 100);
    } else {
        n = snprintf(f->shape, sizeof f->shape, "%.*s %s%.*s%s, status %dxx%s",
                     w->method.n < 16 ? (int)w->method.n : 16, w->method.p,
                     w->extension.n > 0 ? "*." : "page", STR_ARGS(w->extension),
                     w->query.p ? " with a query" : "", w->status / 100,
                     w->referer.n > 0 ? ", referred" : "");
    }
    size_t len = n < FRONT_SHAPE_BYTES ? (size_t)n : FRONT_SHAPE_BYTES - 1;
    f->text = (struct str){f->shape, len};
    uint64_t h = str_hash(f->text);
    f->tokens.n = 1;
    f->tokens.signature = h;
    f->tokens.t[0] = (struct token){.hash = ((uint32_t)(h >> 32) & ~3U) | MASK_WORD,
                                    .n = (uint32_t)len,
                                    .alpha = true};
}

void front_read(const struct record *r, struct front *f)
{
    f->attack = ATTACK_NONE;
    f->attack_known = false;
    f->session = front_session(r->metadata);
    f->is_web = weblog_parse(r->message, &f->web);
    if (f->is_web) {
        shape_web(f);
    } else {
        f->text = r->message;
        mask_tokens(r->message, &f->tokens);
    }
}

/* --- attacks --- */

static void look(struct front *f, struct str sent,
                 size_t (*decode)(struct str, char *, size_t),
                 enum attack (*judge)(struct str))
{
    char plain[FRONT_VALUE_BYTES];
    if (f->attack != ATTACK_NONE || sent.n == 0) {
        return;
    }
    struct str text = {plain, decode(sent, plain, sizeof plain)};
    f->attack = judge(text);
    f->attack_value = sent;
}

static void look_in_web(struct front *f)
{
    struct str query = f->web.query;
    struct weblog_parameter p;
    while (f->attack == ATTACK_NONE && query.p && weblog_next_parameter(&query, &p)) {
        look(f, p.value, weblog_decode, attack_in_value);
        look(f, p.name, weblog_decode, attack_in_value);
        if (f->attack != ATTACK_NONE && p.value.p) { /* show both */
            f->attack_value =
                (struct str){p.name.p, (size_t)(p.value.p + p.value.n - p.name.p)};
        }
    }
    look(f, f->web.path, weblog_decode_path, attack_in_path);
    look(f, f->web.malformed ? f->web.request : STR_NONE, weblog_decode_path,
         attack_in_path);
    look(f, f->web.agent, weblog_decode_path, attack_in_agent);
    look(f, f->web.referer, weblog_decode_path, attack_in_value);
}

void front_attack(struct front *f)
{
    f->attack_known = true;
    if (f->is_web) {
        look_in_web(f);
    }
}
