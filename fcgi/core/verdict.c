/* verdict.c - see verdict.h. What is printed, read and printed again is the same to the
 * last digit: a verdict that came from the scoring service is told as if made here. */
#include "fcgi/core/verdict.h"

#include <math.h>

#define BITS_MAX   1e6    /* far more than a batch of the largest size can give */
#define NUMBER_MAX 1e300  /* of what was observed or expected, in whatever unit */
#define WHOLE_MAX  0x1p53 /* whole numbers up to here are exact in a double */

static const char *const names[CHANNELS_N] = {
    [CHANNEL_FAILED_LOGINS] = "failed_logins",
    [CHANNEL_ERROR_SHARE] = "error_share",
    [CHANNEL_SIGNATURE] = "signature",
    [CHANNEL_NEW_TEMPLATE] = "new_template",
    [CHANNEL_NEW_FAILURE] = "new_failure",
    [CHANNEL_TEMPLATE_COUNT] = "template_count",
    [CHANNEL_COMBINATION] = "combination",
    [CHANNEL_NEW_VALUE] = "new_value",
    [CHANNEL_ODD_VALUE] = "odd_value",
    [CHANNEL_RARE] = "rare",
    [CHANNEL_VOLUME] = "volume",
    [CHANNEL_OVERDUE] = "overdue",
};

const char *channel_name(enum channel c)
{
    return names[c];
}

/* --- printing --- */

static void put_int(struct json_out *o, const char *key, int64_t v)
{
    json_key(o, key);
    json_int(o, v);
}

static void put_number(struct json_out *o, const char *key, double v)
{
    json_key(o, key);
    if (fabs(v) <= WHOLE_MAX && nearbyint(v) == v) {
        json_int(o, (int64_t)v);
    } else {
        json_num(o, v);
    }
}

static void put_text(struct json_out *o, const char *key, struct str text)
{
    json_key(o, key);
    json_str(o, text);
}

struct str verdict_template_id(uint64_t id, char out[static TEMPLATE_ID_BYTES])
{
    int n = snprintf(out, TEMPLATE_ID_BYTES, "t%llx", (unsigned long long)id);
    return (struct str){out, (size_t)n};
}

bool verdict_parse_template_id(struct str text, uint64_t *out)
{
    struct str hex = text.n > 1 ? str_from(text, 1) : STR("");
    bool ok = hex.n > 0 && hex.n <= 16 && text.p[0] == 't' && hex.p[0] != '0';
    *out = 0;
    for (size_t i = 0; ok && i < hex.n; i++) {
        const char *at = memchr("0123456789abcdef", hex.p[i], 16);
        ok = at != NULL;
        *out = *out << 4 | (uint64_t)(at ? at - "0123456789abcdef" : 0);
    }
    return ok;
}

static void put_list(struct json_out *o, const char *key, const struct reason *r,
                     int64_t first)
{
    json_key(o, key);
    json_open(o, '[');
    for (size_t i = 0; i < r->records_n; i++) {
        json_int(o, first + r->records[i]);
    }
    json_close(o, ']');
}

static void put_records(struct json_out *o, const struct reason *r, int64_t first_log_id)
{
    if (r->records_n > 0 && !r->stored) {
        put_list(o, "records", r, 0);
    }
    if (r->records_n > 0 && (r->stored || first_log_id > 0)) {
        put_list(o, "log_ids", r, r->stored ? 0 : first_log_id);
    }
    if (r->records_total > 0) {
        put_int(o, "records_total", r->records_total);
    }
}

static void put_reason(struct json_out *o, const struct reason *r, int64_t first_log_id)
{
    char id[TEMPLATE_ID_BYTES];
    json_open(o, '{');
    put_text(o, "text", str_of(r->text));
    put_text(o, "channel", str_of(channel_name(r->channel)));
    put_number(o, "observed", r->observed);
    put_number(o, "expected", r->expected);
    if (r->of > 0) {
        put_int(o, "of", r->of);
    }
    if (r->usual_max >= 0) {
        put_int(o, "usual_max", r->usual_max);
    }
    json_key(o, "p");
    json_num(o, pow(10, -r->evidence));
    json_key(o, "bits");
    json_num(o, r->evidence * log2(10));
    if (r->template_id) {
        put_text(o, "template_id", verdict_template_id(r->template_id, id));
    }
    if (r->template_text[0]) {
        put_text(o, "template", str_of(r->template_text));
    }
    if (r->value[0]) {
        put_text(o, "value", str_of(r->value));
    }
    put_records(o, r, first_log_id);
    json_close(o, '}');
}

void verdict_print_reasons(struct json_out *o, const struct verdict *v,
                           int64_t first_log_id)
{
    json_open(o, '[');
    for (size_t i = 0; i < v->reasons_n; i++) {
        put_reason(o, &v->reasons[i], first_log_id);
    }
    json_close(o, ']');
}

void verdict_print_sentences(struct json_out *o, const struct verdict *v)
{
    json_open(o, '[');
    for (size_t i = 0; i < v->reasons_n; i++) {
        json_str(o, str_of(v->reasons[i].text));
    }
    json_close(o, ']');
}

void verdict_print_members(struct json_out *o, const struct verdict *v,
                           int64_t first_log_id)
{
    char id[TEMPLATE_ID_BYTES];
    json_key(o, "score");
    json_num(o, v->score);
    json_key(o, "raw_score");
    json_num(o, v->raw_score);
    if (v->ordinary_a_week > 0) {
        json_key(o, "ordinary_a_week");
        json_num(o, v->ordinary_a_week);
    }
    json_key(o, "service");
    json_text(o, v->service);
    json_key(o, "reasons");
    verdict_print_reasons(o, v, first_log_id);
    if (v->new_templates_n > 0) {
        json_key(o, "new_templates");
        json_open(o, '[');
        for (size_t i = 0; i < v->new_templates_n; i++) {
            json_str(o, verdict_template_id(v->new_templates[i], id));
        }
        json_close(o, ']');
    }
}

/* --- reading --- */

static enum err_code refuse(struct err *e, const char *name, const char *what)
{
    return err_set(e, ERR_INVALID, "'%s' %s", name, what);
}

static bool is_there(struct json_value object, const char *name)
{
    struct json_value v;
    return json_member(object, name, &v);
}

static enum err_code read_number(struct json_value object, const char *name, double max,
                                 double *out, struct err *e)
{
    struct json_value v;
    bool ok = json_member(object, name, &v) && v.type == JSON_NUMBER &&
              json_number(v, out) && *out >= 0 && *out <= max;
    return ok ? ERR_NONE : refuse(e, name, "is no number in its bounds");
}

/* A count of at least min, or none if it is not there. */
static enum err_code read_count(struct json_value object, const char *name, int64_t min,
                                int64_t none, int64_t *out, struct err *e)
{
    *out = none;
    return !is_there(object, name) || json_member_i64(object, name, min, INT64_MAX, out)
               ? ERR_NONE
               : refuse(e, name, "is no count");
}

/* A text of 1 to max bytes. */
static enum err_code read_text(struct arena *a, struct json_value object,
                               const char *name, size_t max, struct str *out,
                               struct err *e)
{
    struct json_value v;
    if (!json_member(object, name, &v) || v.type != JSON_STRING) {
        return refuse(e, name, "is no text");
    }
    enum err_code code = json_decode(a, v, out, e);
    if (!code && (out->n == 0 || out->n > max)) {
        code = refuse(e, name, "is empty or too long");
    }
    return code;
}

/* A text into out, which has size bytes; an optional one is "" if it is not there. */
static enum err_code copy_text(struct arena *a, struct json_value object,
                               const char *name, size_t size, char *out, struct err *e)
{
    struct str text = STR("");
    enum err_code code = read_text(a, object, name, size - 1, &text, e);
    if (!code) {
        memcpy(out, text.p, text.n);
        out[text.n] = '\0';
    }
    return code;
}

static enum err_code copy_if_there(struct arena *a, struct json_value object,
                                   const char *name, size_t size, char *out,
                                   struct err *e)
{
    return is_there(object, name) ? copy_text(a, object, name, size, out, e) : ERR_NONE;
}

static enum err_code parse_template_id(struct json_value v, const char *name,
                                       uint64_t *out, struct err *e)
{
    bool ok = v.type == JSON_STRING &&
              verdict_parse_template_id((struct str){v.text.p + 1, v.text.n - 2}, out);
    return ok ? ERR_NONE : refuse(e, name, "is no template's id");
}

/* The evidence that gives just these bits again, and if there are several such doubles the
 * one that gives p again as well. */
static double evidence_of(double bits, double p)
{
    double first = bits / log2(10), best = first;
    double below = nextafter(first, 0), above = nextafter(first, INFINITY);
    const double near[] = {first, below, above, nextafter(below, 0),
                           nextafter(above, INFINITY)};
    bool found = false;
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++) {
        bool fits = near[i] * log2(10) == bits;
        if (fits && pow(10, -near[i]) == p) {
            return near[i];
        }
        best = fits && !found ? near[i] : best;
        found = found || fits;
    }
    return best;
}

static enum err_code read_list(struct arena *a, struct json_value list, const char *name,
                               struct reason *r, struct err *e)
{
    int64_t *records = arena_alloc(a, REASON_RECORDS_MAX * sizeof *records);
    struct json_value one;
    int64_t before = -1;
    if (!records) {
        return err_set(e, ERR_NOMEM, "not enough memory for the verdict");
    }
    if (list.type != JSON_ARRAY) {
        return refuse(e, name, "is no list");
    }
    struct json_iter it = json_iter(list);
    while (json_next(&it, NULL, &one)) {
        int64_t *at = &records[r->records_n];
        if (r->records_n == REASON_RECORDS_MAX || one.type != JSON_NUMBER ||
            !str_to_i64(one.text, before + 1, INT64_MAX - 1, at)) {
            return refuse(e, name, "are too many, or not ascending numbers");
        }
        before = *at;
        r->records_n++;
    }
    r->records = records;
    return ERR_NONE;
}

/* Indexes, or else ids in the store. */
static enum err_code read_records(struct arena *a, struct json_value object,
                                  struct reason *r, struct err *e)
{
    struct json_value list;
    enum err_code code = ERR_NONE;
    if (json_member(object, "records", &list)) {
        code = read_list(a, list, "records", r, e);
    } else if (json_member(object, "log_ids", &list)) {
        r->stored = true;
        code = read_list(a, list, "log_ids", r, e);
    }
    return code ? code
                : read_count(object, "records_total", (int64_t)r->records_n,
                             (int64_t)r->records_n, &r->records_total, e);
}

static bool find_channel(struct str name, enum channel *out)
{
    for (int i = 0; i < CHANNELS_N; i++) {
        if (str_eq(name, str_of(names[i]))) {
            *out = (enum channel)i;
            return true;
        }
    }
    return false;
}

static enum err_code read_words(struct arena *a, struct json_value object,
                                struct reason *r, struct err *e)
{
    struct str channel;
    struct json_value id;
    enum err_code code = read_text(a, object, "channel", 64, &channel, e);
    code = code ? code : copy_text(a, object, "text", sizeof r->text, r->text, e);
    code = code ? code
                : copy_if_there(a, object, "template", sizeof r->template_text,
                                r->template_text, e);
    code = code ? code : copy_if_there(a, object, "value", sizeof r->value, r->value, e);
    if (!code && json_member(object, "template_id", &id)) {
        code = parse_template_id(id, "template_id", &r->template_id, e);
    }
    return !code && !find_channel(channel, &r->channel)
               ? refuse(e, "channel", "is none that we know")
               : code;
}

static enum err_code read_reason(struct arena *a, struct json_value object,
                                 struct reason *r, struct err *e)
{
    double bits, p = 0;
    enum err_code code = read_words(a, object, r, e);
    code = code ? code : read_number(object, "bits", BITS_MAX, &bits, e);
    code = code ? code : read_number(object, "p", 1, &p, e);
    code = code ? code : read_number(object, "observed", NUMBER_MAX, &r->observed, e);
    code = code ? code : read_number(object, "expected", NUMBER_MAX, &r->expected, e);
    code = code ? code : read_count(object, "of", 1, 0, &r->of, e);
    code = code ? code : read_count(object, "usual_max", 0, -1, &r->usual_max, e);
    code = code ? code : read_records(a, object, r, e);
    if (!code) {
        r->evidence = evidence_of(bits, p);
    }
    return code;
}

static enum err_code read_reasons(struct arena *a, struct json_value object,
                                  struct verdict *out, struct err *e)
{
    struct json_value reasons, one;
    if (!json_member(object, "reasons", &reasons) || reasons.type != JSON_ARRAY) {
        return refuse(e, "reasons", "is no list");
    }
    struct json_iter it = json_iter(reasons);
    while (json_next(&it, NULL, &one)) {
        if (one.type != JSON_OBJECT || out->reasons_n == VERDICT_REASONS_MAX) {
            return refuse(e, "reasons", "are too many, or one is no object");
        }
        enum err_code code = read_reason(a, one, &out->reasons[out->reasons_n], e);
        if (code) {
            return code;
        }
        out->reasons_n++;
    }
    return out->score > 0 && out->reasons_n == 0
               ? refuse(e, "reasons", "are none for a score above 0")
               : ERR_NONE;
}

static enum err_code read_new_templates(struct json_value object, struct verdict *out,
                                        struct err *e)
{
    struct json_value list, one;
    if (!json_member(object, "new_templates", &list)) {
        return ERR_NONE;
    }
    if (list.type != JSON_ARRAY) {
        return refuse(e, "new_templates", "is no list");
    }
    struct json_iter it = json_iter(list);
    while (json_next(&it, NULL, &one)) {
        if (out->new_templates_n == VERDICT_TEMPLATES_MAX) {
            return refuse(e, "new_templates", "are too many");
        }
        uint64_t *at = &out->new_templates[out->new_templates_n++];
        enum err_code code = parse_template_id(one, "new_templates", at, e);
        if (code) {
            return code;
        }
    }
    return ERR_NONE;
}

enum err_code verdict_read(struct arena *a, struct json_value object, struct verdict *out,
                           struct err *e)
{
    struct json_value service;
    *out = (struct verdict){0};
    enum err_code code = read_number(object, "score", 1, &out->score, e);
    code = code ? code : read_number(object, "raw_score", 1, &out->raw_score, e);
    if (!code && is_there(object, "ordinary_a_week")) {
        code =
            read_number(object, "ordinary_a_week", NUMBER_MAX, &out->ordinary_a_week, e);
    }
    code = code ? code : read_reasons(a, object, out, e);
    code = code ? code : read_new_templates(object, out, e);
    if (code || (json_member(object, "service", &service) && service.type == JSON_NULL)) {
        return code;
    }
    return read_text(a, object, "service", CORE_SERVICE_BYTES - 1, &out->service, e);
}
