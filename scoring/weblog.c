/* weblog.c - see weblog.h.
 *
 * The line's frame (names, time, status) is read by core's access_line, which the importer
 * uses too; this file reads what is inside the quotes. */
#include "scoring/weblog.h"

#include "fcgi/core/access_line.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct str unless_dash(struct str s)
{
    return s.n == 1 && s.p[0] == '-' ? STR_NONE : s;
}

/* --- the request --- */

/* Methods are capital letters: GET, M-SEARCH, VERSION_CONTROL. */
static bool is_method(struct str s)
{
    size_t i = 0;
    while (i < s.n &&
           ((s.p[i] >= 'A' && s.p[i] <= 'Z') || s.p[i] == '-' || s.p[i] == '_')) {
        i++;
    }
    return s.n > 0 && s.n <= 20 && i == s.n && s.p[0] != '-';
}

/* The last word, if it is "HTTP/1.1" or the like; blanks in a path are no end of it. */
static struct str take_protocol(struct str *s)
{
    const char *blank = s->n > 0 ? memrchr(s->p, ' ', s->n) : NULL;
    if (!blank) {
        return STR_NONE;
    }
    size_t at = (size_t)(blank - s->p);
    struct str word = str_from(*s, at + 1);
    if (!str_starts(word, STR("HTTP/"))) {
        return STR_NONE;
    }
    s->n = at;
    return word;
}

/* Of the last segment, without what may follow a ';' ("x.jsp;jsessionid=1"). A dot in a
 * host's name or at the beginning of a file's name makes none. */
static struct str extension_of(struct str path)
{
    const char *scheme = path.n > 0 && path.p[0] != '/' && path.p[0] != '*'
                             ? memmem(path.p, path.n, "://", 3)
                             : NULL;
    if (scheme) {
        path = str_from(path, (size_t)(scheme - path.p) + 3);
    }
    const char *slash = path.n > 0 ? memrchr(path.p, '/', path.n) : NULL;
    if (!slash) {
        return STR_NONE;
    }
    struct str segment = str_from(path, (size_t)(slash - path.p) + 1);
    struct str file = str_split(&segment, ';');
    const char *dot = file.n > 0 ? memrchr(file.p, '.', file.n) : NULL;
    if (!dot || dot == file.p) {
        return STR_NONE;
    }
    struct str extension = str_from(file, (size_t)(dot - file.p) + 1);
    bool good = extension.n > 0 && extension.n <= WEBLOG_EXTENSION_MAX;
    for (size_t i = 0; good && i < extension.n; i++) {
        good = is_alnum(extension.p[i]);
    }
    return good ? extension : STR_NONE;
}

static bool take_request(struct str request, struct weblog *out)
{
    struct str left = request;
    struct str method = str_split(&left, ' ');
    if (!left.p || !is_method(method)) {
        return false;
    }
    struct str protocol = take_protocol(&left);
    bool target = left.n > 0 && (left.p[0] == '/' || left.p[0] == '*');
    if (left.n == 0 || (!target && protocol.n == 0)) {
        return false;
    }
    out->method = method;
    out->protocol = protocol;
    out->query = left;
    out->path = str_split(&out->query, '?');
    out->extension = extension_of(out->path);
    return true;
}

/* --- the line --- */

/* What follows the status: bytes, then the first two texts in quotes. */
static void take_rest(struct str rest, struct weblog *out)
{
    struct str word = str_trim(rest), left = rest;
    word = str_split(&word, ' ');
    if (!str_to_i64(word, 0, INT64_MAX, &out->bytes)) {
        out->bytes = -1;
    }
    struct str quoted;
    if (access_line_quoted(&left, &quoted)) {
        out->referer = unless_dash(quoted);
    }
    if (access_line_quoted(&left, &quoted)) {
        out->agent = unless_dash(quoted);
    }
}

bool weblog_parse(struct str message, struct weblog *out)
{
    struct access_line line;
    if (!access_line_split(message, &line)) {
        return false;
    }
    *out = (struct weblog){.host = unless_dash(line.host),
                           .client = unless_dash(line.client),
                           .user = unless_dash(line.user),
                           .request = line.request,
                           .status = line.status};
    out->malformed = !take_request(line.request, out);
    take_rest(line.rest, out);
    return true;
}

/* --- decoding --- */

static int hex(char c)
{
    return is_digit(c)              ? c - '0'
           : (c >= 'a' && c <= 'f') ? c - 'a' + 10
           : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                    : -1;
}

/* The number of n hex digits at the beginning of s; -1: there are fewer. */
static int hex_number(struct str s, size_t n)
{
    int v = 0;
    if (s.n < n) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        int digit = hex(s.p[i]);
        if (digit < 0) {
            return -1;
        }
        v = v * 16 + digit;
    }
    return v;
}

/* One character of at most 3 bytes as UTF-8. */
static size_t put_character(int v, char bytes[3])
{
    if (v < 0x80) {
        bytes[0] = (char)v;
        return 1;
    }
    if (v < 0x800) {
        bytes[0] = (char)(0xc0 | v >> 6);
        bytes[1] = (char)(0x80 | (v & 0x3f));
        return 2;
    }
    bytes[0] = (char)(0xe0 | v >> 12);
    bytes[1] = (char)(0x80 | (v >> 6 & 0x3f));
    bytes[2] = (char)(0x80 | (v & 0x3f));
    return 3;
}

/* %41, %u0041. Returns how much of s it is (more than *n, the bytes it stands for), or 0. */
static size_t decode_percent(struct str s, char bytes[3], size_t *n)
{
    int v = hex_number(str_from(s, 1), 2);
    if (v >= 0) {
        bytes[0] = (char)v;
        *n = 1;
        return 3;
    }
    if (s.n < 6 || (s.p[1] != 'u' && s.p[1] != 'U')) {
        return 0;
    }
    v = hex_number(str_from(s, 2), 4);
    if (v >= 0xff01 && v <= 0xff5e) { /* full-width forms, which IIS takes for ASCII */
        v -= 0xff01 - '!';
    }
    *n = v < 0 ? 0 : put_character(v, bytes);
    return v < 0 ? 0 : 6;
}

/* \", \\, \x22. */
static size_t decode_backslash(struct str s, char bytes[3], size_t *n)
{
    *n = 1;
    if (s.n >= 2 && (s.p[1] == '"' || s.p[1] == '\\')) {
        bytes[0] = s.p[1];
        return 2;
    }
    int v = s.n >= 4 && s.p[1] == 'x' ? hex_number(str_from(s, 2), 2) : -1;
    bytes[0] = (char)v;
    return v < 0 ? 0 : 4;
}

struct decoding {
    bool log_escapes, plus;
    bool again; /* out: there is a '%' among the bytes that were written */
};

/* One pass over s. Each step writes no more than it read: out may be s.p. */
static size_t decode(struct str s, char *out, size_t max, struct decoding *d)
{
    size_t at = 0, i = 0;
    while (i < s.n && at < max) {
        char c = s.p[i], bytes[3];
        size_t n = 0, taken = 0;
        if (c == '%') {
            taken = decode_percent(str_from(s, i), bytes, &n);
        } else if (c == '\\' && d->log_escapes) {
            taken = decode_backslash(str_from(s, i), bytes, &n);
        }
        if (taken == 0) {
            out[at++] = c == '+' && d->plus ? ' ' : c;
            d->again = d->again || c == '%';
            i++;
            continue;
        }
        if (n > max - at) {
            break;
        }
        memcpy(out + at, bytes, n);
        d->again = d->again || bytes[0] == '%';
        at += n;
        i += taken;
    }
    return at;
}

static size_t decode_twice(struct str s, char *out, size_t max, bool plus)
{
    struct decoding once = {.log_escapes = true, .plus = plus}, twice = {0};
    size_t n = decode(s, out, max, &once);
    return once.again ? decode((struct str){out, n}, out, n, &twice) : n;
}

size_t weblog_decode(struct str s, char *out, size_t max)
{
    return decode_twice(s, out, max, true);
}

size_t weblog_decode_path(struct str s, char *out, size_t max)
{
    return decode_twice(s, out, max, false);
}

/* --- the query --- */

bool weblog_next_parameter(struct str *query, struct weblog_parameter *out)
{
    while (query->p) {
        out->value = str_split(query, '&');
        if (out->value.n > 0) {
            out->name = str_split(&out->value, '=');
            return true;
        }
    }
    return false;
}
