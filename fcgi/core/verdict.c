/* verdict.c - see verdict.h. */
#include "fcgi/core/verdict.h"

#include <math.h>

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
