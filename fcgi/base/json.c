/* json.c - the strict reader of json.h.
 *
 * One pass, recursion bounded by depth_max. It finds where a value ends and proves that
 * it is JSON; taking it apart (json_next) may then skip without checking anything. */
#include "fcgi/base/json.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <math.h>
#include <pthread.h>

enum {
    NUMBER_BYTES_MAX = 1024,   /* longer is not a number that anybody means */
    SCRATCH_EXTRA_BYTES = 1024 /* cJSON's node for one string */
};

static enum err_code fail(const struct json_in *in, struct err *e, const char *what)
{
    return err_set(e, ERR_INVALID, "not JSON at byte %zu: %s", in->at, what);
}

static bool more(const struct json_in *in)
{
    return in->at < in->n;
}

static void skip_space(struct json_in *in)
{
    while (more(in)) {
        char c = in->p[in->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            break;
        }
        in->at++;
    }
}

char json_peek(struct json_in *in)
{
    skip_space(in);
    return more(in) ? in->p[in->at] : '\0';
}

bool json_at_end(struct json_in *in)
{
    skip_space(in);
    return in->at == in->n;
}

bool json_take(struct json_in *in, char c)
{
    if (json_peek(in) != c || c == '\0') {
        return false;
    }
    in->at++;
    return true;
}

/* The four hex digits at in->p + at as a number, or -1. */
static int hex4(const struct json_in *in, size_t at)
{
    int v = 0;
    if (in->n - at < 4) {
        return -1;
    }
    for (size_t i = at; i < at + 4; i++) {
        int c = (unsigned char)in->p[i];
        if (!isxdigit(c)) {
            return -1;
        }
        v = v * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

/* At a \u escape: checks it and mends what would be lost behind us. */
static enum err_code read_unicode(struct json_in *in, struct err *e)
{
    int v = hex4(in, in->at + 2);
    if (v < 0) {
        return fail(in, e, "\\u wants four hex digits");
    }
    bool high = v >= 0xD800 && v <= 0xDBFF;
    if (high && in->n - in->at >= 12 && in->p[in->at + 6] == '\\' &&
        in->p[in->at + 7] == 'u') {
        int low = hex4(in, in->at + 8);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            in->at += 12;
            return ERR_NONE;
        }
    }
    if (v == 0 || (v >= 0xD800 && v <= 0xDFFF)) {
        memcpy(in->p + in->at + 2, "fffd", 4);
        in->repaired++;
    }
    in->at += 6;
    return ERR_NONE;
}

static enum err_code read_string(struct json_in *in, struct err *e)
{
    in->at++; /* the quote */
    while (more(in)) {
        unsigned char c = (unsigned char)in->p[in->at];
        if (c == '"') {
            in->at++;
            return ERR_NONE;
        }
        if (c < 0x20) {
            return fail(in, e, "a control character in a string must be escaped");
        }
        if (c != '\\') {
            in->at++;
        } else if (in->n - in->at < 2) {
            break;
        } else if (in->p[in->at + 1] == 'u') {
            enum err_code code = read_unicode(in, e);
            if (code) {
                return code;
            }
        } else if (memchr("\"\\/bfnrt", in->p[in->at + 1], 8)) {
            in->at += 2;
        } else {
            return fail(in, e, "unknown escape in a string");
        }
    }
    return fail(in, e, "the string is not closed");
}

static size_t read_digits(struct json_in *in)
{
    size_t from = in->at;
    while (more(in) && in->p[in->at] >= '0' && in->p[in->at] <= '9') {
        in->at++;
    }
    return in->at - from;
}

static enum err_code read_number(struct json_in *in, struct err *e)
{
    size_t from = in->at;
    in->at += in->p[in->at] == '-';
    bool zero = more(in) && in->p[in->at] == '0';
    size_t digits = read_digits(in);
    if (digits == 0 || (zero && digits > 1)) {
        return fail(in, e, "not a number");
    }
    if (more(in) && in->p[in->at] == '.') {
        in->at++;
        if (read_digits(in) == 0) {
            return fail(in, e, "digits must follow the decimal point");
        }
    }
    if (more(in) && (in->p[in->at] | 0x20) == 'e') {
        in->at++;
        if (more(in) && (in->p[in->at] == '+' || in->p[in->at] == '-')) {
            in->at++;
        }
        if (read_digits(in) == 0) {
            return fail(in, e, "digits must follow the exponent");
        }
    }
    return in->at - from <= NUMBER_BYTES_MAX ? ERR_NONE : fail(in, e, "number too long");
}

static enum err_code read_word(struct json_in *in, struct str word, struct err *e)
{
    if (in->n - in->at < word.n || memcmp(in->p + in->at, word.p, word.n) != 0) {
        return fail(in, e, "expected a value");
    }
    in->at += word.n;
    return ERR_NONE;
}

static enum err_code read_value(struct json_in *in, int left, struct json_value *out,
                                struct err *e);

static enum err_code read_key(struct json_in *in, struct err *e)
{
    if (json_peek(in) != '"') {
        return fail(in, e, "expected a name in quotes");
    }
    enum err_code code = read_string(in, e);
    if (!code && !json_take(in, ':')) {
        code = fail(in, e, "expected ':' after a name");
    }
    return code;
}

static enum err_code read_container(struct json_in *in, int left, int *depth,
                                    struct err *e)
{
    char close = in->p[in->at] == '{' ? '}' : ']';
    if (left == 0) {
        return err_set(e, ERR_INVALID, "nested deeper than %d at byte %zu", in->depth_max,
                       in->at);
    }
    in->at++;
    *depth = 1;
    if (json_take(in, close)) {
        return ERR_NONE;
    }
    do {
        struct json_value inner;
        enum err_code code = close == '}' ? read_key(in, e) : ERR_NONE;
        code = code ? code : read_value(in, left - 1, &inner, e);
        if (code) {
            return code;
        }
        *depth = inner.depth + 1 > *depth ? inner.depth + 1 : *depth;
    } while (json_take(in, ','));
    if (!json_take(in, close)) {
        return fail(in, e, close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    }
    return ERR_NONE;
}

static enum err_code read_scalar(struct json_in *in, enum json_type type, struct err *e)
{
    switch (type) {
    case JSON_STRING:
        return read_string(in, e);
    case JSON_NUMBER:
        return read_number(in, e);
    case JSON_BOOL:
        return read_word(in, in->p[in->at] == 't' ? STR("true") : STR("false"), e);
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
    default:
        return read_word(in, STR("null"), e);
    }
}

static enum json_type type_at(char c)
{
    switch (c) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
    case 'f':
        return JSON_BOOL;
    case '-':
        return JSON_NUMBER;
    default:
        return c >= '0' && c <= '9' ? JSON_NUMBER : JSON_NULL;
    }
}

static enum err_code read_value(struct json_in *in, int left, struct json_value *out,
                                struct err *e)
{
    char c = json_peek(in);
    size_t from = in->at;
    enum json_type type = type_at(c);
    int depth = 0;
    if (c == '\0') {
        return fail(in, e, "it ends where a value is expected");
    }
    enum err_code code = type == JSON_OBJECT || type == JSON_ARRAY
                             ? read_container(in, left, &depth, e)
                             : read_scalar(in, type, e);
    if (!code) {
        *out = (struct json_value){type, {in->p + from, in->at - from}, depth};
    }
    return code;
}

enum err_code json_read(struct json_in *in, struct json_value *out, struct err *e)
{
    *out = (struct json_value){.type = JSON_NULL};
    return read_value(in, in->depth_max, out, e);
}

/* --- taking apart what was read --- */

static size_t string_end(const char *p)
{
    size_t i = 1;
    while (p[i] != '"') {
        i += p[i] == '\\' ? 2 : 1;
    }
    return i + 1;
}

static size_t scalar_end(struct str s)
{
    size_t i = 0;
    while (i < s.n && !memchr(" \t\r\n,]}", s.p[i], 7)) {
        i++;
    }
    return i;
}

static size_t container_end(const char *p)
{
    size_t i = 0;
    int depth = 0;
    do {
        if (p[i] == '"') {
            i += string_end(p + i);
            continue;
        }
        depth += (p[i] == '{' || p[i] == '[') - (p[i] == '}' || p[i] == ']');
        i++;
    } while (depth > 0);
    return i;
}

static struct json_value next_value(struct str *left)
{
    enum json_type type = type_at(left->p[0]);
    size_t n = type == JSON_STRING                         ? string_end(left->p)
               : type == JSON_OBJECT || type == JSON_ARRAY ? container_end(left->p)
                                                           : scalar_end(*left);
    struct json_value v = {type, {left->p, n}, 0};
    *left = str_trim(str_from(*left, n));
    return v;
}

struct json_iter json_iter(struct json_value container)
{
    struct str inner = STR("");
    if (container.type == JSON_OBJECT || container.type == JSON_ARRAY) {
        inner = (struct str){container.text.p + 1, container.text.n - 2};
    }
    return (struct json_iter){str_trim(inner)};
}

bool json_next(struct json_iter *it, struct json_value *key, struct json_value *value)
{
    if (it->left.n == 0) {
        return false;
    }
    struct json_value first = next_value(&it->left);
    if (it->left.n > 0 && it->left.p[0] == ':') {
        it->left = str_trim(str_from(it->left, 1));
        *key = first;
        first = next_value(&it->left);
    }
    *value = first;
    if (it->left.n > 0) { /* a comma, as json_read has seen */
        it->left = str_trim(str_from(it->left, 1));
    }
    return true;
}

bool json_member(struct json_value object, const char *name, struct json_value *out)
{
    struct json_iter it = json_iter(object);
    struct json_value key;
    struct str want = str_of(name);
    while (object.type == JSON_OBJECT && json_next(&it, &key, out)) {
        struct str inner = {key.text.p + 1, key.text.n - 2};
        if (str_eq(inner, want)) {
            return true;
        }
    }
    return false;
}

bool json_member_i64(struct json_value object, const char *name, int64_t min, int64_t max,
                     int64_t *out)
{
    struct json_value v;
    return json_member(object, name, &v) && v.type == JSON_NUMBER &&
           str_to_i64(v.text, min, max, out);
}

/* --- cJSON, for one string at a time --- */

static _Thread_local struct arena *hook_arena;

static void *hook_malloc(size_t n)
{
    return arena_alloc(hook_arena, n);
}

static void hook_free(void *p)
{
    (void)p; /* the arena's owner frees it */
}

static void install_hooks(void)
{
    cJSON_Hooks hooks = {hook_malloc, hook_free};
    cJSON_InitHooks(&hooks);
}

static cJSON *parse_string(struct arena *a, struct str text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install_hooks);
    hook_arena = a;
    cJSON *node = cJSON_ParseWithLength(text.p, text.n);
    hook_arena = NULL;
    return node;
}

enum err_code json_decode(struct arena *a, struct json_value string, struct str *out,
                          struct err *e)
{
    struct str inner = {string.text.p + 1, string.text.n - 2};
    if (inner.n == 0 || !memchr(inner.p, '\\', inner.n)) {
        *out = inner;
        return ERR_NONE;
    }
    /* cJSON works in memory of its own, so that the caller's holds no more than the text. */
    struct arena scratch;
    arena_init(&scratch, inner.n + SCRATCH_EXTRA_BYTES);
    cJSON *node = parse_string(&scratch, string.text);
    *out = cJSON_IsString(node) ? arena_str(a, str_of(node->valuestring)) : STR_NONE;
    arena_free(&scratch);
    return out->p ? ERR_NONE
                  : err_set(e, ERR_NOMEM, "not enough memory for a text of %zu bytes",
                            inner.n);
}

bool json_number(struct json_value number, double *out)
{
    char text[NUMBER_BYTES_MAX + 1];
    if (number.text.n > NUMBER_BYTES_MAX) {
        return false;
    }
    memcpy(text, number.text.p, number.text.n);
    text[number.text.n] = '\0';
    double v = strtod(text, NULL); /* cJSON reads only the first 63 characters */
    if (!isfinite(v)) {
        return false;
    }
    *out = v;
    return true;
}
