/* incident_records.c - see incident_records.h. */
#include "fcgi/incident_records.h"

#include "sql/store_read.h"

/* --- which ones --- */

/* The record's place in the list, made if it is not there; NULL: there is no room. */
static struct incident_record *take(struct incident_records *r, int64_t id, size_t max)
{
    size_t at = r->n;
    while (at > 0 && r->list[at - 1].id > id) {
        at--;
    }
    if (at > 0 && r->list[at - 1].id == id) {
        return &r->list[at - 1];
    }
    if (r->n >= max) {
        return NULL;
    }
    memmove(&r->list[at + 1], &r->list[at], (r->n - at) * sizeof r->list[0]);
    r->list[at] = (struct incident_record){.id = id};
    r->n++;
    return &r->list[at];
}

/* Up to max of the ids that a reason lists; returns how many it lists in all. */
static int64_t point(struct incident_records *r, struct json_value ids, size_t max)
{
    struct json_iter it = json_iter(ids);
    struct json_value one;
    int64_t id, n = 0;
    for (; json_next(&it, NULL, &one); n++) {
        if ((size_t)n < max && str_to_i64(one.text, 1, INT64_MAX, &id)) {
            struct incident_record *x = take(r, id, INCIDENT_POINTED_MAX);
            if (x) {
                x->pointed = true;
            }
        }
    }
    return n;
}

/* One after the other; share: so many of each at most. */
static void point_all(struct incident_records *r, struct json_value reasons, size_t share)
{
    struct json_iter it = json_iter(reasons);
    struct json_value one, ids;
    int64_t said;
    while (json_next(&it, NULL, &one)) {
        if (one.type != JSON_OBJECT || !json_member(one, "log_ids", &ids) ||
            ids.type != JSON_ARRAY) {
            continue;
        }
        int64_t n = point(r, ids, share);
        bool ok = json_member_i64(one, "records_total", 0, INT64_MAX, &said);
        n = ok && said > n ? said : n;
        r->total = n > r->total ? n : r->total;
    }
}

void incident_records_point(struct incident_records *r, struct json_value reasons)
{
    struct json_iter it = json_iter(reasons);
    struct json_value one;
    size_t n = 0;
    *r = (struct incident_records){.n = 0};
    if (reasons.type != JSON_ARRAY) {
        return;
    }
    while (json_next(&it, NULL, &one)) {
        n++;
    }
    point_all(r, reasons, n > 0 ? (INCIDENT_POINTED_MAX + n - 1) / n : 0);
    point_all(r, reasons, INCIDENT_POINTED_MAX); /* room that one has left */
    r->total = (int64_t)r->n > r->total ? (int64_t)r->n : r->total;
}

/* --- what stands around them --- */

static void set_previous(struct incident_record *x, int64_t previous)
{
    if (x && x->previous == 0) {
        x->previous = previous;
    }
}

/* The k-th before and after the record. */
static void add_neighbours(struct incident_records *r, int64_t id,
                           const struct store_neighbours *near, size_t k)
{
    if (k < near->before_n) {
        set_previous(take(r, near->before[k], INCIDENT_LISTED_MAX),
                     k + 1 < near->before_n ? near->before[k + 1] : 0);
    }
    if (k < near->after_n) {
        set_previous(take(r, near->after[k], INCIDENT_LISTED_MAX),
                     k > 0 ? near->after[k - 1] : id);
    }
}

enum err_code incident_records_look(struct incident_records *r, struct store *s,
                                    struct err *e)
{
    int64_t ids[INCIDENT_POINTED_MAX];
    struct store_neighbours near[INCIDENT_POINTED_MAX];
    size_t n = r->n;
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < n; i++) {
        ids[i] = r->list[i].id;
        code = store_find_neighbours(s, ids[i], &near[i], e);
        set_previous(&r->list[i], near[i].before_n > 0 ? near[i].before[0] : 0);
    }
    for (size_t k = 0; !code && k < INCIDENT_AROUND; k++) {
        for (size_t i = 0; i < n; i++) {
            add_neighbours(r, ids[i], &near[i], k);
        }
    }
    return code;
}

/* --- printing --- */

struct printing {
    struct json_out *out;
    const struct incident_records *all;
    const struct incident_record *now;
    bool first;
    int64_t deleted; /* that the reasons point to and that are no longer there */
};

static bool is_listed(const struct incident_records *r, int64_t id)
{
    size_t low = 0, high = r->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (r->list[mid].id == id) {
            return true;
        }
        low = r->list[mid].id < id ? mid + 1 : low;
        high = r->list[mid].id < id ? high : mid;
    }
    return false;
}

/* The text, cut between letters if it is too long; then its whole length as bytes_key. */
static void put_cut(struct json_out *o, const char *key, const char *bytes_key,
                    struct str s)
{
    size_t whole = s.n;
    if (s.n > INCIDENT_TEXT_BYTES_MAX) {
        s.n = INCIDENT_TEXT_BYTES_MAX;
        for (int i = 0; i < 3 && ((unsigned char)s.p[s.n] & 0xC0) == 0x80; i++) {
            s.n--;
        }
    }
    json_key(o, key);
    json_text(o, s);
    if (whole > s.n) {
        json_key(o, bytes_key);
        json_int(o, (int64_t)whole);
    }
}

static bool put_record(void *arg, int64_t log_id, const struct record *r)
{
    struct printing *p = arg;
    struct json_out *o = p->out;
    bool none = str_eq(r->metadata, STR("{}"));
    json_open(o, '{');
    json_key(o, "id");
    json_int(o, log_id);
    json_key(o, "timestamp");
    json_text(o, r->timestamp);
    json_key(o, "service");
    json_text(o, r->service);
    json_key(o, "level");
    json_text(o, r->level);
    put_cut(o, "message", "message_bytes", r->message);
    put_cut(o, "metadata", "metadata_bytes", none ? STR_NONE : r->metadata);
    json_key(o, "pointed");
    json_bool(o, p->now->pointed);
    if (!p->first && !is_listed(p->all, p->now->previous)) {
        json_key(o, "gap_before");
        json_bool(o, true);
    }
    json_close(o, '}');
    p->first = false;
    p->deleted -= p->now->pointed;
    return true;
}

enum err_code incident_records_put(const struct incident_records *r, struct store *s,
                                   struct json_out *o, struct err *e)
{
    struct printing p = {o, r, NULL, true, 0};
    enum err_code code = ERR_NONE;
    json_key(o, "records");
    json_open(o, '[');
    for (size_t i = 0; !code && i < r->n; i++) {
        p.now = &r->list[i];
        p.deleted += p.now->pointed;
        code = store_list_records(s, r->list[i].id, 1, put_record, &p, e);
    }
    json_close(o, ']');
    json_key(o, "records_total");
    json_int(o, r->total);
    json_key(o, "records_deleted");
    json_int(o, p.deleted);
    return code;
}
