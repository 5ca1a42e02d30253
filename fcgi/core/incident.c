/* incident.c - see incident.h. */
#include "fcgi/core/incident.h"

#include "fcgi/base/utf8.h"

static int64_t min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max_i64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool same_one(const struct incident *latest, int64_t at_us)
{
    return latest && at_us >= latest->first_us - INCIDENT_QUIET_US &&
           at_us <= latest->last_us + INCIDENT_QUIET_US;
}

struct incident_change incident_decide(double threshold, const struct incident *latest,
                                       const struct occurrence *o)
{
    double score = o->verdict->score;
    if (!(score > threshold)) {
        return (struct incident_change){.act = INCIDENT_NONE};
    }
    if (!same_one(latest, o->at_us)) {
        struct incident fresh = {0, o->at_us, o->at_us, 1, score};
        return (struct incident_change){INCIDENT_OPEN, fresh, true};
    }
    struct incident next = *latest;
    next.first_us = min_i64(next.first_us, o->at_us);
    next.last_us = max_i64(next.last_us, o->at_us);
    next.count += !o->counted_before;
    next.severity = score > next.severity ? score : next.severity;
    return (struct incident_change){INCIDENT_EXTEND, next, score > latest->severity};
}

struct str incident_key(const struct verdict *v, char out[static INCIDENT_KEY_BYTES])
{
    int n = snprintf(out, INCIDENT_KEY_BYTES, "%s|%.*s",
                     channel_name(v->reasons[0].channel), STR_ARGS(v->service));
    size_t len = n < INCIDENT_KEY_BYTES ? (size_t)n : INCIDENT_KEY_BYTES - 1;
    return (struct str){out, len};
}

struct str incident_summary(const struct verdict *v,
                            char out[static INCIDENT_SUMMARY_BYTES])
{
    int n = snprintf(out, INCIDENT_SUMMARY_BYTES, "%.*s%s%s", STR_ARGS(v->service),
                     v->service.n > 0 ? ": " : "", v->reasons[0].text);
    size_t len = (size_t)n;
    if (n >= INCIDENT_SUMMARY_BYTES) { /* cut, but not within a letter */
        len = utf8_valid_prefix((struct str){out, INCIDENT_SUMMARY_BYTES - 1});
        out[len] = '\0';
    }
    return (struct str){out, len};
}

void incident_features(struct buf *out, const struct features *f, const struct verdict *v)
{
    struct json_out o = json_out(out);
    json_open(&o, '{');
    features_print(&o, f);
    json_key(&o, "reasons");
    verdict_print_sentences(&o, v);
    json_close(&o, '}');
}
