/* ingest_reply.c - see ingest_reply.h. */
#include "fcgi/ingest_reply.h"

enum { CHARSET_TEXT_BYTES = 512 }; /* a Content-Type has at most half of it */

static void put_warning(struct json_out *o, int64_t n, const char *what)
{
    char text[256];
    if (n > 0) {
        snprintf(text, sizeof text, "%lld %s", (long long)n, what);
        json_str(o, str_of(text));
    }
}

static void put_charset_warning(struct json_out *o, struct str charset)
{
    char text[CHARSET_TEXT_BYTES];
    if (charset.n > 0) {
        int n = snprintf(text, sizeof text, "charset '%.*s' is not known: read as UTF-8",
                         STR_ARGS(charset));
        json_str(o, (struct str){text, (size_t)n});
    }
}

static void put_warnings(struct json_out *o, const struct batch *b)
{
    if (b->notes.unread_times + b->notes.unknown_fields + b->notes.flat_metadata +
            (int64_t)(b->repaired + b->unknown_charset.n) ==
        0) {
        return;
    }
    json_key(o, "warnings");
    json_open(o, '[');
    put_warning(o, b->notes.unread_times,
                "timestamps were not understood: stored as sent, "
                "with the time of receipt as the time of the event");
    put_warning(o, b->notes.unknown_fields,
                "fields with other names than timestamp, service, "
                "level, message and metadata were not stored: put them into metadata");
    put_warning(
        o, b->notes.flat_metadata,
        "metadata values were flattened by ConvertTo-Json before they were sent: use "
        "-Depth 5");
    put_warning(o, (int64_t)b->repaired, "characters were not valid and were replaced");
    put_charset_warning(o, b->unknown_charset);
    json_close(o, ']');
}

static void put_score(struct json_out *o, const char *key, const double *score)
{
    json_key(o, key);
    if (score) {
        json_num(o, *score);
    } else {
        json_null(o);
    }
}

/* To three digits: it is an estimate. */
static void put_ordinary(struct json_out *o, const struct verdict *v)
{
    char text[32];
    if (v && v->ordinary_a_week > 0) {
        snprintf(text, sizeof text, "%.3g", v->ordinary_a_week);
        json_key(o, "ordinary_a_week");
        json_num(o, strtod(text, NULL));
    }
}

static void put_reasons(struct json_out *o, const struct ingest_reply *r)
{
    json_key(o, "reasons");
    if (r->verdict) {
        verdict_print_reasons(o, r->verdict, r->first_log_id);
    } else {
        json_open(o, '[');
        json_close(o, ']');
    }
}

static void put_rejected(struct json_out *o, const struct batch *b)
{
    json_key(o, "rejected");
    json_int(o, (int64_t)b->rejected_n);
    json_key(o, "rejected_kept");
    json_int(o, (int64_t)b->kept_n);
    json_key(o, "rejected_url"); /* fcgi/rejected.c */
    json_str(o, STR("rejected"));
    json_key(o, "rejected_records");
    json_open(o, '[');
    for (size_t i = 0; i < b->kept_n && i < INGEST_REJECTED_LISTED_MAX; i++) {
        const struct batch_rejected *r = &b->rejected[i];
        json_open(o, '{');
        json_key(o, "index");
        json_int(o, (int64_t)r->place);
        json_key(o, "field");
        json_text(o, str_of(r->field));
        json_key(o, "error");
        json_str(o, r->reason);
        json_close(o, '}');
    }
    json_close(o, ']');
}

void ingest_reply_print(const struct ingest_reply *r, struct buf *out)
{
    struct json_out o = json_out(out);
    json_open(&o, '{');
    json_key(&o, "stored");
    json_int(&o, (int64_t)r->batch->n);
    json_key(&o, "features");
    json_open(&o, '{');
    features_print(&o, r->features);
    json_close(&o, '}');
    put_score(&o, "score", r->verdict ? &r->verdict->score : NULL);
    put_score(&o, "raw_score", r->verdict ? &r->verdict->raw_score : NULL);
    put_ordinary(&o, r->verdict);
    json_key(&o, "threshold");
    json_num(&o, r->threshold);
    json_key(&o, "incident_id");
    if (r->incident_id > 0) {
        json_int(&o, r->incident_id);
    } else {
        json_null(&o);
    }
    put_reasons(&o, r);
    json_key(&o, "scorer");
    json_str(&o, str_of(r->scorer));
    if (r->lenient) {
        put_rejected(&o, r->batch);
    }
    put_warnings(&o, r->batch);
    json_close(&o, '}');
}
