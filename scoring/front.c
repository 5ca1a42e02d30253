/* front.c - see front.h. */
#include "scoring/front.h"

#include <string.h>

/* --- whose record is it? --- */

/* Names of what one piece of work goes by, the better ones first. */
#define NAME(s)                                                                          \
    {                                                                                    \
        "" s, sizeof(s) - 1                                                              \
    }
static const struct str session_names[] = {
    NAME("session_id"), NAME("session"),     NAME("sid"),
    NAME("request_id"), NAME("req_id"),      NAME("requestId"),
    NAME("trace_id"),   NAME("traceId"),     NAME("correlation_id"),
    NAME("block_id"),   NAME("instance_id"), NAME("job_id"),
    NAME("task_id"),    NAME("conn_id"),     NAME("connection_id"),
    NAME("queue_id"),   NAME("pid"),
};
#undef NAME
enum { SESSION_NAMES_N = sizeof session_names / sizeof session_names[0] };

static int rank_of(struct str name)
{
    int i = 0;
    while (i < SESSION_NAMES_N && !(session_names[i].n == name.n &&
                                    memcmp(session_names[i].p, name.p, name.n) == 0)) {
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
        if (c != '"') {
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
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

enum { METHOD_BYTES_MAX = 16 };

static void put(struct front *f, struct str s)
{
    size_t room = sizeof f->shape - f->text.n, n = s.n < room ? s.n : room;
    if (n > 0) {
        memcpy(f->shape + f->text.n, s.p, n);
    }
    f->text.n += n;
}

static void shape_web(struct front *f)
{
    const struct weblog *w = &f->web;
    char status[] = {(char)('0' + w->status / 100 % 10), 'x', 'x'};
    f->text = (struct str){f->shape, 0};
    if (w->malformed) {
        put(f, STR("malformed request"));
    } else {
        struct str method = w->method;
        method.n = method.n < METHOD_BYTES_MAX ? method.n : METHOD_BYTES_MAX;
        put(f, method);
        put(f, w->extension.n > 0 ? STR(" *.") : STR(" page"));
        put(f, w->extension);
        put(f, w->query.p ? STR(" with a query") : STR_NONE);
    }
    put(f, STR(", status "));
    put(f, (struct str){status, sizeof status});
    put(f, !w->malformed && w->referer.n > 0 ? STR(", referred") : STR_NONE);
    uint64_t h = str_hash(f->text);
    f->tokens.n = 1;
    f->tokens.signature = h;
    f->tokens.t[0] = (struct token){.hash = ((uint32_t)(h >> 32) & ~3U) | MASK_WORD,
                                    .n = (uint32_t)f->text.n,
                                    .alpha = true};
}

void front_read(const struct record *r, struct front *f)
{
    f->session = front_session(r->metadata);
    f->is_web = weblog_parse(r->message, &f->web);
    if (f->is_web) {
        shape_web(f);
    } else {
        f->text = r->message;
        mask_tokens(r->message, &f->tokens);
    }
}

/* --- its fields --- */

struct front_fields front_fields(const struct front *f)
{
    return (struct front_fields){.query = f->is_web ? f->web.query : STR_NONE,
                                 .next = f->is_web ? FRONT_VALUE : FRONT_REFERER + 1};
}

static struct str sent_in(const struct weblog *w, enum front_part part)
{
    return part == FRONT_PATH      ? w->path
           : part == FRONT_REQUEST ? (w->malformed ? w->request : STR_NONE)
           : part == FRONT_AGENT   ? w->agent
                                   : w->referer;
}

bool front_next_field(const struct front *f, struct front_fields *it,
                      struct front_field *out)
{
    struct weblog_parameter *p = &it->parameter;
    if (it->next == FRONT_VALUE && weblog_next_parameter(&it->query, p)) {
        it->next = FRONT_NAME;
        *out = (struct front_field){FRONT_VALUE, p->value, p->value};
    } else if (it->next == FRONT_NAME) {
        it->next = FRONT_VALUE;
        *out = (struct front_field){FRONT_NAME, p->name, p->name};
    } else {
        it->next = it->next < FRONT_PATH ? FRONT_PATH : it->next;
        if (it->next > FRONT_REFERER) {
            return false;
        }
        enum front_part part = (enum front_part)it->next++;
        struct str sent = sent_in(&f->web, part);
        *out = (struct front_field){part, sent, sent};
    }
    if (out->part <= FRONT_NAME && p->value.p) {
        size_t n = (size_t)(p->value.p + p->value.n - p->name.p);
        out->shown = (struct str){p->name.p, n};
    }
    return true;
}

struct str front_decode(struct front *f, const struct front_field *field)
{
    size_t (*decode)(struct str, char *, size_t) =
        field->part <= FRONT_NAME ? weblog_decode : weblog_decode_path;
    return (struct str){f->plain, decode(field->sent, f->plain, sizeof f->plain)};
}

enum attack front_attack_in(enum front_part part, struct str decoded)
{
    if (part == FRONT_PATH || part == FRONT_REQUEST) {
        return attack_in_path(decoded);
    }
    return part == FRONT_AGENT ? attack_in_agent(decoded) : attack_in_value(decoded);
}

enum attack front_attack(struct front *f, struct front_field *out)
{
    struct front_fields it = front_fields(f);
    enum attack a = ATTACK_NONE;
    while (!a && front_next_field(f, &it, out)) {
        a = front_attack_in(out->part, front_decode(f, out));
    }
    return a;
}
