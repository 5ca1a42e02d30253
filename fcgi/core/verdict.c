/* verdict.c - see verdict.h. */
#include "fcgi/core/verdict.h"

#include <math.h>

#define BITS_MAX 1e6 /* far more than a batch of the largest size can give */

const char *channel_name(enum channel c)
{
    switch (c) {
    case CHANNEL_FAILED_LOGINS:
        return "failed_logins";
    case CHANNEL_ERROR_SHARE:
    default:
        return "error_share";
    }
}

void verdict_print_reasons(struct json_out *o, const struct verdict *v)
{
    json_open(o, '[');
    for (size_t i = 0; i < v->reasons_n; i++) {
        const struct reason *r = &v->reasons[i];
        json_open(o, '{');
        json_key(o, "text");
        json_str(o, str_of(r->text));
        json_key(o, "channel");
        json_str(o, str_of(channel_name(r->channel)));
        json_key(o, "observed");
        json_int(o, r->observed);
        json_key(o, "of");
        json_int(o, r->of);
        json_key(o, "usual_max");
        json_int(o, r->usual_max);
        json_key(o, "p");
        json_num(o, pow(10, -r->evidence));
        json_key(o, "bits");
        json_num(o, r->evidence * log2(10));
        json_close(o, '}');
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

/* --- reading --- */

static enum err_code refuse(struct err *e, const char *name, const char *what)
{
    return err_set(e, ERR_INVALID, "'%s' %s", name, what);
}

static enum err_code read_number(struct json_value object, const char *name, double max,
                                 double *out, struct err *e)
{
    struct json_value v;
    bool ok = json_member(object, name, &v) && v.type == JSON_NUMBER &&
              json_number(v, out) && *out >= 0 && *out <= max;
    return ok ? ERR_NONE : refuse(e, name, "is no number in its bounds");
}

static enum err_code read_count(struct json_value object, const char *name, int64_t *out,
                                struct err *e)
{
    return json_member_i64(object, name, 0, INT64_MAX, out)
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

static enum err_code read_reason(struct arena *a, struct json_value object,
                                 struct reason *r, struct err *e)
{
    struct str channel, text;
    double bits;
    enum err_code code = read_text(a, object, "channel", 64, &channel, e);
    code = code ? code : read_text(a, object, "text", REASON_TEXT_BYTES - 1, &text, e);
    code = code ? code : read_number(object, "bits", BITS_MAX, &bits, e);
    code = code ? code : read_count(object, "observed", &r->observed, e);
    code = code ? code : read_count(object, "of", &r->of, e);
    code = code ? code : read_count(object, "usual_max", &r->usual_max, e);
    if (code) {
        return code;
    }
    r->channel = CHANNEL_FAILED_LOGINS;
    if (str_eq(channel, str_of(channel_name(CHANNEL_ERROR_SHARE)))) {
        r->channel = CHANNEL_ERROR_SHARE;
    } else if (!str_eq(channel, str_of(channel_name(CHANNEL_FAILED_LOGINS)))) {
        return refuse(e, "channel", "is none that we know");
    }
    r->evidence = bits / log2(10);
    memcpy(r->text, text.p, text.n);
    r->text[text.n] = '\0';
    return ERR_NONE;
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

enum err_code verdict_read(struct arena *a, struct json_value object, struct verdict *out,
                           struct err *e)
{
    struct json_value service;
    *out = (struct verdict){0};
    enum err_code code = read_number(object, "score", 1, &out->score, e);
    code = code ? code : read_number(object, "raw_score", 1, &out->raw_score, e);
    code = code ? code : read_reasons(a, object, out, e);
    if (code || (json_member(object, "service", &service) && service.type == JSON_NULL)) {
        return code;
    }
    return read_text(a, object, "service", CORE_SERVICE_BYTES - 1, &out->service, e);
}
