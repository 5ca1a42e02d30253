/* features.c - see features.h. Services are looked up by hash in a short list: batches
 * have few, mostly one. */
#include "fcgi/core/features.h"

static struct tally *service_slot(struct features *f, struct str service)
{
    uint64_t hash = str_hash(service);
    for (size_t i = 0; i < f->services_n; i++) {
        if (f->services[i].hash == hash && str_eq(f->services[i].service, service)) {
            return &f->services[i].t;
        }
    }
    if (f->services_n == FEATURES_SERVICES_MAX) {
        f->unlisted++;
        return NULL;
    }
    struct service_tally *s = &f->services[f->services_n++];
    *s = (struct service_tally){.service = service, .hash = hash};
    return &s->t;
}

void features_tally(struct tally *t, const struct record *r)
{
    t->count++;
    t->warn += level_is_warn(r->rank);
    t->error += level_is_error(r->rank);
    t->other_error += level_is_error(r->rank) && !r->failed_login.evidence;
    t->failed_login += r->failed_login.contract;
    t->failed_evidence += r->failed_login.evidence;
}

void features_count(const struct record *records, size_t n, int64_t now_us,
                    struct features *out)
{
    struct tally *slot = NULL;
    *out = (struct features){.latest_us = n > 0 ? INT64_MIN : now_us};
    for (size_t i = 0; i < n; i++) {
        const struct record *r = &records[i];
        int64_t at = r->event_us < now_us ? r->event_us : now_us;
        if (i == 0 || !slot || !str_eq(r->service, records[i - 1].service)) {
            slot = service_slot(out, r->service);
        }
        features_tally(&out->all, r);
        if (slot) {
            features_tally(slot, r);
        }
        out->latest_us = at > out->latest_us ? at : out->latest_us;
    }
}

const struct service_tally *features_most(const struct features *f,
                                          int64_t (*pick)(const struct tally *))
{
    const struct service_tally *best = NULL;
    for (size_t i = 0; i < f->services_n; i++) {
        int64_t v = pick(&f->services[i].t);
        if (v > 0 && (!best || v > pick(&best->t))) {
            best = &f->services[i];
        }
    }
    return best;
}

void features_print(struct json_out *o, const struct features *f)
{
    json_key(o, "count");
    json_int(o, f->all.count);
    json_key(o, "warn_count");
    json_int(o, f->all.warn);
    json_key(o, "error_count");
    json_int(o, f->all.error);
    json_key(o, "failed_login_count");
    json_int(o, f->all.failed_login);
    json_key(o, "services");
    json_open(o, '[');
    for (size_t i = 0; i < f->services_n; i++) {
        json_str(o, f->services[i].service);
    }
    json_close(o, ']');
    if (f->unlisted > 0) {
        json_key(o, "unlisted_count");
        json_int(o, f->unlisted);
    }
}
