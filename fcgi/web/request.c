/* request.c - see request.h. */
#include "fcgi/web/request.h"

#include "fcgi/base/utf8.h"

#include <ctype.h>

static const struct {
    enum method method;
    const char *name;
} methods[] = {
    {METHOD_GET, "GET"}, {METHOD_GET, "HEAD"},    {METHOD_POST, "POST"},
    {METHOD_PUT, "PUT"}, {METHOD_PATCH, "PATCH"}, {METHOD_DELETE, "DELETE"},
};
enum { METHODS_N = sizeof methods / sizeof methods[0] };

enum method method_of(struct str name)
{
    for (size_t i = 0; i < METHODS_N; i++) {
        if (str_eq(name, str_of(methods[i].name))) {
            return methods[i].method;
        }
    }
    return METHOD_OTHER;
}

const char *method_name(enum method m)
{
    for (size_t i = 0; i < METHODS_N; i++) {
        if (methods[i].method == m) {
            return methods[i].name;
        }
    }
    return "other";
}

enum err_code request_may_delete(const struct request *r, struct err *e)
{
    struct str site = str_trim(r->fetch_site);
    if (str_eq_nocase(site, STR("cross-site")) || str_eq_nocase(site, STR("same-site"))) {
        return err_set(e, ERR_FORBIDDEN, "a page of another site may not change this");
    }
    return ERR_NONE;
}

enum err_code request_may_change(const struct request *r, struct err *e)
{
    struct str left = r->content_type;
    enum err_code code = request_may_delete(r, e);
    if (code) {
        return code;
    }
    if (!str_eq_nocase(str_trim(str_split(&left, ';')), STR("application/json"))) {
        return err_set(e, ERR_UNSUPPORTED,
                       "the body must be sent as Content-Type: application/json");
    }
    return ERR_NONE;
}

struct str request_path(struct arena *a, struct str script, struct str info,
                        struct str prefix)
{
    char *p = arena_alloc(a, script.n + info.n + 2);
    size_t n = 0;
    if (!p) {
        return STR_NONE;
    }
    p[n++] = '/';
    for (size_t i = 0; i < script.n + info.n; i++) {
        char c = i < script.n ? script.p[i] : info.p[i - script.n];
        if (c != '/' || p[n - 1] != '/') {
            p[n++] = c;
        }
    }
    if (n > 1 && p[n - 1] == '/') {
        n--;
    }
    struct str path = {p, n};
    if (prefix.n > 0 && str_starts(path, prefix) &&
        (path.n == prefix.n || path.p[prefix.n] == '/')) {
        path = path.n == prefix.n ? STR("/") : str_from(path, prefix.n);
    }
    return path;
}

static int hex(char c)
{
    return isxdigit((unsigned char)c) ? (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10) : -1;
}

/* Decodes %XX and '+'. */
static enum err_code decode(struct arena *a, struct str s, struct str *out, struct err *e)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    if (!p) {
        return err_set(e, ERR_NOMEM, "not enough memory to read the query");
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') {
            p[n++] = s.p[i] == '+' ? ' ' : s.p[i];
            continue;
        }
        int high = s.n - i > 2 ? hex(s.p[i + 1]) : -1,
            low = s.n - i > 2 ? hex(s.p[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return err_set(e, ERR_INVALID,
                           "a %% in the query must be followed by two hex "
                           "digits");
        }
        p[n++] = (char)(high * 16 + low);
        i += 2;
    }
    *out = (struct str){p, n};
    if (utf8_valid_prefix(*out) != n) {
        return err_set(e, ERR_INVALID, "the query is not UTF-8");
    }
    return ERR_NONE;
}

enum err_code request_param(const struct request *r, struct str name, struct str *value,
                            bool *found, struct err *e)
{
    struct str left = r->query;
    *found = false;
    while (left.n > 0) {
        struct str pair = str_split(&left, '&');
        struct str key = str_split(&pair, '=');
        if (str_eq(key, name)) {
            *found = true;
            return decode(r->arena, pair, value, e);
        }
    }
    return ERR_NONE;
}

/* What stands before the next sep that is not between quotes; *s: what stands after it. */
static struct str split_unquoted(struct str *s, char sep)
{
    bool quoted = false;
    for (size_t i = 0; i < s->n; i++) {
        if (quoted && s->p[i] == '\\') {
            i++;
        } else if (s->p[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && s->p[i] == sep) {
            struct str before = {s->p, i};
            *s = str_from(*s, i + 1);
            return before;
        }
    }
    struct str all = *s;
    *s = STR_NONE;
    return all;
}

static struct str unquoted(struct str s)
{
    s = str_trim(s);
    bool quoted = s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';
    return quoted ? (struct str){s.p + 1, s.n - 2} : s;
}

bool request_prefers(const struct request *r, struct str name, struct str value)
{
    struct str left = r->prefer;
    while (left.n > 0) {
        struct str preference = split_unquoted(&left, ',');
        struct str is = split_unquoted(&preference, ';'); /* parameters follow */
        struct str key = str_trim(str_split(&is, '='));
        if (str_eq_nocase(key, name)) {
            return str_eq_nocase(unquoted(is), value);
        }
    }
    return false;
}
