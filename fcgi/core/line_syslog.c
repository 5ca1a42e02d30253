/* line_syslog.c - syslog as RFC 5424 and RFC 3164 have it and as rsyslog and syslog-ng
 * write it into files: without PRI, with an ISO time. */
#include "fcgi/core/line_head.h"

#include <ctype.h>

enum { PRI_MAX = 191 };

static bool take_pri(struct str *s, struct line_head *h)
{
    struct str inner = *s;
    int64_t pri;
    if (s->n == 0 || s->p[0] != '<') {
        return false;
    }
    inner = str_from(inner, 1);
    struct str number = str_split(&inner, '>');
    if (!inner.p || number.n > 3 || !str_to_i64(number, 0, PRI_MAX, &pri) ||
        !isdigit((unsigned char)number.p[0])) {
        return false;
    }
    h->level = level_of_syslog((int)pri % 8);
    *s = inner;
    return true;
}

/* "app[123]: " or "app: "; anything else stays where it is. */
static bool take_tag(struct str *s, struct line_head *h)
{
    size_t n = 0;
    while (n < s->n && !strchr(" \t[:", s->p[n])) {
        n++;
    }
    if (n == 0 || n == s->n || s->p[n] == ' ' || s->p[n] == '\t' ||
        (!isalnum((unsigned char)s->p[0]) && !strchr("/_-(", s->p[0]))) {
        return false;
    }
    struct str tag = {s->p, n}, rest = str_from(*s, n), pid = STR_NONE;
    if (level_of(tag) != LEVEL_UNKNOWN) { /* "web1 ERROR: ..." has none */
        return false;
    }
    if (rest.p[0] == '[') {
        rest = str_from(rest, 1);
        pid = str_split(&rest, ']');
        if (!rest.p || memchr(pid.p, ' ', pid.n)) {
            return false;
        }
    }
    bool colon = rest.n > 0 && rest.p[0] == ':';
    if (tag.p[0] == '/' && pid.n == 0) { /* a path in a sentence */
        return false;
    }
    rest = colon ? str_from(rest, 1) : rest;
    if (rest.n > 0 && rest.p[0] != ' ' && rest.p[0] != '\t') {
        return false;
    }
    h->service = tag;
    line_add(h, "pid", pid);
    *s = str_trim(rest);
    return true;
}

static bool is_host(struct str word)
{
    for (size_t i = 0; i < word.n; i++) {
        if (!isalnum((unsigned char)word.p[i]) && !strchr("._-:%@/", word.p[i])) {
            return false;
        }
    }
    return word.n > 0 && word.p[word.n - 1] != ':' && level_of(word) == LEVEL_UNKNOWN;
}

/* The message, and its level if there was no PRI. */
static bool end(struct str s, bool has_pri, struct line_head *h)
{
    struct str after;
    h->format = LINE_SYSLOG;
    h->message = s.n > 0 ? s.p : NULL;
    if (!has_pri) {
        h->level = line_level_first(s, &after);
    }
    return true;
}

/* "host tag: message", "tag: message", "host message". with_host: the tag is known by a
 * host before it, or this is no syslog. */
static bool read_host_and_tag(struct str s, bool has_pri, bool with_host,
                              struct line_head *h)
{
    struct str rest = s, host = line_take_word(&rest);
    bool hosted = rest.n > 0 && is_host(host);
    if (hosted && take_tag(&rest, h)) {
        line_add(h, "host", host);
        return end(rest, has_pri, h);
    }
    if (with_host) {
        return false;
    }
    if (take_tag(&s, h)) {
        return end(s, has_pri, h);
    }
    if (hosted) {
        line_add(h, "host", host);
    }
    return end(hosted ? rest : s, has_pri, h);
}

/* "-" or "[id name="value"]..."; false if it is neither or does not end. */
static bool take_data(struct str *s, struct str *data)
{
    size_t n = 0;
    bool quoted = false;
    if (s->n > 0 && s->p[0] == '-') {
        *data = STR_NONE;
        n = 1;
    } else {
        while (n < s->n && s->p[n] == '[') {
            for (n++; n < s->n && (quoted || s->p[n] != ']'); n++) {
                if (quoted && s->p[n] == '\\' && n + 1 < s->n) {
                    n++;
                } else if (s->p[n] == '"') {
                    quoted = !quoted;
                }
            }
            if (n == s->n) {
                return false;
            }
            n++;
        }
        *data = (struct str){s->p, n};
    }
    if (n == 0 || (n < s->n && s->p[n] != ' ')) {
        return false;
    }
    *s = str_from(*s, n);
    return true;
}

/* After the PRI: "1 TIME HOST APP PID MSGID DATA [MESSAGE]" */
static bool read_5424(struct str s, const struct line_context *c, struct line_head *h)
{
    struct str data = STR_NONE;
    if (!str_starts(s, STR("1 "))) {
        return false;
    }
    s = str_from(s, 2);
    if (!line_take_iso(&s, c, h)) {
        h->time = line_take_word(&s);
        h->time = str_eq(h->time, STR("-")) ? STR_NONE : h->time;
    } else {
        line_take_word(&s); /* nothing, and the blank */
    }
    struct str host = line_take_word(&s), app = line_take_word(&s);
    struct str pid = line_take_word(&s), msgid = line_take_word(&s);
    if (!s.p || msgid.n == 0) {
        return false;
    }
    h->service = str_eq(app, STR("-")) ? STR_NONE : app;
    line_add(h, "host", host);
    line_add(h, "pid", pid);
    line_add(h, "msgid", msgid);
    if (take_data(&s, &data)) {
        line_add(h, "structured_data", data);
    }
    s = str_trim(s);
    s = str_starts(s, STR("\xEF\xBB\xBF")) ? str_from(s, 3) : s;
    return end(s, true, h);
}

/* The kernel's ring buffer: "[   12.345678] message" */
static bool read_kernel(struct str s, bool has_pri, struct line_head *h)
{
    struct str after, inner = str_from(s, s.n > 0);
    struct str number = str_trim(str_split(&inner, ']'));
    size_t digits = 0;
    while (digits < number.n && isdigit((unsigned char)number.p[digits])) {
        digits++;
    }
    if (s.n == 0 || s.p[0] != '[' || inner.n == 0 || digits == 0 ||
        !line_shape(str_from(number, digits), ".dddddd")) {
        return false;
    }
    inner = str_trim(inner);
    h->format = LINE_KERNEL;
    h->service = STR("kernel");
    h->message = inner.n > 0 ? inner.p : NULL;
    if (!has_pri) {
        h->level = line_level_first(inner, &after);
    }
    return true;
}

bool line_read_syslog(struct str line, const struct line_context *c, struct line_head *h)
{
    struct str s = line;
    bool has_pri = take_pri(&s, h);
    if (has_pri && read_5424(s, c, h)) {
        return true;
    }
    if (read_kernel(s, has_pri, h)) {
        return true;
    }
    struct line_head fresh = {.text = h->text, .level = h->level};
    *h = fresh; /* what a broken RFC 5424 head has left */
    if (line_take_bsd(&s, c, h)) {
        s = str_trim(s);
        return read_host_and_tag(s, has_pri, false, h);
    }
    if (line_take_iso(&s, c, h) && (has_pri || (h->time_zoned && h->time.p[10] == 'T'))) {
        return read_host_and_tag(str_trim(s), has_pri, !has_pri, h);
    }
    if (!has_pri) {
        return false;
    }
    h->time = STR_NONE;
    take_tag(&s, h);
    return end(s, true, h);
}
