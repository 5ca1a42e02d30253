/* lane_counts.c - see lane_counts.h. An open hash table of twice the size; the lane that was
 * used last is looked at first, as a batch is mostly of one service and of a few minutes. */
#include "sql/lane_counts.h"

enum { SLOTS_N = 2 * LANE_COUNTS_MAX };

void lane_counts_begin(struct lane_counts *c, struct store *store)
{
    c->store = store;
    c->n = c->last = 0;
    memset(c->slot, 0, sizeof c->slot);
}

enum err_code lane_counts_put(struct lane_counts *c, struct err *e)
{
    enum err_code code =
        c->n > 0 ? store_add_lanes(c->store, c->lanes, c->n, e) : ERR_NONE;
    if (!code && c->n > 0) {
        lane_counts_begin(c, c->store);
    }
    return code;
}

static bool is_lane(const struct lane_counts *c, size_t i, struct str service,
                    int64_t bucket)
{
    return i < c->n && c->lanes[i].bucket == bucket &&
           str_eq(c->lanes[i].service, service);
}

/* The lane, made if it is not there; if there is no room the others go to the store. */
static enum err_code take(struct lane_counts *c, struct str service, int64_t bucket,
                          struct store_lane **out, struct err *e)
{
    if (is_lane(c, c->last, service, bucket)) {
        *out = &c->lanes[c->last];
        return ERR_NONE;
    }
    enum err_code code = c->n == LANE_COUNTS_MAX ? lane_counts_put(c, e) : ERR_NONE;
    if (code) {
        return code;
    }
    uint64_t hash = str_hash(service) + (uint64_t)bucket * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(hash >> 32) % SLOTS_N;
    while (c->slot[at] != 0 && !(c->hash[c->slot[at] - 1] == hash &&
                                 is_lane(c, c->slot[at] - 1U, service, bucket))) {
        at = (at + 1) % SLOTS_N;
    }
    if (c->slot[at] == 0) {
        c->hash[c->n] = hash;
        c->lanes[c->n] = (struct store_lane){bucket, service, 0, 0, -1};
        c->slot[at] = (uint16_t)++c->n;
    }
    c->last = c->slot[at] - 1U;
    *out = &c->lanes[c->last];
    return ERR_NONE;
}

/* n records of a service at a time, and what they scored; below 0: no score. */
static enum err_code add(struct lane_counts *c, struct str service, int64_t at_us,
                         int64_t n, double score, struct err *e)
{
    struct store_lane *l = NULL;
    at_us = at_us > 0 ? at_us : 0;
    enum err_code code = take(c, service, at_us / LANE_BUCKET_US, &l, e);
    if (!code) {
        l->records += n;
        l->last_us = at_us > l->last_us ? at_us : l->last_us;
        l->score = score > l->score ? score : l->score;
    }
    return code;
}

static int64_t time_of(const struct record *r, int64_t now_us)
{
    return r->event_us < now_us ? r->event_us : now_us;
}

/* Do the reasons say which records they are about? */
static bool points(const struct verdict *v)
{
    for (size_t i = 0; v && i < v->reasons_n; i++) {
        if (v->reasons[i].records_n > 0 && !v->reasons[i].stored) {
            return true;
        }
    }
    return false;
}

static enum err_code add_pointed(struct lane_counts *c, const struct store_batch *b,
                                 const struct verdict *v, const struct reason *r,
                                 struct err *e)
{
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && !r->stored && i < r->records_n; i++) {
        int64_t at = r->records[i];
        if (at >= 0 && (size_t)at < b->n) {
            const struct record *x = &b->records[at];
            if (v->service.p && !str_eq(x->service, v->service)) {
                continue; /* what else was odd, which the last reason names too */
            }
            code = add(c, x->service, time_of(x, b->received_us), 0, v->score, e);
        }
    }
    return code;
}

enum err_code lane_counts_batch(struct lane_counts *c, const struct store_batch *b,
                                const struct verdict *v, struct err *e)
{
    bool pointed = points(v);
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < b->n; i++) {
        const struct record *r = &b->records[i];
        bool about = !pointed && v && (!v->service.p || str_eq(v->service, r->service));
        double score = about ? v->score : (v ? 0 : -1);
        code = add(c, r->service, time_of(r, b->received_us), 1, score, e);
    }
    for (size_t i = 0; pointed && !code && i < v->reasons_n; i++) {
        code = add_pointed(c, b, v, &v->reasons[i], e);
    }
    return code;
}

enum err_code lane_counts_window(struct lane_counts *c, const struct verdict *v,
                                 int64_t at_us, struct err *e)
{
    return v->service.n > 0 ? add(c, v->service, at_us, 0, v->score, e) : ERR_NONE;
}
