/* reply_check.c - what holds for every JSON reply, checked on every reply of every case:
 *
 *     reply_check HEAD BODY STATUS     HEAD and BODY are files, as curl wrote them
 *
 * Silent with status 0, else a line that says what is wrong and status 1. The type that goes
 * with the status; a Content-Length of ours, and that many bytes; the headers that keep a
 * browser from making anything of it, each once; plain ASCII without '<';
 * one JSON object (RFC 8259), at most DEPTH_MAX deep below the top, no two keys that are
 * the same but for the case of letters; problem details (RFC 9457) if it is a refusal. An
 * empty body is a HEAD's. A reader of its own, so that the product's is not its own judge;
 * and a program, since two calls of jq took 80 ms of CPU a reply, and a whole run sends
 * some thousands. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 4, NESTED_MAX = 40, KEYS_MAX = 4096, HEAD_BYTES_MAX = 1 << 16 };
#define JSON_TYPE    "application/json; charset=utf-8"
#define PROBLEM_TYPE "application/problem+json; charset=utf-8"

static const char *at, *end;
static int deepest;
static char problem[256];

/* What the top object says of itself: texts with their quotes. */
static struct {
    const char *name;
    const char *p;
    size_t n;
} members[] = {{"\"error\"", NULL, 0},
               {"\"detail\"", NULL, 0},
               {"\"type\"", NULL, 0},
               {"\"status\"", NULL, 0},
               {"\"title\"", NULL, 0}};
enum { ERROR, DETAIL, TYPE, STATUS, TITLE, MEMBERS };

static bool wrong(const char *what)
{
    if (!problem[0]) {
        snprintf(problem, sizeof problem, "%s", what);
    }
    return false;
}

static char *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *p = NULL;
    if (f && fseek(f, 0, SEEK_END) == 0) {
        *n = (size_t)ftell(f);
        rewind(f);
        p = malloc(*n + 1);
        if (p && fread(p, 1, *n, f) == *n) {
            p[*n] = '\0';
        }
        fclose(f);
    }
    return p;
}

/* --- JSON --- */

static void skip_space(void)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) {
        at++;
    }
}

static bool is_next(char c)
{
    skip_space();
    return at < end && *at == c;
}

static bool take(char c)
{
    if (!is_next(c)) {
        return wrong("not JSON");
    }
    at++;
    return true;
}

static bool take_escape(void)
{
    at++; /* the backslash */
    if (at < end && *at == 'u') {
        for (int i = 0; i < 4; i++) {
            if (++at >= end || !isxdigit((unsigned char)*at)) {
                return wrong("not JSON: a bad \\u");
            }
        }
    } else if (at >= end || !strchr("\"\\/bfnrt", *at)) {
        return wrong("not JSON: a bad escape");
    }
    at++;
    return true;
}

static bool take_string(void)
{
    if (!take('"')) {
        return false;
    }
    while (at < end && *at != '"') {
        if ((unsigned char)*at < 0x20) {
            return wrong("not JSON: a control character in a string");
        }
        if (*at != '\\') {
            at++;
        } else if (!take_escape()) {
            return false;
        }
    }
    return take('"');
}

static bool take_digits(void)
{
    const char *from = at;
    while (at < end && isdigit((unsigned char)*at)) {
        at++;
    }
    return at > from || wrong("not JSON: a bad number");
}

static bool take_number(void)
{
    at += *at == '-';
    const char *from = at;
    if (!take_digits()) {
        return false;
    }
    if (*from == '0' && at > from + 1) {
        return wrong("not JSON: a number that begins with 0");
    }
    if (at < end && *at == '.') {
        at++;
        if (!take_digits()) {
            return false;
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        return take_digits();
    }
    return true;
}

static bool take_word(void)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(end - at) >= n && memcmp(at, words[i], n) == 0) {
            at += n;
            return true;
        }
    }
    return wrong("not JSON");
}

static bool take_value(int depth);

/* Members of the top object that the rules ask for. */
static void note_member(const char *key, size_t key_n, const char *value)
{
    for (int i = 0; i < MEMBERS; i++) {
        if (strlen(members[i].name) == key_n &&
            memcmp(members[i].name, key, key_n) == 0) {
            members[i].p = value;
            members[i].n = (size_t)(at - value);
        }
    }
}

struct key {
    const char *p;
    size_t n;
};

static int by_text(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = strncasecmp(x->p, y->p, n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

static bool keys_differ(struct key *keys, size_t n)
{
    qsort(keys, n, sizeof *keys, by_text);
    for (size_t i = 1; i < n; i++) {
        if (by_text(&keys[i - 1], &keys[i]) == 0) {
            return wrong("keys that are the same, or differ only in case");
        }
    }
    return true;
}

static bool take_members(int depth, struct key *keys, size_t *n)
{
    do {
        skip_space();
        const char *key = at;
        if (*n == KEYS_MAX) {
            return wrong("more keys in an object than this program has room for");
        }
        if (!take_string()) {
            return false;
        }
        keys[(*n)++] = (struct key){key, (size_t)(at - key)};
        size_t key_n = (size_t)(at - key);
        if (!take(':')) {
            return false;
        }
        skip_space();
        const char *value = at;
        if (!take_value(depth + 1)) {
            return false;
        }
        if (depth == 0) {
            note_member(key, key_n, value);
        }
    } while (is_next(',') && take(','));
    return true;
}

static bool take_object(int depth)
{
    size_t n = 0;
    struct key *keys = malloc(KEYS_MAX * sizeof *keys);
    bool ok = keys && take('{') &&
              (is_next('}') || (take_members(depth, keys, &n) && keys_differ(keys, n))) &&
              take('}');
    free(keys);
    return ok;
}

static bool take_array(int depth)
{
    if (!take('[')) {
        return false;
    }
    if (!is_next(']')) {
        do {
            if (!take_value(depth + 1)) {
                return false;
            }
        } while (is_next(',') && take(','));
    }
    return take(']');
}

static bool take_value(int depth)
{
    skip_space();
    if (at >= end || depth > NESTED_MAX) {
        return wrong("not JSON, or nested without end");
    }
    if (*at == '{' || *at == '[') {
        deepest = depth > deepest ? depth : deepest;
        return *at == '{' ? take_object(depth) : take_array(depth);
    }
    if (*at == '"') {
        return take_string();
    }
    return *at == '-' || isdigit((unsigned char)*at) ? take_number() : take_word();
}

/* --- the rules --- */

/* The last head's value of a header, into out; "" if it has none. How often it is there. */
static int header(const char *head, const char *name, char *out, size_t size)
{
    int found = 0;
    out[0] = '\0';
    for (const char *line = head; *line;) {
        size_t n = strcspn(line, "\r\n"), name_n = strlen(name);
        if (strncmp(line, "HTTP/", 5) == 0) {
            out[0] = '\0';
            found = 0;
        } else if (n > name_n && strncasecmp(line, name, name_n) == 0 &&
                   line[name_n] == ':') {
            const char *value = line + name_n + 1 + strspn(line + name_n + 1, " ");
            snprintf(out, size, "%.*s", (int)(line + n - value), value);
            found++;
        }
        line += n;
        line += strspn(line, "\r\n");
    }
    return found;
}

/* lighttpd says by itself, from deploy/errors, and before anything can add a header, that it
 * could not read a request or knows no such method, that it has no length or is too large,
 * or is not allowed. */
static bool is_too_early(const char *head, int status)
{
    char value[256];
    static const int early[] = {400, 401, 403, 408, 411, 413, 414, 417, 431, 501, 505};
    bool is_early = false;
    for (size_t i = 0; i < sizeof early / sizeof early[0]; i++) {
        is_early = is_early || status == early[i];
    }
    return is_early && header(head, "Cache-Control", value, sizeof value) == 0 &&
           header(head, "Server", value, sizeof value) == 1 &&
           strncmp(value, "lighttpd", strlen("lighttpd")) == 0;
}

static bool check_guards(const char *head, int status)
{
    static const char *const guards[][2] = {
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Referrer-Policy", "no-referrer"},
    };
    char value[256];
    for (size_t i = 0; !is_too_early(head, status) && i < sizeof guards / sizeof *guards;
         i++) {
        int n = header(head, guards[i][0], value, sizeof value);
        if (n != 1 || strcmp(value, guards[i][1]) != 0) {
            snprintf(problem, sizeof problem, "%s is there %d times, '%.100s'",
                     guards[i][0], n, value);
            return false;
        }
    }
    return true;
}

static bool check_head(const char *head, size_t body_n, int status)
{
    char type[256], length[256];
    header(head, "Content-Type", type, sizeof type);
    header(head, "Content-Length", length, sizeof length);
    if (strcmp(type, status >= 400 ? PROBLEM_TYPE : JSON_TYPE) != 0) {
        snprintf(problem, sizeof problem, "Content-Type of a %d is '%.100s'", status,
                 type);
        return false;
    }
    if (!length[0] || length[strspn(length, "0123456789")]) {
        return wrong("no Content-Length");
    }
    return body_n == 0 || strtoull(length, NULL, 10) == body_n ||
           wrong("Content-Length is not the body's");
}

static bool is_text(int i)
{
    return members[i].n > 2 && members[i].p[0] == '"';
}

static bool check_problem(int status)
{
    bool same = members[ERROR].n == members[DETAIL].n && is_text(ERROR) &&
                memcmp(members[ERROR].p, members[DETAIL].p, members[ERROR].n) == 0;
    bool blank = members[TYPE].n == strlen("\"about:blank\"") &&
                 memcmp(members[TYPE].p, "\"about:blank\"", members[TYPE].n) == 0;
    bool number = members[STATUS].n > 0 && strtol(members[STATUS].p, NULL, 10) == status;
    return (same && blank && number && is_text(TITLE)) ||
           wrong("not the problem details of its status");
}

static bool check_body(const char *body, size_t n, int status)
{
    for (size_t i = 0; i < n; i++) {
        bool plain =
            (body[i] >= ' ' && body[i] <= '~' && body[i] != '<') || body[i] == '\n';
        if (!plain) {
            return wrong("more than plain ASCII");
        }
    }
    at = body;
    end = body + n;
    if (!take_value(0)) {
        return false;
    }
    skip_space();
    if (at != end) {
        return wrong("not JSON: more after it");
    }
    if (body[strspn(body, " \n")] != '{') {
        return wrong("not an object");
    }
    if (deepest > DEPTH_MAX) {
        return wrong("deeper than 4 below the top");
    }
    return status < 400 || check_problem(status);
}

int main(int argc, char **argv)
{
    size_t head_n = 0, body_n = 0;
    if (argc != 4) {
        fprintf(stderr, "usage: reply_check HEAD BODY STATUS\n");
        return 2;
    }
    char *head = read_file(argv[1], &head_n), *body = read_file(argv[2], &body_n);
    int status = (int)strtol(argv[3], NULL, 10);
    bool ok = head && body && head_n <= HEAD_BYTES_MAX;
    if (!ok) {
        wrong("cannot be read");
    }
    ok = ok && check_guards(head, status) && check_head(head, body_n, status) &&
         (body_n == 0 || check_body(body, body_n, status));
    if (!ok) {
        printf("%s\n", problem);
    }
    free(head);
    free(body);
    return ok ? 0 : 1;
}
