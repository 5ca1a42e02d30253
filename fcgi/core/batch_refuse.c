/* batch_refuse.c - see batch_refuse.h. */
#include "fcgi/core/batch_refuse.h"

#include "fcgi/base/utf8.h"

#include <ctype.h>

/* name=value&name=value, as PowerShell sends a hashtable that was not converted. */
static bool is_form(struct str body)
{
    size_t name = 0;
    while (name < body.n && (isalnum((unsigned char)body.p[name]) ||
                             strchr("_.-%+", body.p[name]) != NULL)) {
        name++;
    }
    return name > 0 && name < body.n && body.p[name] == '=';
}

enum err_code batch_refuse_body(struct str body, struct err *e)
{
    if (is_form(body)) {
        return err_set(e, ERR_INVALID,
                       "the body is form data, not JSON; in PowerShell pipe it to "
                       "ConvertTo-Json first");
    }
    if (str_starts(body, STR("@{")) || str_starts(body, STR("System."))) {
        return err_set(
            e, ERR_INVALID,
            "the body is what PowerShell shows of an object, not JSON; pipe it "
            "to ConvertTo-Json first");
    }
    if (body.p[0] == '\'') {
        return err_set(e, ERR_INVALID,
                       "the body begins with a single quote: the shell did "
                       "not take it away; use double quotes and escape those inside");
    }
    return err_set(e, ERR_INVALID,
                   "the body is not JSON; send lines of text with ?service=NAME, or "
                   "records as objects with "
                   "timestamp, service, level and message");
}

enum err_code batch_reject(struct arena *a, struct batch *b, struct str text,
                           struct err *e)
{
    size_t place = b->n + b->rejected_n++;
    if (b->kept_n == BATCH_REJECTED_MAX) {
        return ERR_NONE;
    }
    if (!b->rejected) {
        b->rejected = arena_alloc(a, BATCH_REJECTED_MAX * sizeof *b->rejected);
    }
    struct str reason = b->rejected ? arena_str(a, str_of(e->msg)) : STR_NONE;
    if (!reason.p) {
        return err_set(e, ERR_NOMEM,
                       "not enough memory for the records that are refused");
    }
    struct str begin = {text.p,
                        text.n < BATCH_REJECTED_BYTES ? text.n : BATCH_REJECTED_BYTES};
    begin.n = utf8_valid_prefix(begin); /* no half character at the cut */
    b->rejected[b->kept_n++] = (struct batch_rejected){.place = place,
                                                       .field = e->field,
                                                       .reason = reason,
                                                       .text = begin,
                                                       .bytes = text.n};
    return ERR_NONE;
}

/* --- where something broken ends --- */

static size_t skip_space(struct str s, size_t at)
{
    while (at < s.n && strchr(" \t\r\n", s.p[at]) && s.p[at] != '\0') {
        at++;
    }
    return at;
}

/* The end of the first line. */
static size_t line_end(struct str text)
{
    const char *end = text.n > 0 ? memchr(text.p, '\n', text.n) : NULL;
    return end ? (size_t)(end - text.p) : text.n;
}

/* Is the first line all there is of a value? It is if what follows begins as a record does,
 * or if it does not end as the lines of one do that is written over several. */
static bool line_is_whole(struct str text, size_t end)
{
    size_t next = skip_space(text, end);
    struct str line = str_trim((struct str){text.p, end});
    return next == text.n || text.p[next] == '{' || text.p[next] == '[' || line.n == 0 ||
           !strchr("{[,:", line.p[line.n - 1]);
}

bool batch_has_lines(struct str text)
{
    size_t next = skip_space(text, line_end(text));
    return next < text.n && text.p[next] == '{';
}

/* After a string's first quote: past its last one, or the end of the text. */
static size_t skip_string(struct str s, size_t at)
{
    for (; at < s.n && s.p[at] != '"'; at++) {
        at += s.p[at] == '\\';
    }
    return at < s.n ? at + 1 : s.n;
}

/* Past the bracket that closes the first one. */
static bool closing(struct str s, size_t *n)
{
    size_t depth = 0;
    for (size_t at = 0; at < s.n;) {
        char c = s.p[at++];
        if (c == '"') {
            at = skip_string(s, at);
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            *n = at;
            return true;
        }
    }
    return false;
}

bool batch_broken_end(struct str text, bool at_top, size_t *n)
{
    if (at_top && line_is_whole(text, line_end(text))) {
        *n = line_end(text);
        return true;
    }
    if (text.n > 0 && (text.p[0] == '{' || text.p[0] == '[')) {
        return closing(text, n);
    }
    size_t at = text.n > 0 && text.p[0] == '"' ? skip_string(text, 1) : 0;
    while (at < text.n && !strchr(",]}\n", text.p[at])) {
        at++;
    }
    *n = at;
    return at > 0 && at < text.n;
}
