/* incident_print.c - see incident_print.h. */
#include "fcgi/incident_print.h"

#include "fcgi/core/incident_life.h"

enum { JSON_DEPTH_MAX = 32, SCRATCH_BYTES_MAX = 16 << 20 };

#define KEY_LETTERS "abcdefghijklmnopqrstuvwxyz_"

void incident_print_begin(struct incident_print *p, struct buf *to, int64_t now_us)
{
    p->out = json_out(to);
    p->now_us = now_us;
    buf_init(&p->scratch, SCRATCH_BYTES_MAX);
}

void incident_print_end(struct incident_print *p)
{
    buf_free(&p->scratch);
}

void incident_print_time(struct json_out *o, const char *key, int64_t us)
{
    char when[CLOCK_TEXT_BYTES];
    json_key(o, key);
    if (us == 0) {
        json_null(o);
    } else {
        json_str(o, clock_format(us, when));
    }
}

void incident_print_next(struct json_out *o, int64_t last_id)
{
    char cursor[24];
    json_key(o, "next");
    if (last_id == 0) {
        json_null(o);
    } else {
        snprintf(cursor, sizeof cursor, "%lld", (long long)last_id);
        json_str(o, str_of(cursor));
    }
}

bool incident_print_read(struct incident_print *p, struct str text,
                         struct json_value *out)
{
    struct err ignored;
    buf_clear(&p->scratch);
    buf_str(&p->scratch, text);
    struct json_in in = {p->scratch.p, p->scratch.n, 0, JSON_DEPTH_MAX, 0};
    if (p->scratch.failed) {
        p->out.b->failed = true; /* no memory: not an incident without reasons */
    }
    return !p->scratch.failed && in.n > 0 && !json_read(&in, out, &ignored) &&
           json_at_end(&in);
}

static void put_json(struct incident_print *p, const char *key, struct str text)
{
    struct json_value v;
    json_key(&p->out, key);
    if (incident_print_read(p, text, &v)) {
        json_raw(&p->out, v.text);
    } else {
        json_null(&p->out);
    }
}

/* --- reasons --- */

/* Ascending, each once. */
struct id_list {
    int64_t ids[INCIDENT_LOG_IDS_MAX];
    size_t n;
};

static void add_id(struct id_list *l, int64_t id)
{
    size_t at = l->n;
    while (at > 0 && l->ids[at - 1] > id) {
        at--;
    }
    if ((at > 0 && l->ids[at - 1] == id) || l->n == INCIDENT_LOG_IDS_MAX) {
        return;
    }
    memmove(&l->ids[at + 1], &l->ids[at], (l->n - at) * sizeof l->ids[0]);
    l->ids[at] = id;
    l->n++;
}

static void add_ids(struct id_list *l, struct json_value list)
{
    struct json_iter it = json_iter(list);
    struct json_value one;
    int64_t id;
    for (size_t i = 0; i < INCIDENT_LOG_IDS_MAX && json_next(&it, NULL, &one); i++) {
        if (str_to_i64(one.text, 1, INT64_MAX, &id)) {
            add_id(l, id);
        }
    }
}

/* A reason's parts but for its lists, which would lie deeper than what clients can read. */
static void put_reason(struct json_out *o, struct json_value reason, struct id_list *ids)
{
    struct json_iter it = json_iter(reason);
    struct json_value key, v;
    char name[32];
    json_open(o, '{');
    while (json_next(&it, &key, &v)) {
        size_t n = key.text.n - 2;
        if (n >= sizeof name) {
            continue; /* none of ours */
        }
        memcpy(name, key.text.p + 1, n);
        name[n] = '\0';
        if (v.type == JSON_ARRAY && strcmp(name, "log_ids") == 0) {
            add_ids(ids, v);
        } else if (v.type < JSON_ARRAY && strspn(name, KEY_LETTERS) == n) {
            json_key(o, name);
            json_raw(o, v.text);
        }
    }
    json_close(o, '}');
}

/* The reasons, and as "log_ids" the first of the records that they point to. */
static void put_reasons(struct incident_print *p, struct str text)
{
    struct json_value list, one;
    struct id_list ids = {.n = 0};
    json_key(&p->out, "reasons");
    if (!incident_print_read(p, text, &list)) {
        json_null(&p->out);
        return;
    }
    if (list.type != JSON_ARRAY || list.depth <= 2) {
        json_raw(&p->out, list.text);
        return;
    }
    struct json_iter it = json_iter(list);
    json_open(&p->out, '[');
    while (json_next(&it, NULL, &one)) {
        if (one.type == JSON_OBJECT) {
            put_reason(&p->out, one, &ids);
        }
    }
    json_close(&p->out, ']');
    json_key(&p->out, "log_ids");
    json_open(&p->out, '[');
    for (size_t i = 0; i < ids.n; i++) {
        json_int(&p->out, ids.ids[i]);
    }
    json_close(&p->out, ']');
}

static void put_templates(struct incident_print *p, const struct store_incident_row *r)
{
    if (r->templates.p) {
        put_json(p, "templates", r->templates);
        json_key(&p->out, "templates_total");
        json_int(&p->out, r->templates_n);
    }
}

/* --- the incident --- */

static void put_seen(struct json_out *o, const char *key, int64_t us)
{
    char when[CLOCK_TEXT_BYTES];
    json_key(o, key);
    json_str(o, clock_format(us, when));
}

/* What people made of it. A mute that is over is none. */
static void put_life(struct incident_print *p, const struct store_incident_row *r)
{
    bool muted = incident_is_muted(&r->core, p->now_us);
    json_key(&p->out, "status");
    json_str(&p->out, str_of(incident_status_name(r->core.status)));
    incident_print_time(&p->out, "muted_until", muted ? r->core.muted_until_us : 0);
    json_key(&p->out, "note");
    json_text(&p->out, r->note);
    json_key(&p->out, "regressions");
    json_int(&p->out, r->core.regressions);
    json_key(&p->out, "verdict");
    json_text(&p->out, r->verdict);
    incident_print_time(&p->out, "changed_at", r->changed_us);
}

void incident_print_members(struct incident_print *p, const struct store_incident_row *r)
{
    json_key(&p->out, "id");
    json_int(&p->out, r->core.id);
    json_key(&p->out, "detected_at");
    json_text(&p->out, r->detected_at);
    json_key(&p->out, "service");
    json_text(&p->out, r->service);
    json_key(&p->out, "severity");
    json_num(&p->out, r->core.severity);
    json_key(&p->out, "summary");
    json_text(&p->out, r->summary);
    put_json(p, "features", r->features);
    put_reasons(p, r->reasons);
    put_templates(p, r);
    json_key(&p->out, "count");
    json_int(&p->out, r->core.count);
    put_seen(&p->out, "first_seen", r->core.first_us);
    put_seen(&p->out, "last_seen", r->core.last_us);
    put_life(p, r);
}
